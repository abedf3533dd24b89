"""Campaigns with their cost, forms that were sent, and answers to marketing mails, over the wire."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from crm_sync.records import Campaign, Ref, Touch
from crm_sync.sandbox.hubspot.event_store import Happened, add_events


@pytest.fixture
async def form(client):
    body = {"name": "Demo", "formType": "hubspot", "fieldGroups": []}
    return (await client.post("/marketing/v3/forms", json=body)).json()["id"]


@pytest.fixture
def send(client, form):
    async def submit(email: str) -> None:
        fields = [{"objectTypeId": "0-1", "name": "email", "value": email}]
        answer = await client.post(
            f"/submissions/v3/integration/secure/submit/47112233/{form}", json={"fields": fields}
        )
        assert answer.status_code == 200, answer.text

    return submit


def touches(pages):
    return [one for page in pages for one in page.records if isinstance(one, Touch)]


async def test_a_campaign_comes_with_what_was_spent_on_it(hubspot, pull, client, later):
    body = {"properties": {"hs_name": "Feria", "hs_start_date": "2026-05-01", "hs_end_date": "2026-05-03"}}
    key = (await client.post("/marketing/v3/campaigns", json=body)).json()["id"]
    totals = {"currencyCode": "MXN", "budgetItems": [], "spendItems": [], "spendTotal": 1234.10}
    fault = {"match": "GET /marketing/campaigns/2026-03/", "status": 200, "times": 1, "body": totals}
    assert (await client.post("/sandbox/faults", json=fault)).status_code == 200
    pages = await pull("campaigns")
    [campaign] = [one for page in pages for one in page.records]
    assert isinstance(campaign, Campaign)
    assert (campaign.ref, campaign.name, campaign.cost) == (
        Ref("hubspot", "campaigns", key),
        "Feria",
        Decimal("1234.1"),
    )
    assert (campaign.starts_on, campaign.ends_on) == ("2026-05-01", "2026-05-03")
    assert pages[-1].horizon is not None
    await client.delete(f"/marketing/v3/campaigns/{key}")
    later(hours=1)
    await hubspot.look()
    [page] = await pull("campaigns", pages[-1].cursor)
    assert page.gone == (campaign.ref,)


async def test_marketing_is_asked_every_hour_and_holds_no_horizon_back(hubspot, pull, client, later):
    cursor = (await pull("campaigns"))[-1].cursor
    await hubspot.look()
    calls = hubspot.calls
    [page] = await pull("campaigns", cursor)
    assert (hubspot.calls, page.records, page.cursor) == (calls, (), cursor)
    assert page.horizon is not None
    later(minutes=60)
    await hubspot.look()
    calls = hubspot.calls
    await pull("campaigns", page.cursor)
    assert hubspot.calls > calls


async def test_a_form_that_was_sent_counts_once_though_the_contact_tells_of_it_too(pull, send, later):
    await send("ana@example.com")
    later(hours=1)
    await send("ana@example.com")
    later(hours=1)
    await send("ana@example.com")
    told = {one.ref for one in touches(await pull("contacts")) if one.ref.kind == "conversion"}
    assert len(told) == 2, "a contact tells of its first and its latest form"
    sent = touches(await pull("forms"))
    assert {one.ref.kind for one in sent} == {"conversion"}
    assert len(told | {one.ref for one in sent}) == 3
    assert told < {one.ref for one in sent}
    assert {one.subject for one in sent} == {"Demo"}


async def test_only_new_submissions_are_read_later_and_an_interrupted_read_goes_on(hubspot, pull, send, later):
    for at in range(60):
        await send(f"p{at}@example.com")
    later(hours=3)
    first, *rest = await pull("forms")
    assert (first.fetched, sum(page.fetched for page in rest)) == (50, 10)
    assert sum(page.fetched for page in await pull("forms", first.cursor)) == 10
    later(hours=5)
    await send("late@example.com")
    await hubspot.look()
    again = await pull("forms", rest[-1].cursor)
    assert sum(page.fetched for page in again) == 1


async def test_a_submission_of_nobody_that_is_known_is_no_touch(pull, send, world):
    await send("ana@example.com")
    world.table("hubspot", "contacts").db.execute(f"DELETE FROM {world.table('hubspot', 'contacts').sql_name}")
    assert touches(await pull("forms")) == []


async def test_clicks_and_replies_are_touches_and_opens_are_not(pull, make, world, vocabulary):
    ana, now = await make("contacts", email="ana@example.com"), world.clock.now_ms()
    kinds = ("e_opened_email_v2", "e_clicked_link_in_email_v2", "e_replied_email_v2", "e_mta_bounced_email_v2")
    add_events(world, [Happened(kind, "contacts", ana, now - 60_000) for kind in kinds])
    found = touches(await pull("marketing_emails"))
    assert [one.facts["eventType"] for one in found] == ["e_clicked_link_in_email_v2", "e_replied_email_v2"]
    assert {one.people for one in found} == {(Ref("hubspot", "contacts", ana),)}
    for one in found:
        activity = vocabulary.activities.classify(one.ref.kind, one.facts)
        assert (activity.inbound, activity.attempt, activity.answer, activity.credit) == (True, False, False, None)


async def test_a_reply_counts_once_though_the_contact_tells_of_it_too(pull, make, world, vocabulary):
    ana, now = await make("contacts", email="ana@example.com"), world.clock.now_ms()
    first, last = now - 7_200_000, now - 60_000
    values = {"hs_email_first_reply_date": first, "hs_email_last_reply_date": last, "hs_email_replied": "2"}
    world.table("hubspot", "contacts").update(ana, values)
    told = [one for one in touches(await pull("contacts")) if one.ref.kind == "reply"]
    assert [int(one.at.timestamp() * 1000) for one in told] == [first, last]
    add_events(world, [Happened("e_replied_email_v2", "contacts", ana, last)])
    [event] = touches(await pull("marketing_emails"))
    assert (event.ref, event.people) == (told[1].ref, told[1].people)
    for one in (*told, event):
        activity = vocabulary.activities.classify(one.ref.kind, one.facts)
        assert (activity.name, activity.inbound, activity.answer) == ("marketing_email_reply", True, False)


async def test_events_that_are_listed_late_are_read_with_the_next_ones(hubspot, pull, make, world, later):
    ana = await make("contacts", email="ana@example.com")
    cursor = (await pull("marketing_emails"))[-1].cursor
    later(minutes=40)
    before = world.clock.now() - timedelta(minutes=50)
    add_events(world, [Happened("e_clicked_link_in_email_v2", "contacts", ana, int(before.timestamp() * 1000))])
    await hubspot.look()
    assert len(touches(await pull("marketing_emails", cursor))) == 1


@pytest.mark.parametrize(
    ("name", "scope"), [("campaigns", "marketing.campaigns.read"), ("forms", "forms")]
)  # the account opens events with either of two scopes
async def test_what_the_token_may_not_read_is_passed_over_and_said(hubspot, pull, client, name, scope):
    await client.post("/sandbox/hubspot/scopes", json={"remove": [scope]})
    problems = (await hubspot.look()).problems
    assert any(f"lacks the scope {scope}" in one for one in problems)
    [page] = await pull(name)
    assert page.records == ()
    assert page.horizon is not None
    assert any("are not read" in said for _, said in hubspot.notes)
