"""Trees of records, graphs of requests, and parents named by a key instead of an id."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org, V

TREE = f"{V}/composite/tree/Account"


def node(type_: str, name: str, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": type_, "referenceId": name}, **values}


async def test_a_tree_is_created_with_its_children(org: Org, client: httpx.AsyncClient) -> None:
    people = [node("Contact", "ana", LastName="Ruiz"), node("Contact", "bo", LastName="Lee")]
    deals = [node("Opportunity", "big", Name="Big", StageName="Prospecting", CloseDate="2026-06-30")]
    acme = node("Account", "acme", Name="Acme", Contacts={"records": people}, Opportunities={"records": deals})
    reply = await client.post(TREE, json={"records": [acme, node("Account", "b", Name="B")]})
    assert (reply.status_code, reply.json()["hasErrors"]) == (201, False)
    ids = {one["referenceId"]: one["id"] for one in reply.json()["results"]}
    assert list(ids) == ["acme", "ana", "bo", "big", "b"]
    assert org.row("Contact", ids["ana"])["AccountId"] == org.row("Opportunity", ids["big"])["AccountId"] == ids["acme"]


async def test_one_bad_record_fells_the_whole_tree(org: Org, client: httpx.AsyncClient) -> None:
    acme = node("Account", "acme", Name="Acme", Contacts={"records": [node("Contact", "ana", Email="nope")]})
    reply = await client.post(TREE, json={"records": [acme]})
    assert (reply.status_code, reply.json()["hasErrors"]) == (400, True)
    (failed,) = reply.json()["results"]
    assert (failed["referenceId"], failed["errors"][0]["statusCode"]) == ("ana", "INVALID_EMAIL_ADDRESS")
    assert org.world.table("salesforce", "Account").count() == 0


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([], "INVALID_INPUT"),
        ([{"Name": "Acme"}], "INVALID_INPUT"),
        ([node("Account", "a", Name="A"), node("Account", "a", Name="B")], "INVALID_INPUT"),
        ([node("Account", f"a{number}", Name="A") for number in range(201)], "INVALID_INPUT"),
        ([node("Account", "a", Name="A", Cats={"records": []})], "INVALID_FIELD"),
    ],
)
async def test_a_tree_that_makes_no_sense_is_refused(client: httpx.AsyncClient, records: Any, code: str) -> None:
    reply = await client.post(TREE, json={"records": records})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, code)


def part(path: str, name: str, body: Any) -> dict[str, Any]:
    return {"method": "POST", "url": f"{V}/sobjects/{path}", "referenceId": name, "body": body}


async def test_each_graph_stands_or_falls_alone(org: Org, client: httpx.AsyncClient) -> None:
    good = [
        part("Account", "acme", {"Name": "Acme"}),
        part("Contact", "a", {"LastName": "R", "AccountId": "@{acme.id}"}),
    ]
    bad = [part("Account", "other", {"Name": "Other"}), part("Contact", "b", {})]
    said = {"graphs": [{"graphId": "1", "compositeRequest": good}, {"graphId": "2", "compositeRequest": bad}]}
    one, two = (await client.post(f"{V}/composite/graph", json=said)).json()["graphs"]
    assert (one["graphId"], one["isSuccessful"], two["isSuccessful"]) == ("1", True, False)
    first, second = one["graphResponse"]["compositeResponse"]
    assert (first["httpStatusCode"], second["referenceId"]) == (201, "a")
    assert "Location" in first["httpHeaders"]
    codes = [each["body"][0]["errorCode"] for each in two["graphResponse"]["compositeResponse"]]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert [row["Name"] for row in org.world.table("salesforce", "Account").select()] == ["Acme"]


async def test_a_graph_has_at_most_five_hundred_nodes(client: httpx.AsyncClient) -> None:
    parts = [part("Account", f"a{number}", {"Name": "A"}) for number in range(501)]
    reply = await client.post(f"{V}/composite/graph", json={"graphs": [{"graphId": "1", "compositeRequest": parts}]})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


async def test_a_parent_may_be_named_by_one_of_its_keys(org: Org, client: httpx.AsyncClient) -> None:
    (deal,) = org.add("Opportunity", "006", {"Name": "Big"})
    (ana,) = org.add("Contact", "003", {"LastName": "Ruiz", "Email": "ana@x.mx"})
    role = {"OpportunityId": deal, "Contact": {"Email": "ANA@x.mx"}}
    made = (await client.post(f"{V}/sobjects/OpportunityContactRole", json=role)).json()
    assert org.row("OpportunityContactRole", made["id"])["ContactId"] == ana
    role["Contact"] = {"Email": "nobody@x.mx"}
    reply = await client.post(f"{V}/sobjects/OpportunityContactRole", json=role)
    assert reply.json()[0]["message"] == (
        "Foreign key external ID: nobody@x.mx not found for field Email in entity Contact"
    )
