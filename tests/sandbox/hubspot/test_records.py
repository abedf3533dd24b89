"""Reading and writing single records of the HubSpot face."""

from __future__ import annotations

import httpx
import pytest


async def test_a_new_contact_is_a_lead_from_an_integration(hubspot):
    answer = await hubspot.post("/crm/v3/objects/contacts", json={"properties": {"email": "Ana@Example.com"}})
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/crm/v3/objects/contacts/{body['id']}")
    said = body["properties"]
    assert (said["email"], said["lifecyclestage"], said["hs_object_source"]) == (
        "ana@example.com",
        "lead",
        "INTEGRATION",
    )
    assert said["hs_v2_date_entered_lead"] == said["createdate"] == body["createdAt"] == "2026-05-30T02:00:00Z"
    assert list(said) == sorted(said)


async def test_an_address_belongs_to_one_contact_even_as_an_additional_one(hubspot, world, make):
    first = await make("contacts", email="ana@example.com")
    world.table("hubspot", "contacts").update(first, {"hs_additional_emails": "ana@old.example;a@b.example"})
    for address in ("ANA@example.com", "Ana@old.example"):
        answer = await hubspot.post("/crm/v3/objects/contacts", json={"properties": {"email": address}})
        assert answer.status_code == 409
        assert answer.json()["message"] == f"Contact already exists. Existing ID: {first}"
        assert answer.json()["category"] == "CONFLICT"


async def test_all_bad_properties_are_told_at_once(hubspot):
    bad = {
        "email": "not an address", "nope": "1", "lifecyclestage": "bogus", "createdate": "2026-01-01",
        "associatedcompanyid": "many", "closedate": "soon",
    }  # fmt: skip
    answer = await hubspot.post("/crm/v3/objects/contacts", json={"properties": bad})
    body = answer.json()
    assert (answer.status_code, body["category"]) == (400, "VALIDATION_ERROR")
    assert body["message"].startswith('Property values were not valid: [{"isValid":false,')
    codes = {error["context"]["propertyName"][0]: error["code"] for error in body["errors"]}
    assert codes == {
        "email": "INVALID_EMAIL", "nope": "PROPERTY_DOESNT_EXIST", "lifecyclestage": "INVALID_OPTION",
        "createdate": "READ_ONLY_VALUE", "associatedcompanyid": "INVALID_INTEGER", "closedate": "INVALID_LONG",
    }  # fmt: skip


async def test_asked_but_unset_is_null_and_unknown_is_left_out(hubspot, make):
    found = await make("contacts", firstname="Ana")
    answer = await hubspot.get(f"/crm/v3/objects/contacts/{found}?properties=city,nope&properties=firstname")
    assert answer.json()["properties"] == {
        "city": None, "createdate": "2026-05-30T02:00:00Z", "firstname": "Ana", "hs_object_id": found,
        "lastmodifieddate": "2026-05-30T02:00:00Z",
    }  # fmt: skip


async def test_without_properties_a_small_set_comes(hubspot, make):
    found = await make("companies", name="Acme", city="León")
    properties = (await hubspot.get(f"/crm/v3/objects/companies/{found}")).json()["properties"]
    assert set(properties) == {"name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"}


async def test_the_stage_moves_forward_and_never_back_unless_it_was_cleared(hubspot, make, later):
    path = f"/crm/v3/objects/contacts/{await make('contacts', email='ana@example.com')}"

    async def say(stage: str) -> dict[str, str]:
        later(hours=1)
        answer = await hubspot.patch(path, json={"properties": {"lifecyclestage": stage}})
        assert answer.status_code == 200
        return answer.json()["properties"]

    forward = await say("marketingqualifiedlead")
    assert forward["hs_v2_date_entered_marketingqualifiedlead"] == "2026-05-30T03:00:00Z"
    assert forward["hs_v2_date_exited_lead"] == "2026-05-30T03:00:00Z"
    assert forward["hs_v2_latest_time_in_lead"] == str(3_600_000)
    ignored = await say("subscriber")
    assert (ignored["lifecyclestage"], ignored["lastmodifieddate"]) == (
        "marketingqualifiedlead",
        "2026-05-30T03:00:00Z",
    )
    await say("")
    assert (await say("subscriber"))["lifecyclestage"] == "subscriber"


async def test_history_is_newest_first_and_tells_who(hubspot, make, later):
    found = await make("contacts", email="ana@example.com")
    later(minutes=1)
    await hubspot.patch(f"/crm/v3/objects/contacts/{found}", json={"properties": {"lifecyclestage": "opportunity"}})
    answer = await hubspot.get(f"/crm/v3/objects/contacts/{found}?propertiesWithHistory=lifecyclestage,city")
    told = answer.json()["propertiesWithHistory"]
    assert [item["value"] for item in told["lifecyclestage"]] == ["opportunity", "lead"]
    assert told["lifecyclestage"][0]["timestamp"] == "2026-05-30T02:01:00Z"
    assert told["lifecyclestage"][0]["sourceType"] == "INTEGRATION"
    assert told["city"] == []


async def test_a_value_from_before_any_change_keeps_its_place_in_history(hubspot, world):
    table = world.table("hubspot", "contacts")
    table.insert([{"_id": "512", "_created": 1_000, "_modified": 1_000, "city": "León"}])
    await hubspot.patch("/crm/v3/objects/contacts/512", json={"properties": {"city": "Puebla"}})
    answer = await hubspot.get("/crm/v3/objects/contacts/512?propertiesWithHistory=city")
    assert [item["value"] for item in answer.json()["propertiesWithHistory"]["city"]] == ["Puebla", "León"]


async def test_writing_what_is_already_there_moves_no_stamp(hubspot, make, later):
    found = await make("contacts", email="ana@example.com", firstname="Ana")
    later(minutes=1)
    answer = await hubspot.patch(f"/crm/v3/objects/contacts/{found}", json={"properties": {"firstname": "Ana"}})
    assert answer.json()["updatedAt"] == "2026-05-30T02:00:00Z"


async def test_instants_are_taken_as_iso_or_epoch_and_printed_without_empty_milliseconds(hubspot, make):
    for said, shown in (
        ("2026-05-29T10:00:00.000Z", "2026-05-29T10:00:00Z"),
        (1780048800123, "2026-05-29T10:00:00.123Z"),
    ):
        found = await make("notes", hs_timestamp=said, hs_note_body="hola")
        answer = await hubspot.get(f"/crm/v3/objects/0-46/{found}?properties=hs_timestamp")
        assert answer.json()["properties"]["hs_timestamp"] == shown


async def test_a_deal_knows_from_its_stage_whether_it_is_won(hubspot, make):
    found = await make("deals", dealname="Pilot", dealstage="closedwon", amount="5000.00")
    asked = "amount,pipeline,hs_is_closed,hs_is_closed_won,hs_v2_date_entered_closedwon"
    said = (await hubspot.get(f"/crm/v3/objects/deals/{found}?properties={asked}")).json()["properties"]
    assert (said["amount"], said["pipeline"]) == ("5000.00", "default")
    assert (said["hs_is_closed"], said["hs_is_closed_won"]) == ("true", "true")
    assert said["hs_v2_date_entered_closedwon"] == "2026-05-30T02:00:00Z"


@pytest.mark.parametrize(
    ("name", "properties", "missing"),
    [
        ("calls", {"hs_call_title": "x"}, "hs_timestamp"),
        ("companies", {"city": "León"}, "name"),
        ("deals", {}, "dealname"),
    ],
)
async def test_what_an_object_cannot_be_without_is_asked_for(hubspot, name, properties, missing):
    answer = await hubspot.post(f"/crm/v3/objects/{name}", json={"properties": properties})
    assert [error["code"] for error in answer.json()["errors"]] == ["MISSING_REQUIRED_PROPERTY"]
    assert answer.json()["errors"][0]["context"]["propertyName"] == [missing]


async def test_lists_are_paged_by_id_and_the_link_leads_on(hubspot, make):
    ids = [await make("contacts", email=f"p{number}@example.com") for number in range(5)]
    seen, page = [], (await hubspot.get("/crm/v3/objects/contacts?limit=2")).json()
    while True:
        seen += [one["id"] for one in page["results"]]
        if "paging" not in page:
            break
        assert page["paging"]["next"]["link"].startswith("http://sandbox/crm/v3/objects/contacts?limit=2&after=")
        page = (await hubspot.get(page["paging"]["next"]["link"])).json()
    assert seen == ids


async def test_lists_are_bounded(hubspot: httpx.AsyncClient):
    assert (await hubspot.get("/crm/v3/objects/contacts?limit=101")).status_code == 400
    assert (await hubspot.get("/crm/v3/objects/contacts?limit=51&propertiesWithHistory=city")).status_code == 400


async def test_an_archived_record_is_only_seen_by_who_asks_for_it(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    assert (await hubspot.delete(f"/crm/v3/objects/contacts/{found}")).status_code == 204
    assert (await hubspot.get(f"/crm/v3/objects/contacts/{found}")).status_code == 404
    assert (await hubspot.get("/crm/v3/objects/contacts")).json()["results"] == []
    gone = (await hubspot.get("/crm/v3/objects/contacts?archived=true")).json()["results"]
    assert [(one["id"], one["archived"], one["archivedAt"]) for one in gone] == [(found, True, "2026-05-30T02:00:00Z")]


async def test_ids_that_lead_nowhere_are_told_apart_from_ids_that_cannot_be(hubspot):
    missing = (await hubspot.get("/crm/v3/objects/contacts/999")).json()
    assert missing["message"] == "resource not found"
    assert "category" not in missing
    odd = (await hubspot.get("/crm/v3/objects/contacts/abc")).json()
    assert (odd["message"], odd["category"]) == ("Object not found.  objectId are usually numeric.", "OBJECT_NOT_FOUND")


async def test_a_contact_is_found_by_its_address(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    answer = await hubspot.get("/crm/v3/objects/contacts/Ana@Example.com?idProperty=email")
    assert answer.json()["id"] == found


async def test_a_body_that_is_no_json_is_told_where_it_breaks(hubspot):
    answer = await hubspot.post("/crm/v3/objects/contacts", content=b'{"properties": ')
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Invalid input JSON on line 1, column ")


async def test_an_owner_must_be_one_of_the_account(hubspot, world, make):
    world.table("hubspot", "owners").insert(
        [{"_id": "71", "_created": 0, "_modified": 0, "email": "luis@acme.example"}]
    )
    found = await make("contacts", email="ana@example.com")
    path = f"/crm/v3/objects/contacts/{found}"
    given = await hubspot.patch(path, json={"properties": {"hubspot_owner_id": 71}})
    assert given.json()["properties"]["hubspot_owner_assigneddate"] == "2026-05-30T02:00:00Z"
    refused = await hubspot.patch(path, json={"properties": {"hubspot_owner_id": "72"}})
    assert refused.json()["errors"][0]["code"] == "INVALID_OPTION"
