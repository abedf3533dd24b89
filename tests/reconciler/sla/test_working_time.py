"""The SLA's clock: spans of working time and of wall-clock days, in ordinary weeks and when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.made import at

from crm_sync.errors import ConfigError
from crm_sync.mappings import Span, Vocabulary, WorkingTime
from crm_sync.reconciler.sla.clock import due, elapsed, open_days, open_on, same_wall_time

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MEXICO = ZoneInfo("America/Mexico_City")
OFFICE = ((9 * 60, 14 * 60), (15 * 60, 18 * 60))
NIGHT = ((0, 150), (22 * 60, 24 * 60))  # open while the clocks change, and up to midnight
# A zone and a date near which its clocks change: forward and back, by an hour and by half an hour, at midnight too.
CHANGES = [
    ("Europe/Madrid", date(2026, 3, 29)),
    ("Europe/Madrid", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Mexico_City", date(2022, 10, 30)),
    ("UTC", date(2028, 2, 29)),
]


def calendar(zone: str, *days: tuple[tuple[int, int], ...], holidays: frozenset[date] = frozenset()) -> WorkingTime:
    return WorkingTime(ZoneInfo(zone), days, holidays)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingTime, datetime]:
    """A calendar of a zone with its holidays, and a start on a whole minute in a week of change."""
    zone, change = draw(st.sampled_from(CHANGES))
    kinds: list[tuple[tuple[int, int], ...]] = [(), OFFICE, NIGHT, ((0, 24 * 60),), ((61, 62),)]
    week = draw(st.lists(st.sampled_from(kinds), min_size=7, max_size=7).filter(any))
    holidays = draw(st.frozensets(st.integers(-4, 4), max_size=2))
    working_time = calendar(zone, *week, holidays=frozenset(change + timedelta(days=days) for days in holidays))
    midnight = datetime(change.year, change.month, change.day, tzinfo=UTC)
    return working_time, midnight + draw(st.integers(-3 * 1440, 2 * 1440)) * MINUTE


def test_friday_half_past_four_and_a_holiday_on_monday_is_tuesday_half_past_four(vocabulary: Vocabulary) -> None:
    shipped = vocabulary.policy.working_time
    monday = WorkingTime(shipped.zone, shipped.weekly, frozenset({date(2026, 6, 8)}))
    start = datetime(2026, 6, 5, 16, 30, tzinfo=MEXICO)
    assert due(start, Span(8, "bh"), monday) == datetime(2026, 6, 9, 16, 30, tzinfo=MEXICO)


def test_the_last_minute_of_a_day_is_due_at_closing_time_not_next_morning(vocabulary: Vocabulary) -> None:
    start = datetime(2026, 6, 1, 9, 0, tzinfo=MEXICO)
    closing = datetime(2026, 6, 1, 18, 0, tzinfo=MEXICO)
    assert due(start, Span(8, "bh"), vocabulary.policy.working_time) == closing


def test_a_lead_of_saturday_night_starts_its_clock_on_monday_morning(vocabulary: Vocabulary) -> None:
    start = datetime(2026, 6, 6, 23, 0, tzinfo=MEXICO)
    opening = datetime(2026, 6, 8, 17, 0, tzinfo=MEXICO)
    assert due(start, Span(7, "bh"), vocabulary.policy.working_time) == opening


def test_seconds_and_microseconds_are_kept(vocabulary: Vocabulary) -> None:
    start = datetime(2026, 6, 1, 10, 0, 0, 1, tzinfo=MEXICO)
    assert due(start, Span(1, "bh"), vocabulary.policy.working_time) == start + HOUR


def test_elapsed_hours_ignore_the_calendar(vocabulary: Vocabulary) -> None:
    start = at("2026-06-06 10:00")
    assert due(start, Span(24, "h"), vocabulary.policy.working_time) == at("2026-06-07 10:00")


def test_a_night_when_the_clocks_go_forward_is_an_hour_shorter() -> None:
    madrid = calendar("Europe/Madrid", *[((0, 8 * 60),)] * 7)
    assert elapsed(at("2026-03-28 22:00"), at("2026-03-29 22:00"), madrid) == 7 * HOUR


def test_a_night_when_the_clocks_go_back_is_an_hour_longer() -> None:
    madrid = calendar("Europe/Madrid", *[((0, 8 * 60),)] * 7)
    assert elapsed(at("2026-10-24 20:00"), at("2026-10-25 20:00"), madrid) == 9 * HOUR


def test_a_window_that_ends_inside_the_repeated_hour_opens_twice() -> None:
    madrid = calendar("Europe/Madrid", *[((0, 150),)] * 7)
    assert open_on(date(2026, 10, 25), madrid) == (
        (at("2026-10-24 22:00"), at("2026-10-25 00:30")),
        (at("2026-10-25 01:00"), at("2026-10-25 01:30")),
    )


def test_windows_up_to_midnight_lose_no_minute() -> None:
    always = calendar("Europe/Madrid", *[((0, 24 * 60),)] * 7)
    assert elapsed(at("2026-01-01 00:00"), at("2026-01-11 00:00"), always) == timedelta(days=10)


def test_nothing_elapses_backwards_or_outside_opening_hours(vocabulary: Vocabulary) -> None:
    shipped = vocabulary.policy.working_time
    assert elapsed(at("2026-06-02 18:00"), at("2026-06-01 18:00"), shipped) == timedelta(0)
    assert elapsed(at("2026-06-06 10:00"), at("2026-06-07 22:00"), shipped) == timedelta(0)


def test_a_calendar_that_stays_closed_for_a_year_is_a_mistake_in_the_table() -> None:
    year = frozenset(date(2026, 1, 1) + timedelta(days=days) for days in range(800))
    with pytest.raises(ConfigError, match=r"sla.toml: \[calendar\]: found no opening hours"):
        due(at("2026-01-05 10:00"), Span(1, "bh"), calendar("UTC", *[OFFICE] * 7, holidays=year))


def test_a_long_span_may_take_more_than_a_year() -> None:
    seldom = calendar("UTC", ((0, 60),), *[()] * 6)
    assert due(at("2026-01-05 00:00"), Span(60, "bh"), seldom) == at("2027-02-22 01:00")


def test_days_keep_the_time_on_the_wall_when_the_clocks_change() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    assert same_wall_time(at("2026-03-20 09:00"), 14, madrid) == at("2026-04-03 08:00")


def test_a_skipped_time_becomes_the_first_one_that_exists() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    assert same_wall_time(datetime(2026, 3, 15, 2, 30, tzinfo=madrid), 14, madrid) == at("2026-03-29 01:00")


def test_a_repeated_time_means_its_first_occurrence() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    assert same_wall_time(datetime(2026, 10, 11, 2, 30, tzinfo=madrid), 14, madrid) == at("2026-10-25 00:30")


def test_days_with_working_hours_are_counted_by_local_date(vocabulary: Vocabulary) -> None:
    friday_evening = datetime(2026, 6, 5, 18, 0, tzinfo=MEXICO)
    tuesday_noon = datetime(2026, 6, 9, 12, 0, tzinfo=MEXICO)
    assert open_days(friday_evening, tuesday_noon, vocabulary.policy.working_time) == 2
    assert open_days(friday_evening - MINUTE, tuesday_noon, vocabulary.policy.working_time) == 3


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 30))
def test_a_clock_that_walks_minute_by_minute_agrees(made: tuple[WorkingTime, datetime], hours: int) -> None:
    working_time, start = made
    limit = due(start, Span(hours, "bh"), working_time)
    walked = min(limit, start + timedelta(days=6))
    assert elapsed(start, walked, working_time) == MINUTE * minutes_open(start, walked, working_time)


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(1, 200))
def test_exactly_the_span_has_passed_when_it_is_due(made: tuple[WorkingTime, datetime], hours: int) -> None:
    working_time, start = made
    assert elapsed(start, due(start, Span(hours, "bh"), working_time), working_time) == hours * HOUR


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(0, 5000), st.integers(1, 40), st.integers(0, 40))
def test_later_starts_and_longer_spans_are_never_due_earlier(
    made: tuple[WorkingTime, datetime], later: int, hours: int, more: int
) -> None:
    working_time, start = made
    first = due(start, Span(hours, "bh"), working_time)
    assert first <= due(start + later * MINUTE, Span(hours, "bh"), working_time)
    assert first <= due(start, Span(hours + more, "bh"), working_time)


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(0, 9000), st.integers(0, 9000))
def test_two_parts_make_the_whole(made: tuple[WorkingTime, datetime], one: int, two: int) -> None:
    working_time, start = made
    middle, end = start + one * MINUTE, start + (one + two) * MINUTE
    whole = elapsed(start, end, working_time)
    assert elapsed(start, middle, working_time) + elapsed(middle, end, working_time) == whole


@settings(max_examples=100, deadline=None)
@given(calendars(), st.integers(0, 30))
def test_the_same_wall_time_exists_on_the_wanted_date(made: tuple[WorkingTime, datetime], days: int) -> None:
    working_time, start = made
    found = same_wall_time(start, days, working_time.zone)
    local, wanted = found.astimezone(working_time.zone), start.astimezone(working_time.zone) + timedelta(days=days)
    skipped = local.replace(tzinfo=None) != wanted.replace(tzinfo=None)
    assert local.fold == 0
    assert not skipped or timedelta(0) < local.replace(tzinfo=None) - wanted.replace(tzinfo=None) <= HOUR


def minutes_open(start: datetime, end: datetime, working_time: WorkingTime) -> int:
    """Looks at the wall clock once a minute."""
    return sum(is_open(start + minute * MINUTE, working_time) for minute in range((end - start) // MINUTE))


def is_open(instant: datetime, working_time: WorkingTime) -> bool:
    local = instant.astimezone(working_time.zone)
    minute = local.hour * 60 + local.minute
    windows = () if local.date() in working_time.holidays else working_time.weekly[local.weekday()]
    return any(opens <= minute < closes for opens, closes in windows)
