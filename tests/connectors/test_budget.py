"""What CRMs tell about the calls of a day, in all the forms in which they do."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_sync.connectors.budget import Budget, Meter
from crm_sync.connectors.complaints import Answer

NOW = datetime(2026, 5, 30, 2, tzinfo=UTC)
MEXICO = ZoneInfo("America/Mexico_City")


def answer(**headers: str) -> Answer:
    return Answer("crm", "GET /", 200, "", {name.replace("_", "-"): value for name, value in headers.items()})


DAILY = answer(x_hubspot_ratelimit_daily="650000", x_hubspot_ratelimit_daily_remaining="649000")


def test_a_day_ends_at_midnight_of_the_account() -> None:
    meter = Meter(zone=MEXICO)
    meter.hear(DAILY)
    assert meter.budget(NOW) == Budget("2026-05-29", 650_000, 1_000, datetime(2026, 5, 30, 6, tzinfo=UTC))


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is() -> None:
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # Madrid goes back an hour that night
    assert Meter(zone=ZoneInfo("Europe/Madrid")).budget(before).resets_at == datetime(2026, 10, 25, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "used", "limit"),
    [
        ("api-usage=18/5000", 18, 5_000),
        ("api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)", 17, 250),
        ("api-usage=4990/5000; per-app-api-usage=17/250(appName=sample)", 4_990, 5_000),
        ("per-app-api-usage=17/250(appName=sample), api-usage=25/5000", 17, 250),
    ],
)
def test_salesforce_tells_the_last_24_hours_in_a_short_and_a_long_form(told: str, used: int, limit: int) -> None:
    meter = Meter()
    meter.hear(answer(sforce_limit_info=told))
    assert meter.budget(NOW) == Budget("2026-05-30", limit, used, None)


def test_what_tells_nothing_leaves_what_was_told_before() -> None:
    meter = Meter(zone=MEXICO)
    meter.hear(DAILY)
    meter.hear(answer(x_hubspot_ratelimit_max="190"))
    meter.hear(answer(sforce_limit_info="something else"))
    assert meter.budget(NOW).left == 649_000


def test_where_nobody_tells_a_limit_the_one_of_the_settings_counts() -> None:
    assert Meter().budget(NOW).limit is None
    known = Meter(fallback=1_000).budget(NOW)
    assert (known.limit, known.used, known.left) == (1_000, None, None)
