"""From a quota to customers to leads: exact fractions, and whole numbers beside them that are rounded up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from crm_sync.errors import ConfigError

REVENUE = "commitment.toml: [customer] average_revenue"
RATE = "commitment.toml: [customer] lead_to_customer"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate or an amount per customer, and what it rests on: the table, what somebody asks about, or what was closed
    from `since` to `until`: `n` leads (or deals), `hits` of them customers, `of` one segment; None: of all, for the
    segment has too few."""

    value: Fraction
    source: Literal["table", "closed", "asked"] = "table"
    n: int | None = None
    hits: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One segment's part of every quota, with what its customers bring and how many leads they take."""

    segment: str
    share: Fraction
    revenue: Estimate
    rate: Estimate


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as it was worked out, and in whole people."""

    raw: Fraction
    whole: int

    def __add__(self, other: Count) -> Count:
        return Count(self.raw + other.raw, self.whole + other.whole)


NOBODY = Count(Fraction(0), 0)


def customers_needed(quota: Fraction, revenue: Fraction | None) -> Fraction:
    """quota / average revenue per customer. Raises ConfigError where there is no revenue to divide by."""
    if revenue is None or revenue <= 0:
        raise ConfigError(REVENUE, "nothing" if revenue is None else str(revenue), "an amount above zero")
    return quota / revenue


def leads_needed(customers: Fraction, rate: Fraction | None) -> Fraction:
    """customers / average conversion from lead to customer. Raises ConfigError where none converts."""
    if rate is None or rate <= 0:
        raise ConfigError(RATE, "nothing" if rate is None else str(rate), "a share above zero, as in 0.02")
    return customers / rate


def rounded_up(raws: Sequence[Fraction]) -> list[Count]:
    """Whole numbers that sum to the sum rounded up; each is its raw value rounded up or down, those with the largest
    rest up."""
    whole = [floor(one) for one in raws]
    missing = ceil(sum(raws, Fraction(0))) - sum(whole)
    rests = sorted(range(len(raws)), key=lambda at: (whole[at] - raws[at], at))
    for at in rests[:missing]:
        whole[at] += 1
    return [Count(raw, one) for raw, one in zip(raws, whole, strict=True)]
