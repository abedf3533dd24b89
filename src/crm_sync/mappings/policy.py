"""The promise as data: working time, targets of sales, commitment of marketing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from crm_sync.errors import ConfigError
from crm_sync.mappings.hours import WEEKDAYS, Day, Weekly, Window, window_of
from crm_sync.mappings.tables import Shape, read_toml, shaped

Unit = Literal["bh", "d", "h", "m"]
SPAN_FORM = "a number and its unit, as in 8bh (business hours), 14d (days on the wall clock), 24h, 30m"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time with its unit: 8bh, 14d, 24h, 30m."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def as_timedelta(self) -> timedelta:
        """Elapsed hours or minutes. Business hours and wall-clock days need a calendar: ValueError."""
        if self.unit not in ("h", "m"):
            raise ValueError(f"{self} is not elapsed time")
        return timedelta(hours=self.count) if self.unit == "h" else timedelta(minutes=self.count)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """`weekly[0]` is Monday: half-open windows in minutes after midnight, in order. Holidays are local dates."""

    zone: ZoneInfo
    weekly: Weekly
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True)
class Policy:
    """Both directions of the SLA, as judged by docs/sla.md."""

    version: str
    working_time: WorkingTime
    first_attempt: Span
    cadence_attempts: int
    cadence_within: Span
    pre_start_grace: Span
    same_attempt_within: Span
    at_risk_after: float
    excused_reasons: frozenset[str]
    qualified_leads_per_rep_month: int


class CalendarTable(Shape):
    time_zone: str
    monday: tuple[str, ...] = ()
    tuesday: tuple[str, ...] = ()
    wednesday: tuple[str, ...] = ()
    thursday: tuple[str, ...] = ()
    friday: tuple[str, ...] = ()
    saturday: tuple[str, ...] = ()
    sunday: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()


class SalesTable(Shape):
    first_attempt: str | int
    cadence_attempts: int = Field(ge=1, le=100)
    cadence_within: str | int
    pre_start_grace: str | int = "30m"
    same_attempt_within: str | int = "30m"
    at_risk_after: float = Field(0.75, gt=0, le=1)
    excused_reasons: tuple[str, ...] = ()


class MarketingTable(Shape):
    qualified_leads_per_rep_month: int = Field(ge=1)


class PolicyTable(Shape):
    version: str
    calendar: CalendarTable
    sales: SalesTable
    marketing: MarketingTable


def load_policy(path: Path) -> Policy:
    """Raises ConfigError."""
    found, where = shaped(PolicyTable, read_toml(path), path.name), path.name
    sales = found.sales
    return Policy(
        version=found.version,
        working_time=read_calendar(found.calendar, where),
        first_attempt=read_span(sales.first_attempt, f"{where}: [sales] first_attempt", ("bh", "h", "m")),
        cadence_attempts=sales.cadence_attempts,
        cadence_within=read_span(sales.cadence_within, f"{where}: [sales] cadence_within", ("d",)),
        pre_start_grace=read_span(sales.pre_start_grace, f"{where}: [sales] pre_start_grace", ("h", "m")),
        same_attempt_within=read_span(sales.same_attempt_within, f"{where}: [sales] same_attempt_within", ("h", "m")),
        at_risk_after=sales.at_risk_after,
        excused_reasons=frozenset(sales.excused_reasons),
        qualified_leads_per_rep_month=found.marketing.qualified_leads_per_rep_month,
    )


def read_span(text: str | int, where: str, units: tuple[Unit, ...]) -> Span:
    match = re.fullmatch(r"(\d+)(bh|d|h|m)", str(text))
    if not match or match[2] not in units or int(match[1]) == 0:
        raise ConfigError(where, repr(text), f"{SPAN_FORM}; here the unit is one of {', '.join(units)}")
    return Span(int(match[1]), units[units.index(match[2])])


def read_calendar(table: CalendarTable, where: str) -> WorkingTime:
    try:
        zone = ZoneInfo(table.time_zone)
    except (KeyError, ValueError, OSError):
        allowed = "an IANA zone, as in Europe/Madrid"
        raise ConfigError(f"{where}: [calendar] time_zone", repr(table.time_zone), allowed) from None
    weekly = tuple(read_day(getattr(table, day), f"{where}: [calendar] {day}") for day in WEEKDAYS)
    if not any(weekly):
        raise ConfigError(f"{where}: [calendar]", "no opening hours on any day", 'windows such as "09:00-18:00"')
    return WorkingTime(zone, weekly, frozenset(table.holidays))


def read_day(windows: tuple[str, ...], where: str) -> Day:
    found = sorted(read_window(window, where) for window in windows)
    for (_, end), (start, _) in pairwise(found):
        if start < end:
            raise ConfigError(where, f"windows that overlap: {', '.join(windows)}", "windows apart from each other")
    return tuple(found)


def read_window(text: str, where: str) -> Window:
    try:
        return window_of(text)
    except ValueError:
        raise ConfigError(where, repr(text), 'a window such as "09:00-14:00"; midnight at the end is 24:00') from None
