"""The oldest APIs that are still read: engagements and contact lists, in epoch milliseconds."""

from __future__ import annotations

import pytest

ENGAGEMENTS = "/engagements/v1/engagements"
CONTACTS = "/contacts/v1/lists"
START = 1_780_106_400_000  # the world's first instant


@pytest.fixture
async def told(hubspot, make, later):
    """A note, a call of a contact and an e-mail, a minute apart, oldest first."""
    contact = await make("contacts", email="ana@x.example")
    note = await make("notes", hs_timestamp=START, hs_note_body="n")
    later(minutes=1)
    body = {
        "properties": {"hs_timestamp": str(START), "hs_call_duration": "9000", "hs_call_title": "c"},
        "associations": [
            {"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}
        ],
    }
    call = (await hubspot.post("/crm/v3/objects/calls", json=body)).json()["id"]
    later(minutes=1)
    email = await make("emails", hs_timestamp=START, hs_email_direction="EMAIL", hs_email_subject="e")
    return {"contact": int(contact), "ids": [int(one) for one in (note, call, email)]}


async def pages(hubspot, path, key, lead_on, /, **query):
    """Every page until there is no more."""
    found = []
    while True:
        page = (await hubspot.get(path, params=query)).json()
        found.append(page[key])
        if not page.get("hasMore", page.get("has-more")):
            return found
        query |= {name: page[answer] for name, answer in lead_on.items()}


async def test_recent_engagements_come_newest_first_with_links_and_metadata(hubspot, told):
    path = f"{ENGAGEMENTS}/recent/modified"
    found = await pages(hubspot, path, "results", {"offset": "offset"}, count=2)
    assert [[one["engagement"]["type"] for one in page] for page in found] == [["EMAIL", "CALL"], ["NOTE"]]
    call = found[0][1]
    assert call["engagement"]["id"] == told["ids"][1]
    assert call["engagement"]["lastUpdated"] == START + 60_000
    assert call["associations"]["contactIds"] == [told["contact"]]
    assert call["metadata"] == {"durationMilliseconds": 9000, "title": "c"}
    since = (await hubspot.get(f"{path}?since={START + 60_000}")).json()
    assert (since["total"], len(since["results"])) == (2, 2)


async def test_engagements_older_than_30_days_and_behind_10000_are_not_recent(hubspot, told, later):
    path = f"{ENGAGEMENTS}/recent/modified"
    assert (await hubspot.get(f"{path}?count=100&offset=9901")).status_code == 400
    assert (await hubspot.get(f"{path}?count=100&offset=9900")).status_code == 200
    later(days=30, minutes=-1)
    assert [one["engagement"]["id"] for one in (await hubspot.get(path)).json()["results"]] == told["ids"][:0:-1]


async def test_all_engagements_are_paged_by_id(hubspot, told):
    found = await pages(hubspot, f"{ENGAGEMENTS}/paged", "results", {"offset": "offset"}, limit=1)
    assert sorted(one["engagement"]["id"] for [one] in found) == sorted(told["ids"])


async def test_contacts_are_listed_by_vid_with_the_values_that_are_asked_for(hubspot, make):
    ids = [int(await make("contacts", email=f"{number}@x.example", city="León")) for number in range(3)]
    path, query = f"{CONTACTS}/all/contacts/all", {"count": 2, "property": "city"}
    found = await pages(hubspot, path, "contacts", {"vidOffset": "vid-offset"}, **query)
    assert [[one["vid"] for one in page] for page in found] == [ids[:2], ids[2:]]
    first = found[0][0]
    assert first["properties"] == {"lastmodifieddate": {"value": str(START)}, "city": {"value": "León"}}
    assert first["identity-profiles"][0]["identities"][0]["value"] == "0@x.example"


async def test_recently_updated_contacts_come_newest_first(hubspot, make, later):
    ids = []
    for number in range(3):
        ids.append(int(await make("contacts", email=f"{number}@x.example")))
        later(minutes=number)  # the first two share an instant
    path = f"{CONTACTS}/recently_updated/contacts/recent"
    lead_on = {"vidOffset": "vid-offset", "timeOffset": "time-offset"}
    found = await pages(hubspot, path, "contacts", lead_on, count=1)
    assert [one["vid"] for [one] in found] == [ids[2], ids[0], ids[1]]
    later(days=31)
    assert (await hubspot.get(path)).json() == {"contacts": [], "has-more": False, "vid-offset": 0,
                                                "time-offset": START + 3 * 60_000 + 31 * 86_400_000}  # fmt: skip


async def test_contact_lists_are_listed_with_their_size(hubspot, make):
    contact = await make("contacts", email="ana@x.example")
    for name, kind in (("Ours", "0-1"), ("Companies", "0-2")):
        body = {"name": name, "objectTypeId": kind, "processingType": "MANUAL"}
        made = (await hubspot.post("/crm/v3/lists", json=body)).json()["list"]["listId"]
        if kind == "0-1":
            await hubspot.put(f"/crm/v3/lists/{made}/memberships/add", json=[contact])
    told = (await hubspot.get(CONTACTS)).json()
    assert (told["total"], told["has-more"]) == (1, False)
    [one] = told["lists"]
    assert (one["name"], one["dynamic"], one["metaData"]["size"], one["createdAt"]) == ("Ours", False, 1, START)


async def test_definitions_are_listed_under_their_older_paths(hubspot):
    new = (await hubspot.get("/crm/v3/properties/contacts")).json()["results"]
    assert (await hubspot.get("/properties/v2/contact/properties")).json() == new
    assert (await hubspot.get("/properties/v1/tickets/properties")).json() == []
    [line] = (await hubspot.get("/crm-pipelines/v1/pipelines/deals")).json()["results"]
    assert (line["pipelineId"], line["createdAt"], line["stages"][5]["stageId"]) == ("default", 0, "closedwon")
    assert (await hubspot.get("/crm/v3/schemas")).json() == {"results": []}


async def test_associations_with_objects_that_are_elsewhere_are_none(hubspot, make):
    contact = await make("contacts", email="ana@x.example")
    read = await hubspot.get(f"/crm/v3/objects/contacts/{contact}?associations=tickets,companies")
    assert (read.status_code, "associations" in read.json()) == (200, False)
    assert (await hubspot.get(f"/crm/v3/objects/contacts/{contact}?associations=rocks")).status_code == 400


async def test_a_contact_tells_its_history_when_it_is_asked_for(hubspot, make, later):
    contact = await make("contacts", email="ana@x.example", city="León")
    later(minutes=1)
    await hubspot.patch(f"/crm/v3/objects/contacts/{contact}", json={"properties": {"city": "Puebla"}})
    query = {"property": "city", "propertyMode": "value_and_history"}
    [one] = (await hubspot.get(f"{CONTACTS}/all/contacts/all", params=query)).json()["contacts"]
    assert one["properties"]["city"]["value"] == "Puebla"
    told = [(each["value"], each["timestamp"]) for each in one["properties"]["city"]["versions"]]
    assert told == [("Puebla", START + 60_000), ("León", START)]
