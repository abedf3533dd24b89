"""SOQL: what a statement means, how its answer is shaped, how it is paged, and how it is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org, V

HOUR = 3_600_000


@pytest.fixture
def funnel(org: Org) -> Org:
    """Two accounts, three contacts, a won and an open deal with history, three leads (one deleted), a queue, a task."""
    (rep,) = org.add("User", "005", {"Name": "Luis Peña", "Username": "luis@acme.mx", "TimeZoneSidKey": "UTC"})
    (queue,) = org.add("Group", "00G", {"Name": "Inbound", "Type": "Queue"})
    acme, norte = org.add("Account", "001", {"Name": "Acmé", "OwnerId": rep}, {"Name": "Norte", "OwnerId": rep})
    ana, bo, _ = org.add(
        "Contact",
        "003",
        {"LastName": "Ruiz", "Email": "Ana@X.mx", "AccountId": acme},
        {"LastName": "Lee", "Email": "bo@x.mx", "AccountId": norte},
        {"LastName": "Solo", "HasOptedOutOfEmail": 1},
    )
    won, _ = org.add(
        "Opportunity",
        "006",
        {
            "Name": "Big",
            "AccountId": acme,
            "Amount": 1000.5,
            "StageName": "Closed Won",
            "IsWon": 1,
            "CloseDate": "2026-05-01",
        },
        {"Name": "Small", "AccountId": acme, "Amount": 10.0, "StageName": "Prospecting", "CloseDate": "2026-06-30"},
    )
    org.add("OpportunityContactRole", "00K", {"OpportunityId": won, "ContactId": ana, "IsPrimary": 1, "Role": "Other"})
    org.add(
        "OpportunityHistory",
        "008",
        *({"OpportunityId": won, "StageName": one} for one in ("Prospecting", "Closed Won")),
    )
    now = org.world.clock.now_ms()
    mia, _, _ = org.add(
        "Lead",
        "00Q",
        {"LastName": "Mía", "Company": "A", "OwnerId": queue, "Status": "Qualified", "_created": now - HOUR},
        {"LastName": "Noé", "Company": "B", "OwnerId": rep, "Status": "Nurture", "_created": now - 40 * HOUR},
        {"LastName": "Old", "Company": "C", "OwnerId": rep, "_created": now - HOUR, "_archived_at": now},
    )
    org.add("LeadHistory", "017", {"LeadId": mia, "Field": "Status", "OldValue": "Nurture", "NewValue": "Qualified"})
    org.add("Task", "00T", {"WhoId": mia, "Subject": "Call"}, {"WhoId": bo, "WhatId": acme, "Subject": "Mail"})
    return org


def names(body: Any, field: str = "LastName") -> list[Any]:
    return [row[field] for row in body["records"]]


async def test_rows_carry_attributes_and_print_each_type_its_own_way(funnel: Org, ask: Any) -> None:
    body = await ask("SELECT Id, lastname, IsConverted, CreatedDate, AnnualRevenue FROM lead WHERE LastName = 'Mía'")
    id_ = body["records"][0]["Id"]
    assert body == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Lead", "url": f"{V}/sobjects/Lead/{id_}"},
                "Id": id_,
                "LastName": "Mía",
                "IsConverted": False,
                "CreatedDate": "2026-05-30T01:00:00.000+0000",
                "AnnualRevenue": None,
            }
        ],
    }


async def test_parents_are_nested_and_null_where_there_is_none(funnel: Org, ask: Any) -> None:
    body = await ask("SELECT LastName, Account.Name, Account.Owner.Name FROM Contact ORDER BY LastName")
    lee, ruiz, solo = body["records"]
    assert ruiz["Account"]["Name"] == "Acmé"
    assert ruiz["Account"]["Owner"]["Name"] == "Luis Peña"
    assert ruiz["Account"]["attributes"]["type"] == "Account"
    assert lee["Account"]["Name"] == "Norte"
    assert solo["Account"] is None


async def test_an_owner_may_be_a_user_or_a_queue(funnel: Org, ask: Any) -> None:
    body = await ask("SELECT LastName, Owner.Name, Owner.Type FROM Lead ORDER BY LastName")
    owners = [row["Owner"] for row in body["records"]]
    assert [(one["Name"], one["Type"], one["attributes"]["type"]) for one in owners] == [
        ("Inbound", "Group", "Group"),
        ("Luis Peña", "User", "User"),
    ]


async def test_children_are_lists_of_their_own(funnel: Org, ask: Any) -> None:
    body = await ask(
        "SELECT Name, (SELECT Contact.Email, Role FROM OpportunityContactRoles),"
        " (SELECT StageName FROM OpportunityHistories ORDER BY StageName LIMIT 1) FROM Opportunity ORDER BY Name"
    )
    big, small = body["records"]
    assert big["OpportunityContactRoles"]["totalSize"] == 1
    assert big["OpportunityContactRoles"]["records"][0]["Contact"]["Email"] == "Ana@X.mx"
    assert [one["StageName"] for one in big["OpportunityHistories"]["records"]] == ["Closed Won"]
    assert small["OpportunityContactRoles"] is None
    assert list(big) == ["attributes", "Name", "OpportunityContactRoles", "OpportunityHistories"]


@pytest.mark.parametrize(
    ("parent", "relationship", "count"),
    [("Lead", "Histories", 1), ("Lead", "Tasks", 1), ("Account", "Contacts", 2), ("Account", "Opportunities", 2)],
)
async def test_every_list_of_children_has_its_known_name(
    funnel: Org, ask: Any, parent: str, relationship: str, count: int
) -> None:
    body = await ask(f"SELECT Id, (SELECT Id FROM {relationship}) FROM {parent}")
    lists = [row[relationship] for row in body["records"] if row[relationship]]
    assert sum(len(one["records"]) for one in lists) == count


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Email = 'ANA@x.MX'", ["Ruiz"]),
        ("Account.Name = 'ACMÉ'", ["Ruiz"]),
        ("Email != 'bo@x.mx'", ["Ruiz", "Solo"]),
        ("NOT Email = 'bo@x.mx'", ["Ruiz", "Solo"]),
        ("Email LIKE '%@X.%' AND (NOT LastName LIKE 'l%')", ["Ruiz"]),
        ("LastName LIKE 'S_l\\_'", []),
        ("Email = null", ["Solo"]),
        ("AccountId != NULL", ["Lee", "Ruiz"]),
        ("LastName IN ('lee', 'nobody') OR HasOptedOutOfEmail = true", ["Lee", "Solo"]),
        ("LastName NOT IN ('Lee')", ["Ruiz", "Solo"]),
        ("Email NOT IN ('bo@x.mx')", ["Ruiz", "Solo"]),
        ("HasOptedOutOfEmail = FALSE AND Account.Owner.Username = 'luis@acme.mx'", ["Lee", "Ruiz"]),
        ("Id IN (SELECT ContactId FROM OpportunityContactRole WHERE Opportunity.IsWon = true)", ["Ruiz"]),
        ("Id NOT IN (SELECT WhoId FROM Task)", ["Ruiz", "Solo"]),
        ("LastName = 'it\\'s'", []),
    ],
)
async def test_a_condition_is_true_or_false_and_text_ignores_case(
    funnel: Org, ask: Any, condition: str, found: list[str]
) -> None:
    assert names(await ask(f"SELECT LastName FROM Contact WHERE {condition} ORDER BY LastName")) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("CreatedDate = TODAY", ["Mía"]),  # in the API user's zone it is still Friday evening
        ("CreatedDate = YESTERDAY", ["Noé"]),
        ("CreatedDate < TODAY", ["Noé"]),
        ("CreatedDate = LAST_N_DAYS:2", ["Mía", "Noé"]),
        ("CreatedDate >= THIS_MONTH AND CreatedDate < NEXT_N_DAYS:5", ["Mía", "Noé"]),
        ("CreatedDate = LAST_MONTH", []),
        ("CreatedDate = THIS_YEAR", ["Mía", "Noé"]),
        ("CreatedDate >= 2026-05-30T01:00:00Z", ["Mía"]),
        ("CreatedDate >= 2026-05-29T19:00:00-06:00", ["Mía"]),
        ("CreatedDate > 2026-05-30T01:00:00.000+0000", []),
        ("CreatedDate = 2026-05-30T01:00:00Z", ["Mía"]),
        ("CreatedDate != 2026-05-30T01:00:00Z", ["Noé"]),
    ],
)
async def test_dates_compare_as_ranges(funnel: Org, ask: Any, condition: str, found: list[str]) -> None:
    assert names(await ask(f"SELECT LastName FROM Lead WHERE {condition} ORDER BY LastName")) == found


async def test_an_instant_between_two_seconds_counts_as_the_second_that_is_printed(org: Org, ask: Any) -> None:
    org.add("Lead", "00Q", {"LastName": "Late", "_modified": org.world.clock.now_ms() + 700})
    stamp = (await ask("SELECT SystemModstamp FROM Lead"))["records"][0]["SystemModstamp"].replace("+0000", "Z")
    assert (await ask(f"SELECT Id FROM Lead WHERE SystemModstamp >= {stamp}"))["totalSize"] == 1
    assert (await ask(f"SELECT Id FROM Lead WHERE SystemModstamp > {stamp}"))["totalSize"] == 0


async def test_a_date_field_compares_with_days(funnel: Org, ask: Any) -> None:
    body = await ask("SELECT Name FROM Opportunity WHERE CloseDate >= 2026-05-01 AND CloseDate <= 2026-05-01")
    assert names(body, "Name") == ["Big"]


async def test_deleted_rows_are_seen_only_by_query_all(funnel: Org, ask: Any) -> None:
    soql = "SELECT LastName, IsDeleted FROM Lead WHERE LastName = 'Old'"
    assert (await ask(soql))["totalSize"] == 0
    assert (await ask(soql, "queryAll"))["records"][0]["IsDeleted"] is True


async def test_nulls_come_first_unless_told_otherwise(funnel: Org, ask: Any) -> None:
    assert names(await ask("SELECT LastName FROM Contact ORDER BY Email DESC, LastName")) == ["Solo", "Lee", "Ruiz"]
    assert names(await ask("SELECT LastName FROM Contact ORDER BY Email NULLS LAST LIMIT 2 OFFSET 1")) == [
        "Lee",
        "Solo",
    ]


async def test_count_answers_with_the_total_alone(funnel: Org, ask: Any) -> None:
    assert await ask("select count() from Contact") == {"totalSize": 3, "done": True, "records": []}


async def test_aggregates_name_their_columns(funnel: Org, ask: Any) -> None:
    body = await ask(
        "SELECT Account.Name, COUNT(Id) deals, SUM(Amount), MAX(CloseDate) FROM Opportunity GROUP BY Account.Name"
        " HAVING COUNT(Id) > 1 ORDER BY SUM(Amount) DESC"
    )
    assert body["records"] == [
        {"attributes": {"type": "AggregateResult"}, "Name": "Acmé", "deals": 2, "expr0": 1010.5, "expr1": "2026-06-30"}
    ]


async def test_fields_all_needs_a_limit(funnel: Org, ask: Any) -> None:
    row = (await ask("SELECT FIELDS(ALL) FROM Lead LIMIT 1"))["records"][0]
    assert {"Id", "LastName", "Disqualified_Reason__c"} <= row.keys()
    standard = (await ask("SELECT FIELDS(STANDARD) FROM Lead"))["records"][0]
    assert "Disqualified_Reason__c" not in standard
    assert (await ask("SELECT FIELDS(ALL) FROM Lead"))[0]["errorCode"] == "MALFORMED_QUERY"


async def test_pages_follow_each_other_and_hold_every_row_once(org: Org, client: httpx.AsyncClient) -> None:
    org.add("Lead", "00Q", *({"LastName": f"L{number}", "Company": "C"} for number in range(450)))
    asked = {"Sforce-Query-Options": "batchSize=200"}
    body = (await client.get(f"{V}/query", params={"q": "SELECT Id FROM Lead"}, headers=asked)).json()
    pages = [body]
    while not body["done"]:
        body = (await client.get(body["nextRecordsUrl"])).json()
        pages.append(body)
    assert [len(one["records"]) for one in pages] == [200, 200, 50]
    assert {one["totalSize"] for one in pages} == {450}
    assert len({row["Id"] for one in pages for row in one["records"]}) == 450
    assert "nextRecordsUrl" not in pages[-1]
    assert (await client.get(pages[0]["nextRecordsUrl"])).json() == pages[1]


async def test_long_text_makes_pages_shorter(org: Org, ask: Any) -> None:
    org.add("Lead", "00Q", *({"LastName": "L", "Company": "C"} for _ in range(1001)))
    assert len((await ask("SELECT Id, Description FROM Lead"))["records"]) == 1000
    assert (await ask("SELECT Id, Street FROM Lead"))["done"] is True


async def test_an_unknown_locator_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.get(f"{V}/query/0r8Sm0000000999IAA-2000")
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    ("soql", "code", "ending"),
    [
        (
            "SELECT Id FORM Account",
            "MALFORMED_QUERY",
            "          ^\nERROR at Row:1:Column:11\nunexpected token: 'FORM'",
        ),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE a = 1 AND b = 2 OR c = 3", "MALFORMED_QUERY", "unexpected token: 'OR'"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01T00:00:00", "MALFORMED_QUERY", "unexpected token: 'T00'"),
        ("SELECT LastName, COUNT(Id) FROM Lead", "MALFORMED_QUERY", "Field must be grouped or aggregated: LastName"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
        ("SELECT Id FROM Lead WHERE CreatedDate = '2026-01-01'", "INVALID_FIELD", "should not be enclosed in quotes"),
        ("SELECT Id FROM Lead WHERE LastName = 5", "INVALID_FIELD", "and should be enclosed in quotes"),
        ("SELECT Id FROM Lead WHERE Id = 'nothing'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: nothing"),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered in a query call"),
        ("SELECT IsDeleted FROM User", "INVALID_FIELD", None),
        ("SELECT Foo.Name FROM Lead", "INVALID_FIELD", None),
        ("SELECT Id, (SELECT Id FROM Leads) FROM Account", "INVALID_TYPE", None),
        ("SELECT Id FROM CustomField", "INVALID_TYPE", None),
        ("", "MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
    ],
)
async def test_a_wrong_statement_is_refused_with_the_place(ask: Any, soql: str, code: str, ending: str | None) -> None:
    (error,) = await ask(soql)
    assert error["errorCode"] == code
    assert error["message"].endswith(ending or "the appropriate names.")


async def test_an_unknown_field_is_pointed_at(ask: Any) -> None:
    (error,) = await ask("SELECT Foo FROM Account")
    assert error["message"] == (
        "\nSELECT Foo FROM Account\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Account'."
        " If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
        " Please reference your WSDL or the describe call for the appropriate names."
    )


async def test_an_unknown_object_is_pointed_at(ask: Any) -> None:
    (error,) = await ask("select count() from XYZZY")
    assert error["errorCode"] == "INVALID_TYPE"
    assert error["message"].startswith("\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n")
    assert "sObject type 'XYZZY' is not supported. If you are attempting to use a custom object" in error["message"]


MIXED = (
    "SELECT Id, TYPEOF What WHEN Account THEN Industry, Name WHEN Opportunity THEN StageName, IsWon{} END, Subject"
    " FROM Task WHERE WhatId != null ORDER BY Subject"
)


@pytest.fixture
def mixed(org: Org) -> None:
    """Three tasks about an account, an opportunity and a campaign, in this order."""
    acme, *_ = org.add("Account", "001", {"Name": "Acme", "Industry": "Energy"})
    deal, *_ = org.add("Opportunity", "006", {"Name": "Big", "StageName": "Prospecting", "IsWon": 1})
    fair, *_ = org.add("Campaign", "701", {"Name": "Fair"})
    org.add("Task", "00T", *({"WhatId": id_, "Subject": text} for id_, text in ((acme, "a"), (deal, "b"), (fair, "c"))))


async def test_typeof_reads_of_each_kind_of_parent_what_it_names(mixed: None, ask: Any) -> None:
    account, deal, campaign = (await ask(MIXED.format(" ELSE Name")))["records"]
    assert list(account) == ["attributes", "Id", "What", "Subject"]
    assert account["What"].pop("attributes")["type"] == "Account"
    assert account["What"] == {"Industry": "Energy", "Name": "Acme"}
    assert deal["What"].pop("attributes")["url"].startswith(f"{V}/sobjects/Opportunity/006")
    assert deal["What"] == {"StageName": "Prospecting", "IsWon": True}
    assert (campaign["What"]["attributes"]["type"], campaign["What"]["Name"]) == ("Campaign", "Fair")


async def test_without_else_a_parent_of_another_kind_is_null(mixed: None, ask: Any) -> None:
    rows = (await ask(MIXED.format("")))["records"]
    assert [row["What"] is None for row in rows] == [False, False, True]


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT TYPEOF Account WHEN Account THEN Name END FROM Contact", "MALFORMED_QUERY", "several objects"),
        ("SELECT TYPEOF What WHEN User THEN Name END FROM Task", "INVALID_TYPE", "'User'"),
        ("SELECT TYPEOF What WHEN Account THEN Nothing__c END FROM Task", "INVALID_FIELD", "'Nothing__c'"),
        ("SELECT TYPEOF What WHEN Account THEN Name END, What.Name FROM Task", "MALFORMED_QUERY", "by a path"),
        ("SELECT TYPEOF What WHEN Account THEN Name END, COUNT(Id) FROM Task GROUP BY WhatId", "MALFORMED_QUERY", ""),
        ("SELECT TYPEOF What WHEN Account Name END FROM Task", "MALFORMED_QUERY", "unexpected token: 'Name'"),
    ],
)
async def test_a_typeof_that_cannot_be_is_refused(ask: Any, soql: str, code: str, words: str) -> None:
    [error] = await ask(soql)
    assert error["errorCode"] == code
    assert words in error["message"]


async def test_typeof_is_not_for_bulk(client: httpx.AsyncClient) -> None:
    said = {"operation": "query", "query": MIXED.format("")}
    reply = await client.post(f"{V}/jobs/query", json=said)
    assert (reply.status_code, "TYPEOF is not supported in Bulk Query" in reply.text) == (400, True)
