"""Record pages: what a rep would see, our properties first, in both languages."""

from __future__ import annotations

import re

import pytest

CONTACTS = "/crm/v3/objects/contacts"
DATA = "/services/data/v62.0"


def text(html: str) -> str:
    """What stands on the page, without tags."""
    body = html.split("</style>")[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture
async def ana(hubspot):
    """A contact with our property, a company and a call."""
    field = {"name": "smk_sla_status", "label": "SLA status", "type": "string", "fieldType": "text"}
    await hubspot.post("/crm/v3/properties/contacts", json={**field, "groupName": "contactinformation"})
    said = {"email": "ana@example.com", "firstname": "Ana", "lastname": "Ruiz <b>", "smk_sla_status": "late"}
    ana = (await hubspot.post(CONTACTS, json={"properties": said})).json()["id"]
    acme = (await hubspot.post("/crm/v3/objects/companies", json={"properties": {"name": "Acme"}})).json()["id"]
    await hubspot.put(f"/crm/v4/objects/contacts/{ana}/associations/default/companies/{acme}")
    call = {"hs_timestamp": "2026-05-29T22:00:00Z", "hs_call_title": "First try", "hs_call_direction": "OUTBOUND"}
    link = {"to": {"id": ana}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}
    made = await hubspot.post("/crm/v3/objects/calls", json={"properties": call, "associations": [link]})
    assert made.status_code == 201
    return ana


async def test_our_properties_come_first_and_say_what_they_hold(hubspot, anyone, ana):
    page = text((await anyone.get(f"/hubspot/record/contacts/{ana}")).text)
    assert page.index("SLA status late") < page.index("ana@example.com", page.index("SLA status"))
    assert page.index("crm-sync") < page.index("SLA status")


async def test_the_timeline_shows_activities_where_the_account_lives(anyone, ana):
    page = text((await anyone.get(f"/hubspot/record/contacts/{ana}")).text)
    assert "29 May 2026, 16:00 Call · First try" in page
    assert "Record created" in page


async def test_a_page_leads_to_the_records_beside_it(anyone, ana):
    page = (await anyone.get(f"/hubspot/record/contacts/{ana}?lang=es")).text
    (href,) = set(re.findall(r'href="(/hubspot/record/companies/\d+\?lang=es)"', page))
    assert "Acme" in text((await anyone.get(href)).text)


async def test_every_word_of_ours_is_spanish_when_asked_or_preferred(anyone, ana):
    path = f"/hubspot/record/contacts/{ana}"
    asked = (await anyone.get(f"{path}?lang=es")).text
    preferred = (await anyone.get(path, headers={"accept-language": "es-MX,es;q=0.9"})).text
    assert asked == preferred
    assert "29 may 2026, 16:00 Llamada · First try" in text(asked)
    assert '<html lang="es">' in asked


async def test_values_are_text_whatever_they_hold(anyone, ana):
    page = (await anyone.get(f"/hubspot/record/contacts/{ana}")).text
    assert "Ruiz &lt;b&gt;" in page
    assert "Ruiz <b>" not in page


async def test_an_archived_record_says_so(hubspot, anyone, ana):
    await hubspot.delete(f"{CONTACTS}/{ana}")
    assert "This record has been deleted" in text((await anyone.get(f"/hubspot/record/contacts/{ana}")).text)


@pytest.mark.parametrize(
    "path",
    ["/hubspot/record/contacts/1", "/hubspot/record/people/1", "/salesforce/record/Lead/1", "/salesforce/record/X/1"],
)
async def test_a_record_that_is_not_there_is_a_page_too(anyone, path):
    answer = await anyone.get(path)
    assert (answer.status_code, "There is no such record here" in answer.text) == (404, True)


async def test_a_lead_shows_its_owner_and_what_changed(anyone, world):
    app = world.notes["salesforce_app"]
    form = {key: app[key] for key in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    token = (await anyone.post("/services/oauth2/token", data=form)).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    said = {"LastName": "Ruiz", "FirstName": "Ana", "Company": "Acme"}
    lead = (await anyone.post(f"{DATA}/sobjects/Lead", json=said, headers=headers)).json()["id"]
    status = {"Status": "Working - Contacted"}
    await anyone.patch(f"{DATA}/sobjects/Lead/{lead}", json=status, headers=headers)
    task = {"WhoId": lead, "Subject": "First try", "Status": "Completed", "TaskSubtype": "Call"}
    assert (await anyone.post(f"{DATA}/sobjects/Task", json=task, headers=headers)).status_code == 201
    page = text((await anyone.get(f"/salesforce/record/Lead/{lead}")).text)
    assert "Owner Integration User" in page
    assert "Open - Not Contacted → Working - Contacted" in page
    assert "Call · First try" in page


async def test_pages_are_not_counted_as_calls(anyone, ana):
    await anyone.post("/sandbox/calls/reset")
    await anyone.get(f"/hubspot/record/contacts/{ana}")
    assert (await anyone.get("/sandbox/calls")).json() == {"hubspot": {}, "salesforce": {}}
