"""Everything that is live, as the records that the reconciler is handed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from crm_sync.records import (
    Assignment,
    Calendar,
    Campaign,
    Company,
    Deal,
    Owner,
    Person,
    Ref,
    Snapshot,
    StageChange,
    Touch,
)
from crm_sync.store.cells import refs_of
from crm_sync.store.database import Database
from crm_sync.store.decisions import decisions_in_force
from crm_sync.store.schema import links, people
from crm_sync.store.shapes import RECORDS, SHAPES
from crm_sync.store.statements import batches, read_live_cells

Kind = TypeVar("Kind", Person, Company, Deal, Touch, Owner, Calendar, Campaign, StageChange, Assignment)
Order = Callable[[Any], Any]
BY_REF, BY_TIME = attrgetter("ref"), attrgetter("ref", "at", "id")


def read_snapshot(database: Database) -> Snapshot:
    """What changed about a record that is gone is gone with it, and comes back with it."""
    with database.reading() as connection:
        dead = dead_refs(connection)
        return Snapshot(
            people=live(connection, Person),
            companies=live(connection, Company),
            deals=live(connection, Deal),
            touches=live(connection, Touch),
            owners=live(connection, Owner),
            calendars=live(connection, Calendar),
            campaigns=live(connection, Campaign),
            stage_changes=without(dead, live(connection, StageChange, BY_TIME)),
            assignments=without(dead, live(connection, Assignment, BY_TIME)),
            merged=merged(connection),
            person_ids=person_ids(connection),
            decisions=decisions_in_force(connection),
        )


def live(connection: Connection, kind: type[Kind], order: Order = BY_REF) -> tuple[Kind, ...]:
    """Sorted here, not by the database, whose collation may differ from Python's order."""
    shape = SHAPES[kind]
    found = read_live_cells(connection, shape.columns)
    read = (shape.records(some, connection.dialect.name) for some in batches(found))
    return tuple(sorted(chain.from_iterable(read), key=order))


def without(dead: Collection[Ref], changes: tuple[Kind, ...]) -> tuple[Kind, ...]:
    return tuple(change for change in changes if change.ref not in dead)


def dead_refs(connection: Connection) -> frozenset[Ref]:
    found = (connection.execute(select(shape.table.c.ref).where(~shape.table.c.live)) for shape in RECORDS)
    return frozenset(Ref.parse(row.ref) for rows in found for row in rows)


def merged(connection: Connection) -> tuple[tuple[Ref, Ref], ...]:
    """Who became part of whom, by the last words of those that are gone: records of one kind in one CRM."""
    told = select(people.c.ref, people.c.same_as).where(~people.c.live, people.c.same_as.is_not(None))
    pairs = ((Ref.parse(ref), other) for ref, others in connection.execute(told) for other in refs_of(others))
    return tuple(sorted(pair for pair in pairs if pair[0][:2] == pair[1][:2]))


def person_ids(connection: Connection) -> dict[Ref, str]:
    rows = connection.execute(select(links.c.ref, links.c.person_id).order_by(links.c.ref))
    return {Ref.parse(ref): person_id for ref, person_id in rows}
