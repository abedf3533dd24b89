"""Working time as data: the hours of a week, and the dates on which they are otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from crm_sync.mappings.hours import Day, Weekly

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """`weekly[0]` is Monday: half-open windows in minutes after midnight, in order and apart. Holidays are local dates;
    `days` are dates with hours of their own (none: closed), `yearly` the same for every year. `later` takes over from
    its date on, with its own zone."""

    zone: ZoneInfo
    weekly: Weekly
    holidays: frozenset[date] = frozenset()
    days: tuple[tuple[date, Day], ...] = ()
    yearly: tuple[tuple[MonthDay, Day], ...] = ()
    later: tuple[tuple[date, WorkingTime], ...] = ()

    def on(self, day: date) -> WorkingTime:
        """What holds on a local date."""
        return next((one for since, one in reversed(self.later) if since <= day), self)

    def hours_on(self, day: date) -> Day:
        """The windows of a local date: what is said of the date itself, of the day of the year, of the weekday."""
        here = self.on(day)
        for dated, hours in here.days:
            if dated == day:
                return hours
        if day in here.holidays:
            return ()
        for yearly, hours in here.yearly:
            if yearly == (day.month, day.day):
                return hours
        return here.weekly[day.weekday()]

    @property
    def zone_now(self) -> ZoneInfo:
        """The zone in which people read: that of the newest hours."""
        return self.later[-1][1].zone if self.later else self.zone
