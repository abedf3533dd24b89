"""Records one at a time and many at once: what is written, what the org adds, what is refused and how."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import NOW, Org, V

PERSON = {"LastName": "Ruiz", "Company": "Acme", "Email": "ana@x.mx"}


@pytest.fixture
async def lead(client: httpx.AsyncClient) -> str:
    reply = await client.post(f"{V}/sobjects/Lead", json=PERSON | {"FirstName": "Ana"})
    return str(reply.json()["id"])


async def error(client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
    reply = await client.request(method, f"{V}/{path}", json=body)
    (said,) = reply.json()
    return reply.status_code, said["errorCode"], said["message"]


async def test_a_new_record_gets_its_defaults_and_can_be_read(org: Org, client: httpx.AsyncClient) -> None:
    reply = await client.post(f"{V}/sobjects/Lead/", json=PERSON | {"firstname": " Ana ", "AnnualRevenue": "10.6"})
    id_ = reply.json()["id"]
    assert reply.status_code == 201
    assert reply.json() == {"id": id_, "success": True, "errors": []}
    assert reply.headers["location"] == f"{V}/sobjects/Lead/{id_}"
    row = (await client.get(f"{V}/sobjects/Lead/{id_[:15]}")).json()
    assert row["attributes"] == {"type": "Lead", "url": f"{V}/sobjects/Lead/{id_}"}
    assert (row["Name"], row["Status"], row["IsConverted"]) == ("Ana Ruiz", "Open - Not Contacted", False)
    assert (row["AnnualRevenue"], row["CreatedDate"]) == (11.0, "2026-05-30T02:00:00.000+0000")
    assert row["OwnerId"] == row["CreatedById"] == org.world.notes["salesforce_app"]["user_id"]


async def test_named_fields_alone_are_read(client: httpx.AsyncClient, lead: str) -> None:
    row = (await client.get(f"{V}/sobjects/Lead/{lead}", params={"fields": "LastName,Email"})).json()
    assert set(row) == {"attributes", "LastName", "Email"}


async def test_an_update_moves_the_stamp_and_leaves_history(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    org.world.clock.set(NOW.replace(hour=3))
    reply = await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Status": "Qualified", "Email": None})
    assert (reply.status_code, reply.content) == (204, b"")
    row = org.row("Lead", lead)
    assert (row["Status"], row["Email"]) == ("Qualified", None)
    assert row["_modified"] - row["_created"] == 3_600_000
    changes = [
        (one["Field"], one["OldValue"], one["NewValue"])
        for one in org.world.table("salesforce", "LeadHistory").select()
    ]
    assert changes == [("created", None, None), ("Status", "Open - Not Contacted", "Qualified")]


async def test_a_new_owner_leaves_two_history_rows(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    (queue,) = org.add("Group", "00G", {"Name": "Inbound", "Type": "Queue"})
    await client.patch(f"{V}/sobjects/Lead/{lead}", json={"OwnerId": queue})
    rows = org.world.table("salesforce", "LeadHistory").select("\"Field\" = 'Owner'")
    assert [one["NewValue"] for one in rows] == ["Inbound", queue]


async def test_a_stage_decides_what_follows_from_it(org: Org, client: httpx.AsyncClient) -> None:
    deal = {"Name": "Big", "StageName": "Prospecting", "CloseDate": "2026-06-30", "Amount": 100}
    id_ = (await client.post(f"{V}/sobjects/Opportunity", json=deal)).json()["id"]
    await client.patch(f"{V}/sobjects/Opportunity/{id_}", json={"StageName": "Closed Won"})
    row = org.row("Opportunity", id_)
    assert (row["IsClosed"], row["IsWon"], row["Probability"], row["ExpectedRevenue"]) == (1, 1, 100, 100)
    history = org.world.table("salesforce", "OpportunityHistory").select()
    assert [one["StageName"] for one in history] == ["Prospecting", "Closed Won"]


async def test_a_deleted_record_is_gone_but_remembered(client: httpx.AsyncClient, lead: str) -> None:
    path = f"sobjects/Lead/{lead}"
    assert (await client.delete(f"{V}/{path}")).status_code == 204
    for method in ("GET", "DELETE"):
        assert await error(client, method, path) == (404, "ENTITY_IS_DELETED", "entity is deleted")
    window = {"start": "2026-05-30T01:00:00+00:00", "end": "2026-05-30T02:01:00+00:00"}
    gone = (await client.get(f"{V}/sobjects/Lead/deleted/", params=window)).json()
    assert gone["deletedRecords"] == [{"id": lead, "deletedDate": "2026-05-30T02:00:00.000+0000"}]


async def test_changed_records_are_listed_by_their_window(client: httpx.AsyncClient, lead: str) -> None:
    window = {"start": "2026-05-30T01:00:00+00:00", "end": "2026-05-30T02:01:00+00:00"}
    body = (await client.get(f"{V}/sobjects/Lead/updated/", params=window)).json()
    assert body == {"ids": [lead], "latestDateCovered": "2026-05-30T02:01:00.000+0000"}


async def test_an_upsert_updates_one_creates_one_and_refuses_several(client: httpx.AsyncClient, lead: str) -> None:
    path = f"{V}/sobjects/Lead/Email"
    reply = await client.patch(f"{path}/ANA@x.mx", json={"Title": "CTO"})
    assert (reply.status_code, reply.json()) == (200, {"id": lead, "success": True, "errors": [], "created": False})
    reply = await client.patch(f"{path}/bo@x.mx", json={"LastName": "Lee", "Company": "B"})
    assert (reply.status_code, reply.json()["created"]) == (201, True)
    await client.post(f"{V}/sobjects/Lead", json=PERSON)
    reply = await client.patch(f"{path}/ana@x.mx", json={"Title": "CEO"})
    assert reply.status_code == 300
    assert f"{V}/sobjects/Lead/{lead}" in reply.json()


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"Foo": 1}, "INVALID_FIELD", "No such column 'Foo' on sobject of type Lead"),
        ({"Id": "00Q"}, "INVALID_FIELD", "The Id field should not be specified in the sobject data."),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]"),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG", f"Last Name: data value too large: {'x' * 81} (max length=80)"),
        ({"Email": "nope"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nope"),
        ({"CurrencyIsoCode": "XXX"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", None),
        ({"OwnerId": "0035500001H9kZuAAJ"}, "MALFORMED_ID", "Owner ID: id value of incorrect type: 0035500001H9kZuAAJ"),
        ({"OwnerId": "0055500001H9kZu"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        ({"IsConverted": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", None),
        ({"NumberOfEmployees": "many"}, "JSON_PARSER_ERROR", None),
        ({"Title": 5}, "JSON_PARSER_ERROR", None),
        ({"DoNotCall": "perhaps"}, "JSON_PARSER_ERROR", None),
    ],
)
async def test_a_wrong_value_is_refused_and_nothing_is_written(
    org: Org, client: httpx.AsyncClient, lead: str, body: dict[str, Any], code: str, message: str | None
) -> None:
    before = org.row("Lead", lead)
    status, said, text = await error(client, "PATCH", f"sobjects/Lead/{lead}", {"Title": "new"} | body)
    assert (status, said) == (400, code)
    assert message in (None, text)
    assert org.row("Lead", lead) == before


async def test_a_new_record_needs_its_required_fields(client: httpx.AsyncClient) -> None:
    status, code, message = await error(client, "POST", "sobjects/Lead", {"FirstName": "Ana"})
    assert (status, code) == (400, "REQUIRED_FIELD_MISSING")
    assert message == "Required fields are missing: [LastName, Company]"


async def test_a_converted_lead_cannot_be_changed(org: Org, client: httpx.AsyncClient) -> None:
    (id_,) = org.add("Lead", "00Q", {"LastName": "Done", "IsConverted": 1})
    status, code, _ = await error(client, "PATCH", f"sobjects/Lead/{id_}", {"Title": "CTO"})
    assert (status, code) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "sobjects/Lead/0035500001H9kZu", 404, "NOT_FOUND"),
        ("GET", "sobjects/Lead/what", 404, "NOT_FOUND"),
        ("GET", "sobjects/Nothing/describe", 404, "NOT_FOUND"),
        ("GET", "nothing", 404, "NOT_FOUND"),
        ("PATCH", "sobjects/Lead/Title/CTO", 404, "NOT_FOUND"),
        ("PUT", "sobjects/Lead", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_a_path_that_leads_nowhere(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    assert (await error(client, method, path, {}))[:2] == (status, code)


async def test_a_body_must_be_json(client: httpx.AsyncClient) -> None:
    for content, kind, status in (("{x", "application/json", 400), ("a=1", "text/plain", 415)):
        reply = await client.post(f"{V}/sobjects/Lead", content=content, headers={"Content-Type": kind})
        assert reply.status_code == status


async def test_every_rest_reply_tells_the_calls_used(client: httpx.AsyncClient) -> None:
    first = await client.get(f"{V}/limits")
    second = await client.get(f"{V}/nothing")
    assert first.headers["sforce-limit-info"] == "api-usage=1/100000"
    assert second.headers["sforce-limit-info"] == "api-usage=2/100000"
    assert first.json()["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}
    assert "sforce-limit-info" not in (await client.get("/services/data")).headers


def typed(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, **values}


async def test_a_collection_answers_row_by_row_in_order(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    org.world.notes["salesforce_row_faults"][lead] = {"errorCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "times": 1}
    records = [
        typed(Id=lead, Title="CTO"),
        typed(Id="00Q5500001H9kZuAAJ", Title="CTO"),
        typed(Id=lead[:15], Title="CEO"),
        typed(Title="nobody"),
    ]
    reply = await client.patch(f"{V}/composite/sobjects", json={"allOrNone": False, "records": records})
    assert reply.status_code == 200
    locked, missing, done, nobody = reply.json()
    assert locked == {
        "success": False,
        "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}],
    }
    assert missing["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    assert done == {"id": lead, "success": True, "errors": []}
    assert nobody["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    assert org.row("Lead", lead)["Title"] == "CEO"


async def test_all_or_none_leaves_the_world_as_it_was(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    before = org.row("Lead", lead)
    records = [typed(Id=lead, Title="CTO", Status="Qualified"), typed(Id=lead, Email="nope")]
    rows = (await client.patch(f"{V}/composite/sobjects", json={"allOrNone": True, "records": records})).json()
    codes = [one["errors"][0]["statusCode"] for one in rows]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_EMAIL_ADDRESS"]
    assert org.row("Lead", lead) == before
    assert org.world.table("salesforce", "LeadHistory").count() == 1


async def test_a_collection_creates_upserts_reads_and_deletes(org: Org, client: httpx.AsyncClient) -> None:
    url = f"{V}/composite/sobjects"
    made = (await client.post(url, json={"records": [typed(**PERSON), typed(LastName="No company")]})).json()
    assert [one["success"] for one in made] == [True, False]
    upserted = await client.patch(
        f"{url}/Lead/Email",
        json={"records": [typed(Email="ana@x.mx", Title="CTO"), typed(**PERSON | {"Email": "b@x.mx"})]},
    )
    assert [one["created"] for one in upserted.json()] == [False, True]
    ids = [one["id"] for one in upserted.json()]
    asked = {"ids": [ids[1], "00Q5500001H9kZuAAJ", ids[0]], "fields": ["Title"]}
    read = (await client.post(f"{url}/Lead", json=asked)).json()
    assert [one and one["Title"] for one in read] == [None, None, "CTO"]
    assert read[1] is None
    gone = (await client.delete(url, params={"ids": ",".join([*ids, ids[0]])})).json()
    assert [one["success"] for one in gone] == [True, True, False]
    assert gone[2]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


async def test_a_collection_has_at_most_two_hundred_records(client: httpx.AsyncClient) -> None:
    status, code, _ = await error(client, "POST", "composite/sobjects", {"records": [typed(**PERSON)] * 201})
    assert (status, code) == (400, "EXCEEDED_ID_LIMIT")


def part(method: str, path: str, name: str, body: Any = None) -> dict[str, Any]:
    return {"method": method, "url": f"{V}/{path}", "referenceId": name, "body": body}


async def test_a_composite_request_may_use_earlier_answers(org: Org, client: httpx.AsyncClient) -> None:
    parts = [
        part("POST", "sobjects/Account", "acme", {"Name": "Acme"}),
        part("POST", "sobjects/Contact", "ana", {"LastName": "Ruiz", "AccountId": "@{acme.id}"}),
        part("GET", "query?q=SELECT Account.Name FROM Contact WHERE Id = '@{ana.id}'", "found"),
        part("GET", "query/?q=select count() from XYZZY", "wrong"),
    ]
    rows = (await client.post(f"{V}/composite", json={"compositeRequest": parts})).json()["compositeResponse"]
    assert [(one["referenceId"], one["httpStatusCode"]) for one in rows] == [
        ("acme", 201), ("ana", 201), ("found", 200), ("wrong", 400),
    ]  # fmt: skip
    assert rows[2]["body"]["records"][0]["Account"]["Name"] == "Acme"
    assert rows[3]["body"][0]["errorCode"] == "INVALID_TYPE"


async def test_a_composite_request_with_all_or_none_takes_everything_back(org: Org, client: httpx.AsyncClient) -> None:
    parts = [part("POST", "sobjects/Account", "a", {"Name": "Acme"}), part("POST", "sobjects/Contact", "b", {})]
    body = {"allOrNone": True, "compositeRequest": parts}
    rows = (await client.post(f"{V}/composite", json=body)).json()["compositeResponse"]
    assert [one["body"][0]["errorCode"] for one in rows] == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert org.world.table("salesforce", "Account").count() == 0


async def test_a_batch_answers_each_request_on_its_own(client: httpx.AsyncClient, lead: str) -> None:
    parts = [
        {"method": "PATCH", "url": f"v62.0/sobjects/Lead/{lead}", "richInput": {"Title": "CTO"}},
        {"method": "GET", "url": "v62.0/nothing"},
        {"method": "GET", "url": f"v62.0/sobjects/Lead/{lead}?fields=Title"},
    ]
    body = (await client.post(f"{V}/composite/batch", json={"batchRequests": parts})).json()
    assert body["hasErrors"] is True
    assert [one["statusCode"] for one in body["results"]] == [204, 404, 200]
    assert body["results"][2]["result"]["Title"] == "CTO"
