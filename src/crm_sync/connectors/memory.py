"""A CRM that lives in this process: a real connector over plain records, for tests of everything that syncs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from crm_sync.changes import Receipt, Write
from crm_sync.clock import to_iso
from crm_sync.connectors.base import Account, Page, SchemaStep, Window
from crm_sync.connectors.budget import Budget
from crm_sync.records import Assignment, Campaign, Company, Deal, Person, Record, Ref, StageChange, Touch

START = datetime(2026, 1, 1, tzinfo=UTC)


class Memory:
    """Holds `records` under the object names of their refs; stage changes and assignments travel with their record.

    Every put and every write has a number; a cursor is the last number seen, so a read returns what came after it.
    """

    def __init__(self, crm: str, *records: Record, now: datetime = START, page: int = 100) -> None:
        self.crm, self.calls, self.rights = crm, 0, ""
        self.allowed: tuple[int, int] | None = None  # calls per day, and how many others have used
        self._before = 0  # calls of the days that are over
        self._now, self._page, self._last = now, page, 0
        self._held: dict[tuple[Ref, str, str], tuple[int, Record]] = {}
        self._gone: dict[Ref, int] = {}
        self.put(*records)

    @property
    def objects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ref.kind for ref in (*(key[0] for key in self._held), *self._gone)))

    @property
    def budget(self) -> Budget:
        limit, others = self.allowed or (None, None)
        day = self._now.date()
        midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
        return Budget(day.isoformat(), limit, None if others is None else others + self.calls - self._before, midnight)

    def now(self) -> datetime:
        return self._now

    def wait(self, time: timedelta) -> None:
        """Lets the CRM's clock run on."""
        if (self._now + time).date() > self._now.date():
            self._before = self.calls
        self._now += time

    def put(self, *records: Record) -> None:
        """Adds records, or replaces those with the same ref."""
        for record in records:
            self._last += 1
            self._gone.pop(record.ref, None)
            self._held[key_of(record)] = (self._last, record)

    def remove(self, ref: Ref) -> None:
        """Deletes a record and what travels with it."""
        self._held = {key: value for key, value in self._held.items() if key[0] != ref}
        self._last += 1
        self._gone[ref] = self._last

    def person(self, ref: Ref) -> Person | None:
        """The person as this CRM holds it now."""
        held = self._held.get((ref, "Person", ""))
        return held[1] if held and isinstance(held[1], Person) else None

    async def look(self) -> Account:
        self.calls += 1
        return Account(self.crm, "in memory", "UTC", self._now, login="none needed")

    async def pull(self, name: str, cursor: str | None, window: Window | None = None) -> AsyncIterator[Page]:
        seen, end = int(cursor or 0), self._last
        found = self._after(name, seen, window)
        gone = tuple(ref for ref, number in self._gone.items() if ref.kind == name and number > seen)
        pages = [found[at : at + self._page] for at in range(0, len(found), self._page)] or [[]]
        for page in pages[:-1]:
            self.calls += 1
            yield Page(records_of(page), str(page[-1][0]), (), len(page))
        self.calls += 1
        yield Page(records_of(pages[-1]), str(end), gone, len(pages[-1]), None if window else self._now)

    @property
    def countable(self) -> tuple[str, ...]:
        return self.objects

    @property
    def uncounted(self) -> Mapping[str, str]:
        return {}

    async def count(self, name: str, window: Window) -> int:
        self.calls += 1
        return len(self._made(name, window))

    async def ids(self, name: str, window: Window) -> AsyncIterator[tuple[str, ...]]:
        found = self._made(name, window)
        for at in range(0, len(found), self._page):
            self.calls += 1
            yield tuple(found[at : at + self._page])

    async def fetch(self, name: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        for at in range(0, len(ids), self._page):
            self.calls += 1
            wanted = [Ref(self.crm, name, one) for one in ids[at : at + self._page]]
            held = [(key[0], record) for key, (_, record) in self._held.items() if key[0] in wanted]
            gone = set(wanted) - {ref for ref, _ in held}
            yield Page(tuple(record for _, record in held), "", tuple(sorted(gone)), len(wanted))

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        self.calls += 1
        return [self._write(write) for write in writes]

    async def plan_schema(self) -> list[SchemaStep]:
        return []

    async def apply_schema(self) -> list[SchemaStep]:
        return []

    async def close(self) -> None:
        return None

    def _after(self, name: str, seen: int, window: Window | None) -> list[tuple[int, Record]]:
        """What came after `seen`, in the order of coming."""
        fresh = (held for key, held in self._held.items() if key[0].kind == name and held[0] > seen)
        return sorted((held for held in fresh if inside(held[1], window)), key=lambda held: held[0])

    def _made(self, name: str, window: Window) -> list[str]:
        """Ids of the records that were created inside."""
        records = (record for _, record in self._held.values() if record.ref.kind == name)
        made = ((record.ref.id, created_of(record)) for record in records)
        return [record_id for record_id, at in made if at is not None and window.since <= at < window.until]

    def _write(self, write: Write) -> Receipt:
        person = self.person(write.ref)
        if person is None:
            return Receipt(write.key, "refused", "missing", f"{write.ref}: no such record")
        if not person.writable:
            return Receipt(write.key, "refused", "permission", f"{write.ref}: the record cannot be written")
        ours = {name: value for name, value in {**person.ours, **write.values}.items() if value is not None}
        version = f"{to_iso(self._now)}/{self._last + 1}"
        self.put(replace(person, ours=ours, modified_at=self._now, version=version))
        return Receipt(write.key, "written")


def key_of(record: Record) -> tuple[Ref, str, str]:
    """Changes have an id of their own below the ref."""
    return record.ref, type(record).__name__, record.id if isinstance(record, StageChange | Assignment) else ""


def inside(record: Record, window: Window | None) -> bool:
    if window is None:
        return True
    at = record.at if isinstance(record, StageChange | Assignment) else record.modified_at
    return window.since <= at < window.until


def created_of(record: Record) -> datetime | None:
    """None for what is no record of its own."""
    match record:
        case Person() | Company() | Deal() | Campaign():
            return record.created_at
        case Touch():
            return record.logged_at
    return None


def records_of(page: Sequence[tuple[int, Record]]) -> tuple[Record, ...]:
    return tuple(record for _, record in page)
