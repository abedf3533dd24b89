"""Which calendar measures an owner's time: the team's, the owner's own, or that of the organization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_sync.mappings import Promise, WorkingTime
from crm_sync.mappings.hours import END_OF_DAY, Day, Window, hours_of, window_of
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.sla.clock import Clock, clock_of
from crm_sync.records import Calendar, Owner, Ref


class Named(NamedTuple):
    """A clock and the calendar that it goes by, as `explain` names it."""

    name: str
    clock: Clock


class Almanac:
    """Looks up calendars of owners, each once."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._found: dict[tuple[int, str | None, Ref | None], Named] = {}

    def of(self, promise: Promise, calendar: str | None, owner: Ref | None) -> Named:
        """`calendar` is the one that a policy asks for. What the CRMs do not say is the team's."""
        key = (id(promise), calendar, owner)
        if key not in self._found:
            name, hours = self.hours_of(promise, calendar, owner)
            self._found[key] = Named(name, clock_of(hours))
        return self._found[key]

    def hours_of(self, promise: Promise, calendar: str | None, owner: Ref | None) -> tuple[str, WorkingTime]:
        name = calendar or self.team_calendar(promise, owner)
        team = promise.calendars[name]
        for held in self.directory.named(owner) if owner and promise.calendar_source == "owner" else ():
            if made := owner_hours(team, held):
                return f"{held.name or held.ref}, {name}", made
        org = self.directory.org_calendar() if promise.calendar_source == "org" else None
        if org and (made := org_hours(org)):
            return org.name or str(org.ref), made
        return name, team

    def team_calendar(self, promise: Promise, owner: Ref | None) -> str:
        named = (promise.teams[team] for team in sorted(self.directory.teams_of(owner)) if team in promise.teams)
        return next(named, promise.default_calendar)


def owner_hours(team: WorkingTime, owner: Owner) -> WorkingTime | None:
    """An owner's own week on the owner's own wall; holidays are the team's. None where nothing is said that can be
    read."""
    try:
        weekly = hours_of(owner.working_hours or "")
        zone = ZoneInfo(owner.time_zone) if owner.time_zone else team.zone_now
        return replace(team, zone=zone, weekly=weekly, later=()) if any(weekly) else None
    except (KeyError, ValueError, OSError):
        return None


def org_hours(org: Calendar) -> WorkingTime | None:
    """A CRM's calendar: one week, and holidays that close a date or some hours of it."""
    try:
        zone, weekly = ZoneInfo(org.time_zone or ""), hours_of(org.hours or "")
        closed = dict[date, tuple[Window, ...]]()
        for line in org.holidays:
            day, hours = holiday_of(line)
            closed[day] = (*closed.get(day, ()), hours)
    except (KeyError, ValueError, OSError):
        return None
    days = {day: tuple(left_of(weekly[day.weekday()], hours)) for day, hours in closed.items()}
    return WorkingTime(zone, weekly, days=tuple(sorted(days.items()))) if any(weekly) else None


def holiday_of(line: str) -> tuple[date, Window]:
    """`2026-12-25 Christmas`, `2026-12-24 14:00-24:00 Christmas Eve`. Raises ValueError."""
    day, _, rest = line.partition(" ")
    try:
        return date.fromisoformat(day), window_of(rest.partition(" ")[0])
    except ValueError:
        return date.fromisoformat(day), (0, END_OF_DAY)


def left_of(hours: Day, closed: tuple[Window, ...]) -> Iterator[Window]:
    """What remains of a day's windows when some hours of it are closed."""
    edges = sorted({edge for window in (*hours, *closed) for edge in window})
    for opens, closes in pairwise(edges):
        inside = any(start <= opens < end for start, end in hours)
        if inside and not any(start <= opens < end for start, end in closed):
            yield opens, closes
