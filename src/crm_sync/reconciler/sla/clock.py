"""Working time as instants: when a span is over, how much of it has passed, on any calendar and any wall clock.

Opening hours are turned into UTC windows before anything is added or subtracted: differences of local times lie when
the clocks change. A window is the set of instants at which the wall clock shows a time inside it: in an autumn night
that set may have two parts, in a spring night it may be shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from crm_sync.errors import ConfigError
from crm_sync.mappings import Span, WorkingTime

Window = tuple[datetime, datetime]  # UTC, half-open
DAY = timedelta(days=1)
NO_TIME = timedelta(0)
FAR = 366  # days without an opening hour after which the calendar is taken for a mistake
FURTHEST_OFFSET = timedelta(hours=15)  # no zone is further from UTC


def due(start: datetime, span: Span, working_time: WorkingTime) -> datetime:
    """The last instant that is still in time. Raises ConfigError when the calendar stays closed for a year."""
    if span.unit == "d":
        return same_wall_time(start, span.count, working_time.zone)
    if span.unit != "bh":
        return start.astimezone(UTC) + span.as_timedelta()
    left = timedelta(hours=span.count)
    for opens, closes in open_after(start, working_time):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise AssertionError("open_after ends by raising only")


def elapsed(start: datetime, end: datetime, working_time: WorkingTime) -> timedelta:
    """Working time between two instants; nothing when `end` is not after `start`."""
    parts = (closes - opens for _, opens, closes in open_between(start, end, working_time))
    return sum(parts, NO_TIME)


def open_days(start: datetime, end: datetime, working_time: WorkingTime) -> int:
    """Local dates with working time between two instants."""
    return len({day for day, _, _ in open_between(start, end, working_time)})


def same_wall_time(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time on the wall so many dates later. A time that is skipped becomes the first one that exists,
    a time that occurs twice its first occurrence."""
    local = start.astimezone(zone)
    wanted = (local + timedelta(days=days)).replace(fold=0)
    instant = wanted.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return instant
    return change_of_offset(wanted.replace(fold=1).astimezone(UTC), instant, zone)


def open_after(start: datetime, working_time: WorkingTime) -> Iterator[Window]:
    """Opening windows from `start` on, without end."""
    begin, day, closed = start.astimezone(UTC), start.astimezone(working_time.zone).date(), 0
    while closed <= FAR:
        windows = [(max(opens, begin), closes) for opens, closes in open_on(day, working_time) if closes > begin]
        closed = 0 if windows else closed + 1
        yield from windows
        day += DAY
    raise ConfigError(
        "sla.toml: [calendar]",
        f"no opening hours in the {FAR} days before {day}",
        "a calendar that opens within a year",
    )


def open_between(
    start: datetime, end: datetime, working_time: WorkingTime
) -> Iterator[tuple[date, datetime, datetime]]:
    """Date, opening and closing of each window between two instants, cut to them."""
    begin, stop = start.astimezone(UTC), end.astimezone(UTC)
    day, last = (at.astimezone(working_time.zone).date() for at in (begin, stop))
    while day <= last:
        for opens, closes in open_on(day, working_time):
            if max(opens, begin) < min(closes, stop):
                yield day, max(opens, begin), min(closes, stop)
        day += DAY


@lru_cache(maxsize=8192)
def open_on(day: date, working_time: WorkingTime) -> tuple[Window, ...]:
    """The instants of one local date at which the calendar is open, in order and apart."""
    if day in working_time.holidays:
        return ()
    midnight = datetime.combine(day, time(), UTC)
    pieces = sorted(
        (
            max(since, midnight + timedelta(minutes=opens) - offset),
            min(until, midnight + timedelta(minutes=closes) - offset),
        )
        for since, until, offset in steady(
            midnight - FURTHEST_OFFSET, midnight + DAY + FURTHEST_OFFSET, working_time.zone
        )
        for opens, closes in working_time.weekly[day.weekday()]
    )
    return tuple(piece for piece in pieces if piece[0] < piece[1])


def steady(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The stretches of constant UTC offset. Between two dates the clocks change once at most."""
    first, last = offset_at(since, zone), offset_at(until, zone)
    if first == last:
        yield since, until, first
        return
    change = change_of_offset(since, until, zone)
    yield since, change, first
    yield change, until, last


def change_of_offset(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the clocks change; they do so on whole seconds."""
    low, high = before.replace(microsecond=0), after.replace(microsecond=0) + timedelta(seconds=1)
    old = offset_at(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if offset_at(middle, zone) == old else (low, middle)
    return high


def offset_at(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or NO_TIME
