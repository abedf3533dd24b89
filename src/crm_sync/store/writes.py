"""From a plan's changes to the writes that wait in the outbox: what is new, what waits already, what was refused."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, select, update

from crm_sync.changes import Change, Write
from crm_sync.records import Ref
from crm_sync.store.cells import values_to_json
from crm_sync.store.refusals import class_of
from crm_sync.store.schema import outbox, people, runs
from crm_sync.store.statements import batches, insert_all

PENDING, REFUSED = outbox.c.state == "pending", outbox.c.state == "refused"
AGAIN = {"state": "pending", "not_before": None}
AFRESH = AGAIN | {"attempts": 0, "reason": None, "message": None}


@dataclass(frozen=True, slots=True)
class Queued:
    """Changes that wait for the CRMs after a plan, in all and per CRM, and those withheld since they were refused."""

    planned: int
    per_crm: Mapping[str, int]
    withheld: int = 0


def writes_of(changes: Iterable[Change]) -> Iterator[Write]:
    """Changes that stand together and are of one ref, together."""
    return (as_write(ref, tuple(some)) for ref, some in groupby(changes, key=attrgetter("ref")))


def as_write(ref: Ref, changes: Sequence[Change]) -> Write:
    values = {change.field: change.after for change in changes}
    return Write(key_of(ref, values), ref, values, {change.field: change.before for change in changes})


def key_of(ref: Ref, values: Mapping[str, str | None]) -> str:
    """The same values for the same ref have the same key, whichever plan wants them."""
    return f"{ref}#{hashlib.sha256(values_to_json(values).encode('utf-8', 'replace')).hexdigest()[:16]}"


class OpenWrites:
    """The writes that wait in the outbox or were refused before a plan, and which of them it wants still. Writes come
    one after the other and go into the outbox by the batch: a first plan wants to write to everybody."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        columns = (outbox.c.id, outbox.c.key, outbox.c.ref)
        self._waiting = connection.execute(select(*columns).where(PENDING)).all()
        self._refused = connection.execute(select(*columns).where(REFUSED)).all()
        self._keys = {row.key for row in chain(self._waiting, self._refused)}
        self._wanted: dict[str, Write] = {}  # by key: those that are there already
        self._refs: set[str] = set()  # of which something is wanted: as far as something was refused
        self._per_crm: Counter[str] = Counter()

    def put(self, writes: Iterable[Write], run_id: int, now: datetime) -> None:
        """Wanted writes that wait or were refused keep their place and their attempts."""
        refused = {row.ref for row in self._refused}
        for some in batches(writes):
            self._wanted |= {one.key: one for one in some if one.key in self._keys}
            self._refs |= refused.intersection(str(one.ref) for one in some)
            for one in some:
                self._per_crm[one.ref.crm] += len(one.values)
            new = [as_row(one, run_id, now) for one in some if one.key not in self._keys]
            insert_all(self._connection, outbox, new)

    def supersede(self) -> set[str]:
        """Earlier writes that are not wanted any more; a refusal is moot only when nothing at all is wanted of its ref,
        for somebody has put it right then. Returns their refs."""
        stale = {row.id: row.ref for row in self._waiting if row.key not in self._wanted}
        stale |= {row.id: row.ref for row in self._refused if row.ref not in self._refs}
        for some in batches(stale):
            self._connection.execute(update(outbox).where(outbox.c.id.in_(some)).values(state="superseded"))
        return set(stale.values())

    def queued(self, run_id: int, rights: Mapping[str, str]) -> Queued:
        """What waits now. `rights` are what each CRM grants us in this run."""
        give_another_chance(self._connection, run_id, self._wanted, rights)
        refused = [self._wanted[key] for key in open_keys(self._connection, "refused") if key in self._wanted]
        withheld = Counter[str]()
        for one in refused:
            withheld[one.ref.crm] += len(one.values)
        planned = self._per_crm - withheld
        return Queued(planned.total(), dict(planned), withheld.total())


def give_another_chance(
    connection: Connection, run_id: int, wanted: Collection[str], rights: Mapping[str, str]
) -> None:
    """Wanted writes for which something has changed since they were refused: see refusals.py. A pause is over by the
    clock that receipts are filed by."""
    began = connection.execute(select(runs.c.started_at).where(runs.c.id == run_id)).scalar_one()
    held = outbox.outerjoin(people, people.c.ref == outbox.c.ref)
    refused = connection.execute(select(outbox, people.c.version).select_from(held).where(REFUSED))
    again = [row.id for row in refused if row.key in wanted and has_another_chance(row, began, rights)]
    for some in batches(again):
        connection.execute(update(outbox).where(outbox.c.id.in_(some)).values(AGAIN))


def has_another_chance(row: Row[Any], now: datetime, rights: Mapping[str, str]) -> bool:
    waits = class_of(row.reason)
    if waits.pause:
        return row.not_before is None or row.not_before <= now
    there = {"record": row.version, "rights": rights.get(row.crm, row.refused_rights)}
    then = {"record": row.refused_version, "rights": row.refused_rights}
    return any(there[one] != then[one] for one in waits.moves)


def open_keys(connection: Connection, state: str) -> set[str]:
    return set(connection.execute(select(outbox.c.key).where(outbox.c.state == state)).scalars())


def waiting_writes(connection: Connection, refs: Collection[str]) -> list[Write]:
    """What waits for some refs."""
    rows = connection.execute(select(outbox).where(PENDING).order_by(outbox.c.id)) if refs else ()
    return [write_in(row) for row in rows if row.ref in refs]


def write_in(row: Row[Any]) -> Write:
    return Write(row.key, Ref.parse(row.ref), json.loads(row.values), json.loads(row.before))


def as_row(write: Write, run_id: int, now: datetime) -> dict[str, Any]:
    said = {"values": values_to_json(write.values), "before": values_to_json(write.before)}
    at = {"run_id": run_id, "planned_at": now, "state": "pending", "attempts": 0}
    return {"key": write.key, "crm": write.ref.crm, "ref": str(write.ref), **said, **at}
