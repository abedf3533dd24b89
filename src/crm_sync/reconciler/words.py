"""How instants, records and lengths of time are written in the sentences of a plan."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_sync.records import Ref

CRMS = {"hubspot": "HubSpot", "salesforce": "Salesforce"}  # whose names are not written as we write them
WRITTEN = "%04d-%02d-%02dT%02d:%02d:%02dZ"
KINDS = {"contacts": "contact", "companies": "company", "deals": "deal"}


def iso(at: datetime) -> str:
    """`2026-05-29T22:30:00Z`, whole seconds: the precision that both CRMs keep."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    told = utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second
    return WRITTEN % told  # half of what isoformat costs, a third of format: every sentence holds two of them


def crm_name(crm: str) -> str:
    return CRMS.get(crm, crm)


def record_name(ref: Ref) -> str:
    """`lead 00Q...`"""
    return f"{KINDS.get(ref.kind, ref.kind.lower())} {ref.id}"


def full_name(ref: Ref) -> str:
    """`Salesforce lead 00Q...`"""
    return f"{crm_name(ref.crm)} {record_name(ref)}"


def counted(number: int, one: str, many: str) -> str:
    """`1 attempt`, `2 attempts`"""
    return f"{number} {one if number == 1 else many}"


def as_word(reason: str | None) -> str:
    """A CRM's `Existing customer` as our tables write it: `existing_customer`."""
    return (reason or "").strip().casefold().replace(" ", "_")
