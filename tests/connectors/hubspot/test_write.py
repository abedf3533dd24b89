"""Writing to HubSpot: a receipt for every row, whatever form the answer has."""

from __future__ import annotations

import json

import httpx
import pytest

from crm_sync.changes import Write
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.auth import open_http
from crm_sync.connectors.hubspot.write import push
from crm_sync.errors import NeedsLogin, TryLater
from crm_sync.records import Person, Ref
from crm_sync.settings import HubSpotSettings


def write(record_id, key=None, **values):
    return Write(key or f"key-{record_id}", Ref("hubspot", "contacts", str(record_id)), values)


def brief(receipts):
    return {one.key: (one.outcome, one.reason) for one in receipts}


@pytest.fixture
async def installed(client, vocabulary):
    """Our properties, made by hand: the official client is tested by itself."""
    types = {"text": ("string", "text"), "number": ("number", "number"), "datetime": ("datetime", "date")}
    group = {"name": "smart_marketing_sla", "label": "SLA"}
    await client.post("/crm/v3/properties/contacts/groups", json=group)
    for one in vocabulary.fields.profile(minimal=False):
        kind, shown_as = types.get(one.type, ("enumeration", "select"))
        options = [{"value": value, "label": value, "displayOrder": 0, "hidden": False} for value in one.options]
        body = {"name": one.hubspot, "label": one.name, "type": kind, "fieldType": shown_as, "groupName": group["name"]}
        answer = await client.post("/crm/v3/properties/contacts", json={**body, "options": options})
        assert answer.status_code == 201, answer.text


async def test_what_was_written_reads_back_equal(hubspot, pull, make, installed):
    one = await make("contacts", email="a@b.com")
    values = {"attempt_count": "3", "sla_due_at": "2026-05-29T22:30:00Z", "sla_status": "met", "campaign": "Ebook ñ"}
    assert brief(await hubspot.push([write(one, **values)])) == {f"key-{one}": ("written", "")}
    [person] = [found for page in await pull("contacts") for found in page.records if isinstance(found, Person)]
    assert person.ours == values
    await hubspot.push([write(one, campaign=None, attempt_count=None)])
    [person] = [found for page in await pull("contacts") for found in page.records if isinstance(found, Person)]
    assert person.ours == {"sla_due_at": "2026-05-29T22:30:00Z", "sla_status": "met"}


async def test_bad_rows_do_not_sink_the_others(hubspot, make, installed):
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(130)]
    writes = [write(one, stage="mql") for one in made]
    writes[7] = write(made[7], stage="contacto")
    writes[120] = write("999999", stage="mql")
    receipts = brief(await hubspot.push(writes))
    assert len(receipts) == 130
    assert receipts[f"key-{made[7]}"] == ("refused", "picklist")
    assert receipts["key-999999"] == ("refused", "missing")
    assert sum(1 for outcome, _ in receipts.values() if outcome == "written") == 128


@pytest.mark.promise("missing fields")
async def test_fields_that_are_not_installed_are_refused_with_the_way_out(hubspot, make):
    one = await make("contacts", email="a@b.com")
    [receipt] = await hubspot.push([write(one, stage="mql")])
    assert (receipt.outcome, receipt.reason) == ("refused", "missing")
    assert "crm-sync schema apply" in receipt.message


async def test_two_writes_to_one_record_go_in_order(hubspot, pull, make, installed):
    one = await make("contacts", email="a@b.com")
    receipts = await hubspot.push([write(one, "first", stage="lead"), write(one, "second", stage="mql")])
    assert brief(receipts) == {"first": ("written", ""), "second": ("written", "")}
    [person] = [found for page in await pull("contacts") for found in page.records if isinstance(found, Person)]
    assert person.ours == {"stage": "mql"}


async def test_after_a_lost_answer_hubspot_holds_the_same(hubspot, client, make, installed, world):
    """Hundreds of rows in several batches; HubSpot applies one of them and its answer never comes."""
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(230)]
    writes = [write(one, attempt_count=str(at)) for at, one in enumerate(made)]
    lost = {"match": "POST /crm/v3/objects/contacts/batch/update", "status": 504, "then": "handle", "times": 1}
    (await client.post("/sandbox/faults", json=lost)).raise_for_status()
    before = hubspot.calls
    assert {one.outcome for one in await hubspot.push(writes)} == {"written"}
    assert hubspot.calls - before == 4  # three batches, and one of them again
    held = world.table("hubspot", "contacts").get(made)
    assert [held[one]["smk_attempt_count"] for one in made] == [str(at) for at in range(230)]
    assert {one.outcome for one in await hubspot.push(writes)} == {"written"}
    assert world.table("hubspot", "contacts").get(made) == held


@pytest.mark.promise("receipts")
async def test_rows_that_the_errors_name_are_left_out_and_the_others_sent_at_once(answering):
    asked = []

    def answer(request):
        rows = json.loads(request.content)["inputs"]
        asked.append(len(rows))
        bad = [one["objectWriteTraceId"] for one in rows if one["id"] in ("7", "61")]
        if not bad:
            return httpx.Response(200, json={"results": [{"id": one["id"]} for one in rows]})
        errors = [{"category": "VALIDATION_ERROR", "message": "no", "context": {"objectWriteTraceId": bad}}]
        return httpx.Response(400, json={"status": "error", "category": "VALIDATION_ERROR", "errors": errors})

    receipts = brief(await answering(answer)([write(at, stage="mql") for at in range(100)]))
    assert sorted(key for key, told in receipts.items() if told[0] == "refused") == ["key-61", "key-7"]
    assert asked == [100, 98]


async def test_nothing_to_write_calls_nobody(hubspot):
    before = hubspot.calls
    assert await hubspot.push([]) == []
    assert hubspot.calls == before


# Answers that the sandbox does not give


@pytest.fixture
def answering(vocabulary, at_once):
    """answering(handler) → push over a CRM that answers what `handler` says."""

    def build(handler):
        http = Http("hubspot", "https://crm.test", transport=httpx.MockTransport(handler), wait=at_once)

        async def send(writes):
            return await push(http, vocabulary.fields.ours, writes)

        return send

    return build


async def test_a_207_is_read_row_by_row(answering):
    def answer(request):
        inputs = json.loads(request.content)["inputs"]
        assert [one["objectWriteTraceId"] for one in inputs] == ["key-1", "key-2", "key-3", "key-4"]
        error = {
            "status": "error", "category": "VALIDATION_ERROR", "context": {"objectWriteTraceId": ["key-2"]},
            "message": 'Property values were not valid: [{"error":"INVALID_OPTION","name":"smk_stage"}]',
        }  # fmt: skip
        gone = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "gone", "context": {"ids": ["3"]}}
        body = {"status": "COMPLETE", "results": [{"id": "1"}], "numErrors": 2, "errors": [error, gone]}
        return httpx.Response(207, json=body)

    assert brief(await answering(answer)([write(at, stage="mql") for at in (1, 2, 3, 4)])) == {
        "key-1": ("written", ""),
        "key-2": ("refused", "picklist"),
        "key-3": ("refused", "missing"),
        "key-4": ("retry", "transient"),
    }


async def test_a_400_for_the_whole_batch_is_narrowed_down_to_its_row(answering):
    def answer(request):
        rows = [one["id"] for one in json.loads(request.content)["inputs"]]
        if "13" in rows:
            return httpx.Response(400, json={"status": "error", "message": "odd", "category": "VALIDATION_ERROR"})
        return httpx.Response(200, json={"results": [{"id": one} for one in rows]})

    receipts = brief(await answering(answer)([write(at, stage="mql") for at in range(1, 51)]))
    assert receipts.pop("key-13") == ("refused", "validation")
    assert set(receipts.values()) == {("written", "")}
    assert len(receipts) == 49


async def test_a_refusal_in_html_is_still_a_receipt(answering):
    receipts = await answering(lambda request: httpx.Response(413, text="<html>"))([write(1, stage="mql")])
    assert brief(receipts) == {"key-1": ("refused", "bug")}


async def test_a_crm_that_stops_answering_midway_leaves_receipts_for_all(answering):
    served = []

    def answer(request):
        served.append(1)
        rows = [one["id"] for one in json.loads(request.content)["inputs"]]
        return httpx.Response(200, json={"results": [{"id": one} for one in rows]}) if len(served) == 1 else down()

    receipts = brief(await answering(answer)([write(at, stage="mql") for at in range(250)]))
    assert list(receipts.values()) == [("written", "")] * 100 + [("retry", "transient")] * 150


def down():
    return httpx.Response(503, text="<html>down</html>")


async def test_a_crm_that_does_not_answer_at_all_is_raised(answering):
    with pytest.raises(TryLater):
        await answering(lambda request: down())([write(1, stage="mql")])


async def test_a_token_that_is_refused_stops_everything(at_once, vocabulary):
    http = open_http(
        HubSpotSettings.model_validate({"token": "pat-secret"}),
        transport=httpx.MockTransport(lambda request: httpx.Response(401, json={"message": "expired"})),
        wait=at_once,
    )
    with pytest.raises(NeedsLogin, match=r"hubspot\.token") as raised:
        await push(http, vocabulary.fields.ours, [write(1, stage="mql")])
    assert "pat-secret" not in str(raised.value)
