"""What the quotas ask of marketing, on every level and per segment, beside what marketing has committed to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crm_sync.clock import to_iso
from crm_sync.engine.base import Engine
from crm_sync.errors import ConfigError
from crm_sync.mappings import Commitment, Vocabulary
from crm_sync.mappings.commitment import PERIODS, Quotas, period_of
from crm_sync.reconciler.commitment.goal import RATE, REVENUE, Count, Estimate, Part
from crm_sync.reconciler.commitment.levels import Line, Slice, goal_of, line_of
from crm_sync.reconciler.commitment.rates import Past, parts_of
from crm_sync.reports.closed import past
from crm_sync.reports.marketing import Commitments, OneRep, all_reps, in_teams, marketing_side
from crm_sync.reports.relations import Relations, as_of, table

QUOTAS = "commitment.toml: [[quotas]]"
ASKS = {
    REVENUE: "`--revenue 2500` asks about one that stands nowhere.",
    RATE: "`--rate 0.02` asks about one that stands nowhere.",
}


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Numbers given instead of those of the table."""

    quota: Decimal | None = None
    revenue: Decimal | None = None
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A level with its line, and what is committed to the reps below it in the period; None: it has none."""

    line: Line
    committed: float | None
    below: tuple[Planned, ...]

    @property
    def enough(self) -> bool | None:
        """Whether the commitment brings as many leads as the quota takes."""
        return None if self.committed is None else self.committed >= self.line.leads.whole

    def as_json(self) -> dict[str, Any]:
        return {
            "level": self.line.level,
            "name": self.line.name,
            **numbers(self.line),
            "committed": None if self.committed is None else round(self.committed, 1),
            "enough": self.enough,
            "segments": [{"segment": one.segment, **numbers(one)} for one in self.line.segments],
            "below": [one.as_json() for one in self.below],
        }


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """The quotas of a period, what every segment goes by, and the company with all levels below."""

    period: str
    months: int
    parts: tuple[Part, ...]
    company: Planned

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period,
            "months": self.months,
            "segments": [part_json(one) for one in self.parts],
            "company": self.company.as_json(),
        }


def goal_plan(
    store: Relations,
    engine: Engine,
    vocabulary: Vocabulary,
    now: datetime,
    period: str | None = None,
    instead: WhatIf = WhatIf(),
    before: Past | None = None,
) -> GoalPlan:
    """Of one period of commitment.toml, the one of today where none is named; `before`: what the closed leads tell, if
    it is known already. Raises ConfigError where there is no quota, no revenue, no rate, or levels that do not add
    up."""
    at = as_of(store, now)
    said = supposed(vocabulary.commitment, instead)
    today = at.astimezone(vocabulary.promise.working_time.zone_now).date()
    quotas = quotas_of(said, period, today, instead)
    vocabulary = replace(vocabulary, commitment=said)
    owners = in_teams(table(engine, "sla", "reps", store.tables("owners")), vocabulary)
    known = [{"rep": rep.casefold(), "name": rep, "team": ""} for rep in quotas.reps]
    reps = {one.rep: one for one in all_reps(known, owners, vocabulary)}
    parts = tuple(told_of(one, instead) for one in known_parts(said, before or past(store, engine, vocabulary, now)))
    line = line_of(goal_of(quotas, {name: one.team for name, one in reps.items()}), parts)
    company = planned(line, reps, quotas.months, Commitments(vocabulary, at))
    if company.committed is None:  # no rep has a quota: all of them work for the company's
        side = marketing_side(store, engine, vocabulary, now)
        everybody = [OneRep(one.rep, one.name, one.team) for one in side.reps]
        company = replace(company, committed=committed_to(everybody, quotas.months, Commitments(vocabulary, at)))
    return GoalPlan(quotas.period, len(quotas.months), parts, company)


def known_parts(table: Commitment, past: Past) -> tuple[Part, ...]:
    """Every segment that quotas are shared out to. Raises ConfigError with what to ask instead of what is not known."""
    try:
        return parts_of(table, past)
    except ConfigError as problem:
        asks = ASKS.get(problem.where, "")
        raise ConfigError(problem.where, problem.found, problem.allowed, fix=asks) from None


def supposed(table: Commitment, instead: WhatIf) -> Commitment:
    """The table with other numbers per customer, for all segments."""
    said = {"average_revenue": instead.revenue, "lead_to_customer": instead.rate}
    said = {name: value for name, value in said.items() if value is not None}
    segments = tuple(one.model_copy(update=said) for one in table.segments)
    return table.model_copy(update={"customer": table.customer.model_copy(update=said), "segments": segments})


def told_of(part: Part, instead: WhatIf) -> Part:
    """What was asked stands in no table."""
    revenue = part.revenue if instead.revenue is None else replace(part.revenue, source="asked")
    return replace(
        part, revenue=revenue, rate=part.rate if instead.rate is None else replace(part.rate, source="asked")
    )


def quotas_of(table: Commitment, period: str | None, today: date, instead: WhatIf) -> Quotas:
    """Raises ConfigError."""
    if period is not None and not period_of(period):
        raise ConfigError("--period", repr(period), PERIODS)
    if instead.quota is not None:
        return Quotas(period=period or f"{today:%Y-%m}", company=instead.quota)
    if period is None:
        found = table.quota_in(today)
        where, there = QUOTAS, "no quota for this month"
    else:
        found = next((one for one in table.quotas if one.period == period), None)
        where, there = "--period", repr(period)
    if found is None:
        allowed = (
            ", ".join(one.period for one in table.quotas)
            or "the period of one of the [[quotas]] in commitment.toml; there is none"
        )
        raise ConfigError(where, there, allowed, fix="`--quota 100000` asks about one that stands nowhere.")
    return found


def planned(line: Line, reps: Mapping[str, OneRep], months: tuple[date, ...], owes: Commitments) -> Planned:
    below = tuple(planned(one, reps, months, owes) for one in line.below)
    if line.level == "rep":
        return Planned(line, committed_to([reps[line.name.casefold()]], months, owes), below)
    committed = [one.committed for one in below if one.committed is not None]
    return Planned(line, sum(committed) if committed else None, below)


def committed_to(reps: Iterable[OneRep], months: Iterable[date], owes: Commitments) -> float:
    """Qualified leads that some reps are owed in some months."""
    return float(sum((owes(rep, first).month for rep in reps for first in months), Fraction(0)))


def numbers(one: Line | Slice) -> dict[str, Any]:
    return {"quota": float(one.quota), "customers": count_json(one.customers), "leads": count_json(one.leads)}


def count_json(count: Count) -> dict[str, Any]:
    return {"raw": round(float(count.raw), 4), "whole": count.whole}


def part_json(part: Part) -> dict[str, Any]:
    rates = {"average_revenue": estimate_json(part.revenue), "lead_to_customer": estimate_json(part.rate)}
    return {"segment": part.segment, "share": float(part.share), **rates}


def estimate_json(one: Estimate) -> dict[str, Any]:
    value = {"value": round(float(one.value), 6), "source": one.source}
    if one.since is None or one.until is None:
        return value
    window = {"since": to_iso(one.since), "until": to_iso(one.until)}
    return {**value, "n": one.n, "customers": one.hits, "of": one.of or "all", **window}
