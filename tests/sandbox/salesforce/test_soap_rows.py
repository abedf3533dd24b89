"""The partner API's basic calls: rows are created, changed, found and read over SOAP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org
from tests.sandbox.salesforce.soap import ask as soap
from tests.sandbox.salesforce.soap import fault, results


def lead(**values: Any) -> dict[str, Any]:
    return {"@type": "sObject", "type": "Lead", **values}


async def test_rows_are_created_one_by_one_and_each_tells_its_outcome(org: Org, client: httpx.AsyncClient) -> None:
    said = {"sObjects": [lead(LastName="Ruiz", Company="Acme"), lead(Company="Norte")]}
    done, refused = await results(client, "create", said)
    assert (done["success"], org.row("Lead", done["id"])["LastName"]) == ("true", "Ruiz")
    assert (refused["success"], refused["errors"]["statusCode"]) == ("false", "REQUIRED_FIELD_MISSING")


async def test_an_update_sets_values_and_clears_what_it_names(org: Org, client: httpx.AsyncClient) -> None:
    (id_,) = org.add("Lead", "00Q", {"LastName": "Ruiz", "Company": "Acme", "Title": "CEO"})
    [done] = await results(client, "update", {"sObjects": lead(Id=id_, City="León", fieldsToNull=["Title"])})
    assert done == {"id": id_, "success": "true"}
    row = org.row("Lead", id_)
    assert (row["City"], row["Title"]) == ("León", None)


async def test_an_upsert_finds_by_its_key_and_says_what_is_new(org: Org, client: httpx.AsyncClient) -> None:
    (id_,) = org.add("Contact", "003", {"LastName": "Ruiz", "Email": "ana@x.mx"})
    people = [
        {"@type": "sObject", "type": "Contact", "Email": email, "LastName": "Rey"} for email in ("ana@x.mx", "bo@x.mx")
    ]
    old, new = await results(client, "upsert", {"externalIDFieldName": "Email", "sObjects": people})
    assert (old["created"], old["id"], new["created"]) == ("false", id_, "true")
    assert org.row("Contact", id_)["LastName"] == "Rey"


async def test_a_query_answers_records_with_type_id_parents_and_children(org: Org, client: httpx.AsyncClient) -> None:
    (acme,) = org.add("Account", "001", {"Name": "Acme"})
    org.add("Contact", "003", {"LastName": "Ruiz", "AccountId": acme, "HasOptedOutOfEmail": 1})
    text = "SELECT LastName, HasOptedOutOfEmail, CreatedDate, Account.Name, Title FROM Contact"
    [page] = await results(client, "query", {"queryString": text})
    assert (page["done"], page["size"], page["queryLocator"]) == ("true", "1", None)
    assert page["records"] == {
        "type": "Contact",
        "Id": None,
        "LastName": "Ruiz",
        "HasOptedOutOfEmail": "true",
        "CreatedDate": "2026-05-30T02:00:00.000Z",
        "Account": {"type": "Account", "Id": None, "Name": "Acme"},
        "Title": None,
    }
    [page] = await results(client, "query", {"queryString": "SELECT Id, (SELECT LastName FROM Contacts) FROM Account"})
    assert page["records"]["Id"] == acme
    assert page["records"]["Contacts"]["records"]["LastName"] == "Ruiz"


async def test_pages_follow_one_another_by_their_locator(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", *({"LastName": f"L{number}", "Company": "A"} for number in range(450)))
    header = "<QueryOptions><batchSize>200</batchSize></QueryOptions>"
    [page] = await results(client, "query", {"queryString": "SELECT Id FROM Lead"}, headers=header)
    found = [row["Id"] for row in page["records"]]
    while page["done"] == "false":
        [page] = await results(client, "queryMore", {"queryLocator": page["queryLocator"]})
        found += [row["Id"] for row in page["records"]]
    assert (len(found), len(set(found)), page["size"]) == (450, 450, "450")


async def test_deleted_rows_are_seen_by_query_all_alone(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", {"LastName": "Old", "Company": "A", "_archived_at": 1})
    sizes = []
    for operation in ("query", "queryAll"):
        [page] = await results(client, operation, {"queryString": "SELECT Id FROM Lead"})
        sizes.append(page["size"])
    assert sizes == ["0", "1"]


async def test_rows_are_retrieved_in_the_order_of_their_ids(org: Org, client: httpx.AsyncClient) -> None:
    first, second = org.add("Lead", "00Q", {"LastName": "A", "Company": "x"}, {"LastName": "B", "Company": "x"})
    said = {"fieldList": "LastName", "sObjectType": "Lead", "ids": [second, "00Q000000000999AAA", first]}
    found = await results(client, "retrieve", said)
    assert [one and one["LastName"] for one in found] == ["B", None, "A"]


@pytest.mark.parametrize(
    ("operation", "said", "code"),
    [
        ("query", {"queryString": "SELECT FROM Lead"}, "MALFORMED_QUERY"),
        ("query", {"queryString": "SELECT Nothing__c FROM Lead"}, "INVALID_FIELD"),
        ("queryMore", {"queryLocator": "0r8000000000000AAA-200"}, "INVALID_QUERY_LOCATOR"),
        ("create", {"sObjects": [lead(LastName="x", Company="y")] * 201}, "EXCEEDED_ID_LIMIT"),
        ("create", {}, "MISSING_ARGUMENT"),
    ],
)
async def test_a_call_that_cannot_be_is_a_fault(
    client: httpx.AsyncClient, operation: str, said: dict[str, Any], code: str
) -> None:
    assert fault(await soap(client, operation, said)) == f"sf:{code}"
