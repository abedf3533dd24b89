"""Record ids of everything in the story, the same for the same story."""

from __future__ import annotations

from functools import cache
from typing import Final

from crm_sync.sandbox.salesforce.ids import ALPHABET, POD, base62, with_checksum

_PREFIXES: Final = {
    "Lead": "00Q", "Contact": "003", "Account": "001", "Opportunity": "006", "OpportunityContactRole": "00K",
    "OpportunityHistory": "008", "LeadHistory": "017", "Task": "00T", "Event": "00U", "Campaign": "701",
    "CampaignMember": "00v", "User": "005", "Group": "00G", "ContentNote": "069", "ContentDocumentLink": "06A",
    "BusinessHours": "01m", "Holiday": "0C0",
}  # fmt: skip
_BASES: Final = {
    "contacts": 10_000_001, "companies": 20_000_001, "deals": 30_000_001, "owners": 41_000_001,
    "users": 42_000_001,
}  # fmt: skip
_TWINS: Final = 5_000_000  # between a human's own record and the second one
_TAIL: Final = 62**2

INTEGRATION, AUTOMATON = 900, 901  # numbers of the two users who are nobody


def hubspot_id(object_name: str, number: int, *, twin: bool = False) -> str:
    return str(_BASES[object_name] + number + (_TWINS if twin else 0))


def sobject_id(object_name: str, number: int, *, twin: bool = False) -> str:
    """As `salesforce_id` makes it, put together from parts that many ids share."""
    head, tail = divmod(number + 1 + (_TWINS if twin else 0), _TAIL)
    text, marks, capitals = _head(object_name, head)
    last, more = _tail(tail)
    return f"{text}{last}{marks}{ALPHABET[capitals | more]}"


@cache
def user_ids(staff: tuple[str, ...]) -> dict[str, str]:
    """The Salesforce user behind each key of the staff."""
    return {key: sobject_id("User", number) for number, key in enumerate(staff)}


@cache
def owner_ids(staff: tuple[str, ...]) -> dict[str, str]:
    """The HubSpot owner behind each key of the staff."""
    return {key: hubspot_id("owners", number) for number, key in enumerate(staff)}


@cache
def _head(object_name: str, number: int) -> tuple[str, str, int]:
    """All but the last two digits, the checksum of the first ten characters, and the capitals of the next three."""
    full = with_checksum(f"{_PREFIXES[object_name]}{POD}{base62(number).rjust(7, '0')}00")
    return full[:13], full[15:17], ALPHABET.index(full[17])


@cache
def _tail(number: int) -> tuple[str, int]:
    """The last two digits and their capitals."""
    text = base62(number).rjust(2, "0")
    return text, ALPHABET.index(with_checksum(f"{'0' * 13}{text}")[17])


QUEUE_ID: Final = sobject_id("Group", 0)
