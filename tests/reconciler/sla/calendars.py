"""Calendars for tests of the clock: zones with odd rules, in the weeks when they are odd; and a naive clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from crm_sync.mappings import WorkingTime
from crm_sync.mappings.hours import Day

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
OFFICE = ((9 * 60, 14 * 60), (15 * 60, 18 * 60))
NIGHT = ((0, 150), (22 * 60, 24 * 60))  # open while the clocks change, and up to midnight
WHOLE = ((0, 24 * 60),)
HALF = ((9 * 60, 13 * 60),)
# A zone and a date near which its clocks change: forward and back, by an hour and by half an hour, at midnight too;
# a zone that gave summer time up, one on a half hour, and one that skipped a day.
CHANGES = [
    ("Europe/Madrid", date(2026, 3, 29)),
    ("Europe/Madrid", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Mexico_City", date(2022, 4, 3)),
    ("America/Mexico_City", date(2022, 10, 30)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("Asia/Tehran", date(2022, 9, 21)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("UTC", date(2028, 2, 29)),
]
KINDS: list[Day] = [(), OFFICE, NIGHT, WHOLE, ((61, 62),), HALF]


def calendar(zone: str, *days: Day, holidays: frozenset[date] = frozenset()) -> WorkingTime:
    return WorkingTime(ZoneInfo(zone), days, holidays)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingTime, datetime]:
    """A calendar of a zone with its holidays, and a start on a whole minute in a week of change."""
    zone, change = draw(st.sampled_from(CHANGES))
    week = draw(st.lists(st.sampled_from(KINDS), min_size=7, max_size=7).filter(any))
    holidays = draw(st.frozensets(st.integers(-4, 4), max_size=2))
    days = draw(st.dictionaries(st.integers(-4, 4), st.sampled_from(KINDS), max_size=2))
    made = WorkingTime(
        ZoneInfo(zone), tuple(week), frozenset(change + number * DAY for number in holidays),
        tuple((change + number * DAY, hours) for number, hours in sorted(days.items())),
    )  # fmt: skip
    midnight = datetime(change.year, change.month, change.day, tzinfo=UTC)
    return made, midnight + draw(st.integers(-3 * 1440, 2 * 1440)) * MINUTE


def drawn(dice: Random) -> tuple[WorkingTime, datetime]:
    """The same, by dice."""
    zone, change = dice.choice(CHANGES)
    week = tuple(dice.choice(KINDS) for _ in range(7))
    days = tuple(
        (change + number * DAY, dice.choice(KINDS)) for number in dice.sample(range(-3, 4), dice.choice([0, 1, 2]))
    )
    holidays = frozenset(change + dice.randint(-3, 3) * DAY for _ in range(dice.choice([0, 1])))
    made = WorkingTime(ZoneInfo(zone), week if any(week) else (OFFICE,) * 7, holidays, tuple(sorted(days)))
    return made, datetime(change.year, change.month, change.day, tzinfo=UTC) + dice.randint(-4000, 3000) * MINUTE


# The naive clock: it looks at the wall once a minute, and knows nothing of windows.


def minutes_open(start: datetime, end: datetime, working_time: WorkingTime) -> int:
    return sum(is_open(start + minute * MINUTE, working_time) for minute in range((end - start) // MINUTE))


def minute_due(start: datetime, minutes: int, working_time: WorkingTime) -> datetime:
    """Walks until so many open minutes have passed."""
    at = start
    while minutes:
        minutes -= is_open(at, working_time)
        at += MINUTE
    return at


def is_open(instant: datetime, working_time: WorkingTime) -> bool:
    local = instant.astimezone(working_time.zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    dated = [hours for date_, hours in working_time.days if date_ == day]
    yearly = [hours for month_day, hours in working_time.yearly if month_day == (day.month, day.day)]
    closed = [()] if day in working_time.holidays else []
    hours = [*dated, *closed, *yearly, working_time.weekly[day.weekday()]][0]
    return any(opens <= minute < closes for opens, closes in hours)
