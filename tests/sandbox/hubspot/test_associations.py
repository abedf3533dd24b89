"""Associations v4 of the HubSpot face: both directions, primary companies, pages, labels."""

from __future__ import annotations

from itertools import pairwise

import pytest

from crm_sync.sandbox.hubspot.association_types import BY_ID

V4 = "/crm/v4"


@pytest.fixture
def link(hubspot):
    async def put(one, from_id, other, to_id):
        answer = await hubspot.put(f"{V4}/objects/{one}/{from_id}/associations/default/{other}/{to_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]

    return put


@pytest.fixture
def types(hubspot):
    async def read(one, from_id, other):
        answer = await hubspot.get(f"{V4}/objects/{one}/{from_id}/associations/{other}")
        links = answer.json()["results"]
        return {str(each["toObjectId"]): [kind["typeId"] for kind in each["associationTypes"]] for each in links}

    return read


def test_every_type_leads_back_to_itself():
    for kind in BY_ID.values():
        back = BY_ID[kind.inverse]
        assert (back.start, back.end, back.inverse) == (kind.end, kind.start, kind.type_id)


async def test_a_default_link_is_seen_from_both_sides_and_making_it_twice_is_no_error(make, link, types):
    contact, deal = await make("contacts", email="ana@example.com"), await make("deals", dealname="Pilot")
    for _ in range(2):
        made = await link("deals", deal, "contacts", contact)
    assert [each["associationSpec"]["associationTypeId"] for each in made] == [4, 3]
    assert await types("deals", deal, "contacts") == {contact: [3]}
    assert await types("contacts", contact, "deals") == {deal: [4]}


async def test_the_first_company_is_primary_and_another_takes_over(hubspot, make, link, types):
    contact = await make("contacts", email="ana@example.com")
    first, second = await make("companies", name="Acme"), await make("companies", name="Beta")
    await link("contacts", contact, "companies", first)
    await link("contacts", contact, "companies", second)
    assert await types("contacts", contact, "companies") == {first: [1, 279], second: [279]}
    primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 2}]
    inputs = [{"from": {"id": second}, "to": {"id": contact}, "types": primary}]
    answer = await hubspot.post(f"{V4}/associations/companies/contacts/batch/create", json={"inputs": inputs})
    assert answer.status_code == 201
    assert await types("contacts", contact, "companies") == {first: [279], second: [1, 279]}
    shown = await hubspot.get(
        f"/crm/v3/objects/contacts/{contact}?properties=associatedcompanyid&associations=companies"
    )
    assert shown.json()["properties"]["associatedcompanyid"] == second
    assert shown.json()["associations"]["companies"]["results"][-2:] == [
        {"id": second, "type": "contact_to_company"},
        {"id": second, "type": "contact_to_company_unlabeled"},
    ]


async def test_an_activity_counts_on_its_contact_once(hubspot, make, link):
    contact = await make("contacts", email="ana@example.com")
    call = await make("calls", hs_timestamp="2026-05-29T10:00:00Z")
    await link("calls", call, "contacts", contact)
    await link("contacts", contact, "calls", call)
    asked = "num_notes,num_contacted_notes,notes_last_contacted"
    said = (await hubspot.get(f"/crm/v3/objects/contacts/{contact}?properties={asked}")).json()["properties"]
    assert (said["num_notes"], said["num_contacted_notes"]) == ("1", "1")
    assert said["notes_last_contacted"] == "2026-05-29T10:00:00Z"


async def test_a_call_can_be_born_with_its_contact(hubspot, make, types):
    contact = await make("contacts", email="ana@example.com")
    to = {"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}
    said = {"properties": {"hs_timestamp": "2026-05-29T10:00:00Z"}, "associations": [to]}
    answer = await hubspot.post("/crm/v3/objects/calls", json=said)
    assert await types("calls", answer.json()["id"], "contacts") == {contact: [194]}
    nobody = {**said, "associations": [{**to, "to": {"id": "999"}}]}
    assert (await hubspot.post("/crm/v3/objects/calls", json=nobody)).status_code == 400
    assert len((await hubspot.get("/crm/v3/objects/calls")).json()["results"]) == 1


async def test_a_batch_read_pages_each_record_at_500_and_names_the_lonely(hubspot, world, make):
    contact, lonely = await make("contacts", email="ana@example.com"), await make("contacts", email="b@example.com")
    world.associate(("contacts", contact, "notes", str(one), 201, "HUBSPOT_DEFINED") for one in range(1, 1002))
    seen, after = [], "0"
    while after:
        inputs = [{"id": contact, "after": after}, {"id": lonely}]
        answer = await hubspot.post(f"{V4}/associations/contacts/notes/batch/read", json={"inputs": inputs})
        body = answer.json()
        assert (answer.status_code, body["numErrors"]) == (207, 1)
        assert body["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
        assert body["errors"][0]["context"]["fromObjectId"] == [lonely]
        [result] = body["results"]
        assert len(result["to"]) <= 500
        seen += [each["toObjectId"] for each in result["to"]]
        after = result.get("paging", {}).get("next", {}).get("after")
    assert seen == list(range(1, 1002))
    assert all(left < right for left, right in pairwise(seen))


async def test_inline_associations_stop_at_a_hundred(hubspot, world, make):
    contact = await make("contacts", email="ana@example.com")
    world.associate(("contacts", contact, "notes", str(one), 201, "HUBSPOT_DEFINED") for one in range(1, 151))
    page = (await hubspot.get("/crm/v3/objects/contacts?associations=notes")).json()["results"][0]["associations"][
        "notes"
    ]
    assert len(page["results"]) == 100
    assert page["paging"]["next"]["after"] == "101"


async def test_a_type_of_another_direction_and_a_missing_target_are_refused(hubspot, make):
    contact, company = await make("contacts", email="ana@example.com"), await make("companies", name="Acme")

    async def refused(to_id, type_id):
        kinds = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
        inputs = [{"from": {"id": contact}, "to": {"id": to_id}, "types": kinds}]
        answer = await hubspot.post(f"{V4}/associations/contacts/companies/batch/create", json={"inputs": inputs})
        assert answer.status_code == 400
        return answer.json()["message"]

    assert await refused("999", 279) == "One or more associations are invalid"
    told = "invalid from object type 0-1 for associations to be created. expected: 0-47"
    assert await refused(company, 200) == told


async def test_archiving_a_record_takes_its_links_along(hubspot, make, link, types):
    contact, company = await make("contacts", email="ana@example.com"), await make("companies", name="Acme")
    await link("contacts", contact, "companies", company)
    await hubspot.delete(f"/crm/v3/objects/companies/{company}")
    assert await types("contacts", contact, "companies") == {}


async def test_links_are_taken_away_from_both_sides(hubspot, make, link, types):
    contact, deal = await make("contacts", email="ana@example.com"), await make("deals", dealname="Pilot")
    await link("deals", deal, "contacts", contact)
    assert (await hubspot.delete(f"{V4}/objects/contacts/{contact}/associations/deals/{deal}")).status_code == 204
    assert await types("deals", deal, "contacts") == {}


async def test_an_account_makes_its_own_labels(hubspot, make, types):
    contact, company = await make("contacts", email="ana@example.com"), await make("companies", name="Acme")
    path = f"{V4}/associations/contacts/companies/labels"
    made = (await hubspot.post(path, json={"name": "champion", "label": "Champion"})).json()["results"][0]
    listed = (await hubspot.get(path)).json()["results"]
    assert made in listed
    assert {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"} in listed
    body = [{"associationCategory": "USER_DEFINED", "associationTypeId": made["typeId"]}]
    answer = await hubspot.put(f"{V4}/objects/contacts/{contact}/associations/companies/{company}", json=body)
    assert (answer.status_code, answer.json()["labels"]) == (201, ["Champion"])
    assert await types("contacts", contact, "companies") == {company: [made["typeId"]]}


@pytest.mark.parametrize("item", [{}, {"from": {"id": "1"}, "to": {}}, {"from": {"id": "1"}, "to": {"id": "1"}}])
async def test_a_batch_that_leaves_something_out_is_told_what(hubspot, item):
    answer = await hubspot.post(f"{V4}/associations/contacts/companies/batch/create", json={"inputs": [item]})
    assert (answer.status_code, answer.json()["message"][:19]) == (400, "Invalid input JSON:")


async def test_a_label_can_be_renamed_and_taken_away(hubspot, make):
    path = "/crm/v4/associations/contacts/companies/labels"
    made = (await hubspot.post(path, json={"name": "buyer", "label": "Buyer"})).json()["results"][0]
    contact, company = await make("contacts", email="ana@example.com"), await make("companies", name="Acme")
    link = f"/crm/v4/objects/contacts/{contact}/associations/companies/{company}"
    await hubspot.put(link, json=[{"associationCategory": "USER_DEFINED", "associationTypeId": made["typeId"]}])
    renamed = await hubspot.put(path, json={"associationTypeId": made["typeId"], "label": "Payer"})
    assert renamed.status_code == 204
    assert "Payer" in [one["label"] for one in (await hubspot.get(path)).json()["results"]]
    assert (await hubspot.delete(f"{path}/{made['typeId']}")).status_code == 204
    assert "Payer" not in [one["label"] for one in (await hubspot.get(path)).json()["results"]]
    links = (await hubspot.get(f"/crm/v4/objects/contacts/{contact}/associations/companies")).json()["results"]
    assert links == []


async def test_taking_away_what_is_not_there_is_no_error(hubspot):
    assert (await hubspot.delete("/crm/v4/objects/contacts/1/associations/companies/2")).status_code == 204


async def test_one_label_of_a_link_is_taken_away_from_both_sides(hubspot, make, types):
    contact, company = (
        await make("contacts", email="ana@x.example"),
        await make("companies", name="A", domain="a.example"),
    )
    await hubspot.put(f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    assert [await types("contacts", contact, "companies"), await types("companies", company, "contacts")] == [
        {company: [1, 279]},
        {contact: [2, 280]},
    ]
    primary = {"types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]}
    body = {"inputs": [{"from": {"id": contact}, "to": {"id": company}, **primary}]}
    path = "/crm/v4/associations/contacts/companies/batch/labels/archive"
    assert (await hubspot.post(path, json=body)).status_code == 204
    assert [await types("contacts", contact, "companies"), await types("companies", company, "contacts")] == [
        {company: [279]},
        {contact: [280]},
    ]
    read = await hubspot.get(f"/crm/v3/objects/contacts/{contact}?properties=associatedcompanyid")
    assert read.json()["properties"]["associatedcompanyid"] is None


async def test_taking_labels_from_contacts_that_are_not_there_does_nothing(hubspot):
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    said = {"inputs": [{"from": {"id": "404"}, "to": {"id": "405"}, "types": types}]}
    path = "/crm/v4/associations/contacts/companies/batch/labels/archive"
    assert (await hubspot.post(path, json=said)).status_code == 204
