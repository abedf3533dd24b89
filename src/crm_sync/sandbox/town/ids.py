"""Record ids of everything in the story, the same for the same story."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.salesforce.ids import salesforce_id

_PREFIXES: Final = {
    "Lead": "00Q", "Contact": "003", "Account": "001", "Opportunity": "006", "OpportunityContactRole": "00K",
    "OpportunityHistory": "008", "LeadHistory": "017", "Task": "00T", "Event": "00U", "Campaign": "701",
    "CampaignMember": "00v", "User": "005", "Group": "00G",
}  # fmt: skip
_BASES: Final = {"contacts": 10_000_001, "companies": 20_000_001, "deals": 30_000_001, "owners": 41_000_001}
_TWINS: Final = 5_000_000  # between a human's own record and the second one

INTEGRATION, AUTOMATON = 900, 901  # numbers of the two users who are nobody


def hubspot_id(object_name: str, number: int, *, twin: bool = False) -> str:
    return str(_BASES[object_name] + number + (_TWINS if twin else 0))


def sobject_id(object_name: str, number: int, *, twin: bool = False) -> str:
    return salesforce_id(_PREFIXES[object_name], number + 1 + (_TWINS if twin else 0))


def user_id(rep: str, reps: tuple[str, ...]) -> str:
    """The Salesforce user behind a rep's key."""
    return sobject_id("User", reps.index(rep))


def owner_id(rep: str, reps: tuple[str, ...]) -> str:
    """The HubSpot owner behind a rep's key."""
    return hubspot_id("owners", reps.index(rep))


QUEUE_ID: Final = sobject_id("Group", 0)
