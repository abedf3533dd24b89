"""Describes recorded from live orgs: what the sandbox says of an object has the same parts, field by field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org, V

from crm_sync.sandbox.salesforce.auth import new_token

OBJECTS = ("Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Event")
#: What a client reads types and links from; labels, lengths and rights differ from org to org.
COMPARED = ("type", "relationshipName", "soapType", "calculated", "custom", "nameField", "idLookup")
#: The sandbox's own choices: where a field differs from the recorded one, and why.
KNOWN = {
    ("Opportunity", "ContactId"): "its relationship has a name here, since children need one",
    ("Event", "Subject"): "the name field of an activity is not marked",
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    org = Org()
    headers = {"Authorization": f"Bearer {new_token(org.world)}"}
    transport = httpx.ASGITransport(org.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://acme.test", headers=headers) as one:
        yield one


@pytest.mark.parametrize("name", OBJECTS)
async def test_a_describe_has_the_parts_of_the_recorded_one(name: str, read: Any, client: httpx.AsyncClient) -> None:
    recorded = read(f"salesforce/recorded/describe/{name}.json")
    told = (await client.get(f"{V}/sobjects/{name}/describe")).json()
    assert recorded.keys() - told.keys() == set()
    assert recorded["keyPrefix"] == told["keyPrefix"]
    assert {"sobject", "describe", "rowTemplate"} <= told["urls"].keys() <= recorded["urls"].keys()


@pytest.mark.parametrize("name", OBJECTS)
async def test_fields_are_described_as_recorded(name: str, read: Any, client: httpx.AsyncClient) -> None:
    recorded = {one["name"]: one for one in read(f"salesforce/recorded/describe/{name}.json")["fields"]}
    told = (await client.get(f"{V}/sobjects/{name}/describe")).json()["fields"]
    shared = [(recorded[one["name"]], one) for one in told if one["name"] in recorded]
    assert len(shared) > 8
    found = [
        f"{one['name']}.{part}: {one[part]!r}, not {wanted[part]!r}"
        for wanted, one in shared
        for part in COMPARED
        if one[part] != wanted[part] and (name, one["name"]) not in KNOWN
    ]
    found += [
        f"{one['name']}: lacks {sorted(wanted.keys() - one.keys())}"
        for wanted, one in shared
        if wanted.keys() - one.keys()
    ]
    assert not found, "\n".join(found)
