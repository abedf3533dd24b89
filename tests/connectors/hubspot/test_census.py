"""Counting, naming and fetching HubSpot's records by their creation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.connectors.base import Window
from crm_sync.connectors.hubspot import census
from crm_sync.errors import Failed
from crm_sync.records import Person, Ref

ALWAYS = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


@pytest.fixture
async def people(make):
    """Seven contacts, all created at one instant, since the clock stands still."""
    return [await make("contacts", email=f"p{at}@example.com") for at in range(7)]


async def ids(hubspot, window=ALWAYS):
    return [one async for some in hubspot.ids("contacts", window) for one in some]


@pytest.mark.parametrize("page", [2, 7, 200])
async def test_ids_come_once_each_however_many_share_an_instant(hubspot, people, monkeypatch, page):
    monkeypatch.setattr(census, "PAGE", page)
    assert await ids(hubspot) == people
    assert await hubspot.count("contacts", ALWAYS) == 7


async def test_a_window_holds_its_first_instant_and_not_its_last(hubspot, people, world):
    now = world.clock.now()
    before, after = Window(now - timedelta(hours=1), now), Window(now, now + timedelta(hours=1))
    assert [await hubspot.count("contacts", one) for one in (before, after)] == [0, 7]
    assert [len(await ids(hubspot, one)) for one in (before, after)] == [0, 7]


async def test_records_are_fetched_as_they_stand_and_gone_ones_are_named(hubspot, people, client, monkeypatch):
    await client.delete(f"/crm/v3/objects/contacts/{people[2]}")
    pages = [page async for page in hubspot.fetch("contacts", [*people, "999"])]
    found = [one.ref.id for page in pages for one in page.records if isinstance(one, Person)]
    assert sorted(found) == sorted(set(people) - {people[2]})
    assert [ref for page in pages for ref in page.gone] == [
        Ref("hubspot", "contacts", people[2]), Ref("hubspot", "contacts", "999"),
    ]  # fmt: skip
    assert await hubspot.count("contacts", ALWAYS) == 6


async def test_a_record_that_was_merged_away_is_gone_and_its_survivor_tells_it(hubspot, people, client):
    body = {"primaryObjectId": people[0], "objectIdToMerge": people[1]}
    assert (await client.post("/crm/v3/objects/contacts/merge", json=body)).status_code == 200
    pages = [page async for page in hubspot.fetch("contacts", [people[1]])]
    assert Ref("hubspot", "contacts", people[1]) in pages[0].gone
    assert people[1] not in [one.ref.id for page in pages for one in page.records if isinstance(one, Person)]


async def test_an_answer_that_leaves_records_out_for_another_reason_buries_nobody(hubspot, people, client):
    error = {"status": "error", "category": "INTERNAL_ERROR", "message": "one shard does not answer"}
    body = {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [error]}
    fault = {"match": "POST /crm/v3/objects/contacts/batch/read", "status": 207, "body": body}
    (await client.post("/sandbox/faults", json=fault)).raise_for_status()
    with pytest.raises(Failed, match="batch/read of contacts: one shard does not answer"):
        _ = [page async for page in hubspot.fetch("contacts", people)]
