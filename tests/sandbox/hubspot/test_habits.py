"""What one account does otherwise than another, ordered through the control API."""

from __future__ import annotations

ACCOUNT = "/sandbox/hubspot/account"
ASSOCIATION = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}


async def company_of(hubspot, contact_id):
    """The domain of the contact's primary company."""
    read = await hubspot.get(f"/crm/v3/objects/contacts/{contact_id}?properties=associatedcompanyid")
    company_id = read.json()["properties"]["associatedcompanyid"]
    if company_id is None:
        return None
    return (await hubspot.get(f"/crm/v3/objects/companies/{company_id}")).json()["properties"]["domain"]


async def test_a_deal_moves_its_contact_only_where_that_is_the_habit(hubspot, make):
    stages = []
    for on in (False, True):
        await hubspot.post(ACCOUNT, json={"deal_moves_contact": on})
        contact = await make("contacts", email=f"{on}@x.example")
        body = {
            "properties": {"dealname": "D", "dealstage": "closedwon", "pipeline": "default"},
            "associations": [{"to": {"id": contact}, "types": [ASSOCIATION]}],
        }
        assert (await hubspot.post("/crm/v3/objects/deals", json=body)).status_code == 201
        read = await hubspot.get(f"/crm/v3/objects/contacts/{contact}?properties=lifecyclestage")
        stages.append(read.json()["properties"]["lifecyclestage"])
    assert stages == ["lead", "customer"]


async def test_a_business_address_brings_the_company_of_its_domain(hubspot, make):
    before = await make("contacts", email="early@acme.example")
    await hubspot.post(ACCOUNT, json={"company_from_email": True})
    known = await make("companies", name="Norte", domain="norte.example")
    at_work = [await make("contacts", email=f"{name}@acme.example") for name in ("ana", "bo")]
    at_norte, at_home = await make("contacts", email="mia@NORTE.example"), await make("contacts", email="leo@gmail.com")
    assert [await company_of(hubspot, one) for one in at_work] == ["acme.example"] * 2
    assert [await company_of(hubspot, one) for one in (at_norte, at_home, before)] == ["norte.example", None, None]
    named = (await hubspot.get("/crm/v3/objects/companies?properties=name")).json()["results"]
    assert {one["properties"]["name"]: one["id"] for one in named}["Norte"] == known
    assert len(named) == 2
    await hubspot.patch(f"/crm/v3/objects/contacts/{at_home}", json={"properties": {"email": "leo@sur.example"}})
    assert await company_of(hubspot, at_home) == "sur.example"


async def test_a_tier_changes_headers_usage_and_quotas(hubspot):
    await hubspot.post(ACCOUNT, json={"tier": "professional"})
    answer = await hubspot.get("/account-info/v3/api-usage/daily/private-apps")
    assert answer.headers["x-hubspot-ratelimit-daily"] == "625000"
    assert answer.json()["results"][0]["usageLimit"] == 625_000
    assert (await hubspot.get("/sandbox/quotas")).json()["limits"]["hubspot_daily"] == 625_000


async def test_habits_are_told_and_a_wrong_one_changes_nothing(hubspot):
    refused = await hubspot.post(ACCOUNT, json={"merge_makes_new_id": True, "tier": "free"})
    assert (refused.status_code, "starter, professional, enterprise" in refused.json()["error"]) == (400, True)
    told = (await hubspot.get(ACCOUNT)).json()
    assert told["merge_makes_new_id"] is False


async def test_a_merge_makes_a_new_record_where_that_is_the_habit(hubspot, make):
    await hubspot.post(ACCOUNT, json={"merge_makes_new_id": True})
    two = [await make("contacts", email=f"{number}@x.example") for number in range(2)]
    body = {"primaryObjectId": two[0], "objectIdToMerge": two[1]}
    merged = (await hubspot.post("/crm/v3/objects/contacts/merge", json=body)).json()
    assert merged["id"] not in two
