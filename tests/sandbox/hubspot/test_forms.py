"""Forms and what people send with them."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.form_api import contact_field

FORMS = "/marketing/v3/forms"


@pytest.fixture
async def form(hubspot):
    fields = [contact_field("email", "Email", "email", required=True), contact_field("city", "City")]
    groups = [{"groupType": "default_group", "richTextType": "text", "fields": fields}]
    answer = await hubspot.post(f"{FORMS}/", json={"formType": "hubspot", "name": "Demo", "fieldGroups": groups})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture
def submit(anyone, world, form):
    """submit(email=..., city=...) sends the form as a visitor's browser would."""

    async def send(context=None, submitted_at=None, /, **values: str):
        fields = [{"objectTypeId": "0-1", "name": name, "value": value} for name, value in values.items()]
        body = {"fields": fields, "context": context or {}}
        stamp = {"submittedAt": submitted_at} if submitted_at else {}
        path = f"/submissions/v3/integration/submit/{account(world).portal_id}/{form}"
        return await anyone.post(path, json={**body, **stamp})

    return send


@pytest.fixture
def contact(hubspot):
    names = "city,first_conversion_date,first_conversion_event_name,recent_conversion_date,num_conversion_events"

    async def read(email: str) -> dict[str, str]:
        more = "recent_conversion_event_name,hs_analytics_source,hs_object_source,hs_analytics_source_data_1"
        path = f"/crm/v3/objects/contacts/{email}?idProperty=email&properties={names},{more}"
        return (await hubspot.get(path)).json()["properties"]

    return read


async def test_a_visitor_becomes_a_contact_with_its_conversion(submit, contact):
    context = {"hutk": "c0ffee", "pageUri": "https://acme.example/demo", "pageName": "Book a demo"}
    answer = await submit(context, email="Ana@Example.com", city="León", unknown_field="x")
    assert (answer.status_code, answer.json()) == (200, {"inlineMessage": "Thanks for submitting the form."})
    said = await contact("ana@example.com")
    assert (said["city"], said["hs_object_source"], said["hs_analytics_source"]) == ("León", "FORM", "DIRECT_TRAFFIC")
    assert said["first_conversion_event_name"] == said["recent_conversion_event_name"] == "Book a demo: Demo"
    assert (said["first_conversion_date"], said["num_conversion_events"]) == ("2026-05-30T02:00:00Z", "1")


async def test_a_second_submission_moves_the_recent_conversion_alone(submit, contact, later):
    await submit(email="ana@example.com")
    later(hours=1)
    await submit({"pageName": "Pricing"}, email="ana@example.com", city="Puebla")
    said = await contact("ana@example.com")
    assert (said["first_conversion_event_name"], said["recent_conversion_event_name"]) == ("Demo", "Pricing: Demo")
    assert (said["recent_conversion_date"], said["num_conversion_events"]) == ("2026-05-30T03:00:00Z", "2")
    assert said["city"] == "Puebla"


async def test_submissions_are_read_newest_first_in_pages_of_fifty(submit, hubspot, form, later):
    for number in range(3):
        await submit(email=f"p{number}@example.com")
        later(minutes=1)
    path = f"/form-integrations/v1/submissions/forms/{form}"
    page = (await hubspot.get(f"{path}?limit=2")).json()
    assert [one["values"][0]["value"] for one in page["results"]] == ["p2@example.com", "p1@example.com"]
    rest = (await hubspot.get(f"{path}?limit=2&after={page['paging']['next']['after']}")).json()
    assert [one["values"][0]["value"] for one in rest["results"]] == ["p0@example.com"]
    assert "paging" not in rest
    assert (await hubspot.get(f"{path}?limit=51")).status_code == 400


async def test_bad_fields_are_all_told(submit):
    answer = await submit(email="nobody", city="x")
    assert [error["errorType"] for error in answer.json()["errors"]] == ["INVALID_EMAIL"]
    answer = await submit(city="x")
    assert [error["errorType"] for error in answer.json()["errors"]] == ["REQUIRED_FIELD"]
    answer = await submit({}, 1, email="ana@example.com")
    assert (answer.status_code, answer.json()["errors"][0]["errorType"]) == (400, "INVALID_SUBMITTED_AT")


async def test_forms_are_listed_changed_and_archived(hubspot, form):
    assert [one["id"] for one in (await hubspot.get(f"{FORMS}/?formTypes=hubspot")).json()["results"]] == [form]
    changed = await hubspot.patch(f"{FORMS}/{form}", json={"name": "Contact us"})
    assert changed.json()["name"] == "Contact us"
    in_use = await hubspot.get("/marketing/forms/2026-03")
    assert in_use.json()["results"][0]["name"] == "Contact us"
    assert (await hubspot.delete(f"{FORMS}/{form}")).status_code == 204
    assert (await hubspot.get(f"{FORMS}/{form}")).status_code == 404
    assert (await hubspot.get(f"{FORMS}/{form}?archived=true")).json()["archived"] is True


async def test_unknown_keys_of_a_form_are_left_out_and_unsaid_ones_filled_in(hubspot, form):
    group = {"colour": "red", "fields": [{"objectTypeId": "0-1", "name": "city", "label": "City", "odd": 1,
                                          "fieldType": "single_line_text"}]}  # fmt: skip
    parts = {"fieldGroups": [group], "configuration": {"language": "es", "mood": "good", "cloneable": None}, "odd": 1}
    said = (await hubspot.patch(f"{FORMS}/{form}", json=parts)).json()
    field = {"objectTypeId": "0-1", "name": "city", "label": "City", "fieldType": "single_line_text"}
    filled = {**field, "required": False, "hidden": False, "dependentFields": []}
    assert said["fieldGroups"] == [{"groupType": "default_group", "richTextType": "text", "fields": [filled]}]
    assert (said["configuration"]["language"], said["configuration"]["cloneable"]) == ("es", True)
    assert not {"mood", "odd"} & (set(said) | set(said["configuration"]))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"fieldGroups": [{"richTextType": "video"}]}, '"fieldGroups.0.richTextType" is not one of image, text'),
        ({"fieldGroups": {}}, '"fieldGroups" must be a list'),
        ({"configuration": {"cloneable": 1}}, '"configuration.cloneable" must be true or false'),
        (
            {"displayOptions": {"style": {"submitAlignment": "top"}}},
            '"displayOptions.style.submitAlignment" is not one',
        ),
        ({"legalConsentOptions": {}}, "Some required fields were not set: [legalConsentOptions.type]"),
        (
            {"configuration": {"lifecycleStages": [{"stage": "lead"}]}},
            "not set: [configuration.lifecycleStages.0.objectTypeId, configuration.lifecycleStages.0.value]",
        ),
    ],
)
async def test_a_form_with_an_impossible_part_is_refused_and_stays_as_it_was(hubspot, form, parts, message):
    before = (await hubspot.get(f"{FORMS}/{form}")).json()
    answer = await hubspot.patch(f"{FORMS}/{form}", json=parts)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert message in answer.json()["message"]
    assert (await hubspot.post(f"{FORMS}/", json={"name": "Other", **parts})).status_code == 400
    assert (await hubspot.get(f"{FORMS}/{form}")).json() == before


async def test_a_submission_to_nowhere_is_told(anyone, world, form):
    gone = await anyone.post(f"/submissions/v3/integration/submit/1/{form}", json={"fields": []})
    assert gone.status_code == 404
    odd = await anyone.post(
        f"/submissions/v3/integration/submit/{account(world).portal_id}/{form}", json={"fields": "x"}
    )
    assert odd.status_code == 400
