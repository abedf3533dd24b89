"""The connector in memory, examined: nothing can go wrong on a wire that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from crm_sync.connectors.memory import START, Memory
from crm_sync.records import Deal, Person, Record, Ref, Touch
from tests.exam.examinee import Held, Values, title


class InMemory:
    crm = "memory"
    objects: ClassVar[Mapping[str, str]] = {"person": "contacts", "deal": "deals", "touch": "calls"}
    kinds = objects

    def __init__(self) -> None:
        self.connector = Memory("memory", page=20)
        self._records: dict[Ref, Record] = {}
        self._gone: dict[Ref, Record] = {}

    async def create(self, kind: str, number: int) -> str:
        ref = Ref("memory", self.objects[kind], str(number))
        self._put(_made(kind, ref, number))
        return ref.id

    async def edit(self, kind: str, record_id: str, text: str) -> None:
        before = self._records[Ref("memory", self.objects[kind], record_id)]
        name = {"person": "title", "deal": "name", "touch": "subject"}[kind]
        self._put(replace(before, **{name: text, "modified_at": self.connector.now()}))

    async def edit_late(self, kind: str, record_id: str, text: str) -> None:
        await self.edit(kind, record_id, text)

    async def delete(self, kind: str, record_id: str) -> None:
        ref = Ref("memory", self.objects[kind], record_id)
        self._gone[ref] = self._records.pop(ref)
        self.connector.remove(ref)

    async def restore(self, kind: str, record_id: str) -> None:
        self._put(self._gone.pop(Ref("memory", self.objects[kind], record_id)))

    async def merge(self, kept: str, lost: str) -> None:
        await self.delete("person", lost)

    def fill(self, kind: str, count: int) -> list[str]:
        for number in range(count):
            self._put(_made(kind, Ref("memory", self.objects[kind], str(500_000 + number)), number))
        return [str(500_000 + number) for number in range(count)]

    def held(self, kind: str) -> Held:
        return {ref.id: values_of(one) for ref, one in self._records.items() if ref.kind == self.objects[kind]}

    def ours(self, object_name: str) -> dict[str, str | None]:
        people = {ref.id: self.connector.person(ref) for ref in self._records if ref.kind == object_name}
        return {one: person.ours.get("campaign") for one, person in people.items() if person}

    def wait(self, minutes: float) -> None:
        self.connector.wait(timedelta(minutes=minutes))

    def calls(self) -> int:
        return self.connector.calls

    async def close(self) -> None:
        await self.connector.close()

    def _put(self, record: Record) -> None:
        self._records[record.ref] = record
        self.connector.put(record)


def _made(kind: str, ref: Ref, number: int) -> Record:
    stamps = {"version": "1", "modified_at": START}
    match kind:
        case "person":
            return Person(ref, created_at=START, email=f"p{number}@example.com", title=title(number), **stamps)
        case "deal":
            return Deal(ref, created_at=START, name=title(number), **stamps)
    return Touch(ref, at=START, logged_at=START, subject=title(number), **stamps)


def values_of(record: Record) -> Values:
    """The same two values of a record in our own shape, wherever it came from."""
    match record:
        case Person():
            return record.email, record.title
        case Deal():
            return record.name, record.name
        case Touch():
            return record.subject, record.subject
    raise TypeError(f"{type(record).__name__} is no kind of the exam")
