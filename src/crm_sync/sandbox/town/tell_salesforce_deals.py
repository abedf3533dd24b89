"""Opportunities with their people and their history, and campaigns with their members."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from crm_sync.sandbox.town.calendar import DAY, day_of, utc_date
from crm_sync.sandbox.town.ids import INTEGRATION, sobject_id, user_ids
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.story import HUBSPOT, Cast, Deal, Human, Response, Story

#: Our step: Salesforce's stage, probability, forecast category.
STEPS: Final = {
    "discovery": ("Qualification", 10, "Pipeline"),
    "proposal": ("Proposal/Price Quote", 75, "BestCase"),
    "negotiation": ("Negotiation/Review", 90, "Forecast"),
    "won": ("Closed Won", 100, "Closed"),
    "lost": ("Closed Lost", 0, "Omitted"),
}
_COST_PER_MEMBER = 12.5


def tell_opportunities(story: Story, ledger: Ledger) -> None:
    for deal in story.deals:
        if deal.home != HUBSPOT:
            _tell_opportunity(story, ledger, deal)
            _tell_roles(story, ledger, deal)
            _tell_steps(story, ledger, deal)


def tell_campaigns(cast: Cast, reached: Counter[int], ledger: Ledger) -> None:
    for number, one in enumerate(cast.campaigns):
        values = {
            "Name": one.name,
            "Type": one.type,
            "Status": "In Progress",
            "IsActive": 1,
            "StartDate": utc_date(one.start),
            "EndDate": utc_date(one.start + 180 * DAY),
            "BudgetedCost": 5_000.0,
            "ActualCost": reached[number] * _COST_PER_MEMBER,
            "OwnerId": user_ids(cast.staff)[cast.marketers[0].key],
        }
        ledger.add("Campaign", sobject_id("Campaign", number), one.start, one.start, values)


def tell_members(story: Story, ledger: Ledger) -> None:
    for human in story.humans:
        for response in human.origin.responses:
            _tell_member(ledger, human, response)


def _tell_opportunity(story: Story, ledger: Ledger, deal: Deal) -> None:
    human, owner = story.human(deal.people[0]), _user(story, deal.rep)
    moved, (stage, probability, forecast) = deal.steps[-1][0], STEPS[deal.steps[-1][1]]
    campaign = next((one.campaign for one in human.origin.responses if one.date is not None), None)
    values = {
        "Name": f"{story.cast.companies[deal.company].name} {deal.number + 1}",
        "AccountId": sobject_id("Account", deal.company),
        "Amount": deal.cents / 100,
        "StageName": stage,
        "Probability": probability,
        "ForecastCategory": forecast,
        "CloseDate": _close_date(deal),
        "IsClosed": int(deal.closed is not None),
        "IsWon": int(deal.state == "won"),
        "LeadSource": human.origin.label,
        "Type": "New Customer",
        "CampaignId": sobject_id("Campaign", campaign) if campaign is not None else None,
        "LastStageChangeDate": moved * 1000,
        "ContactId": sobject_id("Contact", deal.people[0]),
        "OwnerId": owner,
        "CreatedById": owner,
        "LastModifiedById": owner,
    }
    ledger.add("Opportunity", sobject_id("Opportunity", deal.number), deal.created, moved, values)


def _close_date(deal: Deal) -> str:
    return day_of(deal.closed or deal.steps[-1][0] + 30 * DAY).isoformat()


def _tell_roles(story: Story, ledger: Ledger, deal: Deal) -> None:
    for place, number in enumerate(deal.people):
        record_id = sobject_id("OpportunityContactRole", ledger.next("OpportunityContactRole"))
        values = {
            "OpportunityId": sobject_id("Opportunity", deal.number),
            "ContactId": sobject_id("Contact", number),
            "Role": "Influencer" if place else "Decision Maker",
            "IsPrimary": int(place == 0),
            "CreatedById": _user(story, deal.rep),
        }
        ledger.add("OpportunityContactRole", record_id, deal.created, deal.created, values)


def _tell_steps(story: Story, ledger: Ledger, deal: Deal) -> None:
    for at, step in deal.steps:
        stage, probability, forecast = STEPS[step]
        record_id = sobject_id("OpportunityHistory", ledger.next("OpportunityHistory"))
        values = {
            "OpportunityId": sobject_id("Opportunity", deal.number),
            "StageName": stage,
            "Amount": deal.cents / 100,
            "CloseDate": _close_date(deal),
            "Probability": probability,
            "ForecastCategory": forecast,
            "CreatedById": _user(story, deal.rep),
        }
        ledger.add("OpportunityHistory", record_id, at, at, values)


def _tell_member(ledger: Ledger, human: Human, response: Response) -> None:
    person, course = human.person, human.course
    known = course.lead_at if course.lead_at is not None else course.contact_at or course.born
    lead = sobject_id("Lead", person.number) if course.lead_at is not None else None
    contact = sobject_id("Contact", person.number) if course.contact_at is not None else None
    values: dict[str, Any] = {
        "CampaignId": sobject_id("Campaign", response.campaign),
        "LeadId": lead,
        "ContactId": contact,
        "LeadOrContactId": contact or lead,
        "Type": "Contact" if contact else "Lead",
        "Status": "Responded" if response.date is not None else "Sent",
        "HasResponded": int(response.date is not None),
        "FirstRespondedDate": utc_date(response.date) if response.date is not None else None,
        "Name": person.name,
        "FirstName": person.first,
        "LastName": person.last,
        "Email": person.email,
        "CreatedById": sobject_id("User", INTEGRATION),
    }
    number = ledger.next("CampaignMember")
    ledger.add("CampaignMember", sobject_id("CampaignMember", number), known, response.date or known, values)


def _user(story: Story, rep: str) -> str:
    return user_ids(story.cast.staff)[rep]
