"""Calendar months where the teams work, and how many working days of them are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_sync.mappings import WorkingTime
from crm_sync.reconciler.commitment.owed import closes, working_days


@dataclass(frozen=True, slots=True)
class Month:
    """A month as people name it, `2026-05`, with its instants and its working days up to now."""

    name: str
    first: date
    begins: datetime
    ends: datetime
    working_days: int
    elapsed: int  # a day is over when its last working hour is


def months_until(now: datetime, count: int, hours: WorkingTime) -> tuple[Month, ...]:
    """The month of `now` and the ones before it, oldest first."""
    first = now.astimezone(hours.zone_now).date().replace(day=1)
    found = []
    for _ in range(count):
        found.append(month_from(first, now, hours))
        first = month_before(first)
    return tuple(reversed(found))


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
