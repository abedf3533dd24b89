"""The deals that HubSpot holds, its own and those mirrored from Salesforce, with the history of their stages."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.town.calendar import DAY
from crm_sync.sandbox.town.ids import hubspot_id, owner_ids, sobject_id
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.names import OFFERS
from crm_sync.sandbox.town.story import BOTH, SALESFORCE, Deal, Story
from crm_sync.sandbox.town.truth import money

STEPS: Final = {
    "discovery": "qualifiedtobuy",
    "proposal": "presentationscheduled",
    "negotiation": "contractsent",
    "won": "closedwon",
    "lost": "closedlost",
}
DEAL_TO_COMPANY: Final = {341: 342, 5: 6}
DEAL_TO_CONTACT: Final = {3: 4}


def tell_deals(story: Story, ledger: Ledger) -> None:
    for deal in story.deals:
        if deal.home != SALESFORCE:
            _tell_deal(story, ledger, deal)


def _tell_deal(story: Story, ledger: Ledger, deal: Deal) -> None:
    buyer = story.human(deal.people[0])
    visits = buyer.origin.visits
    record_id, late = hubspot_id("deals", deal.number), buyer.course.delay if deal.home == BOTH else 0
    # A mirrored deal closes in both CRMs at the close date, to the second.
    steps = [(at if step in ("won", "lost") else at + late, STEPS[step]) for at, step in deal.steps]
    company = story.cast.companies[deal.company]
    values = {
        "dealname": f"{company.name} - {OFFERS[deal.number % len(OFFERS)]}",
        "pipeline": "default",
        "dealstage": steps[-1][1],
        "amount": money(deal.cents),
        "deal_currency_code": "USD",
        "closedate": (deal.closed or deal.steps[-1][0] + 30 * DAY) * 1000,
        "hubspot_owner_id": owner_ids(story.cast.staff)[deal.rep],
        "hs_is_closed": "true" if deal.closed else "false",
        "hs_is_closed_won": "true" if deal.state == "won" else "false",
        "hs_salesforceopportunityid": sobject_id("Opportunity", deal.number) if deal.home == BOTH else None,
        "hs_analytics_source": visits[0].source if visits else None,
    } | {f"hs_v2_date_entered_{word}": at * 1000 for at, word in steps}
    ledger.add("deals", record_id, deal.created + late, steps[-1][0], values)
    ledger.changed("deals", record_id, "dealstage", steps)
    for number in deal.people:
        ledger.join(("deals", record_id), ("contacts", hubspot_id("contacts", number)), DEAL_TO_CONTACT)
    ledger.join(("deals", record_id), ("companies", hubspot_id("companies", deal.company)), DEAL_TO_COMPANY)
