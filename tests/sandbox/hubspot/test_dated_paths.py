"""Both families of paths lead to the same records, and every line of the table has its dated form."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.hubspot.dated_paths import dated

V = "{version:hubspot_version}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/crm/v3/objects/{object}", f"/crm/objects/{V}/{{object}}"),
        ("/crm/v3/objects/{object}/batch/read", f"/crm/objects/{V}/{{object}}/batch/read"),
        ("/crm/v4/associations/{from}/{to}/batch/read", f"/crm/associations/{V}/{{from}}/{{to}}/batch/read"),
        ("/crm/v4/objects/{from}/{id}/associations/{to}", f"/crm/objects/{V}/{{from}}/{{id}}/associations/{{to}}"),
        ("/crm/v3/lists", f"/crm/lists/{V}"),
        ("/crm/v3/owners", f"/crm/owners/{V}"),
        ("/marketing/v3/campaigns/{id}", f"/marketing/campaigns/{V}/{{id}}"),
        ("/account-info/v3/details", f"/account-info/{V}/details"),
        ("/oauth/v3/token/introspect", f"/oauth/{V}/token/introspect"),
        ("/events/v3/events", f"/events/event-occurrences/{V}"),
        ("/events/v3/events/event-types", f"/events/event-occurrences/{V}/event-types"),
        ("/events/v3/send", f"/events/{V}/send"),
        ("/oauth/v1/token", None),
    ],
)
def test_a_path_has_one_dated_form(old, new):
    assert dated(old) == new


async def test_a_record_made_under_one_family_is_read_under_the_other(hubspot):
    body = {"properties": {"email": "ana@example.com"}}
    made = await hubspot.post("/crm/objects/2026-03/contacts", json=body)
    assert made.status_code == 201
    for path in ("/crm/v3/objects/contacts", "/crm/objects/2026-03/0-1", "/crm/objects/2026-09/contacts"):
        assert (await hubspot.get(f"{path}/{made.json()['id']}")).json()["id"] == made.json()["id"]


async def test_links_lead_on_within_their_family(hubspot, make):
    for number in range(3):
        await make("contacts", email=f"p{number}@example.com")
    page = (await hubspot.get("/crm/objects/2026-03/contacts?limit=2")).json()
    link = page["paging"]["next"]["link"]
    assert link.startswith("http://sandbox/crm/objects/2026-03/contacts?")
    assert len((await hubspot.get(link)).json()["results"]) == 1


@pytest.mark.parametrize(
    "path",
    ["/crm/properties/2026-03/contacts", "/crm/pipelines/2026-03/deals", "/crm/owners/2026-03/", "/crm/v3/owners/",
     "/account-info/2026-03/details", "/crm/limits/2026-03/custom-properties", "/crm/lists/2026-03?listIds=1",
     "/crm/associations/2026-03/contacts/companies/labels"],
)  # fmt: skip
async def test_other_dated_paths_answer_too(hubspot, path):
    assert (await hubspot.get(path)).status_code == 200


async def test_a_version_that_never_was_is_not_there(hubspot):
    assert (await hubspot.get("/crm/objects/2025-03/contacts")).status_code == 404
