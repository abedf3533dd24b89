"""The town's working hours, on purpose the plainest way to count them: a list of windows per date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Mexico_City")
MINUTE, HOUR, DAY = 60, 3_600, 86_400

_HOURS = ((time(9), time(14)), (time(15), time(18)))
_HOLIDAYS = frozenset(
    date(*day)
    for day in (
        (2025, 11, 17), (2025, 12, 25), (2026, 1, 1), (2026, 2, 2), (2026, 3, 16), (2026, 5, 1),
        (2026, 9, 16), (2026, 11, 16), (2026, 12, 25),
    )
)  # fmt: skip


def day_of(at: int) -> date:
    """The date on the town's wall calendar."""
    return datetime.fromtimestamp(at, ZONE).date()


@cache
def windows_of(day: date) -> tuple[tuple[int, int], ...]:
    """The working hours of one date as pairs of instants, the end not included."""
    if day.weekday() > 4 or day in _HOLIDAYS:
        return ()
    return tuple((_instant(day, start), _instant(day, end)) for start, end in _HOURS)


def open_windows(start: int, end: int) -> list[tuple[int, int]]:
    """The working hours between two instants, cut to them."""
    found: list[tuple[int, int]] = []
    day, last = day_of(start), day_of(end)
    while day <= last:
        found += [(max(a, start), min(b, end)) for a, b in windows_of(day) if a < end and b > start]
        day += timedelta(days=1)
    return found


def worked(start: int, end: int) -> int:
    """Working seconds between two instants."""
    return sum(b - a for a, b in open_windows(start, end))


def due_after(start: int, seconds: int) -> int:
    """The first instant at which so many working seconds have passed."""
    day = day_of(start)
    while True:
        for a, b in windows_of(day):
            a = max(a, start)
            if b - a >= seconds:
                return a + seconds
            seconds -= max(0, b - a)
        day += timedelta(days=1)


def days_later(start: int, days: int) -> int:
    """The same time on the wall clock, so many dates later."""
    local = datetime.fromtimestamp(start, ZONE)
    return _instant(local.date() + timedelta(days=days), local.time())


def open_days(start: int, end: int) -> int:
    """Dates with working hours left between two instants."""
    return len({day_of(a) for a, b in open_windows(start, end) if b > a})


def text_of(at: int) -> str:
    """ISO 8601 in UTC, as everything that leaves the town is written."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_date(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def utc_midnight(at: int) -> int:
    return at - at % DAY


def _instant(day: date, at: time) -> int:
    return int(datetime.combine(day, at, ZONE).timestamp())
