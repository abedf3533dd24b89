"""Calendar months where the teams work, and how many working days of them are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_sync.clock import on_wall
from crm_sync.errors import ConfigError
from crm_sync.mappings import WorkingTime
from crm_sync.reconciler.commitment.owed import closes, working_days

MOST_MONTHS = 60


class Span(NamedTuple):
    """A stretch of time by name: a month, `2026-05`, or several, `2026-03..2026-05`; from one instant up to another."""

    name: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """A month as people name it, `2026-05`, with its instants and its working days up to now."""

    name: str
    first: date
    begins: datetime
    ends: datetime
    working_days: int
    elapsed: int  # a day is over when its last working hour is

    @property
    def span(self) -> Span:
        return Span(self.name, self.begins, self.ends)


def months_until(now: datetime, count: int, hours: WorkingTime) -> tuple[Month, ...]:
    """The month of `now` and the ones before it, oldest first."""
    first = now.astimezone(hours.zone_now).date().replace(day=1)
    found = []
    for _ in range(count):
        found.append(month_from(first, now, hours))
        first = month_before(first)
    return tuple(reversed(found))


def months_between(since: datetime | None, until: datetime, count: int, zone: ZoneInfo) -> tuple[Span, ...]:
    """The months from `since` on, or `count` of them, up to `until`, oldest first; cut to both. Raises ConfigError."""
    if since and since >= until:
        allowed = f"a day or an instant before the end, {on_wall(until, zone)}"
        raise ConfigError("--from", f"{on_wall(since, zone)} ({zone.key})", allowed)
    last = (until.astimezone(zone) - timedelta(microseconds=1)).date().replace(day=1)
    found: list[Span] = []
    while len(found) < count if since is None else not found or found[-1].begins > since:
        if len(found) == MOST_MONTHS:
            raise ConfigError("--from", on_wall(since or until, zone), f"at most {MOST_MONTHS} months before the end")
        begins, ends = midnight(last, zone), midnight(month_after(last), zone)
        found.append(Span(f"{last:%Y-%m}", max(begins, since or begins), min(ends, until)))
        last = month_before(last)
    return tuple(reversed(found))


def span_named(text: str, zone: ZoneInfo) -> Span | None:
    """`2026-05` or `2026-03..2026-05`, both months included; None for anything else."""
    first, _, last = text.partition("..")
    try:
        begins, ends = (date.fromisoformat(f"{one}-01") for one in (first, last or first))
        return Span(text, midnight(begins, zone), midnight(month_after(ends), zone))
    except (ValueError, OverflowError):
        return None


def whole(spans: Sequence[Span]) -> Span:
    """All of several that follow each other."""
    first, last = spans[0], spans[-1]
    return Span(f"{first.name}..{last.name}", first.begins, last.ends)


def month_from(first: date, now: datetime, hours: WorkingTime) -> Month:
    after = month_after(first)
    working = working_days(first, after, hours)
    over = [day for day in working if closes(day, hours) <= now]
    begins, ends = midnight(first, hours.zone_now), midnight(after, hours.zone_now)
    return Month(f"{first:%Y-%m}", first, begins, ends, len(working), len(over))


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
