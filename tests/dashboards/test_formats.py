"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm_sync.dashboards.formats import Formats, age, count, decimal, money, percent, rate, width


def test_numbers_have_thousands_and_no_false_precision() -> None:
    assert count(1234567) == "1,234,567"
    assert [decimal(3.0), decimal(2.66), decimal(None)] == ["3", "2.7", "—"]
    assert [percent(0.714), percent(None)] == ["71 %", "—"]
    assert money(Decimal("1234.5")) == "1,234.50"
    assert rate(0.0204) == "2.04 %"


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [(timedelta(seconds=40), "40 s"), (timedelta(minutes=90), "1 h"), (timedelta(days=3), "3 d"), (None, "—")],
)
def test_an_age_is_told_in_its_largest_unit(elapsed: timedelta | None, text: str) -> None:
    assert age(elapsed) == text


def test_instants_are_shown_where_the_teams_work() -> None:
    formats = Formats(ZoneInfo("America/Mexico_City"))
    assert formats.instant(datetime(2026, 5, 30, 2, 0, tzinfo=UTC)) == "2026-05-29 20:00"


def test_bars_are_never_longer_than_their_rail_and_a_little_stays_visible() -> None:
    assert [width(1, 4), width(9, 4), width(1, 100_000), width(0, 4), width(3, 0)] == [25.0, 100.0, 0.6, 0.0, 0.0]
