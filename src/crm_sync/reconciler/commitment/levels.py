"""Every level of the goal: company, teams, reps, and on each of them the segments; all of it adds up.

A rep cannot win a third of a customer: on the lowest level customers and leads are rounded up, and whoever stands above
has the sum of those below. The raw values add up exactly, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from crm_sync.errors import ConfigError
from crm_sync.mappings.commitment import Quotas
from crm_sync.reconciler.commitment.goal import NOBODY, Count, Part, customers_needed, leads_needed, rounded_up

Level = Literal["company", "team", "rep", "rest"]
NO_QUOTA = Fraction(0)


@dataclass(frozen=True, slots=True)
class Goal:
    """A quota on some level, with the levels below; `rest` is what nobody below has got of it."""

    level: Level
    name: str
    quota: Fraction
    below: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """What one segment is to bring of a quota."""

    segment: str
    quota: Fraction
    customers: Count
    leads: Count


@dataclass(frozen=True, slots=True)
class Line:
    """A level with its customers and leads, in all and per segment; `below` adds up to it."""

    level: Level
    name: str
    quota: Fraction
    customers: Count
    leads: Count
    segments: tuple[Slice, ...]
    below: tuple[Line, ...]


def goal_of(quotas: Quotas, team_of: Mapping[str, str]) -> Goal:
    """The tree of one period's quotas; `team_of`: rep → team, empty where nobody knows. Raises ConfigError where the
    levels below have got more than the one above."""
    where = f"commitment.toml: [[quotas]] {quotas.period}"
    teams = {name: Fraction(amount) for name, amount in quotas.teams.items()}
    known = {name.casefold(): name for name in teams}
    reps: dict[str, list[Goal]] = {}
    for rep, amount in quotas.reps.items():
        team = team_of.get(rep.casefold(), "")
        reps.setdefault(known.get(team.casefold(), team), []).append(Goal("rep", rep, Fraction(amount)))
    found = [
        filled("team", name, teams.get(name), reps.get(name, []), f"{where} teams")
        for name in {**teams, **reps}
        if name
    ]
    alone = reps.get("", [])
    return filled("company", "", as_fraction(quotas.company), [*found, *alone], f"{where} company")


def as_fraction(amount: Decimal | None) -> Fraction | None:
    return None if amount is None else Fraction(amount)


def filled(level: Level, name: str, quota: Fraction | None, below: Sequence[Goal], where: str) -> Goal:
    """A level with those below, and the rest of its quota as one of them."""
    given = sum((one.quota for one in below), NO_QUOTA)
    if quota is None:
        return Goal(level, name, given, tuple(below))
    if given > quota:
        names = ", ".join(one.name for one in below)
        found = f"{float(quota):,.2f} for {name or 'the company'}, but {float(given):,.2f} for {names} together"
        raise ConfigError(where, found, "levels that add up")
    rest = [Goal("rest", "", quota - given)] if below and quota > given else []
    return Goal(level, name, quota, (*below, *rest))


def line_of(goal: Goal, parts: Sequence[Part]) -> Line:
    """Customers and leads of a level and of all below. Raises ConfigError for a segment without revenue or rate."""
    if goal.below:
        return summed(goal, [line_of(one, parts) for one in goal.below])
    quotas = [goal.quota * one.share for one in parts]
    customers = [customers_needed(quota, one.revenue.value) for quota, one in zip(quotas, parts, strict=True)]
    leads = [leads_needed(some, one.rate.value) for some, one in zip(customers, parts, strict=True)]
    counted = zip((one.segment for one in parts), quotas, rounded_up(customers), rounded_up(leads), strict=True)
    return of_slices(goal, [Slice(*numbers) for numbers in counted], ())


def summed(goal: Goal, below: Sequence[Line]) -> Line:
    together = [added(some) for some in zip(*(one.segments for one in below), strict=True)]
    return of_slices(goal, together, tuple(below))


def added(slices: Sequence[Slice]) -> Slice:
    """One segment on several lines."""
    return Slice(
        slices[0].segment,
        sum((one.quota for one in slices), NO_QUOTA),
        sum((one.customers for one in slices), NOBODY),
        sum((one.leads for one in slices), NOBODY),
    )


def of_slices(goal: Goal, slices: Sequence[Slice], below: tuple[Line, ...]) -> Line:
    whole = added(slices)
    return Line(goal.level, goal.name, goal.quota, whole.customers, whole.leads, tuple(slices), below)
