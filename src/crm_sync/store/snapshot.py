"""Everything that is live, as the records that the reconciler is handed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table, select

from crm_sync.changes import Known
from crm_sync.records import (
    Assignment,
    Calendar,
    Campaign,
    Company,
    Deal,
    Happenings,
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
from crm_sync.store.editions import read_editions
from crm_sync.store.schema import companies, company_links, links, mentions, people
from crm_sync.store.shapes import RECORDS, SHAPES
from crm_sync.store.statements import Cells, batches, read_cells, read_live_cells, read_naming_cells, read_unnamed_cells

Kind = TypeVar("Kind", Person, Company, Deal, Touch, Owner, Calendar, Campaign, StageChange, Assignment)
Order = Callable[[Any], Any]
BY_REF, BY_TIME = attrgetter("ref"), attrgetter("ref", "at", "id")


def read_snapshot(database: Database, *, happenings: bool = True) -> Snapshot:
    """What changed about a record that is gone is gone with it, and comes back with it. Without `happenings` nothing
    that happened to people is in it."""
    with database.reading() as connection:
        deals = live(connection, Deal)
        found = everything(connection) if happenings else of_deals(connection, deals)
        return Snapshot(
            people=live(connection, Person),
            companies=live(connection, Company),
            deals=deals,
            touches=found.touches,
            owners=live(connection, Owner),
            calendars=live(connection, Calendar),
            campaigns=live(connection, Campaign),
            stage_changes=found.stage_changes,
            assignments=found.assignments,
            merged=merged(connection, people),
            merged_companies=merged(connection, companies),
            person_ids=ids(connection, links.c.person_id),
            company_ids=ids(connection, company_links.c.company_id),
            decisions=decisions_in_force(connection, "person"),
            company_decisions=decisions_in_force(connection, "company"),
            editions=read_editions(connection),
        )


def everything(connection: Connection) -> Happenings:
    dead = dead_refs(connection)
    return Happenings(
        live(connection, Touch),
        without(dead, live(connection, StageChange, BY_TIME)),
        without(dead, live(connection, Assignment, BY_TIME)),
    )


def of_deals(connection: Connection, deals: Iterable[Deal]) -> Happenings:
    return Happenings(stage_changes=among(connection, StageChange, [str(one.ref) for one in deals], BY_TIME))


def read_happenings(database: Database, people: Collection[Ref], others: Collection[Ref]) -> Happenings:
    """What happened to some people, who may be gone (then others speak of them still), and touches among `others`."""
    mine = [str(ref) for ref in people]
    with database.reading() as connection:
        alive = [str(one.ref) for one in among(connection, Person, mine)]
        told = {one.ref: one for one in naming(connection, Touch, mine)}
        told |= {one.ref: one for one in among(connection, Touch, [str(ref) for ref in others])}
        return Happenings(
            tuple(sorted(told.values(), key=BY_REF)),
            among(connection, StageChange, alive, BY_TIME),
            among(connection, Assignment, alive, BY_TIME),
        )


def read_strays(database: Database) -> Happenings:
    """Touches of nobody who is here."""
    named, here = (mentions.c.person, mentions.c.ref), (people.c.ref, people.c.live)
    with database.reading() as connection:
        found = read_unnamed_cells(connection, SHAPES[Touch].columns, named, here)
        return Happenings(in_order(connection, Touch, found, BY_REF))


def read_snapshot_about(database: Database, known: Known) -> Snapshot:
    """What concerns one person, whose records are those of the last plan, and everybody's owners, calendars and
    campaigns."""
    mine = [str(ref) for ref in known.refs]
    with database.reading() as connection:
        records, deals = among(connection, Person, mine), naming(connection, Deal, mine)
        alive = [str(one.ref) for one in records]
        return Snapshot(
            people=records,
            deals=deals,
            touches=naming(connection, Touch, mine),
            owners=live(connection, Owner),
            calendars=live(connection, Calendar),
            campaigns=live(connection, Campaign),
            stage_changes=among(connection, StageChange, [*alive, *(str(one.ref) for one in deals)], BY_TIME),
            assignments=among(connection, Assignment, alive, BY_TIME),
            person_ids=dict.fromkeys(known.refs, known.person_id),
            editions=read_editions(connection),
        )


def read_house(database: Database) -> Snapshot:
    """Nobody's records: owners, calendars and campaigns alone."""
    with database.reading() as connection:
        return Snapshot(
            owners=live(connection, Owner), calendars=live(connection, Calendar), campaigns=live(connection, Campaign)
        )


def read_snapshot_of(database: Database, refs: Collection[Ref]) -> Snapshot:
    """Some records of people, the companies that they name, and the people that they belong to."""
    with database.reading() as connection:
        records = among(connection, Person, [str(ref) for ref in refs])
        employers = {str(one.company) for one in records if one.company}
        return Snapshot(
            people=records,
            companies=among(connection, Company, employers),
            person_ids=ids(connection, links.c.person_id, refs),
        )


def live(connection: Connection, kind: type[Kind], order: Order = BY_REF) -> tuple[Kind, ...]:
    return in_order(connection, kind, read_live_cells(connection, SHAPES[kind].columns), order)


def among(connection: Connection, kind: type[Kind], refs: Collection[str], order: Order = BY_REF) -> tuple[Kind, ...]:
    """Live ones that stand under one of these refs."""
    found = (cells for cells in read_cells(connection, SHAPES[kind].columns, refs) if cells[-1])
    return in_order(connection, kind, found, order)


def naming(connection: Connection, kind: type[Kind], refs: Collection[str]) -> tuple[Kind, ...]:
    """Live ones that name one of these people."""
    found = read_naming_cells(connection, SHAPES[kind].columns, (mentions.c.person, mentions.c.ref), refs)
    return in_order(connection, kind, found, BY_REF)


def in_order(connection: Connection, kind: type[Kind], found: Iterable[Cells], order: Order) -> tuple[Kind, ...]:
    """Sorted here, not by the database, whose collation may differ from Python's order."""
    read = (SHAPES[kind].records(some, connection.dialect.name) for some in batches(found))
    return tuple(sorted(chain.from_iterable(read), key=order))


def without(dead: Collection[Ref], changes: tuple[Kind, ...]) -> tuple[Kind, ...]:
    return tuple(change for change in changes if change.ref not in dead)


def dead_refs(connection: Connection) -> frozenset[Ref]:
    found = (connection.execute(select(shape.table.c.ref).where(~shape.table.c.live)) for shape in RECORDS)
    return frozenset(Ref.parse(row.ref) for rows in found for row in rows)


def merged(connection: Connection, table: Table) -> tuple[tuple[Ref, Ref], ...]:
    """Who became part of whom, by the last words of those that are gone: records of one kind in one CRM."""
    told = select(table.c.ref, table.c.same_as).where(~table.c.live, table.c.same_as.is_not(None))
    pairs = ((Ref.parse(ref), other) for ref, others in connection.execute(told) for other in refs_of(others))
    return tuple(sorted(pair for pair in pairs if pair[0][:2] == pair[1][:2]))


def ids(connection: Connection, column: Column[str], refs: Collection[Ref] | None = None) -> dict[Ref, str]:
    """Ref → the person or company that it belonged to in the last plan; of some refs, or of all."""
    ref = column.table.c.ref
    asked = select(ref, column).order_by(ref)
    rows = connection.execute(asked if refs is None else asked.where(ref.in_(map(str, refs))))
    return {Ref.parse(ref): held for ref, held in rows}
