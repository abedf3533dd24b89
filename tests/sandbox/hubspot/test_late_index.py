"""While the index lags, search answers from the state before the change; every other read is up to date."""

from __future__ import annotations

import pytest

CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture
async def ana(hubspot, make, later):
    """A contact in León, an hour old, in an account whose index is ten seconds late."""
    await hubspot.post("/sandbox/hubspot/lag", json={"ms": 10_000})
    found = await make("contacts", email="ana@example.com", city="León")
    later(hours=1)
    return found


@pytest.fixture
def cities(hubspot):
    """City of every contact that search finds with the given filters."""

    async def search(*filters: tuple[str, str, str], **more) -> list[str]:
        told = [{"propertyName": name, "operator": operator, "value": value} for name, operator, value in filters]
        body = {"filterGroups": [{"filters": told}], "properties": ["city"], **more}
        answer = (await hubspot.post(f"{CONTACTS}/search", json=body)).json()
        assert answer["total"] == len(answer["results"])
        return [one["properties"]["city"] for one in answer["results"]]

    return search


async def test_a_changed_record_is_found_by_what_it_held_before(hubspot, ana, cities, later):
    await hubspot.patch(f"{CONTACTS}/{ana}", json={"properties": {"city": "Puebla"}})
    later(seconds=5)
    assert await cities(("city", "EQ", "León")) == ["León"]
    assert await cities(("city", "EQ", "Puebla")) == []
    assert (await hubspot.get(f"{CONTACTS}/{ana}?properties=city")).json()["properties"]["city"] == "Puebla"
    later(seconds=6)
    assert await cities(("city", "EQ", "Puebla")) == ["Puebla"]
    assert await cities(("city", "EQ", "León")) == []


async def test_its_stamp_is_the_old_one_too(hubspot, ana, cities, later):
    await hubspot.patch(f"{CONTACTS}/{ana}", json={"properties": {"city": "Puebla"}})
    assert await cities(("lastmodifieddate", "GTE", "2026-05-30T02:30:00Z")) == []
    later(seconds=11)
    assert await cities(("lastmodifieddate", "GTE", "2026-05-30T02:30:00Z")) == ["Puebla"]


async def test_of_several_changes_each_shows_when_its_time_has_come(hubspot, ana, cities, later):
    for city in ("Puebla", "Oaxaca"):
        await hubspot.patch(f"{CONTACTS}/{ana}", json={"properties": {"city": city}})
        later(seconds=6)
    assert await cities() == ["Puebla"]
    later(seconds=5)
    assert await cities() == ["Oaxaca"]


async def test_a_new_record_is_not_there_yet(cities, ana, make, later):
    await make("contacts", email="luis@example.com", city="Puebla")
    assert await cities(("city", "EQ", "Puebla")) == []
    later(seconds=11)
    assert await cities(("city", "EQ", "Puebla")) == ["Puebla"]


async def test_an_archived_record_is_still_found_for_a_while(hubspot, ana, cities, later):
    await hubspot.delete(f"{CONTACTS}/{ana}")
    assert await cities() == ["León"]
    later(seconds=11)
    assert await cities() == []


async def test_a_merged_record_is_still_found_for_a_while(hubspot, ana, cities, make, later):
    other = await make("contacts", email="ana@work.example", city="Puebla")
    later(seconds=11)
    await hubspot.post(f"{CONTACTS}/merge", json={"primaryObjectId": ana, "objectIdToMerge": other})
    assert await cities() == ["León", "Puebla"]
    later(seconds=11)
    assert await cities() == ["León"]


async def test_a_property_made_during_the_lag_disturbs_nothing(hubspot, ana, cities):
    await hubspot.patch(f"{CONTACTS}/{ana}", json={"properties": {"city": "Puebla"}})
    body = {"name": "smk_x", "label": "X", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    assert (await hubspot.post("/crm/v3/properties/contacts", json=body)).status_code == 201
    assert await cities() == ["León"]
