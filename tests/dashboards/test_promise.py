"""How the promise was kept, and who has to hear of what: the pages of both."""

from __future__ import annotations

import re
from html import unescape

import pytest
from tests.dashboards.conftest import Visit

from crm_sync.dashboards.trend import trend_of
from crm_sync.store import Store

COUNT = re.compile(r'<a href="(/people[^"]*)">(\d+)</a>')


@pytest.mark.parametrize("query", ["", "?by=rep", "?by=source&cohort=1", "?by=policy&months=2"])
async def test_every_count_of_a_comparison_opens_to_as_many_people(visit: Visit, query: str) -> None:
    async with visit() as browser:
        counts = set(COUNT.findall((await browser.get(f"/compliance{query}")).text))
        assert "cohort" in query or len(counts) >= 3  # nobody of the story says when a lead qualified
        for href, count in counts:
            found = (await browser.get("/api/people.json?" + unescape(href).partition("?")[2])).json()
            assert found["count"] == int(count), href


async def test_what_is_compared_and_counted_is_asked_for_in_the_address(visit: Visit) -> None:
    async with visit() as browser:
        reps = (await browser.get("/compliance?by=rep&months=2")).text
        assert "Luis Mora" in reps
        assert ("2026-04" in reps, "2026-03" in reps) == (True, False)
        odd = (await browser.get("/api/compliance.json?by=nothing&months=0&cohort=no")).json()
        assert (odd["by"], odd["counted_by"], len(odd["months"])) == ("team", "due", 6)
        cohort = (await browser.get("/api/compliance.json?by=policy&cohort=1&months=24")).json()
        assert (cohort["by"], cohort["counted_by"], len(cohort["months"])) == ("policy", "qualified", 24)


async def test_both_pages_say_so_when_there_is_nothing(visit: Visit, empty: Store) -> None:
    async with visit(empty) as browser:
        assert "No target falls into this time yet" in (await browser.get("/compliance")).text
        assert "Nobody has to hear of anything now" in (await browser.get("/escalations")).text
        assert "Ninguna meta cae" in (await browser.get("/compliance?lang=es")).text
        assert "Nadie debe enterarse" in (await browser.get("/escalations?lang=es")).text


async def test_the_page_of_escalations_names_whom_to_tell(visit: Visit) -> None:
    """Bruno's first attempt was breached weeks ago."""
    async with visit() as browser:
        text = (await browser.get("/escalations")).text
        [bruno] = [
            one
            for one in (await browser.get("/api/escalations.json")).json()["due"]
            if one["name"] == "Bruno D\u00edaz" and one["target"] == "first_attempt"
        ]
    assert (bruno["level"], [one["role"] for one in bruno["tell"]]) == ("overdue", ["owner", "manager", "team_lead"])
    assert "Luis Mora (owner)" in text
    assert "a business day late" in text


async def test_the_board_leads_to_both(visit: Visit) -> None:
    async with visit() as browser:
        board = (await browser.get("/?lang=es")).text
    assert 'href="/compliance?lang=es"' in board
    assert 'href="/escalations?lang=es"' in board


def test_a_trend_is_parted_where_a_month_has_no_share() -> None:
    assert trend_of([None, 0.0, 1.0, None, 0.5]) == [[(26.0, 18.0), (50.0, 2.0)], [(98.0, 10.0)]]
    assert trend_of([]) == trend_of([None]) == []
