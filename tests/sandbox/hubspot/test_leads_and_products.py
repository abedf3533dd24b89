"""Leads, line items and products, and what an account may do on its own."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.hubspot import account

LEADS = "/crm/v3/objects/leads"


@pytest.fixture
async def lead(hubspot, make):
    contact = await make("contacts", email="ana@example.com")
    told = {"types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 578}], "to": {"id": contact}}
    body = {"properties": {"hs_lead_name": "Ana", "hs_lead_label": "HOT"}, "associations": [told]}
    answer = await hubspot.post(LEADS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], contact


async def test_a_lead_is_made_for_its_contact_and_starts_at_the_first_stage(hubspot, lead):
    found, contact = lead
    names = "hs_pipeline,hs_pipeline_stage,hs_primary_contact_id,hs_lead_label"
    said = (await hubspot.get(f"/crm/v3/objects/0-136/{found}?properties={names}&associations=contacts")).json()
    assert (said["properties"]["hs_pipeline_stage"], said["properties"]["hs_primary_contact_id"]) == (
        "new-stage-id", contact,
    )  # fmt: skip
    kinds = [one["type"] for one in said["associations"]["contacts"]["results"]]
    assert kinds == ["lead_to_contact", "lead_to_contact_unlabeled"]


async def test_a_lead_moves_through_its_stages_and_is_stamped(hubspot, lead, later):
    later(hours=2)
    body = {"properties": {"hs_pipeline_stage": "qualified-stage-id"}}
    said = (await hubspot.patch(f"{LEADS}/{lead[0]}", json=body)).json()["properties"]
    assert said["hs_v2_date_entered_qualified-stage-id"] == "2026-05-30T04:00:00Z"
    assert said["hs_v2_latest_time_in_new-stage-id"] == str(7_200_000)
    odd = await hubspot.patch(f"{LEADS}/{lead[0]}", json={"properties": {"hs_pipeline_stage": "nowhere"}})
    assert odd.json()["errors"][0]["code"] == "INVALID_OPTION"


async def test_a_lead_without_anybody_is_refused(hubspot):
    assert (await hubspot.post(LEADS, json={"properties": {"hs_lead_name": "Nobody"}})).status_code == 400
    batch = await hubspot.post(f"{LEADS}/batch/create", json={"inputs": [{"properties": {"hs_lead_name": "Nobody"}}]})
    assert batch.status_code == 400


async def test_a_line_item_knows_its_amount_and_belongs_to_a_deal(hubspot, make):
    product = await make("products", name="Licence", price="100", hs_sku="L-1")
    item = await make("line_items", name="Licence", price="100", quantity="3", discount="10", hs_product_id=product)
    deal = await make("deals", dealname="Pilot")
    await hubspot.put(f"/crm/v4/objects/line_items/{item}/associations/default/deals/{deal}")
    said = (await hubspot.get(f"/crm/v3/objects/line_items/{item}?associations=deals")).json()
    assert said["properties"]["amount"] == "270"
    assert [one["id"] for one in said["associations"]["deals"]["results"]] == [deal]
    found = (await hubspot.post("/crm/v3/objects/products/search", json={"query": "L-1"})).json()
    assert [one["id"] for one in found["results"]] == [product]


async def test_a_deal_moves_its_contact_only_where_the_account_is_set_to(hubspot, world, make):
    async def stage_after(dealstage: str) -> str:
        contact = await make("contacts", email=f"{dealstage}{account(world).habits.deal_moves_contact}@example.com")
        deal = await make("deals", dealname="Pilot", dealstage=dealstage)
        await hubspot.put(f"/crm/v4/objects/deals/{deal}/associations/default/contacts/{contact}")
        said = await hubspot.get(f"/crm/v3/objects/contacts/{contact}?properties=lifecyclestage")
        return said.json()["properties"]["lifecyclestage"]

    assert await stage_after("contractsent") == "lead"
    account(world).habits.deal_moves_contact = True
    assert [await stage_after("contractsent"), await stage_after("closedwon")] == ["opportunity", "customer"]


async def test_a_deal_that_is_won_later_makes_a_customer(hubspot, world, make):
    account(world).habits.deal_moves_contact = True
    contact, deal = await make("contacts", email="ana@example.com"), await make("deals", dealname="Pilot")
    await hubspot.put(f"/crm/v4/objects/contacts/{contact}/associations/default/deals/{deal}")
    await hubspot.patch(f"/crm/v3/objects/deals/{deal}", json={"properties": {"dealstage": "closedwon"}})
    said = await hubspot.get(f"/crm/v3/objects/contacts/{contact}?properties=lifecyclestage")
    assert said.json()["properties"]["lifecyclestage"] == "customer"
