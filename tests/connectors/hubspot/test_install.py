"""Installing our properties with the official client, over a real port."""

from __future__ import annotations

import socket

import httpx
import pytest
from pydantic import SecretStr

from crm_sync.connectors.hubspot import HubSpot
from crm_sync.errors import ConfigError, NeedsLogin, TryLater
from crm_sync.settings import HubSpotSettings


@pytest.fixture
async def open_account(url, token, vocabulary):
    """open_account() connects over the port; other settings may be given."""
    opened = []

    def connect(**other):
        settings = HubSpotSettings(**{"token": SecretStr(token), "base_url": url, **other})
        opened.append(HubSpot(settings, vocabulary, vocabulary.fields.profile(minimal=False), wait=lambda state: 0.0))
        return opened[-1]

    yield connect
    for one in opened:
        await one.close()


async def test_the_first_plan_creates_all_and_a_second_one_nothing(open_account, client, vocabulary):
    account = open_account()
    plan = await account.plan_schema()
    assert [step.kind for step in plan] == ["create_group"] + ["create_field"] * len(vocabulary.fields.ours)
    assert await account.apply_schema() == plan
    assert {step.kind for step in await account.plan_schema()} == {"present"}
    assert await account.apply_schema() == []
    found = (await client.get("/crm/v3/properties/contacts/smk_sla_due_at")).json()
    assert (found["type"], found["fieldType"], found["groupName"]) == ("datetime", "date", "smart_marketing_sla")
    assert found["label"] == "SLA due at / Vencimiento del SLA"


async def test_a_property_whose_creation_was_not_answered_is_not_missed_and_nothing_fails(open_account, client, url):
    account = open_account()
    order = {"match": "POST /crm/v3/properties/contacts", "then": "handle", "status": 504, "times": 2}
    async with httpx.AsyncClient(base_url=url) as control:
        (await control.post("/sandbox/faults", json=order)).raise_for_status()
        await account.apply_schema()
        (await control.delete("/sandbox/faults")).raise_for_status()
    assert {step.kind for step in await account.plan_schema()} == {"present"}


async def test_options_that_are_missing_are_added_and_the_others_stay(open_account, client):
    await open_account().apply_schema()
    options = [{"value": "mine", "label": "Mine", "displayOrder": 0, "hidden": False}]
    await client.patch("/crm/v3/properties/contacts/smk_owner_team", json={"options": options})
    [step] = await open_account().apply_schema()
    assert (step.name, step.detail) == ("smk_owner_team", "add the options marketing, sales")
    found = (await client.get("/crm/v3/properties/contacts/smk_owner_team")).json()
    assert [one["value"] for one in found["options"]] == ["mine", "marketing", "sales"]


async def test_a_foreign_property_of_our_name_is_a_conflict_and_nothing_is_installed(open_account, client):
    body = {"name": "smk_stage", "label": "x", "type": "number", "fieldType": "number"}
    await client.post("/crm/v3/properties/contacts", json={**body, "groupName": "contactinformation"})
    account = open_account()
    assert [step.detail for step in await account.plan_schema() if step.kind == "conflict"] == [
        "it exists as number, ours is enumeration"
    ]
    with pytest.raises(ConfigError, match="smk_stage"):
        await account.apply_schema()
    assert (await client.get("/crm/v3/properties/contacts/smk_sla_due_at")).status_code == 404


async def test_the_official_client_fails_in_our_words(open_account):
    with pytest.raises(NeedsLogin, match=r"hubspot\.token") as raised:
        await open_account(token=SecretStr("pat-wrong")).plan_schema()
    assert "pat-wrong" not in str(raised.value)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(TryLater, match=r"hubspot\.base_url"):
            await open_account(base_url=closed).plan_schema()


async def test_a_missing_scope_is_named(open_account, client):
    await client.post("/sandbox/hubspot/scopes", json={"remove": ["crm.schemas.contacts.write"]})
    with pytest.raises(NeedsLogin, match=r"crm\.schemas\.contacts\.write"):
        await open_account().apply_schema()


async def test_calls_of_the_official_client_are_counted(open_account):
    account = open_account()
    await account.plan_schema()
    assert account.calls == 2


def test_without_a_token_the_setting_to_edit_is_named(vocabulary):
    with pytest.raises(ConfigError, match=r"hubspot\.token"):
        HubSpot(HubSpotSettings(), vocabulary, ())
