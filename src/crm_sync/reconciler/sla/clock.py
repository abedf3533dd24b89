"""The SLA's clock: when a span is over, how much of it has passed, on any calendar, with pauses or without."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from crm_sync.errors import ConfigError
from crm_sync.mappings import Span
from crm_sync.mappings.spans import Unit
from crm_sync.mappings.working_time import WorkingTime
from crm_sync.reconciler.sla.openings import A_YEAR, NO_TIME, Openings, change_of_offset, openings

TWO_DAYS = timedelta(days=2)  # no date is further from itself, whatever the zone
Pause = tuple[datetime, datetime]  # half-open; several stand in order and apart
REMEMBERED = 4_096  # dues: then they are forgotten, all at once
LONGEST = 40 * A_YEAR  # how far back working time is looked for
BUSINESS: frozenset[Unit] = frozenset({"bh", "bd"})


@lru_cache(maxsize=128)
def clock_of(working_time: WorkingTime) -> Clock:
    """The same clock for equal calendars: its table of windows costs more than any question."""
    return Clock(working_time)


class Clock:
    """Questions about one calendar. The table of windows grows with what is asked; answers do not depend on it."""

    def __init__(self, working_time: WorkingTime) -> None:
        self.working_time = working_time
        self._table: Openings | None = None
        self._dues: dict[tuple[datetime, int, Unit], datetime] = {}

    def due(self, start: datetime, span: Span, pauses: Sequence[Pause] = (), *, roll: bool = False) -> datetime:
        """The last instant that is still in time. Paused time is measured like running time and put behind; a due never
        lies inside a pause. `roll`: in closed hours it waits for the next opening. Raises ConfigError when the
        calendar stays closed for a year."""
        at = self._without_pauses(start, span)
        for since, until in pauses:
            if since > at:
                break
            if until > start:
                at = max(self._pushed(at, max(since, start), until, span.unit), until)
        return self.next_opening(at) if roll else at

    def _without_pauses(self, start: datetime, span: Span) -> datetime:
        """Remembered for a while: several questions about a lead are about one span from one instant on."""
        asked = start, span.count, span.unit
        due_at = self._dues.get(asked)
        if due_at is None:
            if len(self._dues) == REMEMBERED:
                self._dues.clear()
            due_at = self._dues[asked] = self._worked_out(start, span)
        return due_at

    def _worked_out(self, start: datetime, span: Span) -> datetime:
        match span.unit:
            case "bh":
                return self.after(start, timedelta(hours=span.count))
            case "bd":
                return self.open_days_later(start, span.count)
            case "d":
                return same_wall_time(start, span.count, self.zone_at(start))
        return start.astimezone(UTC) + span.as_timedelta()

    def _pushed(self, at: datetime, since: datetime, until: datetime, unit: Unit) -> datetime:
        """`at`, later by what passed between two instants, in this unit."""
        if unit == "bh":
            return self.after(at, self.elapsed(since, until))
        if unit == "bd":
            days = self.business_days(since, until)
            return self.open_days_later(at, days) if days else at
        return at + (until - since)

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The first instant after `start` by which so much working time has passed."""
        if work <= NO_TIME:
            return start.astimezone(UTC)
        table = self._reaching(start, start + A_YEAR)
        while True:
            done = table.worked_until(start) + work
            if done <= table.before[-1]:
                place = bisect_left(table.before, done) - 1
                found = table.starts[place] + (done - table.before[place])
                self._refuse_gaps(table, start, found)
                return found
            self._refuse_gaps(table, start, table.until)
            table = self._reaching(start, table.until + A_YEAR)

    def before(self, end: datetime, work: timedelta) -> datetime:
        """The last instant before `end` from which so much working time is left: an opening, where it is at an edge."""
        table = self._reaching(end - 2 * A_YEAR, end)
        while table.worked_until(end) <= work and not table.gaps and end - table.since < LONGEST:
            table = self._reaching(table.since - 2 * A_YEAR, end)
        done = max(table.worked_until(end) - work, NO_TIME)
        place = min(bisect_right(table.before, done), len(table.starts)) - 1
        return table.starts[place] + (done - table.before[place]) if table.starts else end

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; nothing when `end` is not after `start`."""
        if end <= start:
            return NO_TIME
        table = self._reaching(start, end)
        return table.worked_until(end) - table.worked_until(start)

    def passed(self, start: datetime, end: datetime, unit: Unit, pauses: Sequence[Pause] = ()) -> timedelta:
        """How much of a span of this unit has run between two instants: working time, or time on any clock."""
        measure = self.elapsed if unit in BUSINESS else difference
        paused = (measure(max(since, start), min(until, end)) for since, until in pauses)
        return measure(start, end) - sum(paused, NO_TIME)

    def when_passed(self, start: datetime, length: timedelta, unit: Unit, pauses: Sequence[Pause] = ()) -> datetime:
        """From when on so much of a span of this unit has passed since `start`: `passed`, asked the other way round."""
        measure, later = (self.elapsed, self.after) if unit in BUSINESS else (difference, added)
        at = later(start, length)
        for since, until in pauses:
            if max(since, start) >= at:
                break
            if until > start:
                length += measure(max(since, start), until)
                at = later(start, length)
        return at

    def windows(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The opening windows between two instants, cut to them."""
        table = self._reaching(start, end)
        first, last = bisect_right(table.ends, start), bisect_left(table.starts, end)
        found = zip(table.starts[first:last], table.ends[first:last], strict=True)
        return [(max(opens, start), min(closes, end)) for opens, closes in found]

    def open_days(self, start: datetime, end: datetime) -> int:
        """Local dates with working time between two instants."""
        table = self._reaching(start, end)
        return len(set(table.days[bisect_right(table.ends, start) : bisect_left(table.starts, end)]))

    def fewer_days_from(self, start: datetime, end: datetime, days: int) -> datetime:
        """From when on fewer than so many of the dates that `open_days` counts up to `end` are left; `start` where
        there never were as many."""
        table, left = self._reaching(start, end), set[int]()
        first, last = bisect_right(table.ends, start), bisect_left(table.starts, end)
        for place in range(last - 1, first - 1, -1):
            left.add(table.days[place])
            if len(left) == days:
                return table.ends[place]
        return start

    def business_days(self, start: datetime, end: datetime) -> int:
        """Open dates after that of `start`, up to and with that of `end`."""
        first, last = (self._local(self._on_open_date(at)).toordinal() for at in (start, end))
        return len(self._open_dates(start, end, first + 1, last))

    def open_days_later(self, start: datetime, days: int) -> datetime:
        """The same time on the wall, so many open dates later. What begins on a closed date, or on an open one before
        its hours, begins with the opening: else who starts later could be due earlier."""
        start = self._on_open_date(start)
        today, reach = self._local(start).toordinal(), 2 * days + 7
        while True:
            end = start + timedelta(days=reach)
            later = self._open_dates(start, end, today + 1, end.toordinal())
            if len(later) >= days:
                found = same_wall_time(start, later[days - 1] - today, self.zone_at(start))
                self._refuse_gaps(self._reaching(start, found), start, found)
                return found
            self._refuse_gaps(self._reaching(start, end), start, end)
            reach *= 2

    def _on_open_date(self, at: datetime) -> datetime:
        """`at` itself on a date with opening hours, from the first of them on; the next opening else."""
        day, table = self._local(at).toordinal(), self._reaching(at - TWO_DAYS, at + TWO_DAYS)
        near = slice(bisect_left(table.starts, at - TWO_DAYS), bisect_right(table.starts, at + TWO_DAYS))
        opens = [start for start, of in zip(table.starts[near], table.days[near], strict=True) if of == day]
        return max(at, min(opens)) if opens else self.next_opening(at)

    def _open_dates(self, start: datetime, end: datetime, first: int, last: int) -> list[int]:
        """Ordinals from `first` to `last`, in order, of the dates around two instants."""
        table = self._reaching(start - TWO_DAYS, end + TWO_DAYS)
        near = slice(bisect_left(table.starts, start - TWO_DAYS), bisect_right(table.starts, end + TWO_DAYS))
        return sorted({day for day in table.days[near] if first <= day <= last})

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself in opening hours, the very end of them included; else when they begin again."""
        table = self._reaching(at, at + A_YEAR)
        while True:
            place = bisect_left(table.ends, at)
            if place < len(table.ends):
                self._refuse_gaps(table, at, table.starts[place])
                return max(at.astimezone(UTC), table.starts[place])
            self._refuse_gaps(table, at, table.until)
            table = self._reaching(at, table.until + A_YEAR)

    def is_open(self, at: datetime) -> bool:
        table = self._reaching(at, at)
        place = bisect_right(table.starts, at) - 1
        return place >= 0 and at < table.ends[place]

    def zone_at(self, at: datetime) -> ZoneInfo:
        """The zone on whose wall the calendar's times stand then."""
        held = self.working_time
        return held.on(at.astimezone(held.zone).date()).zone if held.later else held.zone

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone_at(at))

    def _reaching(self, start: datetime, end: datetime) -> Openings:
        """The table, made anew where it does not reach far enough."""
        held = self._table
        if held and held.since <= start and end <= held.until:
            return held
        first = min(start.year - 1, held.since.year if held else start.year)
        last = max(end.year + 1, held.until.year if held else end.year)
        self._table = openings(self.working_time, max(first, 1), min(last, 9998))
        return self._table

    def _refuse_gaps(self, table: Openings, start: datetime, end: datetime) -> None:
        for begins, over in table.gaps:
            if begins < end and over - max(begins, start) > A_YEAR:
                closed = f"no opening hours in the 366 days after {max(begins, start).date()}"
                raise ConfigError("calendars.toml", closed, "a calendar that opens within a year")


def difference(start: datetime, end: datetime) -> timedelta:
    """Elapsed time; nothing when `end` is not after `start`."""
    return max(end - start, NO_TIME)


def added(start: datetime, length: timedelta) -> datetime:
    return start + length


def same_wall_time(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time on the wall so many dates later. A time that is skipped becomes the first one that exists,
    a time that occurs twice its first occurrence."""
    local = start.astimezone(zone)
    wanted = (local + timedelta(days=days)).replace(fold=0)
    instant = wanted.astimezone(UTC)
    if instant.astimezone(zone) == wanted:  # of one zone: their walls are compared
        return instant
    return change_of_offset(wanted.replace(fold=1).astimezone(UTC), instant, zone)
