"""The town's working hours: every window of many years in one table, so that any question is two look-ups in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final
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
_FIRST_YEAR, _LAST_YEAR = 2020, 2034
_MANY: Final = 1 << 12  # the same few instants are asked for again and again while one person is drawn


@dataclass(frozen=True, slots=True)
class _Windows:
    """Per window: its start, its end (not included), the seconds worked before it, and which working day it is in."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    days: tuple[int, ...]

    def worked_until(self, at: int) -> int:
        """Working seconds from the first window on."""
        place = bisect_right(self.starts, at) - 1
        return self.before[place] + min(at, self.ends[place]) - self.starts[place] if place >= 0 else 0

    def moment(self, done: int) -> int:
        """The instant inside working hours before which so many seconds have been worked."""
        place = bisect_right(self.before, done) - 1
        return self.starts[place] + done - self.before[place]


def day_of(at: int) -> date:
    """The date on the town's wall calendar."""
    return datetime.fromtimestamp(at, ZONE).date()


def worked(start: int, end: int) -> int:
    """Working seconds between two instants."""
    return _windows().worked_until(end) - _windows().worked_until(start)


def moment_within(start: int, end: int, share: float) -> int | None:
    """The instant at which this share of the working time between two others has passed; None when there is none."""
    all_ = _windows()
    begun = all_.worked_until(start)
    open_ = all_.worked_until(end) - begun
    return all_.moment(begun + int(share * open_)) if open_ > 0 else None


@lru_cache(_MANY)
def due_after(start: int, seconds: int) -> int:
    """The first instant at which so many working seconds have passed; it may be the end of working hours."""
    all_ = _windows()
    done = all_.worked_until(start) + seconds
    place = bisect_left(all_.before, done) - 1
    return all_.starts[place] + done - all_.before[place]


@lru_cache(_MANY)
def days_later(start: int, days: int) -> int:
    """The same time on the wall clock, so many dates later."""
    local = datetime.fromtimestamp(start, ZONE)
    return _instant(local.date() + timedelta(days=days), local.time())


@lru_cache(_MANY)
def working_day_later(start: int) -> int:
    """The same time on the wall on the next working day; a day off, and a time before the hours, count from the next
    opening on."""
    local, opening = datetime.fromtimestamp(start, ZONE), _HOURS[0][0]
    if _works(local.date()):
        return _instant(_next_working_day(local.date()), max(local.time(), opening))
    return _instant(_next_working_day(_next_working_day(local.date())), opening)


def _next_working_day(day: date) -> date:
    return next(one for one in (day + timedelta(days=ahead) for ahead in range(1, 30)) if _works(one))


def _works(day: date) -> bool:
    return day.weekday() < 5 and day not in _HOLIDAYS


def open_days(start: int, end: int) -> int:
    """Dates with working hours left between two instants."""
    all_ = _windows()
    first, last = bisect_right(all_.ends, start), bisect_left(all_.starts, end) - 1
    return all_.days[last] - all_.days[first] + 1 if first <= last else 0


def text_of(at: int) -> str:
    """ISO 8601 in UTC, as everything that leaves the town is written."""
    return f"{datetime.fromtimestamp(at, UTC).isoformat()[:19]}Z"


def utc_date(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def utc_midnight(at: int) -> int:
    return at - at % DAY


@cache
def _windows() -> _Windows:
    days = [date(_FIRST_YEAR, 1, 1) + timedelta(days=one) for one in range(366 * (_LAST_YEAR - _FIRST_YEAR + 1))]
    open_ = [day for day in days if _works(day) and day.year <= _LAST_YEAR]
    starts = tuple(_instant(day, start) for day in open_ for start, _ in _HOURS)
    ends = tuple(_instant(day, end) for day in open_ for _, end in _HOURS)
    long = [b - a for a, b in zip(starts, ends, strict=True)]
    return _Windows(starts, ends, (0, *accumulate(long[:-1])), tuple(at // len(_HOURS) for at in range(len(starts))))


def _instant(day: date, at: time) -> int:
    return int(datetime.combine(day, at, ZONE).timestamp())
