"""Months begin where the teams work, and only working days that are over count."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from crm_sync.mappings import Vocabulary
from crm_sync.reports.months import months_until


def test_a_month_begins_at_local_midnight(vocabulary: Vocabulary) -> None:
    (may,) = months_until(datetime(2026, 5, 10, tzinfo=UTC), 1, vocabulary.promise.working_time)
    assert may.name == "2026-05"
    assert may.begins == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert may.ends == datetime(2026, 6, 1, 6, tzinfo=UTC)


def test_the_last_evening_of_a_month_in_utc_is_still_that_month(vocabulary: Vocabulary) -> None:
    (month,) = months_until(datetime(2026, 6, 1, 5, 59, tzinfo=UTC), 1, vocabulary.promise.working_time)
    assert month.name == "2026-05"


def test_a_day_counts_when_its_last_working_hour_is_over(vocabulary: Vocabulary) -> None:
    """Friday 1 May 2026 is a holiday; Monday the 4th closes at 18:00 in Mexico City, which is midnight in UTC."""
    before, after = datetime(2026, 5, 4, 23, 59, tzinfo=UTC), datetime(2026, 5, 5, 0, 0, tzinfo=UTC)
    elapsed = [months_until(now, 1, vocabulary.promise.working_time)[0].elapsed for now in (before, after)]
    assert elapsed == [0, 1]


def test_holidays_and_weekends_are_not_working_days(vocabulary: Vocabulary) -> None:
    (may,) = months_until(datetime(2026, 5, 30, 2, tzinfo=UTC), 1, vocabulary.promise.working_time)
    assert (may.working_days, may.elapsed) == (20, 20)


def test_months_come_oldest_first_and_touch_each_other(vocabulary: Vocabulary) -> None:
    months = months_until(datetime(2026, 2, 3, tzinfo=UTC), 4, vocabulary.promise.working_time)
    assert [month.name for month in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert all(one.ends == two.begins for one, two in itertools.pairwise(months))
