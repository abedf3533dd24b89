"""Lists recorded from a live HubSpot account, served again from the same values and compared to the letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from crm_sync.sandbox.world import Row, World, to_ms

#: Quotes and tickets are not imitated.
OBJECTS = ("companies", "contacts", "deals", "products")
DERIVED = ("createdate", "hs_lastmodifieddate", "lastmodifieddate", "hs_object_id")


def as_row(record: dict[str, Any]) -> Row:
    """The record as the world keeps it."""
    stamps = {"_id": record["id"], "_created": _ms(record["createdAt"]), "_modified": _ms(record["updatedAt"])}
    return stamps | {name: value for name, value in record["properties"].items() if name not in DERIVED}


def _ms(text: str) -> int:
    return to_ms(datetime.fromisoformat(text))


@pytest.mark.parametrize("name", OBJECTS)
async def test_a_list_equals_the_recorded_one(name: str, read: Any, world: World, hubspot: httpx.AsyncClient) -> None:
    recorded = read("hubspot/recorded/v3-responses.json")["responses"][f"GET /crm/v3/objects/{name}"]
    world.table("hubspot", name).insert([as_row(one) for one in recorded["results"]])
    answer = await hubspot.get(f"/crm/v3/objects/{name}")
    assert answer.json() == recorded
    assert [list(one["properties"]) for one in answer.json()["results"]] == [
        list(one["properties"]) for one in recorded["results"]
    ]


async def test_a_history_has_the_recorded_fields(read: Any, hubspot: httpx.AsyncClient) -> None:
    title = "GET /crm/v3/objects/contacts?propertiesWithHistory=...&associations=deals"
    recorded = read("hubspot/recorded/v3-responses.json")["responses"][title]["results"]
    items = [item for one in recorded for items in one["propertiesWithHistory"].values() for item in items]
    known = {name for item in items for name in item}
    said = {"properties": {"email": "ada@example.com", "city": "León"}}
    made = (await hubspot.post("/crm/v3/objects/contacts", json=said)).json()
    asked = {"propertiesWithHistory": "city,phone"}
    told = (await hubspot.get(f"/crm/v3/objects/contacts/{made['id']}", params=asked)).json()["propertiesWithHistory"]
    assert told["phone"] == []
    assert {"value", "timestamp", "sourceType"} <= told["city"][0].keys() <= known
