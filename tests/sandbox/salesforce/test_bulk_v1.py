"""Bulk API v1: jobs and batches in CSV, JSON and XML, chunks by id, and errors in two words."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org

from crm_sync.sandbox.salesforce.auth import new_token

A = "/services/async/62.0"
NS = 'xmlns="http://www.force.com/2009/06/asyncapi/dataload"'
KINDS = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}

Job = Callable[..., Awaitable[str]]


@pytest.fixture
def bulk(org: Org, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client whose session is where this API looks for it."""
    client.headers["X-SFDC-Session"] = new_token(org.world)
    del client.headers["authorization"]
    return client


@pytest.fixture
def job(bulk: httpx.AsyncClient) -> Job:
    """job("insert", "Lead", "CSV") opens one, described in XML, and returns its id."""

    async def opened(operation: str, name: str, content: str, more: str = "", **headers: str) -> str:
        text = f"<jobInfo {NS}><operation>{operation}</operation><object>{name}</object>{more}"
        text += f"<contentType>{content}</contentType></jobInfo>"
        reply = await bulk.post(f"{A}/job", content=text, headers={"content-type": "application/xml", **headers})
        assert reply.status_code == 201, reply.text
        return xml(reply)["id"]

    return opened


def xml(reply: httpx.Response) -> dict[str, str]:
    assert reply.headers["content-type"] == "application/xml"
    return {one.tag.rpartition("}")[2]: one.text or "" for one in ElementTree.fromstring(reply.content)}


def rows(reply: httpx.Response) -> list[dict[str, str]]:
    assert reply.headers["content-type"] == "text/csv"
    return list(csv.DictReader(io.StringIO(reply.text)))


async def batch(bulk: httpx.AsyncClient, job_id: str, content: str, text: str) -> str:
    """The URL of a batch that has been worked on."""
    reply = await bulk.post(f"{A}/job/{job_id}/batch", content=text, headers={"content-type": KINDS[content]})
    assert reply.status_code == 201, reply.text
    about = reply.json() if content == "JSON" else xml(reply)
    assert (about["jobId"], about["state"]) == (job_id, "Queued")
    url = f"{A}/job/{job_id}/batch/{about['id']}"
    asked = await bulk.get(url, headers={"content-type": "application/xml"})
    assert (asked.json() if content == "JSON" else xml(asked))["state"] == "InProgress"
    await bulk.get(url)
    return url


async def test_rows_in_csv_are_written_one_by_one_and_each_tells_its_outcome(org: Org, bulk: Any, job: Job) -> None:
    job_id = await job("insert", "Lead", "CSV")
    url = await batch(bulk, job_id, "CSV", 'LastName,Company,Email\n"Ruiz",Acme,ana@x.mx\n,Norte,\n')
    done, refused = rows(await bulk.get(f"{url}/result"))
    assert (done["Success"], done["Created"], done["Error"]) == ("true", "true", "")
    assert org.row("Lead", done["Id"])["Email"] == "ana@x.mx"
    assert (refused["Id"], refused["Success"]) == ("", "false")
    assert refused["Error"].startswith("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]")
    about = xml(await bulk.get(url))
    counts = (about["state"], about["numberRecordsProcessed"], about["numberRecordsFailed"])
    assert counts == ("Completed", "2", "1")
    assert about["createdDate"].endswith(".000Z")
    whole = xml(await bulk.get(f"{A}/job/{job_id}"))
    assert (whole["state"], whole["numberBatchesCompleted"], whole["numberBatchesTotal"]) == ("Open", "1", "1")
    assert (await bulk.get(f"{url}/request")).text.startswith("LastName,Company")


async def test_rows_in_json_and_in_xml_do_what_their_operation_says(org: Org, bulk: Any, job: Job) -> None:
    ana, bo = org.add("Contact", "003", {"LastName": "Ruiz", "Title": "CEO"}, {"LastName": "Lee"})
    text = f'[{{"Id": "{ana}", "Title": null}}, {{"Id": "003000000000999AAA", "Title": "x"}}]'
    url = await batch(bulk, await job("update", "Contact", "JSON"), "JSON", text)
    done, refused = (await bulk.get(f"{url}/result")).json()
    assert done == {"success": True, "created": False, "id": ana, "errors": []}
    assert (refused["success"], refused["errors"][0]["statusCode"]) == (False, "INVALID_CROSS_REFERENCE_KEY")
    assert org.row("Contact", ana)["Title"] is None
    text = f"<sObjects {NS}><sObject><Id>{bo}</Id></sObject></sObjects>"
    url = await batch(bulk, await job("delete", "Contact", "XML"), "XML", text)
    answer = await bulk.get(f"{url}/result")
    assert "<success>true</success>" in answer.text
    assert org.row("Contact", bo)["_archived_at"] is not None


async def test_an_upsert_finds_records_by_the_jobs_key(org: Org, bulk: Any, job: Job) -> None:
    org.add("Contact", "003", {"LastName": "Ruiz", "Email": "ana@x.mx"})
    job_id = await job("upsert", "Contact", "CSV", "<externalIdFieldName>Email</externalIdFieldName>")
    url = await batch(bulk, job_id, "CSV", "Email,LastName\nana@x.mx,Rey\nbo@x.mx,Lee\n")
    assert [one["Created"] for one in rows(await bulk.get(f"{url}/result"))] == ["false", "true"]


async def test_a_statement_answers_under_a_result_id_in_the_format_of_its_job(org: Org, bulk: Any, job: Job) -> None:
    (acme,) = org.add("Account", "001", {"Name": "Acme"})
    (deal,) = org.add("Opportunity", "006", {"Name": "Big", "AccountId": acme, "CloseDate": "2026-05-01"})
    soql = "SELECT Id, Name, CloseDate, CreatedDate, Account.Name, Amount FROM Opportunity"
    url = await batch(bulk, await job("query", "Opportunity", "CSV"), "CSV", soql)
    listed = await bulk.get(f"{url}/result", headers={"content-type": "application/xml"})
    result_id = ElementTree.fromstring(listed.content)[0].text
    assert rows(await bulk.get(f"{url}/result/{result_id}")) == [
        {
            "Id": deal,
            "Name": "Big",
            "CloseDate": "2026-05-01",
            "CreatedDate": "2026-05-30T02:00:00.000Z",
            "Account.Name": "Acme",
            "Amount": "",
        }
    ]
    url = await batch(bulk, await job("query", "Opportunity", "JSON"), "JSON", soql)
    [result_id] = (await bulk.get(f"{url}/result")).json()
    [record] = (await bulk.get(f"{url}/result/{result_id}")).json()
    assert record.pop("attributes") == {
        "type": "Opportunity",
        "url": f"/services/data/v62.0/sobjects/Opportunity/{deal}",
    }
    assert record["Account"].pop("attributes")["type"] == "Account"
    assert record == {
        "Id": deal,
        "Name": "Big",
        "CloseDate": 1_777_593_600_000,
        "CreatedDate": 1_780_106_400_000,
        "Account": {"Name": "Acme"},
        "Amount": None,
    }
    url = await batch(bulk, await job("query", "Opportunity", "XML"), "XML", soql)
    result_id = xml(await bulk.get(f"{url}/result"))["result"]
    assert "<CloseDate>2026-05-01</CloseDate>" in (await bulk.get(f"{url}/result/{result_id}")).text


async def test_typeof_is_read_in_json(org: Org, bulk: Any, job: Job) -> None:
    (acme,) = org.add("Account", "001", {"Name": "Acme"})
    org.add("Task", "00T", {"WhatId": acme, "Subject": "a"})
    soql = "SELECT TYPEOF What WHEN Account THEN Name ELSE Id END FROM Task"
    url = await batch(bulk, await job("query", "Task", "JSON"), "JSON", soql)
    [result_id] = (await bulk.get(f"{url}/result")).json()
    [record] = (await bulk.get(f"{url}/result/{result_id}")).json()
    assert record["What"]["Name"] == "Acme"


async def test_chunks_by_id_hold_every_record_once_and_may_be_empty(org: Org, bulk: Any, job: Job) -> None:
    ids = org.add("Lead", "00Q", *({"LastName": f"L{number}", "Company": "A"} for number in range(5)))
    for id_ in (ids[2], ids[3]):
        org.world.table("salesforce", "Lead").update(id_, {"LastName": None})
    job_id = await job("query", "Lead", "CSV", **{"Sforce-Enable-PKChunking": "chunkSize=2"})
    await bulk.post(f"{A}/job/{job_id}/batch", content="SELECT Id, LastName FROM Lead WHERE LastName != null")
    for _ in range(2):
        listed = ElementTree.fromstring((await bulk.get(f"{A}/job/{job_id}/batch")).content)
    about = [{one.tag.rpartition("}")[2]: one.text for one in each} for each in listed]
    assert [(one["state"], one["numberRecordsProcessed"]) for one in about] == [
        ("NotProcessed", "0"),
        ("Completed", "2"),
        ("Completed", "0"),
        ("Completed", "1"),
    ]


async def test_a_statement_that_cannot_be_run_fails_its_batch_alone(bulk: Any, job: Job) -> None:
    job_id = await job("query", "Lead", "CSV")
    url = await batch(bulk, job_id, "CSV", "SELECT Nothing__c FROM Lead")
    about = xml(await bulk.get(url))
    assert about["state"] == "Failed"
    assert about["stateMessage"].startswith("InvalidBatch : Failed to process query: INVALID_FIELD")
    assert xml(await bulk.get(f"{url}/result"))["exceptionCode"] == "InvalidBatch"
    fine = await batch(bulk, job_id, "CSV", "SELECT Id FROM Lead")
    assert xml(await bulk.get(fine))["state"] == "Completed"


async def test_a_job_closes_or_is_aborted_once(bulk: Any, job: Job) -> None:
    job_id, other = await job("insert", "Lead", "CSV"), await job("insert", "Lead", "CSV")
    closed = await bulk.post(f"{A}/job/{job_id}", json={"state": "Closed"})
    assert (closed.json()["state"], closed.json()["externalIdFieldName"]) == ("Closed", None)
    late = await bulk.post(f"{A}/job/{job_id}/batch", content="LastName\nx\n", headers={"content-type": "text/csv"})
    assert (late.status_code, xml(late)["exceptionCode"]) == (400, "InvalidJobState")
    await bulk.post(f"{A}/job/{other}/batch", content="LastName,Company\nx,y\n", headers={"content-type": "text/csv"})
    await bulk.post(f"{A}/job/{other}", content=f"<jobInfo {NS}><state>Aborted</state></jobInfo>")
    listed = await bulk.get(f"{A}/job/{other}/batch", headers={"content-type": "application/json"})
    assert listed.headers["content-type"] == "application/xml"  # a CSV job tells of its batches in XML, however asked
    assert "<state>NotProcessed</state>" in listed.text


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "job", {"operation": "explode", "object": "Lead", "contentType": "CSV"}, "InvalidJob"),
        ("POST", "job", {"operation": "insert", "object": "Nothing__c", "contentType": "CSV"}, "InvalidJob"),
        ("POST", "job", {"operation": "upsert", "object": "Lead", "contentType": "CSV"}, "InvalidJob"),
        ("POST", "job", None, "InvalidJob"),
        ("GET", "job/750000000000001AAA", None, "InvalidJob"),
        ("GET", "nothing", None, "InvalidUrl"),
    ],
)
async def test_what_cannot_be_is_told_in_two_words(bulk: Any, method: str, path: str, body: Any, code: str) -> None:
    reply = await bulk.request(method, f"{A}/{path}", json=body, headers={"content-type": "application/json"})
    assert (reply.status_code, reply.json()["exceptionCode"]) == (400, code)
    assert reply.json()["exceptionMessage"]


async def test_without_a_session_nothing_is_done(bulk: Any) -> None:
    reply = await bulk.get(f"{A}/job/750", headers={"X-SFDC-Session": "gone"})
    assert (reply.status_code, xml(reply)["exceptionCode"]) == (400, "InvalidSessionId")
