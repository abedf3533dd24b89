"""Users: their time zone, working hours and absences, as HubSpot keeps and checks them."""

from __future__ import annotations

import json

import pytest

USERS = "/crm/v3/objects/users"
WEEK = [{"days": "MONDAY_TO_FRIDAY", "startMinute": 540, "endMinute": 1020}]


@pytest.fixture
def luis(world):
    now = world.clock.now_ms()
    row = {"hs_email": "luis@example.com", "hubspot_owner_id": "7", "hs_internal_user_id": "70"}
    world.table("hubspot", "users").insert([{"_id": "501", "_created": now, "_modified": now, **row}])
    return "501"


@pytest.fixture
def write(hubspot, luis):
    async def update(**properties):
        return await hubspot.patch(f"{USERS}/{luis}", json={"properties": properties})

    return update


async def test_a_user_is_listed_found_and_told_under_every_name_of_the_object(hubspot, luis):
    names = "hs_internal_user_id,hubspot_owner_id,hs_working_hours"
    [listed] = (await hubspot.get(f"{USERS}?properties={names}")).json()["results"]
    assert (listed["id"], listed["properties"]["hubspot_owner_id"]) == (luis, "7")
    assert listed["properties"]["hs_working_hours"] is None
    by_type = (await hubspot.get(f"/crm/v3/objects/0-115/{luis}?properties=hs_email")).json()
    assert by_type["properties"]["hs_email"] == "luis@example.com"
    found = (await hubspot.post(f"{USERS}/search", json={"query": "luis"})).json()
    assert [one["id"] for one in found["results"]] == [luis]
    dated = (await hubspot.get("/crm/objects/2026-03/users")).json()
    assert [one["id"] for one in dated["results"]] == [luis]


async def test_hours_need_a_time_zone_first(write):
    refused = await write(hs_working_hours=json.dumps(WEEK))
    assert refused.status_code == 400
    assert "must be set before" in refused.text
    assert (await write(hs_standard_time_zone="America/Detroit")).status_code == 200
    assert (await write(hs_working_hours=json.dumps(WEEK))).status_code == 200
    both = await write(hs_standard_time_zone="Europe/Madrid", hs_working_hours=json.dumps(WEEK))
    assert both.json()["properties"]["hs_working_hours"] == json.dumps(WEEK)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hs_standard_time_zone", "Mexico"),
        ("hs_working_hours", "nine to five"),
        ("hs_working_hours", '{"days": "MONDAY"}'),
        ("hs_working_hours", json.dumps([{"days": "FUNDAY", "startMinute": 540, "endMinute": 600}])),
        ("hs_working_hours", json.dumps([{"days": "MONDAY", "startMinute": 540, "endMinute": 1441}])),
        ("hs_working_hours", json.dumps([{"days": "MONDAY", "startMinute": 600, "endMinute": 540}])),
        ("hs_working_hours", json.dumps([*WEEK, {"days": "EVERY_DAY", "startMinute": 600, "endMinute": 1100}])),
        ("hs_out_of_office_hours", json.dumps([{"startTimestamp": 2, "endTimestamp": 1}])),
        ("hs_availability_status", "asleep"),
        ("hs_internal_user_id", "8"),
    ],
)  # fmt: skip
async def test_impossible_values_are_refused_with_their_property(write, name, value):
    await write(hs_standard_time_zone="America/Detroit")
    refused = await write(**{name: value})
    assert (refused.status_code, name in refused.text) == (400, True), refused.text


async def test_a_token_without_the_scope_reads_no_users(hubspot, luis):
    await hubspot.post("/sandbox/hubspot/scopes", json={"remove": ["crm.objects.users.read"]})
    refused = await hubspot.get(USERS)
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
