"""The store as Arrow tables for the engine: live records and the last plan's conclusions, refs as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
from sqlalchemy import Boolean, Column, ColumnElement, Connection, Float, Select, Table, select, true
from sqlalchemy.sql.sqltypes import Integer

from crm_sync.store import schema
from crm_sync.store.database import Database
from crm_sync.store.types import Instant, Money

INSTANT = pa.timestamp("us", "UTC")
CENT = Decimal("0.01")
TOO_MUCH = Decimal(10) ** 16


def read_tables(database: Database, names: Iterable[str]) -> dict[str, pa.Table]:
    """All of the same moment. Raises ValueError for a name that is no relation."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in RELATIONS:
            raise ValueError(f"no relation {name!r}; there are {', '.join(sorted(RELATIONS))}")
    with database.reading() as connection:
        return {name: RELATIONS[name](connection) for name in wanted}


def whole(table: Table, *without: str, of: str | None = None) -> Callable[[Connection], pa.Table]:
    """All columns but `without`, of all rows, or of the live ones where rows can die; in order of the key, `of` whom a
    row is before it."""
    return some(table, true(), *without, of=of)


def some(
    table: Table, which: ColumnElement[bool], *without: str, of: str | None = None
) -> Callable[[Connection], pa.Table]:
    """Of the rows of `whole`, those for which `which` is true."""
    columns = [column for column in table.columns if column.name not in (*without, "live")]
    question = select(*columns).where(which).order_by(*([table.c[of]] if of else []), *table.primary_key)
    if "live" in table.columns:
        question = question.where(table.c.live)
    return lambda connection: answer(connection, question, columns)


def answer(connection: Connection, question: Select[Any], columns: list[Column[Any]]) -> pa.Table:
    rows = connection.execute(question).all()
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [as_array(column, values) for column, values in zip(columns, cells, strict=True)]
    return pa.table(arrays, names=[column.name for column in columns])


def as_array(column: Column[Any], values: tuple[Any, ...]) -> pa.Array:
    if isinstance(column.type, Money):
        return pa.array(map(in_cents, values), pa.decimal128(18, 2), size=len(values))
    return pa.array(values, arrow_type(column))


def arrow_type(column: Column[Any]) -> pa.DataType:
    match column.type:
        case Instant():
            return INSTANT
        case Boolean():
            return pa.bool_()
        case Integer():
            return pa.int64()
        case Float():
            return pa.float64()
    return pa.string()


def in_cents(amount: Decimal | None) -> Decimal | None:
    """What has more than 16 digits before the point is a typing error in the CRM, and nobody's revenue."""
    if amount is None or not amount.is_finite() or abs(amount) >= TOO_MUCH:
        return None
    return amount.quantize(CENT)


def of_people(name: str, table: Table) -> Callable[[Connection], pa.Table]:
    """Pairs of a record and a person that it names, each pair once."""

    def pairs(connection: Connection) -> pa.Table:
        ids = dict(connection.execute(select(schema.links.c.ref, schema.links.c.person_id)).all())
        rows = connection.execute(select(table.c.ref, table.c.people).where(table.c.live, table.c.people.is_not(None)))
        found = sorted({(ref, ids[person]) for ref, people in rows for person in json.loads(people) if person in ids})
        return pa.table({name: text([ref for ref, _ in found]), "person_id": text([one for _, one in found])})

    return pairs


def text(values: list[str]) -> pa.Array:
    return pa.array(values, pa.string())


class OfCycle(msgspec.Struct):
    """What is looked for in a verdict."""

    qualified_at: datetime | None = None
    policy: str = ""
    policy_version: str = ""


class OfPerson(msgspec.Struct):
    """What is looked for in all that is known of a person."""

    person_id: str
    verdict: OfCycle | None = None
    earlier: tuple[OfCycle, ...] = ()


JUDGED = msgspec.json.Decoder(OfPerson)


def policies(connection: Connection) -> pa.Table:
    """By which version of which policy each cycle is judged: no column says it, only the whole of a person does."""
    bodies = connection.execute(select(schema.known.c.body).where(schema.known.c.sla_status.is_not(None))).scalars()
    found = [
        (one.person_id, cycle.qualified_at, cycle.policy, cycle.policy_version)
        for one in map(JUDGED.decode, bodies)
        for cycle in (*one.earlier, *filter(None, [one.verdict]))
    ]
    names = {"person_id": pa.string(), "qualified_at": INSTANT, "policy": pa.string(), "version": pa.string()}
    cells = [*zip(*found, strict=True)] or [()] * len(names)
    return pa.table({name: pa.array(values, kind) for (name, kind), values in zip(names.items(), cells, strict=True)})


def refusals(connection: Connection) -> pa.Table:
    box = schema.outbox
    columns = [box.c[name] for name in ("key", "crm", "ref", "values", "reason", "message", "attempts", "answered_at")]
    return answer(connection, select(*columns).where(box.c.state == "refused").order_by(box.c.id), columns)


RELATIONS: Mapping[str, Callable[[Connection], pa.Table]] = {
    "people": whole(schema.people),
    "companies": whole(schema.companies),
    "deals": whole(schema.deals),
    "touches": whole(schema.touches),
    "owners": whole(schema.owners),
    "calendars": whole(schema.calendars),
    "campaigns": whole(schema.campaigns),
    "deal_people": of_people("deal", schema.deals),
    "touch_people": of_people("touch", schema.touches),
    "links": whole(schema.links, "record_id"),
    "company_links": whole(schema.company_links, "record_id"),
    "company_reviews": whole(schema.company_reviews),
    "known_companies": whole(schema.known_companies, "folded_name", "body"),
    "employers": whole(schema.employers),
    "known": whole(schema.known, "folded_name", "body", "digest"),
    "targets": whole(schema.targets, "position", of="person_id"),
    "stretches": whole(schema.stretches, "position", of="person_id"),
    "promises": whole(schema.promises, "id"),
    "verdict_history": whole(schema.verdict_history, "id"),
    "credits": whole(schema.credits, "position"),
    "stage_entries": whole(schema.stage_entries, "position", of="person_id"),
    "qualifications": whole(schema.qualifications, "position", of="person_id"),
    "stage_changes": whole(schema.stage_changes),
    "unmapped": whole(schema.unmapped, "position"),
    "reviews": whole(schema.reviews),
    "decisions": whole(schema.decisions),
    "set_aside": whole(schema.set_aside, "position"),
    "policies": policies,
    "refusals": refusals,
    "outbox": whole(schema.outbox),
    "progress": whole(schema.progress),
    "budgets": whole(schema.budgets),
    "runs": whole(schema.runs),
}
