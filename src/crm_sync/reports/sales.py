"""What sales promised: how the targets stand, per state and per rep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reports.relations import Relations, Row, rows, table

STATES = (
    "met", "met_late", "breached", "closed_untouched", "at_risk", "on_track", "paused", "pending",
    "unknown_time", "exempt",
)  # fmt: skip
JUDGED = ("met", "met_late", "breached", "closed_untouched")
OPEN = ("on_track", "at_risk", "paused", "unknown_time")  # neither judged nor pending nor exempt
STATUSES = ("on_track", "at_risk", "breached", "met", "met_late", "paused", "pending", "exempt")
SMALLEST_SAMPLE = 5  # below it no rate is shown: it would say more about chance than about people


@dataclass(frozen=True, slots=True)
class TargetTally:
    """One target: people per state. Compliance is met by all that were judged; open, pending and exempt stay out."""

    target: str
    states: dict[str, int]
    hours: tuple[float, float] | None = None  # within which half of those that were met, and nine of ten, were met

    @property
    def judged(self) -> int:
        return sum(self.states[state] for state in JUDGED)

    @property
    def open(self) -> int:
        return sum(self.states[state] for state in OPEN)

    @property
    def compliance(self) -> float | None:
        """None for a sample of fewer than five."""
        return self.states["met"] / self.judged if self.judged >= SMALLEST_SAMPLE else None

    def as_json(self) -> dict[str, Any]:
        rate = None if self.compliance is None else round(self.compliance, 4)
        found = {"states": self.states, "judged": self.judged, "met": self.states["met"], "compliance": rate}
        return found if self.hours is None else {**found, "hours": {"p50": self.hours[0], "p90": self.hours[1]}}


@dataclass(frozen=True, slots=True)
class RepTally:
    """One rep's targets; `rep` is the e-mail address where the owner has one."""

    rep: str
    name: str
    targets: tuple[TargetTally, ...]

    def as_json(self) -> dict[str, Any]:
        return {"rep": self.rep, "name": self.name, "targets": {one.target: one.as_json() for one in self.targets}}


@dataclass(frozen=True, slots=True)
class SalesSide:
    """All targets, what reps see displayed, and the same per rep."""

    targets: tuple[TargetTally, ...]
    statuses: dict[str, int]
    reps: tuple[RepTally, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "targets": {one.target: one.as_json() for one in self.targets},
            "statuses": self.statuses,
            "reps": [rep.as_json() for rep in self.reps],
        }


def sales_side(store: Relations, engine: Engine, vocabulary: Vocabulary) -> SalesSide:
    """Targets of each person's cycles; a rep answers for what was owed while the lead was theirs."""
    tables = {**store.tables("known", "targets", "stretches", "owners")}
    tables["reps"] = table(engine, "sla", "reps", tables)
    tables["owed"] = table(engine, "sla", "owed", tables)
    found, of_reps = rows(engine, "sla", "targets", tables), rows(engine, "sla", "targets_of_reps", tables)
    shown = {row["status"]: row["people"] for row in rows(engine, "sla", "statuses", tables)}
    reps = sorted({(row["name"], row["rep"]) for row in of_reps})
    every = [*vocabulary.promise.targets().values()]
    rest = sorted({row["target"] for row in found} - {one.name for one in every})  # of a promise of before
    owed = [one.name for one in every if one.clock == "rep"]
    return SalesSide(
        tallies(found, [*(one.name for one in every), *rest], times(rows(engine, "sla", "times", tables))),
        {status: shown.get(status, 0) for status in (*STATUSES, *sorted(set(shown) - set(STATUSES)))},
        tuple(RepTally(rep, name, tallies((one for one in of_reps if one["rep"] == rep), owed)) for name, rep in reps),
    )


def times(found: Iterable[Row]) -> Mapping[str, tuple[float, float]]:
    """Target → median and ninth decile in hours, where there is enough to tell."""
    enough = (row for row in found if row["met"] >= SMALLEST_SAMPLE and row["half"] is not None)
    return {row["target"]: (round(row["half"], 2), round(row["most"], 2)) for row in enough}


NO_TIMES: Mapping[str, tuple[float, float]] = {}


def tallies(
    found: Iterable[Row], names: Iterable[str], hours: Mapping[str, tuple[float, float]] = NO_TIMES
) -> tuple[TargetTally, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in found:
        counts[row["target"], row["state"]] += row["people"]
    return tuple(TargetTally(name, {state: counts[name, state] for state in STATES}, hours.get(name)) for name in names)
