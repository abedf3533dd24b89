"""Opening hours as instants: every window of some years of a calendar in one table, so that a question is a look-up.

Hours on a wall become UTC windows before anything is added or subtracted: differences of local times lie when the
clocks change. A window is the set of instants at which the wall clock shows a time inside it: in an autumn night that
set may have two parts, in a spring night it may be shorter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_sync.mappings.working_time import WorkingTime

DAY, SECOND, NO_TIME = timedelta(days=1), timedelta(seconds=1), timedelta(0)
A_YEAR = timedelta(days=366)  # a calendar that stays closed for longer is taken for a mistake
FURTHEST = timedelta(hours=15)  # no zone is further from UTC


class Opening(NamedTuple):
    """From one instant up to another, on a local date."""

    opens: datetime
    closes: datetime
    day: int  # its ordinal


@dataclass(frozen=True, slots=True)
class Openings:
    """Windows in order and apart; none is missing from `since` up to `until`. `before`: the working time before each of
    them, and at last that of all. `gaps`: stretches of more than a year without any."""

    since: datetime
    until: datetime
    starts: list[datetime]
    ends: list[datetime]
    days: list[int]
    before: list[timedelta]
    gaps: tuple[tuple[datetime, datetime], ...]

    def worked_until(self, at: datetime) -> timedelta:
        """Working time from the first window on."""
        place = bisect_right(self.starts, at) - 1
        if place < 0:
            return NO_TIME
        return self.before[place] + (min(at, self.ends[place]) - self.starts[place])


def openings(working_time: WorkingTime, first_year: int, last_year: int) -> Openings:
    """All windows that open in these years, and in the days around them that another zone may count as theirs."""
    first, after = date(first_year, 1, 1), date(last_year + 1, 1, 1)
    found = apart(one for part in parts(working_time, first, after) for one in of_part(*part, first, after))
    starts, ends = [one.opens for one in found], [one.closes for one in found]
    since, until = datetime.combine(first, time(), UTC) + FURTHEST, datetime.combine(after, time(), UTC) - FURTHEST
    before = [NO_TIME, *accumulate(closes - opens for opens, closes in zip(starts, ends, strict=True))]
    closed = zip([since, *ends], [*starts, until], strict=True)
    gaps = tuple((begins, over) for begins, over in closed if over - begins > A_YEAR)
    return Openings(since, until, starts, ends, [one.day for one in found], before, gaps)


def parts(working_time: WorkingTime, first: date, after: date) -> Iterator[tuple[WorkingTime, date, date]]:
    """Which hours hold from which local date up to which."""
    versions = [(date.min, working_time), *working_time.later]
    ends = [since for since, _ in versions[1:]] + [date.max]
    for (since, one), until in zip(versions, ends, strict=True):
        if max(since, first) < min(until, after):
            yield one, max(since, first), min(until, after)


def of_part(working_time: WorkingTime, since: date, until: date, first: date, after: date) -> Iterator[Opening]:
    """The windows of one version of a calendar."""
    dated, yearly, weekly, holidays = (
        dict(working_time.days), dict(working_time.yearly), working_time.weekly, working_time.holidays
    )  # fmt: skip
    from_, to = (datetime.combine(day, time(), UTC) for day in (since, until))
    for begins, ends, offset in steady(from_ - FURTHEST, to + FURTHEST, working_time.zone):
        day, last = max((begins + offset).date(), since), min((ends + offset).date(), until - DAY)
        while day <= last:
            hours = dated.get(day)
            if hours is None:
                hours = () if day in holidays else yearly.get((day.month, day.day), weekly[day.weekday()])
            midnight = datetime.combine(day, time(), UTC) - offset
            for start, end in hours:
                opens, closes = midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)
                if opens < ends and closes > begins:
                    yield Opening(max(opens, begins), min(closes, ends), day.toordinal())
            day += DAY


def steady(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The stretches of constant UTC offset. Within a day the clocks change once at most."""
    begins, offset, at = since, offset_at(since, zone), since
    while at < until:
        after = min(at + DAY, until)
        if (new := offset_at(after, zone)) != offset:
            change = change_of_offset(at, after, zone)
            yield begins, change, offset
            begins, offset = change, new
        at = after
    yield begins, until, offset


def apart(found: Iterable[Opening]) -> list[Opening]:
    """In order; what overlaps (two zones of one calendar may) becomes one."""
    kept: list[Opening] = []
    for one in sorted(found):
        if kept and one.opens < kept[-1].closes:
            kept[-1] = kept[-1]._replace(closes=max(kept[-1].closes, one.closes))
        else:
            kept.append(one)
    return kept


def change_of_offset(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the clocks change; they do so on whole seconds."""
    low, high = before.replace(microsecond=0), after.replace(microsecond=0) + SECOND
    old = offset_at(low, zone)
    while high - low > SECOND:
        middle = low + timedelta(seconds=(high - low) // (2 * SECOND))
        low, high = (middle, high) if offset_at(middle, zone) == old else (low, middle)
    return high


def offset_at(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or NO_TIME
