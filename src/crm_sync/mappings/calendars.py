"""Calendars: when somebody works, as tables with versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from crm_sync.errors import ConfigError
from crm_sync.mappings.holidays import CODE, Holidays
from crm_sync.mappings.hours import END_OF_DAY, WEEKDAYS, Day, Window, united, weekly_of, window_of, window_text
from crm_sync.mappings.tables import Shape, shaped
from crm_sync.mappings.working_time import MonthDay, WorkingTime

A_YEAR = 366
WINDOW = 'a window such as "09:00-14:00"; midnight at the end is 24:00, a shift through the night "22:00-06:00"'
Warnings = list[str]


class CalendarTable(Shape):
    since: date | None = Field(None, alias="from")
    time_zone: str
    monday: tuple[str, ...] = ()
    tuesday: tuple[str, ...] = ()
    wednesday: tuple[str, ...] = ()
    thursday: tuple[str, ...] = ()
    friday: tuple[str, ...] = ()
    saturday: tuple[str, ...] = ()
    sunday: tuple[str, ...] = ()
    holidays: tuple[date | str, ...] = ()
    worked: tuple[date, ...] = ()
    days: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def read_calendars(
    data: Mapping[str, Any], holidays: Holidays, where: str, warnings: Warnings
) -> dict[str, WorkingTime]:
    """Raises ConfigError. What is odd but can be used is told in `warnings`."""
    found = {}
    for name, said in data.items():
        versions = said if isinstance(said, list) else [said]
        found[name] = read_versions(versions, holidays, f"{where}: [{name}]", warnings)
    return found


def read_versions(versions: list[Any], holidays: Holidays, where: str, warnings: Warnings) -> WorkingTime:
    """The first version holds from ever on, each other one from its date."""
    tables = sorted((shaped(CalendarTable, one, where) for one in versions), key=lambda one: one.since or date.min)
    for one, after in pairwise(tables):
        if one.since == after.since or after.since is None:
            raise ConfigError(f"{where} from", str(after.since), "another date for each version")
    read = [(one.since or date.min, read_calendar(one, holidays, where, warnings)) for one in tables]
    first, later = read[0][1], tuple(read[1:])
    return replace(first, later=later)


def read_calendar(table: CalendarTable, holidays: Holidays, where: str, warnings: Warnings) -> WorkingTime:
    said = [read_day(getattr(table, day), f"{where} {day}") for day in WEEKDAYS]
    tell_long_nights(said, where, warnings)
    weekly = weekly_of((at, *window) for at, windows in enumerate(said) for window in windows)
    if not any(weekly):
        raise ConfigError(where, "no opening hours on any day", 'windows such as "09:00-18:00"')
    closed, yearly = read_closed(table, holidays, f"{where} holidays")
    days, every_year = read_exceptions(table.days, f"{where} days")
    for day in table.worked:
        if day not in closed:
            raise ConfigError(f"{where} worked", str(day), "a date that is among the holidays of this calendar")
    named = {at for one in table.holidays if (at := one if isinstance(one, date) else dated(one))}
    twice = [str(day) for day in sorted(named & set(days) - set(table.worked))]
    twice += [f"{month:02}-{day:02}" for month, day in sorted(yearly & set(every_year))]
    if twice:
        raise ConfigError(f"{where} days", f"{twice[0]}, which stands in holidays too", "a date in one of them")
    made = WorkingTime(
        read_zone(table.time_zone, f"{where} time_zone"), weekly, frozenset(closed - set(table.worked)),
        tuple(sorted(days.items())), tuple(sorted({**dict.fromkeys(yearly, ()), **every_year}.items())),
    )  # fmt: skip
    check_opens(made, where)
    return made


def read_zone(name: str, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError(where, repr(name), "an IANA zone, as in Europe/Madrid") from None


def read_day(windows: tuple[str, ...], where: str) -> list[Window]:
    """In order. Raises ConfigError for windows of one day that overlap: one of the two is not what somebody meant."""
    found = sorted((read_window(window, where), window) for window in windows)
    for ((_, end), text), ((start, _), after) in pairwise(found):
        if start < end:
            raise ConfigError(where, f"{text} and {after}, which overlap", "windows that follow each other")
    return [window for window, _ in found]


def tell_long_nights(said: list[list[Window]], where: str, warnings: Warnings) -> None:
    """A shift through the night may reach into the hours of the next date, as shifts do that are handed over: time that
    both of them cover counts once, and somebody is told."""
    for at, windows in enumerate(said):
        after = said[(at + 1) % len(said)]
        if windows and after and windows[-1][1] - END_OF_DAY > after[0][0]:
            night, morning, next_day = window_text(windows[-1]), window_text(after[0]), WEEKDAYS[(at + 1) % len(said)]
            warnings.append(f"{where} {WEEKDAYS[at]}: {night} overlaps {morning} of {next_day}; it counts as one.")


def read_window(text: str, where: str) -> Window:
    try:
        return window_of(text)
    except ValueError:
        raise ConfigError(where, repr(text), WINDOW) from None


def read_closed(table: CalendarTable, holidays: Holidays, where: str) -> tuple[set[date], set[MonthDay]]:
    """Dates, and days of every year, on which the calendar is closed."""
    closed, yearly = set[date](), set[MonthDay]()
    for one in table.holidays:
        if isinstance(one, date):
            closed.add(one)
        elif day := dated(one):
            closed.add(day)
        elif CODE.fullmatch(one):
            closed |= set(holidays.of(one, where).days)
        else:
            yearly.add(read_month_day(one, where))
    return closed, yearly


def dated(text: str) -> date | None:
    """`2026-12-24`"""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_month_day(text: str, where: str) -> MonthDay:
    """`12-24`: every year."""
    try:
        day = date.fromisoformat(f"2024-{text}")  # a leap year, so that 02-29 is one
    except ValueError:
        allowed = "a date (2026-12-24), a day of every year (12-24), or a country such as MX or US-CA"
        raise ConfigError(where, repr(text), allowed) from None
    return day.month, day.day


def read_exceptions(said: Mapping[str, tuple[str, ...]], where: str) -> tuple[dict[date, Day], dict[MonthDay, Day]]:
    """Dates and days of every year with hours of their own."""
    single, yearly = dict[date, Day](), dict[MonthDay, Day]()
    for text, windows in said.items():
        hours = read_day(windows, f'{where}."{text}"')
        if any(end > END_OF_DAY for _, end in hours):
            raise ConfigError(f'{where}."{text}"', ", ".join(windows), "hours of that date alone, up to 24:00")
        if day := dated(text):
            single[day] = tuple(united(hours))
        else:
            yearly[read_month_day(text, where)] = tuple(united(hours))
    return single, yearly


def check_opens(made: WorkingTime, where: str) -> None:
    """Raises ConfigError when more than a year passes without an opening: a clock would never come to its end."""
    shut = 0
    for day in dates_that_matter(made):
        shut = 0 if made.hours_on(day) else shut + 1
        if shut > A_YEAR:
            raise ConfigError(where, f"no opening within {A_YEAR} days before {day}", "a calendar that opens in a year")


def dates_that_matter(made: WorkingTime) -> Iterator[date]:
    """From before the first date that is said until two years after the last one, when all has come round again."""
    said = sorted({*made.holidays, *(day for day, _ in made.days)}) or [date(2024, 1, 1)]
    first, last = said[0] - timedelta(days=7), said[-1] + timedelta(days=2 * A_YEAR)
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
