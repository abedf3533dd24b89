"""Business hours, holidays, and enhanced notes with the links that say where they hang."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org, V

REFUSED = "requires a filter by a single Id on ContentDocumentId or LinkedEntityId"


@pytest.fixture
def linked(org: Org) -> tuple[str, str]:
    """A lead and a note on it."""
    (lead,) = org.add("Lead", "00Q", {"LastName": "Ruiz"})
    (note,) = org.add("ContentNote", "069", {"Title": "Prefers WhatsApp", "Content": "UHJlZg=="})
    org.add("ContentDocumentLink", "06A", {"ContentDocumentId": note, "LinkedEntityId": lead})
    return lead, note


async def test_hours_are_times_of_the_wall_and_are_told_as_salesforce_tells_them(
    client: httpx.AsyncClient, ask: Any
) -> None:
    week = {"Name": "Ventas", "IsActive": True, "MondayStartTime": "09:00", "MondayEndTime": "18:30:00.000Z"}
    made = await client.post(f"{V}/sobjects/BusinessHours", json=week)
    assert made.status_code == 201, made.text
    found = await ask("SELECT MondayStartTime, MondayEndTime, TuesdayStartTime, TimeZoneSidKey FROM BusinessHours")
    [row] = found["records"]
    assert (row["MondayStartTime"], row["MondayEndTime"]) == ("09:00:00.000Z", "18:30:00.000Z")
    assert (row["TuesdayStartTime"], row["TimeZoneSidKey"]) == (None, "America/Mexico_City")
    odd = await client.post(f"{V}/sobjects/BusinessHours", json=week | {"MondayStartTime": "nine"})
    assert odd.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


async def test_hours_are_described_as_times_and_neither_object_knows_deletion(client: httpx.AsyncClient) -> None:
    said = {name: (await client.get(f"{V}/sobjects/{name}/describe")).json() for name in ("BusinessHours", "Holiday")}
    fields = {name: {one["name"]: one for one in about["fields"]} for name, about in said.items()}
    monday = fields["BusinessHours"]["MondayStartTime"]
    assert (monday["type"], monday["soapType"]) == ("time", "xsd:time")
    assert {"IsDeleted"}.isdisjoint(fields["BusinessHours"].keys() | fields["Holiday"].keys())
    assert (said["BusinessHours"]["keyPrefix"], said["Holiday"]["keyPrefix"]) == ("01m", "0C0")


async def test_a_holiday_returns_by_known_words_alone(client: httpx.AsyncClient) -> None:
    holiday = {"Name": "Navidad", "IsAllDay": True, "IsRecurrence": True, "RecurrenceType": "RecursYearly"}
    assert (await client.post(f"{V}/sobjects/Holiday", json=holiday)).status_code == 201
    odd = await client.post(f"{V}/sobjects/Holiday", json=holiday | {"RecurrenceType": "RecursLunarly"})
    assert odd.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


@pytest.mark.parametrize(
    "where",
    ["", "WHERE ShareType = 'V'", "WHERE LinkedEntityId != '{0}'", "WHERE LinkedEntityId >= '{0}'",
     "WHERE LinkedEntityId = '{0}' OR ShareType = 'V'", "WHERE NOT LinkedEntityId = '{0}'",
     "WHERE ContentDocumentId IN (SELECT Id FROM ContentNote)"],
)  # fmt: skip
async def test_links_are_not_told_without_a_record(linked: tuple[str, str], ask: Any, where: str) -> None:
    said = await ask(f"SELECT Id FROM ContentDocumentLink {where.format(*linked)}")
    assert (said[0]["errorCode"], REFUSED in said[0]["message"]) == ("MALFORMED_QUERY", True)
    counted = await ask(f"SELECT COUNT() FROM ContentDocumentLink {where.format(*linked)}")
    assert counted[0]["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    "where",
    ["ContentDocumentId = '{1}'", "LinkedEntityId IN ('{0}')", "ContentDocumentId IN ('{1}') AND IsDeleted = false",
     "LinkedEntityId = '{0}' OR ContentDocumentId = '{1}'"],
)  # fmt: skip
async def test_links_of_named_records_are_told(linked: tuple[str, str], ask: Any, where: str) -> None:
    fields = "ContentDocumentId, LinkedEntityId, ContentDocument.Title"
    [link] = (await ask(f"SELECT {fields} FROM ContentDocumentLink WHERE {where.format(*linked)}"))["records"]
    assert (link["LinkedEntityId"], link["ContentDocumentId"]) == linked
    assert link["ContentDocument"]["Title"] == "Prefers WhatsApp"


async def test_a_bulk_query_of_links_needs_a_record_too(client: httpx.AsyncClient, linked: tuple[str, str]) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM ContentDocumentLink"}
    assert (await client.post(f"{V}/jobs/query", json=body)).status_code == 400


async def test_a_note_is_written_and_hung_on_a_record(client: httpx.AsyncClient, org: Org, ask: Any) -> None:
    note = (await client.post(f"{V}/sobjects/ContentNote", json={"Title": "Call", "Content": "Q2FsbA=="})).json()["id"]
    (lead,) = org.add("Lead", "00Q", {"LastName": "Ruiz"})
    link = {"ContentDocumentId": note, "LinkedEntityId": lead, "ShareType": "V"}
    assert (await client.post(f"{V}/sobjects/ContentDocumentLink", json=link)).status_code == 201
    [told] = (await ask(f"SELECT Title, FileType, LastModifiedDate FROM ContentNote WHERE Id = '{note}'"))["records"]
    assert (note[:3], told["FileType"]) == ("069", "SNOTE")
    odd = await client.post(f"{V}/sobjects/ContentDocumentLink", json=link | {"LinkedEntityId": note})
    assert odd.json()[0]["errorCode"] == "MALFORMED_ID"
