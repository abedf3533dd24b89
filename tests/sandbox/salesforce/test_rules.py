"""What an org refuses of its own will: validation rules, duplicate rules and locked rows; and what it remembers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce import soap
from tests.sandbox.salesforce.conftest import NOW, Org, V

RULES = f"{V}/tooling/sobjects/ValidationRule"
PERSON = {"LastName": "Ruiz", "Company": "Acme", "Email": "ana@x.mx"}


async def ruled(client: httpx.AsyncClient, formula: str, object_: str = "Lead", **more: Any) -> httpx.Response:
    said = {"active": True, "errorConditionFormula": formula, "errorMessage": "Not like this", **more}
    return await client.post(RULES, json={"FullName": f"{object_}.A_Rule", "Metadata": said})


@pytest.mark.parametrize(
    ("formula", "refused"),
    [
        ('AND(ISPICKVAL(Status, "Qualified"), ISBLANK(Phone))', True),
        ("ISBLANK(Email) || LEN(Company) < 3", False),
        ('ISCHANGED(Status) && TEXT(PRIORVALUE(Status)) = "Open - Not Contacted"', True),
        ('NOT(CONTAINS(Company, "Acme")) /* comment */', False),
        ("AnnualRevenue > 100", False),
        ("LastName > 100", False),
        ("-1 - NumberOfEmployees = -11", True),
        ("NumberOfEmployees * 2 + 1 >= 21", True),
        ('IF(DoNotCall, TRUE, BEGINS(LOWER(LastName), "ru"))', True),
        ('REGEX(Email, "[^@]+@x\\\\.mx")', True),
        ("ISNEW()", False),
        ("CreatedById <> OwnerId", False),
    ],
)
async def test_a_rule_refuses_a_record_for_which_its_formula_is_true(
    client: httpx.AsyncClient, formula: str, refused: bool
) -> None:
    lead = (await client.post(f"{V}/sobjects/Lead", json=PERSON | {"NumberOfEmployees": 10})).json()["id"]
    assert (await ruled(client, formula, errorDisplayField="Status")).status_code == 201
    reply = await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Status": "Qualified"})
    assert reply.status_code == (400 if refused else 204)
    if refused:
        expected = {"message": "Not like this", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Status"]}
        assert reply.json() == [expected]


async def test_a_rule_about_dates_knows_today(client: httpx.AsyncClient) -> None:
    await ruled(client, "CloseDate < TODAY() - 30", "Opportunity")
    deal = {"Name": "Big", "StageName": "Prospecting", "CloseDate": "2026-04-30"}
    assert (await client.post(f"{V}/sobjects/Opportunity", json=deal)).status_code == 201
    assert (await client.post(f"{V}/sobjects/Opportunity", json=deal | {"CloseDate": "2026-04-29"})).status_code == 400


async def test_a_rule_can_be_read_switched_off_and_dropped(client: httpx.AsyncClient, ask: Any) -> None:
    made = (await ruled(client, "ISBLANK(Phone)")).json()
    assert (await ruled(client, "ISBLANK(Phone)")).json()[0]["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
    read = (await client.get(f"{RULES}/{made['id']}")).json()
    assert (read["FullName"], read["Active"], read["Metadata"]["errorMessage"]) == (
        "Lead.A_Rule",
        True,
        "Not like this",
    )
    (row,) = (await ask("SELECT ValidationName, Active FROM ValidationRule", "tooling/query"))["records"]
    assert row["ValidationName"] == "A_Rule"
    off = read["Metadata"] | {"active": False}
    assert (await client.patch(f"{RULES}/{made['id']}", json={"Metadata": off})).status_code == 204
    assert (await client.post(f"{V}/sobjects/Lead", json=PERSON)).status_code == 201
    assert (await client.delete(f"{RULES}/{made['id']}")).status_code == 204
    assert (await client.get(f"{RULES}/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    "formula",
    ["ISBLANK(", "VLOOKUP(Phone)", "Nothing = 1", "ISBLANK(Account.Name)", "IF(DoNotCall, 1)", "ISCHANGED(1)"],
)
async def test_a_formula_that_cannot_be_read_is_refused(client: httpx.AsyncClient, formula: str) -> None:
    reply = await ruled(client, formula)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")


async def activate(client: httpx.AsyncClient, *, active: bool = True) -> None:
    rule = {"@type": "DuplicateRule", "fullName": "Lead.Standard_Lead_Duplicate_Rule", "isActive": str(active).lower()}
    (result,) = await soap.results(client, "updateMetadata", {"metadata": rule}, namespace=soap.METADATA)
    assert result["success"] == "true"


async def test_an_active_duplicate_rule_names_the_record_that_is_there(client: httpx.AsyncClient) -> None:
    there = (await client.post(f"{V}/sobjects/Lead", json=PERSON)).json()["id"]
    assert (await client.post(f"{V}/sobjects/Lead", json=PERSON)).status_code == 201
    await activate(client)
    reply = await client.post(f"{V}/sobjects/Lead", json=PERSON | {"Email": "ANA@x.mx"})
    (said,) = reply.json()
    assert (reply.status_code, said["errorCode"]) == (400, "DUPLICATES_DETECTED")
    (match,) = said["duplicateResut"]["matchResults"]
    assert (match["size"], match["matchRecords"][0]["record"]["Id"]) == (2, there)
    rows = [{"attributes": {"type": "Lead"}, **PERSON}]
    (row,) = (await client.post(f"{V}/composite/sobjects", json={"records": rows})).json()
    assert row["errors"][0]["statusCode"] == "DUPLICATES_DETECTED"


async def test_a_duplicate_is_saved_when_the_client_insists(client: httpx.AsyncClient) -> None:
    await activate(client)
    await client.post(f"{V}/sobjects/Lead", json=PERSON)
    insist = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert (await client.post(f"{V}/sobjects/Lead", json=PERSON, headers=insist)).status_code == 201
    lead = (await client.post(f"{V}/sobjects/Lead", json=PERSON | {"Email": "bo@x.mx"})).json()["id"]
    assert (await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Title": "CTO"})).status_code == 204
    assert (await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Email": "ana@x.mx"})).status_code == 400
    await activate(client, active=False)
    assert (await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Email": "ana@x.mx"})).status_code == 204


async def test_a_locked_row_and_what_belongs_to_it_cannot_be_written_for_a_while(
    org: Org, client: httpx.AsyncClient
) -> None:
    (account,) = org.add("Account", "001", {"Name": "A"})
    org.world.notes["salesforce_locks"] = {account: org.world.clock.now_ms() + 5000}
    contact = {"LastName": "Ruiz", "AccountId": account}
    for method, path, body in (("PATCH", f"Account/{account}", {"Name": "B"}), ("POST", "Contact", contact)):
        (said,) = (await client.request(method, f"{V}/sobjects/{path}", json=body)).json()
        assert (said["errorCode"], account in said["message"]) == ("UNABLE_TO_LOCK_ROW", True)
    org.world.clock.set(NOW.replace(minute=1))
    assert (await client.post(f"{V}/sobjects/Contact", json=contact)).status_code == 201


async def test_tracked_fields_leave_history_rows(org: Org, client: httpx.AsyncClient, ask: Any) -> None:
    (one, two) = org.add("Account", "001", {"Name": "One"}, {"Name": "Two"})
    person = (await client.post(f"{V}/sobjects/Contact", json={"LastName": "Ruiz", "AccountId": one})).json()["id"]
    await client.patch(f"{V}/sobjects/Contact/{person}", json={"AccountId": two, "Title": "CTO"})
    rows = (await ask("SELECT Field, DataType, OldValue, NewValue FROM ContactHistory ORDER BY Id"))["records"]
    assert [(row["Field"], row["OldValue"], row["NewValue"]) for row in rows] == [
        ("created", None, None),
        ("Account", "One", "Two"),
        ("Account", one, two),
    ]
    deal = {"Name": "Big", "StageName": "Prospecting", "CloseDate": "2026-06-30"}
    deal_id = (await client.post(f"{V}/sobjects/Opportunity", json=deal)).json()["id"]
    await client.patch(f"{V}/sobjects/Opportunity/{deal_id}", json={"Amount": 10, "CloseDate": "2026-07-01"})
    soql = (
        f"SELECT Field, NewValue FROM OpportunityFieldHistory WHERE OpportunityId = '{deal_id}' AND Field != 'created'"
    )
    changes = {(row["Field"], row["NewValue"]) for row in (await ask(f"{soql} AND Field != 'created'"))["records"]}
    assert changes == {("Amount", "10.0"), ("CloseDate", "2026-07-01")}
    lists = await ask("SELECT Id, (SELECT Field FROM FieldHistories) FROM Opportunity")
    assert lists["records"][0]["FieldHistories"]["totalSize"] == 3
