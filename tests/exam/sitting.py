"""One sitting of the exam: an examinee, a store of its own, and the comparison that ends it, record by record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_sync.connectors.base import Window
from crm_sync.errors import CrmSyncError
from crm_sync.records import Snapshot
from crm_sync.store import Store, open_store
from crm_sync.sync.progress import Silent
from crm_sync.sync.pull import pull
from tests.exam.examinee import KINDS, Examinee, Held
from tests.exam.memory import values_of

TRIES = 15  # more than any fault of the sandbox strikes one operation


@dataclass
class Sitting:
    one: Examinee
    store: Store

    async def read(self, window: Window | None = None) -> int:
        """One sync's read of all objects of the exam; how many records were new or different."""
        wanted = {self.one.crm: tuple(self.one.objects.values())}
        with self.store.lease("exam", self.one.connector.now()):
            return (await pull(self.store, {self.one.crm: self.one.connector}, wanted, Silent(), window)).read

    async def persist(self, operation: Callable[[], Awaitable[object]]) -> list[CrmSyncError]:
        """Again and again, as a scheduler would, until it works; the errors on the way."""
        met: list[CrmSyncError] = []
        for _ in range(TRIES):
            try:
                await operation()
            except CrmSyncError as problem:
                met.append(problem)
            else:
                break
        return met

    async def settle(self) -> None:
        """What a schedule does when nothing goes wrong any more: reads until nothing is new, past every overlap."""
        for _ in range(3):
            self.one.wait(40)
            await self.read()

    def stored(self) -> Mapping[str, Held]:
        snapshot = self.store.snapshot()
        return {kind: held_in(snapshot, kind, self.one) for kind in KINDS}

    def differences(self) -> list[tuple[str, str, object, object]]:
        """(kind, id, in the CRM, in the store) wherever the two disagree."""
        stored, found = self.stored(), []
        for kind in KINDS:
            theirs, mine = self.one.held(kind), stored[kind]
            ids = sorted(theirs.keys() | mine.keys())
            found += [(kind, one, theirs.get(one), mine.get(one)) for one in ids if theirs.get(one) != mine.get(one)]
        return found


def held_in(snapshot: Snapshot, kind: str, one: Examinee) -> Held:
    records = {"person": snapshot.people, "deal": snapshot.deals, "touch": snapshot.touches}[kind]
    return {record.ref.id: values_of(record) for record in records if record.ref[:2] == (one.crm, one.kinds[kind])}


def open_sitting(one: Examinee, place: Path) -> Sitting:
    return Sitting(one, open_store(f"sqlite:///{place}/exam.db"))
