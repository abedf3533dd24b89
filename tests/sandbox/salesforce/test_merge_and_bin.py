"""Merging, deleting with children, the recycle bin and its way back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce import soap
from tests.sandbox.salesforce.conftest import NOW, Org, V


@pytest.fixture
def twins(org: Org) -> tuple[str, str]:
    """Two leads of one human; the loser has a task and is in two campaigns, one of them the winner's too."""
    winner, loser = org.add(
        "Lead", "00Q", {"LastName": "Ruiz", "Company": "A", "IsConverted": 0}, {"LastName": "Ruis", "IsConverted": 0}
    )
    org.add("Task", "00T", {"WhoId": loser, "Subject": "Call"})
    mine, both = org.add("Campaign", "701", {"Name": "One"}, {"Name": "Two"})
    pairs = ((mine, loser), (both, loser), (both, winner))
    org.add("CampaignMember", "00v", *({"CampaignId": campaign, "LeadId": lead} for campaign, lead in pairs))
    return winner, loser


async def merged(client: httpx.AsyncClient, winner: str, *losers: str, **values: Any) -> dict[str, Any]:
    record = {"type": "Lead", "Id": winner, **values}
    (result,) = await soap.results(
        client, "merge", {"request": {"masterRecord": record, "recordToMergeIds": list(losers)}}
    )
    return result


async def test_the_loser_is_deleted_and_names_the_winner(
    org: Org, client: httpx.AsyncClient, ask: Any, twins: tuple[str, str]
) -> None:
    winner, loser = twins
    result = await merged(client, winner, loser, Title="CTO", DoNotCall="true")
    assert (result["success"], result["id"]) == ("true", winner)
    assert (org.row("Lead", winner)["Title"], org.row("Lead", winner)["DoNotCall"]) == ("CTO", 1)
    soql = f"SELECT IsDeleted, MasterRecordId FROM Lead WHERE Id = '{loser}'"
    assert (await ask(soql))["totalSize"] == 0
    (row,) = (await ask(soql, "queryAll"))["records"]
    assert (row["IsDeleted"], row["MasterRecordId"]) == (True, winner)
    assert (await client.get(f"{V}/sobjects/Lead/{loser}")).json()[0]["errorCode"] == "ENTITY_IS_DELETED"


async def test_what_was_the_losers_is_now_the_winners(
    org: Org, client: httpx.AsyncClient, twins: tuple[str, str]
) -> None:
    winner, loser = twins
    org.world.clock.set(NOW.replace(hour=3))
    await merged(client, winner, loser)
    (task,) = org.world.table("salesforce", "Task").select()
    assert task["WhoId"] == winner
    assert task["_modified"] == task["_created"]
    living = org.world.table("salesforce", "CampaignMember").select('"_archived_at" IS NULL')
    assert [one["LeadId"] for one in living] == [winner, winner]


async def test_a_merge_that_cannot_be_leaves_everything_as_it_was(
    org: Org, client: httpx.AsyncClient, twins: tuple[str, str]
) -> None:
    winner, loser = twins
    for losers, values, code in (
        ([winner], {}, "INVALID_ARGUMENT"),
        ([loser, loser], {}, "INVALID_ARGUMENT"),
        (["00Q5500001H9kZuAAJ"], {}, "INVALID_CROSS_REFERENCE_KEY"),
        ([loser], {"Email": "nope"}, "INVALID_EMAIL_ADDRESS"),
    ):
        result = await merged(client, winner, *losers, **values)
        assert (result["success"], result["errors"]["statusCode"]) == ("false", code)
    assert org.row("Lead", loser)["_archived_at"] is None


async def test_companies_hand_over_their_people_and_deals(org: Org, client: httpx.AsyncClient) -> None:
    winner, loser = org.add("Account", "001", {"Name": "A"}, {"Name": "B"})
    (person,), (deal,) = (
        org.add("Contact", "003", {"AccountId": loser}),
        org.add("Opportunity", "006", {"AccountId": loser}),
    )
    request = {"masterRecord": {"type": "Account", "Id": winner}, "recordToMergeIds": [loser]}
    (result,) = await soap.results(client, "merge", {"request": request})
    assert result["success"] == "true"
    assert org.row("Contact", person)["AccountId"] == org.row("Opportunity", deal)["AccountId"] == winner
    assert org.row("Contact", person)["_archived_at"] is None


async def test_a_deleted_parent_takes_its_children_along_and_brings_them_back(
    org: Org, client: httpx.AsyncClient
) -> None:
    (account,) = org.add("Account", "001", {"Name": "A"})
    early, late = org.add("Contact", "003", {"AccountId": account}, {"AccountId": account})
    await client.delete(f"{V}/sobjects/Contact/{early}")
    org.world.clock.set(NOW.replace(hour=3))
    await client.delete(f"{V}/sobjects/Account/{account}")
    assert org.row("Contact", late)["_archived_at"] is not None
    (result,) = await soap.results(client, "undelete", {"ids": [account]})
    assert result == {"id": account, "success": "true"}
    assert org.row("Account", account)["_archived_at"] is org.row("Contact", late)["_archived_at"] is None
    assert org.row("Contact", early)["_archived_at"] is not None


async def test_the_bin_forgets_after_fifteen_days_or_when_it_is_emptied(org: Org, client: httpx.AsyncClient) -> None:
    old, new = org.add("Lead", "00Q", {"LastName": "A"}, {"LastName": "B"})
    await client.delete(f"{V}/sobjects/Lead/{old}")
    for session in org.world.notes["salesforce_tokens"].values():
        session["expires_ms"] *= 2
    org.world.clock.set(NOW.replace(month=6, day=29))
    await client.delete(f"{V}/sobjects/Lead/{new}")
    first, second = await soap.results(client, "undelete", {"ids": [old, "00Q5500001H9kZuAAJ"]})
    assert first["errors"]["statusCode"] == second["errors"]["statusCode"] == "UNDELETE_FAILED"
    (emptied,) = await soap.results(client, "emptyRecycleBin", {"ids": [new]})
    assert emptied["success"] == "true"
    assert new not in org.world.table("salesforce", "Lead").get([new])


async def test_soap_calls_need_a_session_and_a_known_operation(org: Org, client: httpx.AsyncClient) -> None:
    assert soap.fault(await soap.ask(client, "describeSoftphoneLayout", {})) == "sf:INVALID_OPERATION"
    assert soap.fault(await soap.ask(client, "merge", {"mergeRequests": {}})) == "sf:MISSING_ARGUMENT"
    (info,) = await soap.results(client, "getUserInfo", {})
    assert info["userName"] == org.world.notes["salesforce_app"]["username"]
    org.world.notes["salesforce_tokens"].clear()
    assert soap.fault(await soap.ask(client, "undelete", {"ids": ["x"]})) == "sf:INVALID_SESSION_ID"
    assert (await client.post("/services/Soap/u/62.0", content=b"<no")).status_code == 500
