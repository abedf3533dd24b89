"""HubSpot's own Python client beyond records: merges, lists, pipelines, forms, timeline, events and OAuth."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
from hubspot import HubSpot
from hubspot.crm.contacts import PublicGdprDeleteInput, PublicMergeInput
from hubspot.crm.lists import ListCreateRequest, ListSearchRequest
from hubspot.crm.pipelines import PipelineInput, PipelineStageInput
from hubspot.crm.timeline import TimelineEvent, TimelineEventTemplateCreateRequest, TimelineEventTemplateToken
from tests.sandbox.hubspot.official import contact

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.form_api import new_form


def test_contacts_are_merged_and_forgotten(client):
    first, second = contact(client, "a@one.example"), contact(client, "a@two.example")
    merged = client.crm.contacts.basic_api.merge(PublicMergeInput(primary_object_id=first, object_id_to_merge=second))
    assert merged.properties["hs_merged_object_ids"] == second
    assert client.crm.contacts.basic_api.get_by_id(second).id == first
    client.crm.contacts.basic_api.purge(PublicGdprDeleteInput(object_id=first))
    assert first not in [one.id for one in client.crm.contacts.get_all()]


def test_a_list_is_made_filled_and_read(client):
    found = contact(client, "list@one.example")
    made = client.crm.lists.lists_api.create(
        ListCreateRequest(name="Reps", object_type_id="0-1", processing_type="MANUAL")
    ).list
    added = client.crm.lists.memberships_api.add(made.list_id, [found])
    assert added.records_ids_added == [found]
    assert [one.record_id for one in client.crm.lists.memberships_api.get_page(made.list_id).results] == [found]
    searched = client.crm.lists.lists_api.do_search(ListSearchRequest(query="Reps"))
    assert [one.list_id for one in searched.lists] == [made.list_id]


def test_a_pipeline_is_made_with_its_stages(client):
    stages = [
        PipelineStageInput(label=label, display_order=order, metadata={"probability": probability})
        for order, (label, probability) in enumerate((("Open", "0.2"), ("Won", "1.0")))
    ]
    made = client.crm.pipelines.pipelines_api.create(
        "deals", PipelineInput(label="Renewal", display_order=1, stages=stages)
    )
    assert [stage.label for stage in made.stages] == ["Open", "Won"]
    assert made.id in [one.id for one in client.crm.pipelines.pipelines_api.get_all("deals").results]


def test_forms_are_listed(client, sandbox):
    account(sandbox.world).forms["f-1"] = new_form("f-1", "Demo", "2026-05-30T02:00:00Z")
    listed = client.marketing.forms.forms_api.get_page()
    assert [(one.id, one.name) for one in listed.results] == [("f-1", "Demo")]


def test_a_timeline_event_is_made_from_a_template(client, sandbox):
    """Templates belong to the app: the client reads and writes them with the developer's key."""
    developer = HubSpot(api_key=account(sandbox.world).developer_key, host=sandbox.url)
    token = TimelineEventTemplateToken(name="verdict", label="Verdict", type="string")
    asked = TimelineEventTemplateCreateRequest(
        name="SLA", header_template="{{verdict}}", tokens=[token], object_type="contacts"
    )
    template = developer.crm.timeline.templates_api.create(account(sandbox.world).app_id, asked)
    found = contact(client, "line@one.example")
    event = TimelineEvent(event_template_id=template.id, email="line@one.example", tokens={"verdict": "late"})
    assert client.crm.timeline.events_api.create(event).object_id == found


def test_events_of_a_contact_are_read(client):
    found = contact(client, "event@one.example")
    page = client.events.events_api.get_page(object_type="contact", object_id=int(found))
    assert page.results == []


def test_a_public_app_gets_its_tokens_and_renews_them(client, sandbox):
    logins = account(sandbox.world).logins
    app = {"client_id": logins.client_id, "redirect_uri": "http://127.0.0.1:9/back"}
    sent = httpx.get(f"{sandbox.url}/oauth/authorize", params={**app, "scope": "crm.objects.contacts.read"})
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    secret = {**app, "client_secret": logins.client_secret}
    pair = client.oauth.tokens_api.create(grant_type="authorization_code", code=code, **secret)
    renewed = client.oauth.tokens_api.create(grant_type="refresh_token", refresh_token=pair.refresh_token, **secret)
    reader = HubSpot(access_token=renewed.access_token, host=sandbox.url)
    assert reader.crm.contacts.basic_api.get_page().results is not None
    info = reader.oauth.access_tokens_api.get(renewed.access_token)
    assert (info.hub_id, info.expires_in <= 1800) == (account(sandbox.world).portal_id, True)
