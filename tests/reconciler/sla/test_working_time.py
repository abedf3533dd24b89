"""The SLA's clock: spans of working time and of wall-clock days, in ordinary weeks and when the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.reconciler.made import at
from tests.reconciler.sla.calendars import (
    HOUR,
    MINUTE,
    OFFICE,
    WHOLE,
    calendar,
    calendars,
    drawn,
    minute_due,
    minutes_open,
)

from crm_sync.errors import ConfigError
from crm_sync.mappings import Span, Vocabulary, WorkingTime
from crm_sync.mappings.hours import Day
from crm_sync.mappings.spans import Unit
from crm_sync.reconciler.sla.clock import Clock, clock_of, same_wall_time
from crm_sync.reconciler.sla.openings import openings

MEXICO, MADRID = ZoneInfo("America/Mexico_City"), ZoneInfo("Europe/Madrid")
NO_TIME = timedelta(0)
THOUSANDS = 4_000
made_of = settings(max_examples=100)


@pytest.fixture(scope="module")
def office() -> Clock:
    return clock_of(calendar("America/Mexico_City", *[OFFICE] * 5, (), (), holidays=frozenset({date(2026, 6, 8)})))


def mexico(day: int, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, micro, tzinfo=MEXICO)


# examples


def test_friday_half_past_four_and_a_holiday_on_monday_is_tuesday_half_past_four(office: Clock) -> None:
    assert office.due(mexico(5, 16, 30), Span(8, "bh")) == mexico(9, 16, 30)


def test_the_shipped_calendar_says_the_same(vocabulary: Vocabulary) -> None:
    start, holiday = datetime(2026, 3, 13, 16, 30, tzinfo=MEXICO), datetime(2026, 3, 17, 16, 30, tzinfo=MEXICO)
    assert clock_of(vocabulary.promise.working_time).due(start, Span(8, "bh")) == holiday


def test_the_last_minute_of_a_day_is_due_at_closing_time_not_next_morning(office: Clock) -> None:
    assert office.due(mexico(1, 9), Span(8, "bh")) == mexico(1, 18)


def test_a_lead_of_saturday_night_starts_its_clock_on_monday_morning(office: Clock) -> None:
    assert office.due(mexico(13, 23), Span(7, "bh")) == mexico(15, 17)


def test_seconds_and_microseconds_are_kept(office: Clock) -> None:
    assert office.due(mexico(1, 10, micro=1), Span(1, "bh")) == mexico(1, 11, micro=1)


def test_elapsed_hours_ignore_the_calendar(office: Clock) -> None:
    assert office.due(at("2026-06-06 10:00"), Span(24, "h")) == at("2026-06-07 10:00")


def test_business_days_count_open_dates(office: Clock) -> None:
    assert office.due(mexico(5, 16, 30), Span(1, "bd")) == mexico(9, 16, 30)  # Monday is a holiday
    assert office.due(mexico(6, 11), Span(2, "bd")) == mexico(11, 9)  # a Saturday begins with Tuesday's opening
    assert office.business_days(mexico(5, 16, 30), mexico(10, 9)) == 2


def test_a_deadline_rolls_to_the_next_opening_only_where_it_is_asked_to(office: Clock) -> None:
    saturday = office.due(mexico(5, 11), Span(24, "h"))
    assert saturday == mexico(6, 11)
    assert office.due(mexico(5, 11), Span(24, "h"), roll=True) == mexico(9, 9)
    assert office.due(mexico(1, 9), Span(8, "bh"), roll=True) == mexico(1, 18)  # closing time is still in time


def test_an_early_warning_is_counted_back_in_working_time(office: Clock) -> None:
    assert office.before(mexico(9, 10), timedelta(hours=2)) == mexico(5, 17)
    assert office.before(mexico(9, 10), HOUR) == mexico(9, 9)  # the opening, not the evening before it


def test_a_night_when_the_clocks_go_forward_is_an_hour_shorter() -> None:
    madrid = clock_of(calendar("Europe/Madrid", *[((0, 8 * 60),)] * 7))
    assert madrid.elapsed(at("2026-03-28 22:00"), at("2026-03-29 22:00")) == 7 * HOUR


def test_a_night_when_the_clocks_go_back_is_an_hour_longer() -> None:
    madrid = clock_of(calendar("Europe/Madrid", *[((0, 8 * 60),)] * 7))
    assert madrid.elapsed(at("2026-10-24 20:00"), at("2026-10-25 20:00")) == 9 * HOUR


def test_a_window_that_ends_inside_the_repeated_hour_opens_twice() -> None:
    madrid = calendar("Europe/Madrid", *[((0, 150),)] * 7)
    table = openings(madrid, 2026, 2026)
    day = date(2026, 10, 25).toordinal()
    windows = zip(table.starts, table.ends, table.days, strict=True)
    assert [(opens, closes) for opens, closes, on in windows if on == day] == [
        (at("2026-10-24 22:00"), at("2026-10-25 00:30")),
        (at("2026-10-25 01:00"), at("2026-10-25 01:30")),
    ]


@pytest.mark.parametrize(
    "hours",
    [
        ((540, 840), (780, 1080)),
        ((540, 1080), (600, 660)),
        ((540, 660), (600, 1080), (1020, 1050)),
        ((540, 780), (540, 1080)),
    ],
    ids=["overlapping", "inside", "one-after-the-other", "from-one-instant"],
)
def test_windows_of_a_day_that_overlap_are_one(hours: Day) -> None:
    """From nine to six, however often somebody says so."""
    told = clock_of(calendar("UTC", *[hours] * 7))
    morning, night = at("2026-06-01 00:00"), at("2026-06-02 00:00")
    assert told.windows(morning, night) == [(at("2026-06-01 09:00"), at("2026-06-01 18:00"))]
    assert told.elapsed(morning, night) == 9 * HOUR
    assert told.due(at("2026-06-01 13:30"), Span(2, "bh")) == at("2026-06-01 15:30")
    assert told.before(at("2026-06-01 15:30"), 2 * HOUR) == at("2026-06-01 13:30")


def test_windows_of_a_day_that_touch_lose_no_instant_and_gain_none() -> None:
    told = clock_of(calendar("UTC", *[((540, 840), (840, 1080))] * 7))
    assert told.elapsed(at("2026-06-01 00:00"), at("2026-06-02 00:00")) == 9 * HOUR
    assert told.is_open(at("2026-06-01 14:00"))


def test_where_the_hours_move_to_another_zone_time_that_both_tell_counts_once() -> None:
    """New York works its last evening from 23:00 UTC on the ninth until 04:00; Madrid's first date begins at 22:00."""
    new_york, madrid = calendar("America/New_York", *[((1140, 1440),)] * 7), calendar("Europe/Madrid", *[WHOLE] * 7)
    clock = clock_of(replace(new_york, later=((date(2026, 6, 10), madrid),)))
    assert clock.elapsed(at("2026-06-09 12:00"), at("2026-06-10 12:00")) == 14 * HOUR
    assert clock.due(at("2026-06-09 12:00"), Span(14, "bh")) == at("2026-06-10 12:00")


def test_windows_up_to_midnight_lose_no_minute() -> None:
    always = clock_of(calendar("Europe/Madrid", *[WHOLE] * 7))
    assert always.elapsed(at("2026-01-01 00:00"), at("2026-01-11 00:00")) == timedelta(days=10)


def test_a_day_that_a_zone_skipped_has_no_working_time() -> None:
    apia = clock_of(calendar("Pacific/Apia", *[OFFICE] * 7))
    before, after = datetime(2011, 12, 29, 18, tzinfo=ZoneInfo("Pacific/Apia")), at("2011-12-30 19:00")
    assert apia.elapsed(before, after) == NO_TIME  # ... which is nine in the morning of the 31st
    assert apia.due(before, Span(1, "bh")) == at("2011-12-30 20:00")
    assert apia.due(before, Span(1, "d")) == at("2011-12-30 10:00")  # the first instant after the day that never was


def test_nothing_elapses_backwards_or_outside_opening_hours(office: Clock) -> None:
    assert office.elapsed(mexico(2, 12), mexico(1, 12)) == NO_TIME
    assert office.elapsed(mexico(6, 4), mexico(7, 16)) == NO_TIME


def test_a_calendar_that_stays_closed_for_a_year_is_a_mistake_in_the_table() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=days) for days in range(800))
    clock = clock_of(calendar("UTC", *[OFFICE] * 7, holidays=closed))
    for span in (Span(1, "bh"), Span(1, "bd")):
        with pytest.raises(ConfigError, match=r"calendars.toml: found no opening hours in the 366 days"):
            clock.due(at("2026-01-05 10:00"), span)
    with pytest.raises(ConfigError, match="no opening hours"):
        clock.next_opening(at("2026-01-05 10:00"))


def test_a_long_span_may_take_more_than_a_year() -> None:
    seldom = clock_of(calendar("UTC", ((0, 60),), *[()] * 6))
    assert seldom.due(at("2026-01-05 00:00"), Span(60, "bh")) == at("2027-02-22 01:00")
    assert seldom.due(at("2026-01-05 00:00"), Span(60, "bd")) == at("2027-03-01 00:00")


def test_other_hours_hold_from_their_date_on() -> None:
    later = calendar("Europe/Madrid", *[((600, 660),)] * 7)
    clock = clock_of(replace(calendar("America/Mexico_City", *[OFFICE] * 7), later=((date(2026, 6, 10), later),)))
    assert clock.windows(at("2026-06-09 12:00"), at("2026-06-11 00:00")) == [
        (at("2026-06-09 15:00"), at("2026-06-09 20:00")),
        (at("2026-06-09 21:00"), at("2026-06-10 00:00")),
        (at("2026-06-10 08:00"), at("2026-06-10 09:00")),
    ]


def test_days_keep_the_time_on_the_wall_when_the_clocks_change() -> None:
    assert same_wall_time(at("2026-03-20 09:00"), 14, MADRID) == at("2026-04-03 08:00")


def test_a_skipped_time_becomes_the_first_one_that_exists() -> None:
    assert same_wall_time(datetime(2026, 3, 15, 2, 30, tzinfo=MADRID), 14, MADRID) == at("2026-03-29 01:00")


def test_a_repeated_time_means_its_first_occurrence() -> None:
    assert same_wall_time(datetime(2026, 10, 11, 2, 30, tzinfo=MADRID), 14, MADRID) == at("2026-10-25 00:30")


def test_days_with_working_hours_are_counted_by_local_date(office: Clock) -> None:
    assert office.open_days(mexico(12, 18), mexico(16, 12)) == 2
    assert office.open_days(mexico(12, 17, 59), mexico(16, 12)) == 3


# pauses


def test_a_pause_puts_its_working_time_behind(office: Clock) -> None:
    pause = (mexico(1, 12), mexico(2, 11))  # two, three, and two working hours
    assert office.due(mexico(1, 10), Span(8, "bh"), [pause]) == mexico(2, 18)
    assert office.passed(mexico(1, 10), mexico(2, 12), "bh", [pause]) == 3 * HOUR


def test_a_pause_after_the_due_changes_nothing(office: Clock) -> None:
    assert office.due(mexico(1, 9), Span(2, "bh"), [(mexico(1, 12), mexico(3, 12))]) == mexico(1, 11)


def test_days_are_paused_by_the_same_measure(office: Clock) -> None:
    pause = (mexico(2, 9), mexico(9, 9))
    assert office.due(mexico(1, 10), Span(14, "d"), [pause]) == mexico(22, 10)
    assert office.due(mexico(1, 10), Span(3, "bd"), [pause]) == mexico(11, 10)  # the 3rd, 4th, 5th and 9th were paused


# properties


def test_a_clock_that_walks_minute_by_minute_agrees_thousands_of_times() -> None:
    dice = Random(7)
    for working_time, start in (drawn(dice) for _ in range(THOUSANDS // 8)):
        for _ in range(8):
            start += dice.randint(0, 300) * MINUTE
            end = start + dice.randint(1, 200) * MINUTE
            walked = MINUTE * minutes_open(start, end, working_time)
            assert clock_of(working_time).elapsed(start, end) == walked, (working_time, start, end)


def test_and_it_is_due_at_the_same_minute() -> None:
    dice = Random(11)
    for _ in range(THOUSANDS // 20):
        working_time, start = drawn(dice)
        hours = dice.randint(1, 3)
        found = clock_of(working_time).due(start, Span(hours, "bh"))
        if found - start < timedelta(days=2):
            assert found == minute_due(start, hours * 60, working_time), (working_time, start, hours)


@made_of
@given(calendars(), st.integers(1, 200))
def test_exactly_the_span_has_passed_when_it_is_due(made: tuple[WorkingTime, datetime], hours: int) -> None:
    clock, start = Clock(made[0]), made[1]
    assert clock.elapsed(start, clock.due(start, Span(hours, "bh"))) == hours * HOUR


@made_of
@given(calendars(), st.integers(1, 30))
def test_so_many_open_dates_have_passed_when_business_days_are_due(
    made: tuple[WorkingTime, datetime], days: int
) -> None:
    clock, start = clock_of(made[0]), made[1]
    assert clock.business_days(start, clock.due(start, Span(days, "bd"))) == days


@made_of
@given(calendars(), st.integers(1, 60))
def test_counting_back_and_forth_leads_to_the_same_working_time(made: tuple[WorkingTime, datetime], hours: int) -> None:
    clock, end = clock_of(made[0]), made[1]
    assert clock.elapsed(clock.before(end, hours * HOUR), end) == hours * HOUR


@made_of
@given(
    calendars(), st.integers(0, 5000), st.integers(1, 40), st.integers(0, 40), st.sampled_from(["bh", "bd", "d", "h"])
)
def test_later_starts_and_longer_spans_are_never_due_earlier(
    made: tuple[WorkingTime, datetime], later: int, count: int, more: int, unit: str
) -> None:
    clock, start = clock_of(made[0]), made[1]
    span, longer = Span(count, unit), Span(count + more, unit)  # type: ignore[arg-type]  # one of the units
    first, after = clock.due(start, span), start + later * MINUTE
    assert first <= clock.due(start, longer)
    if unit in (
        "bd",
        "d",
    ):  # wall times: whoever starts in the hour that comes twice starts at the same time on the wall
        assume(not any(folds(one, clock) for one in (start, after)))
    assert first <= clock.due(after, span)


def folds(instant: datetime, clock: Clock) -> bool:
    local = instant.astimezone(clock.working_time.zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@made_of
@given(calendars(), st.integers(0, 9000), st.integers(0, 9000))
def test_two_parts_make_the_whole(made: tuple[WorkingTime, datetime], one: int, two: int) -> None:
    clock, start = clock_of(made[0]), made[1]
    middle, end = start + one * MINUTE, start + (one + two) * MINUTE
    assert clock.elapsed(start, middle) + clock.elapsed(middle, end) == clock.elapsed(start, end)


@made_of
@given(calendars(), st.integers(1, 40), st.integers(0, 3000), st.integers(1, 3000))
def test_paused_and_running_time_make_the_whole(
    made: tuple[WorkingTime, datetime], hours: int, before: int, length: int
) -> None:
    clock, start = clock_of(made[0]), made[1]
    pause = (start + before * MINUTE, start + (before + length) * MINUTE)
    due = clock.due(start, Span(hours, "bh"), [pause])
    assert clock.passed(start, due, "bh", [pause]) == hours * HOUR
    assert not pause[0] < due < pause[1]


@made_of
@given(
    calendars(),
    st.sampled_from(["bh", "bd", "d", "h"]),
    st.integers(0, 4000),
    st.lists(st.integers(-900, 4000), max_size=4, unique=True).map(sorted),
)
def test_when_so_much_has_passed_is_the_first_instant_at_which_it_has(
    made: tuple[WorkingTime, datetime], unit: Unit, length: int, edges: list[int]
) -> None:
    clock, start = clock_of(made[0]), made[1]
    moments = [start + minutes * MINUTE for minutes in edges]
    pauses = list(zip(moments[::2], moments[1::2], strict=False))
    at = clock.when_passed(start, length * MINUTE, unit, pauses)
    assert clock.passed(start, at, unit, pauses) == length * MINUTE
    assert at == start or clock.passed(start, at - timedelta(microseconds=1), unit, pauses) < length * MINUTE


@made_of
@given(calendars(), st.integers(1, 20 * 1440))
def test_the_days_that_are_left_become_fewer_when_the_last_hours_of_one_are_over(
    made: tuple[WorkingTime, datetime], minutes: int
) -> None:
    clock, start = clock_of(made[0]), made[1]
    end = start + minutes * MINUTE
    days = clock.open_days(start, end)
    assume(days)
    fewer = clock.fewer_days_from(start, end, days)
    assert fewer > start
    assert clock.open_days(fewer - timedelta(microseconds=1), end) == days
    assert fewer >= end or clock.open_days(fewer, end) == days - 1


@made_of
@given(calendars(), st.integers(0, 30))
def test_the_same_wall_time_exists_on_the_wanted_date(made: tuple[WorkingTime, datetime], days: int) -> None:
    zone, start = made[0].zone, made[1]
    found = same_wall_time(start, days, zone)
    local, wanted = found.astimezone(zone), start.astimezone(zone) + timedelta(days=days)
    moved = local.replace(tzinfo=None) - wanted.replace(tzinfo=None)
    assert local.fold == 0
    assert timedelta(0) <= moved <= (timedelta(days=1) if zone.key == "Pacific/Apia" else HOUR)


@made_of
@given(calendars(), st.integers(-200, 200))
def test_answers_do_not_depend_on_what_was_asked_before(made: tuple[WorkingTime, datetime], days: int) -> None:
    fresh, used, start = Clock(made[0]), Clock(made[0]), made[1]
    used.elapsed(start + timedelta(days=3 * days), start + timedelta(days=3 * days + 1))
    assert fresh.due(start, Span(8, "bh")) == used.due(start, Span(8, "bh"))


def test_a_leap_day_is_a_day() -> None:
    clock = clock_of(calendar("UTC", *[OFFICE] * 7))
    assert clock.due(datetime(2028, 2, 28, 17, tzinfo=UTC), Span(2, "bh")) == datetime(2028, 2, 29, 10, tzinfo=UTC)
    assert clock.due(datetime(2028, 2, 15, 17, tzinfo=UTC), Span(14, "d")) == datetime(2028, 2, 29, 17, tzinfo=UTC)
