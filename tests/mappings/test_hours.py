"""Working hours as text: the same hours are always the same text, and the text is what it was made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.mappings.hours import END_OF_DAY, hours_of, hours_text, weekly_of

starts = st.tuples(st.integers(0, 6), st.integers(0, END_OF_DAY - 1), st.integers(1, END_OF_DAY))
minutes = st.lists(starts.map(lambda one: (one[0], *sorted(one[1:]))), max_size=12)


def test_days_of_the_same_hours_stand_together() -> None:
    day = ((540, 840), (900, 1080))
    split = weekly_of([*((at, *window) for at in range(5) for window in day), (5, 600, 840)])
    assert hours_text(split) == "monday-friday 09:00-14:00 15:00-18:00; saturday 10:00-14:00"
    assert hours_text(weekly_of([(0, 540, 1020), (2, 540, 1020)])) == "monday 09:00-17:00; wednesday 09:00-17:00"


def test_the_end_of_a_day_is_midnight_and_nobody_working_is_nothing_said() -> None:
    assert hours_text(weekly_of((at, 0, 1440) for at in range(7))) == "monday-sunday 00:00-24:00"
    assert hours_text(weekly_of([])) is None
    assert hours_text(weekly_of([(0, 540, 540)])) is None


def test_windows_that_overlap_or_touch_are_one() -> None:
    assert hours_text(weekly_of([(0, 600, 720), (0, 540, 660), (0, 720, 780)])) == "monday 09:00-13:00"


def test_people_may_write_days_short_and_in_any_case() -> None:
    assert hours_text(hours_of("Mon-Fri 09:00-18:00 ;SAT 10:00-12:00;")) == (
        "monday-friday 09:00-18:00; saturday 10:00-12:00"
    )


@pytest.mark.parametrize(
    "text",
    ["monday", "mo 09:00-18:00", "friday-monday 09:00-18:00", "monday 9-18", "monday 09:00-09:00", "- 09:00-10:00",
     "monday 09:60-10:00", "monday 09:00-24:01", "holiday 09:00-10:00"],
)  # fmt: skip
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|names no"):
        hours_of(text)


def test_a_shift_through_the_night_ends_on_the_next_day() -> None:
    assert hours_text(hours_of("sunday 22:00-06:00")) == "monday 00:00-06:00; sunday 22:00-24:00"
    assert hours_text(hours_of("friday 22:00-00:00")) == "friday 22:00-24:00"


@given(minutes)
def test_text_and_hours_lead_to_each_other(windows: list[tuple[int, int, int]]) -> None:
    weekly = weekly_of(windows)
    assert hours_of(hours_text(weekly) or "") == weekly


@given(minutes)
def test_a_minute_is_worked_when_one_of_the_windows_holds_it(windows: list[tuple[int, int, int]]) -> None:
    weekly = weekly_of(windows)
    for day, minute in {(day, at) for day, *edges in windows for at in edges if at < END_OF_DAY}:
        held = any(start <= minute < end for start, end in weekly[day])
        assert held == any(one == day and start <= minute < end for one, start, end in windows)
