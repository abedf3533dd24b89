"""The table of working hours says what counting day by day says; ids put together in parts are Salesforce's ids."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.town.calendar import (
    DAY,
    HOUR,
    ZONE,
    due_after,
    moment_within,
    open_days,
    worked,
)
from crm_sync.sandbox.town.ids import sobject_id

HOLIDAYS = {date(2026, 1, 1), date(2026, 2, 2), date(2026, 3, 16), date(2026, 5, 1)}
FIRST = int(datetime(2026, 1, 1, tzinfo=ZONE).timestamp())
MOMENTS = [FIRST + random.Random(place).randrange(140 * DAY) for place in range(60)]


def windows(start: int) -> Iterator[tuple[int, int]]:
    """Working hours that end after an instant, in order."""
    day = datetime.fromtimestamp(start, ZONE).date()
    for place in range(400):
        one = day + timedelta(days=place)
        if one.weekday() < 5 and one not in HOLIDAYS:
            for opens, closes in ((time(9), time(14)), (time(15), time(18))):
                a, b = (int(datetime.combine(one, at, ZONE).timestamp()) for at in (opens, closes))
                if b > start:
                    yield max(a, start), b


def plain_worked(start: int, end: int) -> int:
    return sum(max(0, min(b, end) - a) for a, b in windows(start) if a < end)


@pytest.mark.parametrize("start", MOMENTS)
def test_the_table_of_hours_counts_like_a_list_of_days(start: int) -> None:
    for end in (start + HOUR, start + 5 * HOUR, start + 3 * DAY, start + 14 * DAY):
        assert worked(start, end) == plain_worked(start, end)
        days = {datetime.fromtimestamp(a, ZONE).date() for a, b in windows(start) if a < end}
        assert open_days(start, end) == len(days)


@pytest.mark.parametrize("start", MOMENTS)
def test_due_is_the_first_instant_and_a_moment_lies_inside_working_hours(start: int) -> None:
    end = start + 14 * DAY
    for seconds in (1, HOUR, 5 * HOUR, 8 * HOUR):
        due, moment = due_after(start, seconds), moment_within(start, end, (seconds + 0.5) / worked(start, end))
        assert moment is not None
        assert plain_worked(start, due) == plain_worked(start, moment) == seconds
        assert plain_worked(start, due - 1) == seconds - 1
        assert plain_worked(moment, moment + 1) == 1
    assert moment_within(start, start, 0.5) is None


@pytest.mark.parametrize("name", ["Lead", "Task", "CampaignMember"])
def test_ids_put_together_in_parts_are_those_of_salesforce(name: str) -> None:
    prefix = {"Lead": "00Q", "Task": "00T", "CampaignMember": "00v"}[name]
    for number in (0, 61, 62, 3_843, 3_844, 238_327, 999_999, 123_456_789, 62**6 + 11):
        assert sobject_id(name, number) == salesforce_id(prefix, number + 1)
