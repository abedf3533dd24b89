"""How many leads a rep is owed in a month, and by now: by working days, from the first day of the rep to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from crm_sync.mappings import WorkingTime
from crm_sync.mappings.hours import END_OF_DAY


@dataclass(frozen=True, slots=True)
class Owed:
    """`month`: for the whole of it; `by_now`: for the working days that are over."""

    month: Fraction
    by_now: Fraction


def working_days(first: date, after: date, hours: WorkingTime) -> list[date]:
    """The dates with opening hours from `first` up to `after`."""
    days = (first + timedelta(days=number) for number in range((after - first).days))
    return [day for day in days if hours.hours_on(day)]


def closes(day: date, hours: WorkingTime) -> datetime:
    """When the last working hour of a working day ends."""
    end, zone = hours.hours_on(day)[-1][1], hours.on(day).zone
    day, end = (day + timedelta(days=1), 0) if end == END_OF_DAY else (day, end)
    return datetime.combine(day, time(end // 60, end % 60), zone).astimezone(UTC)


def owed(
    commitment: int,
    days: Sequence[date],
    hours: WorkingTime,
    now: datetime,
    hired: date | None = None,
    left: date | None = None,
) -> Owed:
    """`days`: the working days of the month, each of which is worth the same part of the commitment. A day is over when
    its last working hour is."""
    mine = [day for day in days if (hired is None or hired <= day) and (left is None or day <= left)]
    over = sum(closes(day, hours) <= now for day in mine)
    return Owed(Fraction(commitment * len(mine), len(days) or 1), Fraction(commitment * over, len(days) or 1))
