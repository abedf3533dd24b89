"""What is written reads back the same, and every row gets its own answer."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from tests.connectors.salesforce.conftest import Org, at_once, read

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.salesforce.bulk import Bulk, Pace
from crm_sync.connectors.salesforce.ingest import Ingest
from crm_sync.connectors.salesforce.write import Writer
from crm_sync.errors import TryLater
from crm_sync.mappings import Vocabulary
from crm_sync.records import Person, Ref

VALUES = {
    "sla_status": "at_risk",
    "sla_due_at": "2026-05-29T22:30:00Z",
    "attempt_count": "3",
    "source_first": "búsqueda orgánica",
    "person_id": "hubspot:contacts:51",
}
COLLECTIONS = "PATCH /services/data/v62.0/composite/sobjects"


def write(record_id: str, kind: str = "Lead", **values: str | None) -> Write:
    return Write(f"key-{record_id}", Ref("salesforce", kind, record_id), values or VALUES)


@pytest.fixture
async def installed(connect: Callable[..., Salesforce]) -> Salesforce:
    """With the minimal profile: six fields are enough to write."""
    crm = connect(minimal=True)
    await crm.apply_schema()
    return crm


async def test_what_was_written_reads_back_the_same(org: Org, installed: Salesforce) -> None:
    (lead,), (contact,) = org.add("Lead", {"LastName": "Ruiz"}), org.add("Contact", {"LastName": "Ruiz"})
    receipts = await installed.push([write(lead), write(contact, "Contact")])
    assert {receipt.outcome for receipt in receipts} == {"written"}
    for kind in ("Lead", "Contact"):
        (person,) = (await read(installed, kind)).records
        assert isinstance(person, Person)
        assert person.ours == VALUES


async def test_none_clears_a_field(org: Org, installed: Salesforce) -> None:
    (lead,) = org.add("Lead", {"LastName": "Ruiz"})
    await installed.push([write(lead)])
    await installed.push([write(lead, sla_status=None, attempt_count=None, sla_due_at=None)])
    (person,) = (await read(installed, "Lead")).records
    assert isinstance(person, Person)
    assert set(person.ours) == {"source_first", "person_id"}


async def test_hundreds_of_rows_go_in_a_few_calls(org: Org, installed: Salesforce) -> None:
    leads = org.add("Lead", *({"LastName": "Ruiz"} for _ in range(405)))
    before = installed.calls
    receipts = await installed.push([write(lead) for lead in leads])
    assert sorted(receipt.key for receipt in receipts) == sorted(f"key-{lead}" for lead in leads)
    assert installed.calls - before == 3


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [
        ("UNABLE_TO_LOCK_ROW", "retry", "transient"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "refused", "validation"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "refused", "permission"),
        ("DUPLICATES_DETECTED", "refused", "duplicate"),
        ("SOMETHING_NEW", "refused", "bug"),
    ],
)
async def test_a_row_that_is_refused_does_not_stop_the_others(
    org: Org, installed: Salesforce, code: str, outcome: str, reason: str
) -> None:
    good, bad = org.add("Lead", {"LastName": "Ruiz"}, {"LastName": "Paz"})
    org.world.notes["salesforce_row_faults"][bad] = {"errorCode": code, "message": "no", "times": 9}
    first, second = sorted(
        await installed.push([write(good), write(bad)]), key=lambda receipt: receipt.outcome != "written"
    )
    assert first == Receipt(f"key-{good}", "written")
    assert (second.key, second.outcome, second.reason) == (f"key-{bad}", outcome, reason)
    assert code in second.message


async def test_a_word_outside_the_list_and_a_deleted_record_are_told_apart(org: Org, installed: Salesforce) -> None:
    one, two = org.add("Lead", {"LastName": "Ruiz"}, {"LastName": "Paz"})
    org.world.table("salesforce", "Lead").update(two, {"_archived_at": 1})
    receipts = await installed.push([write(one, sla_status="great"), write(two)])
    assert {receipt.key: receipt.reason for receipt in receipts} == {f"key-{one}": "picklist", f"key-{two}": "missing"}


@pytest.mark.promise("missing fields")
async def test_without_our_fields_the_receipt_names_the_command(org: Org, salesforce: Salesforce) -> None:
    (lead,) = org.add("Lead", {"LastName": "Ruiz"})
    (receipt,) = await salesforce.push([write(lead)])
    assert (receipt.outcome, receipt.reason) == ("refused", "missing")
    assert "Run `crm-sync schema apply`." in receipt.message


async def test_only_people_are_written(salesforce: Salesforce) -> None:
    (receipt,) = await salesforce.push([write("006000000000001AAA", "Opportunity")])
    assert (receipt.outcome, receipt.reason) == ("refused", "bug")


async def test_a_crm_that_goes_away_in_the_middle_keeps_what_it_answered(org: Org, installed: Salesforce) -> None:
    leads = org.add("Lead", *({"LastName": "Ruiz"} for _ in range(400)))
    org.trouble(match=COLLECTIONS, status=503, times=99, after=1)
    receipts = await installed.push([write(lead) for lead in leads])
    assert [receipt.outcome for receipt in receipts].count("written") == 200
    assert {receipt.reason for receipt in receipts if receipt.outcome == "retry"} == {"transient"}
    assert len(receipts) == 400


async def test_a_crm_that_is_away_from_the_start_is_asked_later(org: Org, installed: Salesforce) -> None:
    (lead,) = org.add("Lead", {"LastName": "Ruiz"})
    org.trouble(match=COLLECTIONS, status=503, times=99)
    with pytest.raises(TryLater):
        await installed.push([write(lead)])


async def test_a_lost_answer_is_asked_again(org: Org, installed: Salesforce) -> None:
    (lead,) = org.add("Lead", {"LastName": "Ruiz"})
    org.trouble(match=COLLECTIONS, status=503, times=1, then="handle")
    (receipt,) = await installed.push([write(lead)])
    assert receipt.outcome == "written"


async def test_one_row_that_spoils_a_batch_is_found_by_halving(vocabulary: Vocabulary) -> None:
    """Some errors refuse the whole request and name no row."""

    def answer(request: httpx.Request) -> httpx.Response:
        ids = [part.split('"')[0] for part in request.content.decode().split('"id":"')[1:]]
        if "bad" in ids:
            return httpx.Response(400, json=[{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize"}])
        return httpx.Response(200, json=[{"id": one, "success": True, "errors": []} for one in ids])

    http = Http("salesforce", "https://acme.example", transport=httpx.MockTransport(answer), wait=at_once)
    root, ours, pace = "/services/data/v62.0", vocabulary.fields.ours, Pace()
    writer = Writer(http, root, ours, Ingest(http, root, ours, Bulk(http, root, pace)), pace, many=10_000)
    receipts = await writer.push([write(one) for one in ("a", "b", "bad", "c", "d")])
    assert {receipt.key: receipt.outcome for receipt in receipts if receipt.outcome != "written"} == {
        "key-bad": "refused"
    }
    assert len(receipts) == 5
    await http.close()
