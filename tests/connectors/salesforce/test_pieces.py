"""Salesforce may answer in smaller pieces than it was asked for; nothing of them is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.connectors.salesforce.conftest import at_once

from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.read import Place, all_rows
from crm_sync.errors import Failed, TryLater

ROOT = "/services/data/v62.0"


def http(answers: dict[str, Any]) -> Http:
    """Answers by path."""

    def answer(request: httpx.Request) -> httpx.Response:
        said = answers[request.url.path.removeprefix(f"{ROOT}/")]
        return httpx.Response(503, html=said) if isinstance(said, str) else httpx.Response(200, json=said)

    return Http("salesforce", "https://acme.example", transport=httpx.MockTransport(answer), wait=at_once)


async def test_pieces_of_rows_and_of_their_children_are_put_together() -> None:
    roles = {"done": False, "records": [{"ContactId": "a"}], "nextRecordsUrl": f"{ROOT}/query/roles-1"}
    deal = {"Id": "1", "Amount": 0.1, "OpportunityContactRoles": roles, "attributes": {"type": "Opportunity"}}
    other = {"Id": "2", "Amount": 1234567890123.45, "OpportunityContactRoles": None}
    client = http(
        {
            "queryAll": {"done": False, "records": [deal], "nextRecordsUrl": f"{ROOT}/query/more-1"},
            "query/more-1": {"done": True, "records": [other]},
            "query/roles-1": {"done": True, "records": [{"ContactId": "b"}]},
        }
    )
    first, second = await all_rows(client, ROOT, "SELECT Id FROM Opportunity")
    assert [one["ContactId"] for one in first["OpportunityContactRoles"]["records"]] == ["a", "b"]
    assert (first["Amount"], second["Amount"]) == (Decimal("0.1"), Decimal("1234567890123.45"))
    await client.close()


async def test_a_page_of_html_is_a_reason_to_wait() -> None:
    client = http({"queryAll": "<html>Down for maintenance</html>"})
    with pytest.raises(TryLater, match="not JSON"):
        await all_rows(client, ROOT, "SELECT Id FROM Lead")
    await client.close()


def test_a_place_survives_being_written_down() -> None:
    place = Place("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", 1, "2026-05-01T10:00:00.000Z", "00Q1")
    assert Place.of(place.as_cursor()) == place
    assert Place.of(None) == Place()


@pytest.mark.parametrize("cursor", ["nonsense", '{"page": 3}', "[]"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Failed, match="cannot be read"):
        Place.of(cursor)
