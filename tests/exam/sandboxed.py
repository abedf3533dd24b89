"""What both CRMs have in common when they are examined: a sandbox behind a door, and its trouble."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from unittest.mock import patch

from crm_sync.connectors.base import Connector
from crm_sync.connectors.hubspot import install
from crm_sync.connectors.salesforce import control
from crm_sync.mappings import Vocabulary
from crm_sync.sandbox.actions import Actions
from crm_sync.sandbox.actions.inside import Inside
from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.faults import PRESETS, Fault
from crm_sync.sandbox.helm import Helm
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Row, Table
from tests.connectors.door import Door
from tests.exam.examinee import Held

NOW: Final = datetime(2026, 5, 30, 2, tzinfo=UTC)
PATIENCE: Final = 0.4  # seconds until an examined connector gives a server up that is silent by order

SHORTER: Final = {"times": 10}  # every 429 of a storm makes everybody pause for a second

Order = Mapping[str, Any]


def at_once(state: object) -> float:
    """No exam waits for a retry."""
    return 0.0


def meanwhile(crm: str, name: str, match: str, told: str, fresh: str) -> dict[str, Order]:
    """What may happen to the people of a CRM between two calls of a reader, by name: `told` is the field that changes,
    `fresh` one that appears."""
    whom = {"crm": crm, "object": name, "match": match}
    return {
        "a merge between two pages": {"do": "merge", **whom},
        "deletes between two pages": {"do": "delete", **whom, "count": 3, "times": 2},
        "edits between two pages": {"do": "change", **whom, "count": 5, "times": 3, "values": {told: "Meanwhile"}},
        "a stamp that comes late": {
            "do": "late-change", **whom, "count": 4, "values": {told: "Stamped before"}, "stamped_ms_ago": 240_000,
        },
        "one stamp for many": {"do": "same-stamp", **whom, "count": 25},
        "a field more": {"do": "add-field", **whom, "name": fresh},
    }  # fmt: skip


class Sandboxed(ABC):
    """A world of one's own behind a door that all share."""

    crm: ClassVar[str]
    objects: ClassVar[Mapping[str, str]]
    kinds: ClassVar[Mapping[str, str]]
    called: ClassVar[Mapping[str, str]]  # kind → the field that names a record
    told: ClassVar[Mapping[str, str]]  # kind → the field that edits change
    writing: ClassVar[str]  # the path by which rows are written
    options: ClassVar[str]  # where a field's definition lists what it may hold
    orders: ClassVar[Mapping[str, Order]]  # trouble in the middle of a run, by name

    def __init__(self, door: Door, vocabulary: Vocabulary) -> None:
        self.door, self.vocabulary = door, vocabulary
        self.world = new_world(NOW, speed=0)
        self.helm = Helm.of(self.world)
        door.app = build_app(self.world, self.helm)
        self.helm.actions.app = door.app
        self.made: list[Connector] = []
        self.early = ExitStack()
        self.reconnect()

    def reconnect(self) -> None:
        """From now on another process reads and writes, with the same credentials."""
        self.connector = self.connect()
        self.made.append(self.connector)

    @abstractmethod
    def connect(self) -> Connector: ...

    async def close(self) -> None:
        self.early.close()
        for one in self.made:
            await one.close()

    @property
    def troubles(self) -> Sequence[str]:
        return troubles_of(self.crm, self.orders)

    @property
    def actions(self) -> Actions:
        return self.helm.actions

    @property
    def inside(self) -> Inside:
        assert self.helm.actions.app is not None
        return Inside(self.helm.actions.app, self.world)

    @abstractmethod
    async def create(self, kind: str, number: int) -> str: ...

    async def edit(self, kind: str, record_id: str, text: str) -> None:
        await self.do("change", kind, ids=[record_id], values={self.told[kind]: text})

    async def edit_late(self, kind: str, record_id: str, text: str) -> None:
        said = {"values": {self.told[kind]: text}, "stamped_ms_ago": 240_000}
        await self.do("late-change", kind, ids=[record_id], **said)

    async def delete(self, kind: str, record_id: str) -> None:
        await self.do("delete", kind, ids=[record_id])

    async def merge(self, kept: str, lost: str) -> None:
        await self.do("merge", "person", ids=[kept, lost])

    async def do(self, deed: str, kind: str, **said: Any) -> None:
        await self.actions.take({"do": deed, "crm": self.crm, "object": self.objects[kind], **said})

    def held(self, kind: str) -> Held:
        living = self.table(kind).select(f"{ARCHIVED_AT} IS NULL")
        return {row["_id"]: self.values(kind, row) for row in living}

    def values(self, kind: str, row: Row) -> tuple[str | None, str | None]:
        return row[self.called[kind]], row[self.told[kind]]

    def table(self, kind: str) -> Table:
        return self.world.table(self.crm, self.objects[kind])

    def insert(self, kind: str, rows: Sequence[Row]) -> None:
        now = self.world.clock.now_ms()
        self.table(kind).insert([{CREATED: now, MODIFIED: now, **row} for row in rows])

    def wait(self, minutes: float) -> None:
        self.world.clock.set(self.world.clock.now() + timedelta(minutes=minutes))

    def calls(self) -> int:
        return sum(count for (face, _), count in self.helm.trouble.calls.items() if face == self.crm)

    def writes(self) -> int:
        """Calls that bring rows."""
        return sum(count for (_, call), count in self.helm.trouble.calls.items() if self.writing in call)

    def allow(self, field: str, value: str) -> None:
        """Somebody adds an option to a field of ours."""
        held = self.table("person").fields[self.name_of(field)].about[self.options]
        held.append(held[0] | {"value": value, "label": value})

    def held_of_ours(self, record_id: str, field: str) -> str | None:
        found: str | None = self.table("person").get([record_id])[record_id][self.name_of(field)]
        return found

    def name_of(self, field: str) -> str:
        name: str = getattr(self.vocabulary.fields.ours[field], self.crm)
        return name

    async def trouble(self, name: str) -> None:
        if name in PRESETS:
            if "hang" in PRESETS[name].get("then", ""):
                self.give_up_early()
            self.helm.trouble.faults.append(Fault(**PRESETS[name] | (SHORTER if name.endswith("-storm") else {})))
        else:
            await self.actions.take(dict(self.orders[name]))

    def give_up_early(self) -> None:
        """Until `calm`; a server that is merely slow, since the machine is busy, is waited for."""
        self.early.enter_context(patch.dict(install.DEADLINE, {"_request_timeout": PATIENCE}))
        self.early.enter_context(patch.object(control, "SECONDS", PATIENCE))
        for one in self.made:
            client = one._http._client
            self.early.callback(setattr, client, "timeout", client.timeout)
            client.timeout = PATIENCE

    def calm(self) -> None:
        self.helm.trouble.forget()
        self.actions.forget()
        self.early.close()


def troubles_of(crm: str, orders: Mapping[str, Order]) -> tuple[str, ...]:
    """Every fault that the sandbox can make of this CRM, and every order that the exam gives it."""
    return (*(name for name in PRESETS if name.startswith(crm)), *orders)
