"""Campaigns, events and timeline events."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.event_store import EMAIL_TYPES, Happened, add_events

CAMPAIGNS = "/marketing/v3/campaigns"
EVENTS = "/events/v3/events"


@pytest.fixture
async def campaign(hubspot):
    body = {"properties": {"hs_name": "Spring", "hs_start_date": "2026-05-01", "hs_utm": "spring"}}
    answer = await hubspot.post(CAMPAIGNS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_campaign_is_read_with_what_is_asked_for(hubspot, campaign):
    said = (await hubspot.get(f"{CAMPAIGNS}/{campaign}?properties=hs_name,hs_utm")).json()
    assert said["properties"] == {"hs_name": "Spring", "hs_utm": "spring"}
    await hubspot.patch(f"{CAMPAIGNS}/{campaign}", json={"properties": {"hs_campaign_status": "active"}})
    listed = (await hubspot.get("/marketing/campaigns/2026-03?properties=hs_campaign_status&name=spr")).json()
    assert (listed["total"], listed["results"][0]["properties"]) == (1, {"hs_campaign_status": "active"})


async def test_a_campaign_gathers_assets(hubspot, campaign):
    path = f"{CAMPAIGNS}/{campaign}/assets/FORM"
    assert (await hubspot.put(f"{path}/77")).status_code == 204
    assert [one["id"] for one in (await hubspot.get(path)).json()["results"]] == ["77"]
    assert list((await hubspot.get(f"{CAMPAIGNS}/{campaign}")).json()["assets"]) == ["FORM"]
    await hubspot.delete(f"{path}/77")
    assert (await hubspot.get(path)).json()["results"] == []
    assert (await hubspot.get(f"{CAMPAIGNS}/{campaign}/assets/NOPE")).status_code == 400


async def test_campaigns_come_in_batches_and_pages(hubspot):
    inputs = [{"properties": {"hs_name": f"C{number}"}} for number in range(3)]
    made = (await hubspot.post(f"{CAMPAIGNS}/batch/create", json={"inputs": inputs})).json()["results"]
    page = (await hubspot.get(f"{CAMPAIGNS}?limit=2&sort=-hs_name&properties=hs_name")).json()
    assert [one["properties"]["hs_name"] for one in page["results"]] == ["C2", "C1"]
    assert page["paging"]["next"]["after"] == "2"
    asked = {"inputs": [{"id": made[0]["id"]}, {"id": "nope"}]}
    read = await hubspot.post(f"{CAMPAIGNS}/batch/read", json=asked)
    assert (read.status_code, len(read.json()["results"]), read.json()["numErrors"]) == (207, 1, 1)


@pytest.mark.parametrize(
    "properties",
    [{}, {"hs_name": "x", "nope": "1"}, {"hs_name": "x", "hs_start_date": "soon"},
     {"hs_name": "x", "hs_campaign_status": "odd"}],
)  # fmt: skip
async def test_a_campaign_that_makes_no_sense_is_refused(hubspot, properties):
    assert (await hubspot.post(CAMPAIGNS, json={"properties": properties})).status_code == 400


@pytest.fixture
async def opened(world, make):
    """A contact that got an e-mail and opened it twice."""
    contact, now = await make("contacts", email="ana@example.com"), world.clock.now_ms()
    about = {"hs_email_campaign_id": "5501", "recipient": "ana@example.com"}
    add_events(
        world,
        [
            Happened(EMAIL_TYPES[kind], "contacts", contact, now + minute * 60_000, about)
            for minute, kind in enumerate(("DELIVERED", "OPEN", "OPEN"))
        ],
    )
    return contact


async def test_events_of_a_record_are_read_newest_first(hubspot, opened):
    page = (await hubspot.get(f"{EVENTS}/?objectType=contact&objectId={opened}&limit=2")).json()
    assert [one["occurredAt"] for one in page["results"]] == ["2026-05-30T02:02:00Z", "2026-05-30T02:01:00Z"]
    rest = (await hubspot.get(page["paging"]["next"]["link"])).json()
    assert [one["eventType"] for one in rest["results"]] == ["e_mta_delivered_email_v2"]
    since = await hubspot.get(f"{EVENTS}?objectType=contact&occurredAfter=2026-05-30T02:01:30Z")
    assert len(since.json()["results"]) == 1
    assert "e_opened_email_v2" in (await hubspot.get(f"{EVENTS}/event-types")).json()["eventTypes"]


async def test_the_older_api_reads_the_same_email_events(hubspot, opened):
    told = (await hubspot.get("/email/public/v1/events?eventType=OPEN&campaignId=5501&limit=1")).json()
    assert (told["hasMore"], told["offset"], told["events"][0]["recipient"]) == (True, "1", "ana@example.com")
    rest = (await hubspot.get("/email/public/v1/events?recipient=ANA@example.com&offset=1")).json()
    assert [one["type"] for one in rest["events"]] == ["OPEN", "DELIVERED"]


async def test_custom_events_are_taken_and_read_back(hubspot, make):
    contact = await make("contacts", email="ana@example.com")
    body = {"eventName": "pe1_demo", "email": "ana@example.com", "properties": {"plan": "pro"}}
    assert (await hubspot.post("/events/v3/send", json=body)).status_code == 204
    batch = {"inputs": [{"eventName": "pe1_demo", "objectId": contact}]}
    assert (await hubspot.post("/events/2026-03/send/batch", json=batch)).status_code == 204
    read = (await hubspot.get(f"{EVENTS}?objectType=contact&objectId={contact}&eventType=pe1_demo")).json()["results"]
    assert [one["properties"] for one in read] == [{}, {"plan": "pro"}]
    assert (await hubspot.post("/events/v3/send", json={"eventName": "pe1_demo"})).status_code == 400


@pytest.fixture
async def template(hubspot, world):
    body = {
        "name": "SLA", "objectType": "contacts", "headerTemplate": "Verdict {{verdict}}",
        "detailTemplate": "It was {{verdict}}.", "tokens": [{"name": "verdict", "label": "Verdict", "type": "string"}],
    }  # fmt: skip
    path = f"/integrators/timeline/v3/{account(world).app_id}/event-templates"
    answer = await hubspot.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_an_event_stands_on_the_contact_that_has_the_address(hubspot, make, template):
    contact = await make("contacts", email="ana@example.com")
    body = {"eventTemplateId": template, "email": "ana@example.com", "tokens": {"verdict": "late"}, "id": "e1"}
    made = await hubspot.post("/integrators/timeline/v3/events", json=body)
    assert (made.status_code, made.json()["objectId"]) == (201, contact)
    path = f"/integrators/timeline/v3/events/{template}/e1"
    assert (await hubspot.get(path)).json()["tokens"] == {"verdict": "late"}
    assert (await hubspot.get(f"{path}/detail")).json() == {"details": "It was late."}
    batch = await hubspot.post("/integrators/timeline/v3/events/batch/create", json={"inputs": [body]})
    assert batch.status_code == 204


async def test_templates_and_their_tokens_are_kept(hubspot, world, template):
    path = f"/integrators/timeline/v3/{account(world).app_id}/event-templates/{template}"
    await hubspot.post(f"{path}/tokens", json={"name": "rep", "label": "Rep", "type": "string"})
    assert [one["name"] for one in (await hubspot.get(path)).json()["tokens"]] == ["verdict", "rep"]
    await hubspot.put(f"{path}/tokens/rep", json={"label": "Owner"})
    assert (await hubspot.get(path)).json()["tokens"][1]["label"] == "Owner"
    await hubspot.delete(f"{path}/tokens/rep")
    assert (await hubspot.delete(path)).status_code == 204
    assert (await hubspot.get(path)).status_code == 404


async def test_an_event_that_fits_no_template_is_refused(hubspot, template, make):
    await make("contacts", email="ana@example.com")
    events = "/integrators/timeline/v3/events"
    for more in ({"tokens": {"nope": "1"}}, {"eventTemplateId": "9"}, {"timestamp": "soon"}, {"email": None}):
        body = {"eventTemplateId": template, "email": "ana@example.com", "tokens": {}, **more}
        assert (await hubspot.post(events, json=body)).status_code == 400


async def test_limits_count_what_the_account_made(hubspot):
    body = {"name": "smk_x", "label": "X", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    before = (await hubspot.get("/crm/v3/limits/custom-properties")).json()
    await hubspot.post("/crm/v3/properties/contacts", json=body)
    after = (await hubspot.get("/crm/limits/2026-03/custom-properties")).json()
    assert after["overallUsage"] == before["overallUsage"] + 1
    assert {one["objectTypeId"]: one["limit"] for one in after["byObjectType"]}["0-1"] == 1000
    for name in ("records", "calculated-properties", "custom-object-types", "pipelines", "associations/labels"):
        assert (await hubspot.get(f"/crm/v3/limits/{name}")).status_code == 200
