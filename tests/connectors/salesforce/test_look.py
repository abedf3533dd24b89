"""Who we are, and what people should know before the first sync."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from tests.connectors.salesforce.conftest import NOW, Org, read

from crm_sync.connectors.salesforce import Salesforce
from crm_sync.records import Deal, Ref


async def test_who_are_we_is_answered_with_the_org_and_its_clock(salesforce: Salesforce) -> None:
    account = await salesforce.look()
    assert (account.crm, account.name, account.now) == ("salesforce", "Acme", NOW)
    assert account.time_zone == "America/Mexico_City"
    assert account.problems == ()


async def test_a_field_that_the_org_does_not_have_is_a_problem_with_its_line(org: Org, salesforce: Salesforce) -> None:
    org.world.table("salesforce", "Lead").drop_field("Disqualified_Reason__c")
    (problem,) = (await salesforce.look()).problems
    assert "Lead has no field Disqualified_Reason__c, asked for in fields.toml [people] close_reason." in problem
    org.add("Lead", {"LastName": "Ruiz"})
    assert len((await read(salesforce, "Lead")).records) == 1


async def test_an_object_that_the_org_does_not_have_is_left_out(org: Org, salesforce: Salesforce) -> None:
    org.veil.hidden.add("LeadHistory")
    (problem,) = (await salesforce.look()).problems
    assert problem.startswith("LeadHistory cannot be queried and is left out.")
    found = await read(salesforce, "LeadHistory")
    assert (found.records, found.pages[-1].horizon) == ([], NOW)


async def test_an_org_that_describes_one_object_at_a_time_is_asked_for_one_at_a_time(
    org: Org, salesforce: Salesforce
) -> None:
    body = [{"errorCode": "LIMIT_EXCEEDED", "message": "The response is too large."}]
    org.trouble(match="POST /services/data/v62.0/composite", status=400, body=body, times=99)
    org.world.table("salesforce", "Lead").drop_field("Disqualified_Reason__c")
    (problem,) = (await salesforce.look()).problems
    assert "Lead has no field Disqualified_Reason__c" in problem
    for name in salesforce.objects:
        assert (await read(salesforce, name)).pages[-1].horizon == NOW, name


async def test_tasks_that_we_may_not_see_make_nobody_late_and_are_all_read_once_we_may(
    org: Org, salesforce: Salesforce
) -> None:
    """
    mon   the app's user lacks access to tasks; reps call all day
    tue   an administrator grants it
    """
    made = org.add("Task", {"Subject": "Call", "Status": "Completed"}, at=NOW - timedelta(days=9))
    org.veil.hidden.add("Task")
    blind = await read(salesforce, "Task")
    assert (blind.records, blind.pages[-1].horizon) == ([], None)
    org.veil.hidden.clear()
    await salesforce.look()
    found = await read(salesforce, "Task", blind.cursor)
    assert [one.ref.id for one in found.records] == made
    assert found.pages[-1].horizon == NOW


async def test_roles_that_come_into_sight_bring_their_deals_again(org: Org, connect: Callable[..., Salesforce]) -> None:
    """
    mon   roles of deals are hidden
    tue   somebody grants them; no deal and no role has a new stamp
    """
    deal = {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"}
    made = org.add("Opportunity", *(deal for _ in range(450)), at=NOW - timedelta(days=9))
    (ana,) = org.add("Contact", {"LastName": "Ruiz"})
    org.add("OpportunityContactRole", {"OpportunityId": made[3], "ContactId": ana}, at=NOW - timedelta(days=9))
    crm = connect(size=200)
    org.veil.hidden.add("OpportunityContactRole")
    whole = await read(crm, "Opportunity")
    assert all(one.people == () for one in whole.records if isinstance(one, Deal))
    org.veil.hidden.clear()
    await crm.look()
    found = await read(crm, "Opportunity", whole.cursor)
    people = {one.ref.id: one.people for one in found.records if isinstance(one, Deal)}
    assert people[made[3]] == (Ref("salesforce", "Contact", ana),)
    assert json.loads(found.cursor).get("blind") is None


async def test_a_history_that_nobody_keeps_is_a_problem(org: Org, salesforce: Salesforce) -> None:
    untracked = {"records": [{"QualifiedApiName": "Status", "IsFieldHistoryTracked": True}], "done": True}
    org.trouble(match="GET /services/data/v62.0/query", status=200, body=untracked, times=2)
    (problem,) = (await salesforce.look()).problems
    assert problem.startswith("Lead.OwnerId has no field history")


async def test_few_calls_left_is_a_problem(org: Org, salesforce: Salesforce) -> None:
    left = {"DailyApiRequests": {"Max": 15_000, "Remaining": 12}}
    org.trouble(match="GET /services/data/v62.0/limits", status=200, body=left)
    (problem,) = (await salesforce.look()).problems
    assert problem.startswith("12 of 15000 API calls are left")


async def test_a_field_that_only_some_profile_sees_is_not_asked_for(org: Org, salesforce: Salesforce) -> None:
    org.world.table("salesforce", "Opportunity").drop_field("CurrencyIsoCode")
    (problem,) = (await salesforce.look()).problems
    assert "[deals] currency" in problem
    org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"})
    assert len((await read(salesforce, "Opportunity")).records) == 1
