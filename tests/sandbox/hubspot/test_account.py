"""The door of the HubSpot face, its owners and its account."""

from __future__ import annotations

import pytest


async def test_without_a_known_token_nothing_opens(anyone):
    for headers in ({}, {"authorization": "Bearer pat-na1-wrong"}):
        answer = await anyone.get("/crm/v3/objects/contacts", headers=headers)
        assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")
        assert answer.headers["x-hubspot-correlation-id"] == answer.json()["correlationId"]


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("crm.objects.deals.read", "GET", "/crm/v3/objects/deals"),
        ("crm.objects.contacts.write", "POST", "/crm/v3/objects/0-48/batch/create"),
        ("crm.schemas.contacts.write", "POST", "/crm/v3/properties/contacts"),
        ("crm.objects.owners.read", "GET", "/crm/v3/owners/"),
    ],
)
async def test_a_call_without_its_scope_is_told_which_one(hubspot, scope, method, path):
    await hubspot.post("/sandbox/hubspot/scopes", json={"remove": [scope]})
    answer = await hubspot.request(method, path, json={})
    body = answer.json()
    assert (answer.status_code, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"]["requiredGranularScopes"] == [scope]
    await hubspot.post("/sandbox/hubspot/scopes", json={"add": [scope]})
    assert (await hubspot.request(method, path, json={})).status_code != 403


async def test_a_token_tells_its_scopes(anyone, hubspot):
    token = hubspot.headers["authorization"].split()[1]
    path = "/oauth/v2/private-apps/get/access-token-info"
    told = (await anyone.post(path, json={"tokenKey": token})).json()
    assert set(told) == {"userId", "hubId", "appId", "scopes"}
    assert "crm.objects.contacts.read" in told["scopes"]
    assert (await anyone.post(path, json={"tokenKey": "pat-na1-wrong"})).status_code == 401


async def test_the_account_tells_its_zone_and_its_calls(hubspot):
    details = (await hubspot.get("/account-info/v3/details")).json()
    assert (details["timeZone"], details["companyCurrency"]) == ("America/Mexico_City", "USD")
    assert (details["utcOffset"], details["utcOffsetMilliseconds"]) == ("-06:00", -21_600_000)
    [usage] = (await hubspot.get("/account-info/v3/api-usage/daily/private-apps")).json()["results"]
    assert (usage["currentUsage"], usage["resetsAt"]) == (2, "2026-05-30T06:00:00Z")


async def test_the_days_calls_are_counted_anew_from_midnight_in_the_accounts_zone(hubspot, later):
    """It is 20:00 in Mexico City when the world begins."""
    left = "x-hubspot-ratelimit-daily-remaining"
    before = [(await hubspot.get("/crm/v3/owners")).headers[left] for _ in range(2)]
    later(hours=3, minutes=59)
    evening = (await hubspot.get("/crm/v3/owners")).headers[left]
    later(minutes=1)
    assert [*before, evening] == ["999999", "999998", "999997"]
    [usage] = (await hubspot.get("/account-info/v3/api-usage/daily/private-apps")).json()["results"]
    assert (usage["currentUsage"], usage["resetsAt"]) == (1, "2026-05-31T06:00:00Z")


async def test_owners_are_paged_found_and_kept_apart_when_archived(hubspot, world):
    stamps = {"_created": 0, "_modified": 0, "firstName": "Rep"}
    world.table("hubspot", "owners").insert(
        {"_id": str(70 + one), "email": f"rep{one}@acme.example", "userId": str(900 + one), **stamps}
        for one in range(4)
    )
    world.table("hubspot", "owners").update("73", {"_archived_at": 5})
    page = (await hubspot.get("/crm/v3/owners/?limit=2")).json()
    rest = (await hubspot.get(page["paging"]["next"]["link"])).json()
    assert [one["id"] for one in page["results"] + rest["results"]] == ["70", "71", "72"]
    assert page["results"][0]["userId"] == 900
    [found] = (await hubspot.get("/crm/v3/owners?email=REP1@acme.example")).json()["results"]
    assert found["id"] == "71"
    [gone] = (await hubspot.get("/crm/v3/owners?archived=true")).json()["results"]
    assert (gone["userId"], gone["userIdIncludingInactive"]) == (None, 903)
    assert (await hubspot.get("/crm/v3/owners/901?idProperty=userId")).json()["id"] == "71"


async def test_an_object_type_that_is_not_there_is_a_400(hubspot):
    assert (await hubspot.get("/crm/v3/objects/unicorns")).status_code == 400
