"""Salesforce may answer in smaller pieces than it was asked for; nothing of them is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.connectors.salesforce.conftest import at_once

from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.describe import Column, Sight
from crm_sync.connectors.salesforce.place import Place
from crm_sync.connectors.salesforce.rest import Rest
from crm_sync.connectors.salesforce.rows import Columns, every, first, from_csv
from crm_sync.connectors.salesforce.soql import Question, Rows
from crm_sync.connectors.salesforce.values import amount
from crm_sync.errors import Failed, TryLater

ROOT = "/services/data/v62.0"
SIGHT = Sight({name: Column(name, "string", updateable=False) for name in ("Id", "Amount")})
DEALS = Question("Opportunity", ("Id", "Amount"), SIGHT)


def http(answers: dict[str, Any]) -> Http:
    """Answers by path."""

    def answer(request: httpx.Request) -> httpx.Response:
        said = answers[request.url.path.removeprefix(f"{ROOT}/")]
        return httpx.Response(503, html=said) if isinstance(said, str) else httpx.Response(200, json=said)

    return Http("salesforce", "https://acme.example", transport=httpx.MockTransport(answer), wait=at_once)


async def test_pieces_are_put_together_and_money_stays_exact() -> None:
    more = f"{ROOT}/query/0r8-2000"
    first_piece = {"totalSize": 2, "done": False, "records": [{"Id": "1", "Amount": 0.1}], "nextRecordsUrl": more}
    second_piece = {"totalSize": 2, "done": True, "records": [{"Id": "2", "Amount": 1234567890123.45}]}
    client = http({"queryAll": first_piece, "query/0r8-2000": second_piece})
    found = await Rest(client, ROOT).every(DEALS)
    assert [amount(row[1]) for row in found.rows] == [Decimal("0.1"), Decimal("1234567890123.45")]
    await client.close()


async def test_an_answer_that_is_shorter_than_it_says_is_never_taken() -> None:
    client = http({"queryAll": {"totalSize": 2, "done": True, "records": [{"Id": "1"}]}})
    with pytest.raises(TryLater, match=r"1 of 2 rows of Opportunity came, 3 times"):
        await Rest(client, ROOT).every(DEALS)
    assert client.calls == 3
    await client.close()


async def test_a_page_of_html_is_a_reason_to_wait() -> None:
    client = http({"queryAll": "<html>Down for maintenance</html>"})
    with pytest.raises(TryLater, match="not JSON"):
        await Rest(client, ROOT).every(DEALS)
    await client.close()


def test_a_row_of_csv_is_a_list_of_texts_with_nothing_at_its_end() -> None:
    names, rows = from_csv('"Id","Name","Campaign.Type"\n"1","Café ""Sur""\nMéxico\x00","Webinar"\n"2","",""\n')
    columns = Columns(names)
    assert rows == [["1", 'Café "Sur"\nMéxico\x00', "Webinar", ""], ["2", "", "", ""]]
    assert [first(row, columns.every(["Missing", "Campaign.Type"])) for row in rows] == ["Webinar", None]
    assert [row[columns.at("Missing")] for row in rows] == ["", ""]
    assert every(["a", " ", "b", ""], (0, 1, 2)) == ("a", "b")


def test_a_row_that_broke_off_is_told() -> None:
    with pytest.raises(ValueError, match="1 values for 2 columns"):
        from_csv('"Id","Name"\n"1","Ana"\n"2')


def test_only_rows_in_order_are_a_place_to_stop() -> None:
    columns = Columns(("Id",))
    assert Rows(columns, [["1", ""], ["3", ""]]).last_id == "3"
    assert Rows(columns, [["3", ""], ["1", ""]]).last_id is None
    assert Rows(columns, []).last_id is None


def test_a_place_survives_being_written_down() -> None:
    place = Place("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", 1, "00Q1", "7501", "MjA", 20, blind=("Group",))
    assert Place.of(place.as_cursor()) == place
    assert Place.of(None) == Place()


def test_a_place_of_an_earlier_version_is_read_from_the_start_of_its_part() -> None:
    cursor = '{"since": "2026-05-01T00:00:00Z", "began": "2026-05-02T00:00:00Z", "part": 1, "stamp": "x", "id": "00Q1"}'
    assert Place.of(cursor) == Place("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", 1)


@pytest.mark.parametrize("cursor", ["nonsense", '{"page": 3}', "[]"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Failed, match="cannot be read"):
        Place.of(cursor)
