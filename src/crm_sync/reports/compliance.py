"""How the promise of sales was kept, month by month, per team, rep, source or policy, and how long it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

from crm_sync.engine.base import Engine, Tables
from crm_sync.mappings import Vocabulary
from crm_sync.reports.marketing import in_teams
from crm_sync.reports.months import Span, months_between, months_until, whole
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, Row, as_of, asked, months_of, rows, table
from crm_sync.reports.sales import TargetTally, tallies, times

GroupedBy = Literal["team", "rep", "source", "policy"]
CountedBy = Literal["due", "qualified"]
GROUPED_BY: tuple[GroupedBy, ...] = ("team", "rep", "source", "policy")
RELATIONS = ("known", "targets", "stretches", "owners")
MONTHS_SHOWN = 6
NOTHING: Tables = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One target: its tally in all the time that was asked for, and in each month of it."""

    target: str
    whole: TargetTally
    months: tuple[TargetTally, ...]

    def as_json(self) -> dict[str, Any]:
        return {"whole": self.whole.as_json(), "months": [one.as_json() for one in self.months]}


@dataclass(frozen=True, slots=True)
class Group:
    """A team, rep, source or policy; `key` is empty where none is known, None for all of them together."""

    key: str | None
    name: str
    lines: tuple[Line, ...]

    def line(self, target: str) -> Line:
        return next(one for one in self.lines if one.target == target)

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "name": self.name, "targets": {one.target: one.as_json() for one in self.lines}}


@dataclass(frozen=True, slots=True)
class Compliance:
    """`months` oldest first, the first and last one cut to what was asked for. A target falls into the month of its
    due, by which the teams are judged, or into that in which its lead qualified, by which cohorts compare."""

    grouped_by: GroupedBy
    counted_by: CountedBy
    span: Span
    months: tuple[Span, ...]
    targets: tuple[str, ...]
    total: Group
    groups: tuple[Group, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "by": self.grouped_by,
            "counted_by": self.counted_by,
            "since": plain(self.span.begins),
            "until": plain(self.span.ends),
            "months": [one.name for one in self.months],
            "total": self.total.as_json(),
            "groups": [one.as_json() for one in self.groups],
        }


def compliance(
    store: Relations,
    engine: Engine,
    vocabulary: Vocabulary,
    now: datetime,
    *,
    grouped_by: GroupedBy = "team",
    counted_by: CountedBy = "due",
    months: int = MONTHS_SHOWN,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Compliance:
    """The last `months`, the running one included, or from `since` up to `until`. `now` stands in for the CRMs' clock
    only while nothing has been read. Raises ConfigError for a stretch of time that ends before it begins."""
    spans = spans_of(as_of(store, now), vocabulary, months, since, until)
    span = whole(spans)
    tables = judged(store, engine, vocabulary, with_policies=grouped_by == "policy")
    tables["asked"] = asked({"grouped_by": grouped_by, "counted_by": counted_by})
    tables["months"] = months_of([(one.name, one.begins, one.ends) for one in (*spans, span)])
    tables["counted"] = table(engine, "compliance", "counted", tables)
    found, took = rows(engine, "compliance", "compliance", tables), rows(engine, "compliance", "times", tables)
    names = targets_of(vocabulary, found, of_reps=grouped_by == "rep")
    tallied = Tallied(found, took, [one.name for one in spans], span.name, names)
    total, *groups = tallied.groups()
    return Compliance(grouped_by, counted_by, span, spans, names, total, tuple(groups))


def judged(
    store: Relations, engine: Engine, vocabulary: Vocabulary, held: Tables = NOTHING, *, with_policies: bool = True
) -> dict[str, pa.Table]:
    """The relations of `held` and what is judged, as `judged`. Policies stand in no column: they are read only where
    they are asked for."""
    tables = {**store.tables(*(name for name in RELATIONS if name not in held)), **held}
    tables["policies"] = store.tables("policies")["policies"] if with_policies else NO_POLICIES
    if "owed" not in tables:
        tables["reps"] = in_teams(table(engine, "sla", "reps", tables), vocabulary)
        tables["owed"] = table(engine, "sla", "owed", tables)
    tables["judged"] = table(engine, "compliance", "judged", tables)
    return tables


NO_POLICIES = pa.table(
    {
        "person_id": pa.array([], pa.string()),
        "qualified_at": pa.array([], pa.timestamp("us", "UTC")),
        "policy": pa.array([], pa.string()),
    }
)


def spans_of(
    now: datetime, vocabulary: Vocabulary, months: int, since: datetime | None, until: datetime | None
) -> tuple[Span, ...]:
    hours = vocabulary.promise.working_time
    if since is None and until is None:
        return tuple(one.span for one in months_until(now, months, hours))
    last = until or months_until(now, 1, hours)[-1].ends
    return months_between(since, last, months, hours.zone_now)


def targets_of(vocabulary: Vocabulary, found: Iterable[Row], *, of_reps: bool) -> tuple[str, ...]:
    """Those of the promise in the order of its table, then those of a promise of before; of reps, what reps owe."""
    every = vocabulary.promise.targets()
    named = [one.name for one in every.values() if one.clock == "rep" or not of_reps]
    return (*named, *sorted({row["target"] for row in found} - set(every)))


class Tallied:
    """Rows of both questions, put together per group, target and month."""

    def __init__(
        self, found: Sequence[Row], took: Sequence[Row], months: Sequence[str], span: str, targets: Sequence[str]
    ) -> None:
        self.months, self.span, self.targets = months, span, targets
        self.counts: dict[tuple[str | None, str, str], list[Row]] = defaultdict(list)
        self.took: dict[tuple[str | None, str, str], list[Row]] = defaultdict(list)
        self.names: dict[str, str] = {}
        for row in found:
            self.counts[row["grp"], row["target"], row["month"]].append({**row, "people": row["targets"]})
            if row["grp"] is not None:
                self.names[row["grp"]] = row["name"] or row["grp"]
        for row in took:
            self.took[row["grp"], row["target"], row["month"]].append(row)

    def groups(self) -> tuple[Group, ...]:
        """All together first, then each by name; those of whom nothing is known last."""
        keys = sorted(self.names, key=lambda key: (key == "", self.names[key].casefold(), key))
        return (self.group(None, ""), *(self.group(key, self.names[key]) for key in keys))

    def group(self, key: str | None, name: str) -> Group:
        return Group(key, name, tuple(self.line(key, target) for target in self.targets))

    def line(self, key: str | None, target: str) -> Line:
        months = tuple(self.tally(key, target, month) for month in self.months)
        return Line(target, self.tally(key, target, self.span), months)

    def tally(self, key: str | None, target: str, month: str) -> TargetTally:
        place = key, target, month
        [found] = tallies(self.counts.get(place, ()), [target], times(self.took.get(place, ())))
        return found
