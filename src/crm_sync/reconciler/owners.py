"""Whose a person is at any instant: the owner most recently set in any of the person's records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from crm_sync.records import Assignment, Person, Ref, as_said


class Owned(NamedTuple):
    """From `at` on, `owner` owns the person; None: nobody does."""

    at: datetime
    owner: Ref | None


def ownership(records: Iterable[Person], assignments: Iterable[Assignment]) -> tuple[Owned, ...]:
    """All changes of owner in order of time; at one instant the last one holds."""
    by_ref: dict[Ref, list[Assignment]] = {}
    for assignment in assignments:
        by_ref.setdefault(assignment.ref, []).append(assignment)
    changes = [change for record in records for change in owners_of(record, by_ref.get(record.ref, []))]
    return tuple(Owned(at, owner) for at, _, _, owner in sorted(changes, key=lambda change: change[:3]))


def owners_of(record: Person, assignments: list[Assignment]) -> Iterator[tuple[datetime, Ref, int, Ref | None]]:
    """A record without history has had its owner from the beginning; a history that begins later tells who it was.
    Those of one record are numbered in the order in which they were set."""
    history = sorted(assignments, key=as_said)
    first = history[0] if history else None
    beginning = first.was if first else record.owner
    if beginning:
        yield min(record.created_at, first.at if first else record.created_at), record.ref, 0, beginning
    for place, change in enumerate(history, 1):
        yield change.at, record.ref, place, change.owner


def owner_at(owned: Sequence[Owned], at: datetime) -> Ref | None:
    """The owner at an instant, changes of that very instant included."""
    return next((change.owner for change in reversed(owned) if change.at <= at), None)
