"""Bulk API 2.0: jobs that are opened, filled, started, asked after, and give their results as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org, V

INGEST, QUERY = f"{V}/jobs/ingest", f"{V}/jobs/query"


async def opened(client: httpx.AsyncClient, operation: str, content: str, **more: Any) -> str:
    """An ingest job that has its content and waits to be started."""
    said = {"object": "Lead", "operation": operation, "contentType": "CSV"} | more
    job = (await client.post(INGEST, json=said)).json()
    reply = await client.put(
        f"/{job['contentUrl']}", content=content.encode(), headers={"Content-Type": "text/csv; charset=UTF-8"}
    )
    assert (reply.status_code, reply.content) == (201, b"")
    return str(job["id"])


async def started(client: httpx.AsyncClient, operation: str, content: str, **more: Any) -> str:
    job_id = await opened(client, operation, content, **more)
    reply = await client.patch(f"{INGEST}/{job_id}", json={"state": "UploadComplete"})
    assert reply.json()["state"] == "UploadComplete"
    return job_id


async def finished(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """Asks until the job is over."""
    while True:
        job: dict[str, Any] = (await client.get(url)).json()
        if job["state"] in ("JobComplete", "Failed", "Aborted"):
            return job


async def sheet(client: httpx.AsyncClient, url: str, **params: Any) -> list[dict[str, str]]:
    reply = await client.get(url, params=params or None)
    assert reply.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(reply.text)))


async def test_a_job_goes_through_its_states(client: httpx.AsyncClient) -> None:
    job_id = await started(client, "insert", "LastName,Company\nRuiz,Acme\n")
    states = [(await client.get(f"{INGEST}/{job_id}")).json()["state"] for _ in range(3)]
    assert states == ["InProgress", "JobComplete", "JobComplete"]
    listed = (await client.get(INGEST)).json()
    assert (listed["done"], [one["id"] for one in listed["records"]]) == (True, [job_id])
    assert (await client.delete(f"{INGEST}/{job_id}")).status_code == 204
    assert (await client.get(f"{INGEST}/{job_id}")).status_code == 404


async def test_each_row_succeeds_or_fails_on_its_own(org: Org, client: httpx.AsyncClient) -> None:
    content = 'LastName,Company,Email\r\nRuiz,"Acme, S.A.",ana@x.mx\r\nLee,,bo@x.mx\r\nPaz,Acme,nope\r\n'
    job_id = await started(client, "insert", content, lineEnding="CRLF")
    job = await finished(client, f"{INGEST}/{job_id}")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"], job["jobType"]) == (3, 2, "V2Ingest")
    (good,) = await sheet(client, f"{INGEST}/{job_id}/successfulResults")
    assert (good["sf__Created"], good["Company"]) == ("true", "Acme, S.A.")
    assert org.row("Lead", good["sf__Id"])["Email"] == "ana@x.mx"
    bad = await sheet(client, f"{INGEST}/{job_id}/failedResults")
    assert [one["sf__Error"] for one in bad] == [
        "REQUIRED_FIELD_MISSING:Required fields are missing: [Company]:Company --",
        "INVALID_EMAIL_ADDRESS:Email: invalid email address: nope:Email --",
    ]
    assert list(bad[0]) == ["sf__Id", "sf__Error", "LastName", "Company", "Email"]
    assert await sheet(client, f"{INGEST}/{job_id}/unprocessedrecords") == []


async def test_an_update_keeps_what_is_empty_and_clears_what_is_not_applicable(
    org: Org, client: httpx.AsyncClient
) -> None:
    (id_,) = org.add("Lead", "00Q", {"LastName": "Ruiz", "Company": "C", "Title": "CTO", "City": "León"})
    job_id = await started(client, "update", f"Id|Title|City\n{id_}||#N/A\n", columnDelimiter="PIPE")
    await finished(client, f"{INGEST}/{job_id}")
    assert (org.row("Lead", id_)["Title"], org.row("Lead", id_)["City"]) == ("CTO", None)


async def test_an_upsert_names_its_key_and_says_what_is_new(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", {"LastName": "Ruiz", "Company": "C", "Email": "ana@x.mx"})
    content = "Email,LastName,Company\nANA@x.mx,Ruiz,D\nbo@x.mx,Lee,B\n,Paz,P\n"
    job_id = await started(client, "upsert", content, externalIdFieldName="Email")
    await finished(client, f"{INGEST}/{job_id}")
    assert [one["sf__Created"] for one in await sheet(client, f"{INGEST}/{job_id}/successfulResults")] == [
        "false",
        "true",
    ]
    (bad,) = await sheet(client, f"{INGEST}/{job_id}/failedResults")
    assert bad["sf__Error"].startswith("MISSING_ARGUMENT:")


async def test_a_column_may_name_a_parent_by_its_key(org: Org, client: httpx.AsyncClient) -> None:
    (deal,) = org.add("Opportunity", "006", {"Name": "Big"})
    (ana,) = org.add("Contact", "003", {"LastName": "Ruiz", "Email": "ana@x.mx"})
    content = f"OpportunityId,Contact.Email\n{deal},ana@x.mx\n{deal},nobody@x.mx\n"
    job_id = await started(client, "insert", content, object="OpportunityContactRole")
    await finished(client, f"{INGEST}/{job_id}")
    (good,) = await sheet(client, f"{INGEST}/{job_id}/successfulResults")
    assert org.row("OpportunityContactRole", good["sf__Id"])["ContactId"] == ana
    (bad,) = await sheet(client, f"{INGEST}/{job_id}/failedResults")
    assert bad["sf__Error"].startswith("INVALID_FIELD:Foreign key external ID: nobody@x.mx not found")


async def test_deleted_rows_go_to_the_bin_and_hard_deleted_ones_are_gone(org: Org, client: httpx.AsyncClient) -> None:
    ids = org.add("Lead", "00Q", {"LastName": "A"}, {"LastName": "B"})
    for operation, id_ in zip(("delete", "hardDelete"), ids, strict=True):
        await finished(client, f"{INGEST}/{await started(client, operation, f'Id{chr(10)}{id_}')}")
    rows = org.world.table("salesforce", "Lead").get(ids)
    assert [id_ in rows for id_ in ids] == [True, False]
    assert rows[ids[0]]["_archived_at"] is not None


async def test_large_jobs_are_written_chunk_by_chunk_and_can_be_aborted(org: Org, client: httpx.AsyncClient) -> None:
    content = "Name,Type\n" + "".join(f"C{number},Email\n" for number in range(10_500))
    job_id = await started(client, "insert", content, object="Campaign")
    for _ in range(2):
        job = (await client.get(f"{INGEST}/{job_id}")).json()
    assert (job["state"], job["numberRecordsProcessed"]) == ("InProgress", 10_000)
    assert (await client.get(f"{INGEST}/{job_id}/failedResults")).json()[0]["errorCode"] == "INVALIDJOBSTATE"
    reply = await client.patch(f"{INGEST}/{job_id}", json={"state": "Aborted"})
    assert reply.json()["state"] == "Aborted"
    assert len(await sheet(client, f"{INGEST}/{job_id}/unprocessedrecords")) == 500
    assert org.world.table("salesforce", "Campaign").count() == 10_000


async def test_a_job_that_fails_on_its_way_leaves_the_rest_unprocessed(org: Org, client: httpx.AsyncClient) -> None:
    org.world.notes["salesforce_bulk_faults"] = [{"after_rows": 1, "errorMessage": "Too many lock failure"}]
    job_id = await started(client, "insert", "LastName,Company\nA,C\nB,C\n")
    job = await finished(client, f"{INGEST}/{job_id}")
    assert (job["state"], job["errorMessage"], job["retries"]) == ("Failed", "Too many lock failure", 20)
    assert [one["LastName"] for one in await sheet(client, f"{INGEST}/{job_id}/unprocessedrecords")] == ["B"]


@pytest.mark.parametrize("name", ["MailingAddress", "OtherAddress"])
async def test_compound_fields_are_no_columns_of_a_bulk_query(client: httpx.AsyncClient, name: str) -> None:
    said = {"operation": "query", "query": f"SELECT Id, {name} FROM Contact"}
    answer = await client.post("/services/data/v62.0/jobs/query", json=said)
    assert answer.status_code == 400
    assert answer.json()[0]["message"] == "Selecting compound data not supported in Bulk Query"


async def test_an_unknown_column_fails_the_whole_job(client: httpx.AsyncClient) -> None:
    job_id = await started(client, "insert", "LastName,Compny\nA,C\n")
    job = await finished(client, f"{INGEST}/{job_id}")
    assert (job["state"], job["errorMessage"]) == ("Failed", "InvalidBatch : Field name not found : Compny")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"operation": "insert", "object": "Nothing"}, "INVALIDENTITY"),
        ({"operation": "insrt", "object": "Lead"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Lead", "contentType": "JSON"}, "INVALIDJOB"),
        ({"operation": "upsert", "object": "Lead", "externalIdFieldName": "Title"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Lead", "lineEnding": "CR"}, "INVALIDJOB"),
    ],
)
async def test_a_job_that_makes_no_sense_is_refused(client: httpx.AsyncClient, said: Any, code: str) -> None:
    reply = await client.post(INGEST, json=said)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, code)


async def test_content_comes_once_and_before_the_start(client: httpx.AsyncClient) -> None:
    job_id = await opened(client, "insert", "LastName,Company\nA,C\n")
    put = {"content": b"LastName\nB\n", "headers": {"Content-Type": "text/csv"}}
    assert (await client.put(f"{INGEST}/{job_id}/batches", **put)).json()[0]["errorCode"] == "CLIENTINPUTERROR"
    await client.patch(f"{INGEST}/{job_id}", json={"state": "UploadComplete"})
    assert (await client.put(f"{INGEST}/{job_id}/batches", **put)).json()[0]["errorCode"] == "INVALIDJOBSTATE"


async def queried(client: httpx.AsyncClient, soql: str, operation: str = "query") -> str:
    job = (await client.post(QUERY, json={"operation": operation, "query": soql})).json()
    assert job["state"] == "UploadComplete"
    early = await client.get(f"{QUERY}/{job['id']}/results")
    assert (early.status_code, early.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    await finished(client, f"{QUERY}/{job['id']}")
    return str(job["id"])


async def test_query_results_come_in_pages_until_the_locator_is_null(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", *({"LastName": f"L{number}", "DoNotCall": number % 2} for number in range(5)))
    job_id = await queried(client, "SELECT Id, LastName, DoNotCall, Company, CreatedDate, Owner.Name FROM Lead")
    rows, locator = [], ""
    while locator != "null":
        params = {"maxRecords": "2"} | ({"locator": locator} if locator else {})
        reply = await client.get(f"{QUERY}/{job_id}/results", params=params)
        page = list(csv.DictReader(io.StringIO(reply.text)))
        assert reply.headers["sforce-numberofrecords"] == str(len(page))
        rows, locator = rows + page, reply.headers["sforce-locator"]
    assert [one["LastName"] for one in rows] == [f"L{number}" for number in range(5)]
    assert (rows[1]["DoNotCall"], rows[1]["Company"], rows[1]["Owner.Name"]) == ("true", "", "")
    assert rows[1]["CreatedDate"] == "2026-05-30T02:00:00.000Z"


async def test_an_empty_result_still_has_a_header_and_a_null_locator(client: httpx.AsyncClient) -> None:
    job_id = await queried(client, "SELECT Id, LastName FROM Lead")
    reply = await client.get(f"{QUERY}/{job_id}/results")
    assert reply.text == '"Id","LastName"\n'
    assert (reply.headers["sforce-locator"], reply.headers["sforce-numberofrecords"]) == ("null", "0")


async def test_query_all_finds_deleted_records(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", {"LastName": "Gone", "_archived_at": 1})
    for operation, count in (("query", 0), ("queryAll", 1)):
        job_id = await queried(client, "SELECT Id, IsDeleted FROM Lead", operation)
        assert len(await sheet(client, f"{QUERY}/{job_id}/results")) == count


async def test_result_pages_name_five_pages_at_a_time(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", *({"LastName": f"L{number:02}"} for number in range(12)))
    job_id = await queried(client, "SELECT LastName FROM Lead ORDER BY LastName")
    url, names, sizes = f"{QUERY}/{job_id}/resultPages?maxRecords=2", [], []
    while url:
        body = (await client.get(url)).json()
        sizes.append(len(body["resultPages"]))
        for page in body["resultPages"]:
            names += [one["LastName"] for one in await sheet(client, page["resultUrl"])]
        assert body["done"] is ("nextRecordsUrl" not in body)
        url = body.get("nextRecordsUrl")
    assert (sizes, names) == ([5, 1], [f"L{number:02}" for number in range(12)])


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT COUNT() FROM Lead", "API_ERROR"),
        ("SELECT Status FROM Lead GROUP BY Status", "API_ERROR"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR"),
        ("SELECT Foo FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FORM Lead", "MALFORMED_QUERY"),
    ],
)
async def test_a_statement_that_bulk_cannot_run_is_refused(client: httpx.AsyncClient, soql: str, code: str) -> None:
    reply = await client.post(QUERY, json={"operation": "query", "query": soql})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, code)
