"""How the verdicts on one person changed: every row of their history, in the order in which it was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from crm_sync.reports.relations import Row


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of one target: what it says since `detected_at`, and why. `withdrawn` says that it applies no more.
    `person_id` is another's where people were joined since."""

    person_id: str
    qualified_at: datetime | None
    started_at: datetime | None
    target: str
    state: str
    due_at: datetime
    settled_at: datetime | None
    detected_at: datetime
    breached_at: datetime | None
    revised_at: datetime | None
    cause: str
    because: str | None
    quiet: bool


NAMES = tuple(field.name for field in fields(Revision))


def revisions_of(rows: Iterable[Row]) -> tuple[Revision, ...]:
    """As the store keeps them, the oldest first."""
    return tuple(Revision(**{name: row[name] for name in NAMES}) for row in rows)
