"""What marketing owes to sales, as data: quotas, rates, segments, work per lead; see the head of commitment.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from crm_sync.errors import ConfigError
from crm_sync.mappings.spans import Span, read_span
from crm_sync.mappings.tables import YEARS, Shape, listed, read_toml, shaped

FILE = "commitment.toml"
OTHER = "other"  # the segment of whom no other one suits
SEGMENTS_ASK = ("source", "last_source", "campaign", "country", "region", "persona", "score_band")
PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-Q([1-4]))?", re.ASCII)
PERIODS = "a month (2026-11), a quarter (2026-Q4) or a year (2026)"
Closed = Literal["closed"]
LEAST, MOST = Decimal("0.000001"), Decimal(10**12)  # of what is divided and multiplied: no answer is beyond a page
MOST_LEADS = 10**9
Amount = Annotated[Decimal, Field(ge=LEAST, le=MOST)]
Quota = Annotated[Decimal, Field(ge=0, le=MOST)]
Share = Annotated[Decimal, Field(ge=LEAST, le=1)]
Leads = Annotated[int, Field(ge=0, le=MOST_LEADS)]


class Customer(Shape):
    """What a customer brings and how many leads it takes; `closed` is read from the store."""

    average_revenue: Amount | Closed
    lead_to_customer: Share | Closed


class ClosedLeads(Shape):
    """Which leads of the past tell the rates."""

    months: Annotated[int, Field(ge=1, le=120)]
    settled_after: str
    least: Annotated[int, Field(ge=1)]

    @field_validator("settled_after")
    @classmethod
    def with_unit(cls, text: str) -> str:
        read_span(text, f"{FILE}: [closed] settled_after", ("d",))
        return text

    @property
    def settled_days(self) -> int:
        return read_span(self.settled_after, FILE, ("d",)).count


class Handed(Shape):
    """When a lead that sales rejects has to be replaced."""

    replaced_within: str
    replaced_reasons: tuple[str, ...]

    @field_validator("replaced_within")
    @classmethod
    def with_unit(cls, text: str) -> str:
        read_span(text, f"{FILE}: [handed] replaced_within")
        return text

    @property
    def within(self) -> Span:
        return read_span(self.replaced_within, FILE)


class Work(Shape):
    """The time and the money of attempts."""

    hours_per_month: Amount
    minutes_per_attempt: Amount
    cost_per_attempt: Amount
    answers: tuple[Annotated[Decimal, Field(ge=0, le=1)], ...] | Closed
    exempt_below: Quota = Decimal(0)

    @field_validator("answers")
    @classmethod
    def parts_of_one(cls, said: tuple[Decimal, ...] | Closed) -> tuple[Decimal, ...] | Closed:
        if not isinstance(said, str) and (not said or sum(said) > 1):
            raise ValueError("shares of all who went on, at least one and 1 together at most")
        return said


class Team(Shape):
    """What a team owes and gets otherwise than all."""

    leads_per_month: Leads | None = None
    hours_per_month: Amount | None = None


class Rep(Team):
    """What one rep does; `hired` and `left` are the first and the last day."""

    team: str | None = None
    hired: date | None = None
    left: date | None = None


class Segment(Shape):
    """Leads that are alike, and the part of every quota that they are to bring."""

    name: str = Field(min_length=1)
    when: dict[str, str | tuple[str, ...]] = Field(min_length=1)
    share: Share | None = None
    average_revenue: Amount | Closed | None = None
    lead_to_customer: Share | Closed | None = None

    @property
    def conditions(self) -> Mapping[str, frozenset[str]]:
        """Condition → allowed values, in lower case."""
        return {name: listed(values) for name, values in self.when.items()}


class Quotas(Shape):
    """The quotas of one period; empty where nothing is said on a level."""

    period: str
    company: Quota | None = None
    teams: dict[str, Quota] = Field(default_factory=dict)
    reps: dict[str, Quota] = Field(default_factory=dict)

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months of this period."""
        found = period_of(self.period)
        assert found  # as it was read
        year, month, quarter = int(found[1]), found[2], found[3]
        if month:
            return (date(year, int(month), 1),)
        first = 3 * int(quarter) - 2 if quarter else 1
        return tuple(date(year, first + after, 1) for after in range(3 if quarter else 12))


class Commitment(Shape):
    """The whole table."""

    version: str
    customer: Customer
    closed: ClosedLeads
    handed: Handed
    work: Work
    teams: dict[str, Team] = Field(default_factory=dict)
    reps: dict[str, Rep] = Field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    regions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    quotas: tuple[Quotas, ...] = ()

    def rep(self, rep: str) -> Rep:
        """What is said of a rep, by e-mail address."""
        return self.reps.get(rep.casefold(), Rep())

    def team(self, team: str) -> Team:
        return self.teams.get(team.casefold(), Team())

    def quota_in(self, month: date) -> Quotas | None:
        """The quotas of the shortest period that a month lies in."""
        found = [one for one in self.quotas if month.replace(day=1) in one.months]
        return min(found, key=lambda one: len(one.months), default=None)

    @property
    def shares(self) -> Mapping[str, Decimal]:
        """Segment → its part of every quota; together they are 1."""
        said = {one.name: one.share for one in self.segments if one.share is not None}
        rest = 1 - sum(said.values(), Decimal(0))
        return {**said, OTHER: rest} if rest else said


def load_commitment(path: Path) -> Commitment:
    """Raises ConfigError."""
    found = shaped(Commitment, read_toml(path), path.name)
    for one in found.segments:
        check_segment(one, found, f"{path.name}: [[segments]] {one.name}")
    no_name_twice([one.name for one in found.segments], f"{path.name}: [[segments]] name", OTHER)
    if sum((one.share or 0 for one in found.segments), Decimal(0)) > 1:
        together = " + ".join(f"{one.share}" for one in found.segments if one.share)
        raise ConfigError(f"{path.name}: [[segments]] share", together, "shares that are 1 together at most")
    for quota in found.quotas:
        check_quota(quota, f"{path.name}: [[quotas]] {quota.period}")
    no_name_twice([one.period for one in found.quotas], f"{path.name}: [[quotas]] period")
    for name, rep in found.reps.items():
        if rep.hired and rep.left and rep.left < rep.hired:
            raise ConfigError(f'{path.name}: [reps] "{name}" left', str(rep.left), f"a day from {rep.hired} on")
    folded = {
        "teams": {name.casefold(): one for name, one in found.teams.items()},
        "reps": {name.casefold(): one for name, one in found.reps.items()},
    }
    return found.model_copy(update=folded)


def check_segment(segment: Segment, table: Commitment, where: str) -> None:
    for name, values in segment.conditions.items():
        if name not in SEGMENTS_ASK:
            raise ConfigError(f"{where} when", repr(name), "one of " + ", ".join(SEGMENTS_ASK))
        regions = {region.casefold() for region in table.regions}
        if name == "region" and (unknown := sorted(values - regions)):
            allowed = ", ".join(table.regions) or "none yet"
            raise ConfigError(f"{where} when.region", repr(unknown[0]), f"a region of [regions]: {allowed}")


def period_of(text: str) -> re.Match[str] | None:
    """Year, month and quarter; None for what is none of PERIODS."""
    found = PERIOD.fullmatch(text)
    return found if found and int(found[1]) in YEARS else None


def check_quota(quota: Quotas, where: str) -> None:
    if not period_of(quota.period):
        raise ConfigError(where, repr(quota.period), PERIODS)
    if quota.company is None and not quota.teams and not quota.reps:
        raise ConfigError(where, "no quota", "a quota for the company, for teams or for reps")


def no_name_twice(names: list[str], where: str, *reserved: str) -> None:
    seen = set(reserved)
    for name in names:
        if name in seen:
            taken = f"; {', '.join(reserved)} is taken" if reserved else ""
            raise ConfigError(where, f"{name!r} again", f"each name once{taken}")
        seen.add(name)
