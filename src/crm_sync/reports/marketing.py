"""What marketing promised: qualified leads per rep and month, delivered and accepted, against the commitment so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary, WorkingTime
from crm_sync.reconciler.commitment.handed import replaced
from crm_sync.reconciler.commitment.owed import Owed, owed, working_days
from crm_sync.reconciler.sla.clock import clock_of
from crm_sync.reports.months import Month, month_after, months_until
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import INSTANT, Relations, Row, as_of, months_of, rows, stages_of, table
from crm_sync.reports.sales import SMALLEST_SAMPLE

MONTHS_SHOWN = 6
RELATIONS: Final = (
    "targets",
    "stretches",
    "owners",
    "stage_entries",
    "stage_changes",
    "known",
    "people",
    "links",
    "qualifications",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Qualified leads of one rep (or team, or all) in one month: cycles that began then as the rep's, and what sales
    made of them. Those `replaced` are among the rejected and do not count towards the commitment."""

    rep: str
    name: str
    month: str
    delivered: int
    accepted: int
    rejected: int
    open: int
    expected: float  # the commitment up to the last working day that is over
    replaced: int = 0
    team: str = ""
    commitment: float = 0.0  # of the whole month

    @property
    def counted(self) -> int:
        return self.delivered - self.replaced

    @property
    def pace(self) -> str:
        return "on_track" if self.counted >= self.expected else "behind"

    def as_json(self) -> dict[str, Any]:
        counts = {"delivered": self.delivered, "accepted": self.accepted, "rejected": self.rejected, "open": self.open}
        counts |= {"replaced": self.replaced, "counted": self.counted}
        named = {"rep": self.rep, "name": self.name, "team": self.team, "month": self.month}
        owed = {"expected": round(self.expected, 1), "commitment": round(self.commitment, 1)}
        return {**named, **counts, **owed, "pace": self.pace}


@dataclass(frozen=True, slots=True)
class Quality:
    """Leads of one month in one score band: `too_few` points to be qualified, `qualified` without a band, or `unknown`:
    not looked at yet."""

    version: str
    band: str
    delivered: int
    accepted: int
    rejected: int

    @property
    def acceptance(self) -> float | None:
        """Accepted by all that sales has decided about; None where these are fewer than five."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided >= SMALLEST_SAMPLE else None


@dataclass(frozen=True, slots=True)
class MarketingSide:
    """The commitment per rep, this month's deliveries per rep, team and in total, and the months before."""

    commitment: int
    month: Month
    reps: tuple[Delivery, ...]
    teams: tuple[Delivery, ...]
    total: Delivery
    earlier: tuple[Delivery, ...]  # totals of the months before, oldest first
    quality: tuple[Quality, ...]  # of this month, the best first

    def as_json(self) -> dict[str, Any]:
        return {
            "commitment": self.commitment,
            "month": self.month.name,
            "working_days": {"elapsed": self.month.elapsed, "all": self.month.working_days},
            "total": self.total.as_json(),
            "teams": [team.as_json() for team in self.teams],
            "reps": [rep.as_json() for rep in self.reps],
            "earlier": [month.as_json() for month in self.earlier],
            "quality": [{**plain(one), "acceptance": one.acceptance} for one in self.quality],
        }


@dataclass(frozen=True, slots=True)
class OneRep:
    """`rep` is the e-mail address where the owner has one."""

    rep: str
    name: str
    team: str


def marketing_side(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> MarketingSide:
    """Reps are owners who were handed a lead in the months shown, or whom commitment.toml names; a month without a
    lead counts as zero for them."""
    at = as_of(store, now)
    months = months_until(at, MONTHS_SHOWN, vocabulary.promise.working_time)
    tables = with_cycles(store, engine, vocabulary, months)
    found = {(row["rep"], row["month"]): row for row in rows(engine, "sla", "delivered", tables)}
    reps = sorted(all_reps(found.values(), tables["reps"], vocabulary), key=lambda one: (one.name, one.rep))
    owes = Commitments(vocabulary, at)
    here = [[delivery(one, month, found.get((one.rep, month.name), {}), owes(one, month.first)) for one in reps]
            for month in months]  # fmt: skip
    totals = [together(deliveries, month.name) for deliveries, month in zip(here, months, strict=True)]
    shown = tuple(one for one in here[-1] if one.delivered or one.commitment)
    teams = tuple(
        together([one for one in shown if one.team == team], months[-1].name, team) for team in teams_of(shown)
    )
    commitment = vocabulary.promise.qualified_leads_per_rep_month
    quality = tuple(
        as_quality(row) for row in rows(engine, "sla", "quality", tables) if row["month"] == months[-1].name
    )
    return MarketingSide(commitment, months[-1], shown, teams, totals[-1], tuple(totals[:-1]), quality)


def as_quality(row: Row) -> Quality:
    return Quality(row["version"], row["band"], row["delivered"], row["accepted"], row["rejected"])


def with_cycles(
    store: Relations, engine: Engine, vocabulary: Vocabulary, months: Sequence[Month]
) -> dict[str, pa.Table]:
    """The relations that questions about cycles need, `reps` and `cycles` among them."""
    tables: dict[str, pa.Table] = {**store.tables(*RELATIONS)}
    tables["stages"] = stages_of(vocabulary.lifecycle)
    tables["months"] = months_of([(month.name, month.begins, month.ends) for month in months])
    tables["reps"] = in_teams(table(engine, "sla", "reps", tables), vocabulary)
    tables["owed"] = table(engine, "sla", "owed", tables)
    tables["starts"] = table(engine, "sla", "starts", tables)
    tables["outcomes"] = table(engine, "sla", "outcomes", tables)
    tables["replaced"] = replacements(rows(engine, "sla", "rejections", tables), vocabulary)
    tables["cycles"] = table(engine, "sla", "cycles", tables)
    return tables


def in_teams(reps: pa.Table, vocabulary: Vocabulary) -> pa.Table:
    """Reps in the teams of commitment.toml, where it says so."""
    said = vocabulary.commitment
    teams = [said.rep(row["rep"]).team or row["team"] for row in reps.select(["rep", "team"]).to_pylist()]
    return reps.set_column(reps.column_names.index("team"), "team", pa.array(teams, pa.string()))


def replacements(rejections: Iterable[Row], vocabulary: Vocabulary) -> pa.Table:
    """Which of the rejected leads marketing brings anew, measured on the calendar of the house."""
    handed, clock = vocabulary.commitment.handed, clock_of(vocabulary.promise.working_time)
    reasons, within = frozenset(handed.replaced_reasons), handed.within
    found = [
        (row["person_id"], row["started_at"])
        for row in rejections
        if replaced(row["started_at"], row["rejected_at"], row["reason"], reasons, within, clock)
    ]
    columns = {"person_id": pa.array([one for one, _ in found], pa.string())}
    return pa.table(columns | {"started_at": pa.array([at for _, at in found], INSTANT)})


def all_reps(found: Iterable[Row], reps: pa.Table, vocabulary: Vocabulary) -> Iterator[OneRep]:
    """Everybody once."""
    listed, said = {row["rep"]: row for row in reps.to_pylist()}, vocabulary.commitment.reps
    named = {row["rep"]: listed.get(row["rep"], row) for row in found}
    named |= {rep: listed.get(rep, {"name": rep, "team": one.team or ""}) for rep, one in said.items()}
    for rep, row in named.items():
        yield OneRep(rep, row["name"], row["team"])


class Commitments:
    """What each rep is owed in a month: the rep's own number, else the team's, else that of all."""

    def __init__(self, vocabulary: Vocabulary, now: datetime) -> None:
        self.vocabulary, self.now = vocabulary, now
        self.days = cache(working_days)

    def __call__(self, rep: OneRep, first: date) -> Owed:
        """In the month that begins with a day, by the working days of the team's calendar."""
        said, hours = self.vocabulary.commitment.rep(rep.rep), self.hours(rep.team)
        days = self.days(first, month_after(first), hours)
        return owed(self.leads(rep), days, hours, self.now, said.hired, said.left)

    def leads(self, rep: OneRep) -> int:
        table, shipped = self.vocabulary.commitment, self.vocabulary.promise.qualified_leads_per_rep_month
        said = (table.rep(rep.rep).leads_per_month, table.team(rep.team).leads_per_month)
        return next((one for one in said if one is not None), shipped)

    def hours(self, team: str) -> WorkingTime:
        promise = self.vocabulary.promise
        return promise.calendars[promise.teams.get(team.strip().casefold(), promise.default_calendar)]


def delivery(rep: OneRep, month: Month, row: Row, owes: Owed) -> Delivery:
    counts = {name: row.get(name, 0) for name in ("delivered", "accepted", "rejected", "open", "replaced")}
    return Delivery(
        rep.rep, rep.name, month.name, **counts,
        expected=float(owes.by_now), team=rep.team, commitment=float(owes.month),
    )  # fmt: skip


def teams_of(deliveries: Iterable[Delivery]) -> list[str]:
    return sorted({one.team for one in deliveries})


def together(deliveries: Sequence[Delivery], month: str, team: str = "") -> Delivery:
    """The month of a team, or of all."""
    counts = {
        name: sum(getattr(one, name) for one in deliveries)
        for name in ("delivered", "accepted", "rejected", "open", "replaced")
    }
    expected, commitment = (sum(getattr(one, name) for one in deliveries) for name in ("expected", "commitment"))
    return Delivery("", team, month, **counts, expected=expected, team=team, commitment=commitment)
