"""Counting, naming and fetching Salesforce's records by their creation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.connectors.salesforce.conftest import NOW, Org

from crm_sync.connectors.base import Window
from crm_sync.connectors.salesforce import Salesforce, census
from crm_sync.errors import NeedsLogin
from crm_sync.records import Person, Ref

ALWAYS = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
HOUR = timedelta(hours=1)


@pytest.fixture
def leads(org: Org) -> list[str]:
    """Seven leads, all created at one instant."""
    return org.add("Lead", *({"LastName": f"Ruiz {number}"} for number in range(7)))


async def ids(crm: Salesforce, window: Window = ALWAYS) -> list[str]:
    return [one async for some in crm.ids("Lead", window) for one in some]


@pytest.mark.parametrize("page", [2, 7, 2_000])
async def test_ids_come_once_each_however_many_share_an_instant(
    salesforce: Salesforce, leads: list[str], monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(census, "PAGE", page)
    assert await ids(salesforce) == leads
    assert await salesforce.count("Lead", ALWAYS) == 7


async def test_a_window_holds_its_first_instant_and_not_its_last(salesforce: Salesforce, leads: list[str]) -> None:
    before, after = Window(NOW - HOUR, NOW), Window(NOW, NOW + HOUR)
    assert [await salesforce.count("Lead", one) for one in (before, after)] == [0, 7]
    assert [len(await ids(salesforce, one)) for one in (before, after)] == [0, 7]


async def test_records_are_fetched_as_they_stand_and_gone_ones_are_named(
    salesforce: Salesforce, org: Org, leads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is in the recycle bin, one was erased from it."""
    monkeypatch.setattr(census, "BATCH", 3)
    org.change("Lead", leads[2], _archived_at=1)
    erased = leads[0][:-4] + "ZZZZ"
    pages = [page async for page in salesforce.fetch("Lead", [*leads, erased])]
    found = {one.ref.id for page in pages for one in page.records if isinstance(one, Person)}
    assert found - {leads[2]} == set(leads) - {leads[2]}
    gone = {ref for page in pages for ref in page.gone if ref.kind == "Lead"}
    assert gone == {Ref("salesforce", "Lead", leads[2]), Ref("salesforce", "Lead", erased)}
    assert await salesforce.count("Lead", ALWAYS) == 6


async def test_an_object_that_our_user_cannot_see_buries_nobody(salesforce: Salesforce, leads: list[str]) -> None:
    salesforce._control._seen["Lead"] = None
    with pytest.raises(NeedsLogin, match="Lead cannot be queried"):
        await salesforce.count("Lead", ALWAYS)
    with pytest.raises(NeedsLogin):
        _ = [page async for page in salesforce.fetch("Lead", leads)]


def test_what_counts_is_a_record_of_its_own(salesforce: Salesforce) -> None:
    assert salesforce.countable == (
        "Account", "Campaign", "Lead", "Contact", "Opportunity", "CampaignMember", "Task", "Event",
        "EmailMessage", "Note", "ContentNote",
    )  # fmt: skip
