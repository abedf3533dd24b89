"""Lead conversion: what becomes of a lead, by SOAP and by the REST action."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce import soap
from tests.sandbox.salesforce.conftest import Org, V

ANA = {
    "FirstName": "Ana", "LastName": "Ruiz", "Company": "Acme", "Email": "ana@x.mx", "LeadSource": "Webinar",
    "Street": "Reforma 1", "City": "CDMX", "HasOptedOutOfEmail": True, "Industry": "Retail",
}  # fmt: skip
STATUS = "Closed - Converted"


@pytest.fixture
async def lead(client: httpx.AsyncClient) -> str:
    return str((await client.post(f"{V}/sobjects/Lead", json=ANA)).json()["id"])


async def converted(client: httpx.AsyncClient, lead: str, **more: Any) -> dict[str, Any]:
    (result,) = await soap.results(
        client, "convertLead", {"leadConverts": {"leadId": lead, "convertedStatus": STATUS, **more}}
    )
    return result


async def test_a_lead_becomes_a_contact_an_account_and_an_opportunity(
    org: Org, client: httpx.AsyncClient, lead: str
) -> None:
    made = await converted(client, lead)
    assert made["success"] == "true"
    contact, account = org.row("Contact", made["contactId"]), org.row("Account", made["accountId"])
    assert (contact["Name"], contact["Email"], contact["LeadSource"]) == ("Ana Ruiz", "ana@x.mx", "Webinar")
    assert (contact["MailingCity"], contact["HasOptedOutOfEmail"], contact["AccountId"]) == ("CDMX", 1, account["_id"])
    assert (account["Name"], account["BillingStreet"], account["Industry"]) == ("Acme", "Reforma 1", "Retail")
    deal = org.row("Opportunity", made["opportunityId"])
    assert (deal["Name"], deal["StageName"], deal["CloseDate"]) == ("Acme-", "Prospecting", "2026-06-30")
    (role,) = org.world.table("salesforce", "OpportunityContactRole").select()
    assert (role["ContactId"], role["IsPrimary"]) == (contact["_id"], 1)


async def test_the_lead_says_what_became_of_it_and_is_closed(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    made = await converted(client, lead)
    row = (await client.get(f"{V}/sobjects/Lead/{lead}")).json()
    assert (row["IsConverted"], row["Status"], row["ConvertedDate"]) == (True, STATUS, "2026-05-30")
    assert (row["ConvertedContactId"], row["ConvertedOpportunityId"]) == (made["contactId"], made["opportunityId"])
    history = [one["Field"] for one in org.world.table("salesforce", "LeadHistory").select()]
    assert history == ["created", "leadConverted", "Status"]
    (again,) = await soap.results(client, "convertLead", {"leadConverts": {"leadId": lead, "convertedStatus": STATUS}})
    assert again["errors"]["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"


async def test_activities_and_campaigns_go_with_the_person(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    (task,) = org.add("Task", "00T", {"WhoId": lead, "Subject": "Call"})
    (campaign,) = org.add("Campaign", "701", {"Name": "C"})
    (member,) = org.add("CampaignMember", "00v", {"LeadId": lead, "CampaignId": campaign})
    made = await converted(client, lead)
    assert org.row("Task", task)["WhoId"] == made["contactId"]
    assert (org.row("CampaignMember", member)["LeadId"], org.row("CampaignMember", member)["ContactId"]) == (
        lead,
        made["contactId"],
    )


async def test_an_existing_contact_is_filled_and_not_overwritten(
    org: Org, client: httpx.AsyncClient, lead: str
) -> None:
    (account,) = org.add("Account", "001", {"Name": "A"})
    (contact,) = org.add("Contact", "003", {"LastName": "Ruiz Paz", "AccountId": account, "LeadSource": "Web"})
    made = await converted(client, lead, accountId=account, contactId=contact, doNotCreateOpportunity="true")
    assert (made["contactId"], "opportunityId" in made) == (contact, False)
    row = org.row("Contact", contact)
    assert (row["LastName"], row["FirstName"], row["LeadSource"]) == ("Ruiz Paz", "Ana", "Web")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"convertedStatus": "Working - Contacted"}, "INVALID_STATUS"),
        ({"leadId": "00Q5500001H9kZuAAJ"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"contactId": "0035500001H9kZuAAJ"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"leadId": ""}, "REQUIRED_FIELD_MISSING"),
    ],
)
async def test_a_conversion_that_cannot_be_leaves_nothing_behind(
    org: Org, client: httpx.AsyncClient, lead: str, said: dict[str, str], code: str
) -> None:
    asked = {"leadId": lead, "convertedStatus": STATUS} | said
    (result,) = await soap.results(client, "convertLead", {"leadConverts": asked})
    assert (result["success"], result["errors"]["statusCode"]) == ("false", code)
    assert org.world.table("salesforce", "Account").count() == 0


async def test_a_queue_cannot_own_what_comes_of_a_lead(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    (queue,) = org.add("Group", "00G", {"Name": "Inbound", "Type": "Queue"})
    await client.patch(f"{V}/sobjects/Lead/{lead}", json={"OwnerId": queue})
    assert (await converted(client, lead))["errors"]["fields"] == "OwnerId"
    made = await converted(client, lead, ownerId=org.world.notes["salesforce_app"]["user_id"])
    assert made["success"] == "true"


async def test_the_rest_action_converts_as_well(org: Org, client: httpx.AsyncClient, lead: str) -> None:
    inputs = [{"leadId": lead, "convertedStatus": STATUS, "opportunityName": "Big"}]
    reply = await client.post(f"{V}/actions/standard/convertLead", json={"inputs": inputs})
    assert (reply.status_code, reply.json()[0]["isSuccess"]) == (200, True)
    assert org.row("Opportunity", reply.json()[0]["outputValues"]["opportunityId"])["Name"] == "Big"
    again = await client.post(f"{V}/actions/standard/convertLead", json={"inputs": inputs})
    assert (again.status_code, again.json()[0]["errors"][0]["statusCode"]) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
