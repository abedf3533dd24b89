"""How the promise was kept month by month: of what fell due then, and of the leads that qualified then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reports.months import months_until
from crm_sync.reports.relations import Relations, Row, as_of, months_of, rows
from crm_sync.reports.sales import TargetTally, tallies

MONTHS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """`months` oldest first. `due` and `qualified`: for every target of the promise its tally in each of them, by the
    month of the due, as the teams are judged, and by the month of the qualifying event, as cohorts are compared."""

    months: tuple[str, ...]
    due: tuple[tuple[TargetTally, ...], ...]
    qualified: tuple[tuple[TargetTally, ...], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "months": list(self.months),
            "due": {one[0].target: [month.as_json() for month in one] for one in self.due},
            "qualified": {one[0].target: [month.as_json() for month in one] for one in self.qualified},
        }


def kept(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> Kept:
    """`now` stands in for the CRMs' clock only while nothing has been read."""
    months = months_until(as_of(store, now), MONTHS_SHOWN, vocabulary.promise.working_time)
    tables = {**store.tables("targets"), "months": months_of([(one.name, one.begins, one.ends) for one in months])}
    found = rows(engine, "kept", "kept", tables)
    names, targets = tuple(one.name for one in months), vocabulary.promise.targets()

    def counted(by: str) -> tuple[tuple[TargetTally, ...], ...]:
        here = [row for row in found if row["counted_by"] == by]
        return tuple(month_by_month(here, target, names) for target in targets)

    return Kept(names, counted("due"), counted("qualified"))


def month_by_month(found: Sequence[Row], target: str, months: Sequence[str]) -> tuple[TargetTally, ...]:
    return tuple(one for month in months for one in tallies((row for row in found if row["month"] == month), [target]))
