"""What people decided about who is who, and which company is which: it can be taken back, and stays on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, update

from crm_sync.errors import ConfigError
from crm_sync.records import Decision, Ref, Subject
from crm_sync.store.cells import storable
from crm_sync.store.database import Database
from crm_sync.store.schema import decisions

LAST = 2**63 - 1  # the last number that a table can give
MADE = (
    decisions.c.id, decisions.c.one, decisions.c.other, decisions.c.same, decisions.c.by, decisions.c.at,
    decisions.c.note, decisions.c.about,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with what became of it."""

    decision: Decision
    undone_at: datetime | None
    undone_by: str | None


def decide(
    database: Database, one: Ref, other: Ref, *, same: bool, by: str, now: datetime, note: str | None, about: Subject
) -> Decision:
    first, second = sorted((one, other))
    said = {"one": str(first), "other": str(second), "same": same, "about": about}
    row = {**said, "by": storable(by), "at": now, "note": storable(note)}
    with database.writing() as connection:
        (number,) = connection.execute(decisions.insert().values(**row)).inserted_primary_key or (0,)
    return Decision(number, first, second, same, by, now, note, about)


def undo(database: Database, number: int, by: str, now: datetime) -> Decision:
    """Raises ConfigError when there is no such decision in force."""
    with database.writing() as connection:
        this = (decisions.c.id == number) & decisions.c.undone_at.is_(None)
        found = connection.execute(select(*MADE).where(this)).first() if 0 < number <= LAST else None
        if found is None:
            allowed, fix = "the number of a decision in force", "`crm-sync dupes list --decisions` shows them."
            raise ConfigError("decision", str(number), allowed, fix=fix)
        connection.execute(update(decisions).where(this).values(undone_at=now, undone_by=storable(by)))
    return decision_of(tuple(found))


def decisions_in_force(connection: Connection, about: Subject) -> tuple[Decision, ...]:
    """In the order in which they were made."""
    asked: Select[Any] = select(*MADE).where(decisions.c.undone_at.is_(None), decisions.c.about == about)
    return tuple(decision_of(tuple(row)) for row in connection.execute(asked.order_by(decisions.c.id)))


def read_decisions(database: Database) -> list[Decided]:
    """All that were ever made, the newest first."""
    with database.reading() as connection:
        return list(all_decisions(connection))


def all_decisions(connection: Connection) -> Iterator[Decided]:
    asked = select(*MADE, decisions.c.undone_at, decisions.c.undone_by).order_by(decisions.c.id.desc())
    for *made, undone_at, undone_by in connection.execute(asked):
        yield Decided(decision_of(tuple(made)), undone_at, undone_by)


def decision_of(row: tuple[Any, ...]) -> Decision:
    number, one, other, same, by, at, note, about = row
    return Decision(number, Ref.parse(one), Ref.parse(other), same, by, at, note, about)
