"""Their rows as what happened: touches, and changes of stage and owner. Pure, like translate."""

from __future__ import annotations

from collections.abc import Iterator

from crm_sync.connectors.salesforce.translate import Words, to_person
from crm_sync.connectors.salesforce.values import (
    CRM,
    Row,
    fact,
    instant,
    maybe_instant,
    owner,
    ref,
    ref_by_prefix,
    refs,
    text,
)
from crm_sync.records import Assignment, Record, Ref, StageChange, Touch

OWNER_WORDS = ("Owner", "ownerAccepted", "ownerAssignment")


def person_with_label(kind: str, row: Row, words: Words) -> Iterator[Record]:
    """A lead or contact and, when it says where it came from, the label of its origin."""
    person = to_person(kind, row, words)
    yield person
    if person.source:
        yield Touch(
            label_ref(person.ref), person.version, person.created_at, person.created_at, person.modified_at,
            people=(person.ref,), source=person.source,
        )  # fmt: skip


def label_ref(person: Ref) -> Ref:
    return Ref(CRM, "label", f"{person.kind}/{person.id}")


def lead_change(row: Row, words: Words) -> Iterator[Record]:
    """A row of LeadHistory: a new status, or a new owner."""
    lead, at = Ref(CRM, "Lead", row["LeadId"]), instant(row, "CreatedDate")
    was, value = row.get("OldValue"), row.get("NewValue")
    if row["Field"] in OWNER_WORDS:
        # Salesforce writes every change of owner twice, once with names and once with ids: ids are unique.
        if owner(value):
            yield Assignment(lead, row["Id"], at, owner(value), owner(was))
    elif text(value):
        yield StageChange(lead, row["Id"], at, str(value), text(was), row["Field"])


def deal_change(row: Row, words: Words) -> Iterator[Record]:
    """A row of OpportunityHistory: it also comes with a new amount or date, so a stage may stand there twice."""
    if text(row["StageName"]):
        deal = Ref(CRM, "Opportunity", row["OpportunityId"])
        yield StageChange(deal, row["Id"], instant(row, "CreatedDate"), row["StageName"], field="StageName")


def to_activity(kind: str, row: Row, words: Words) -> Touch:
    """A task happened when it was completed, whatever day it was due; an event counts when it was booked."""
    created_at = instant(row, "CreatedDate")
    return Touch(
        Ref(CRM, kind, row["Id"]),
        str(row["SystemModstamp"]),
        maybe_instant(row.get("CompletedDateTime")) or created_at,
        created_at,
        instant(row, "SystemModstamp"),
        people=refs(ref_by_prefix(row.get("WhoId"), ("Lead", "Contact"))),
        deals=refs(ref_by_prefix(row.get("WhatId"), ("Opportunity",))),
        actor=owner(row.get("OwnerId")),
        subject=text(row.get("Subject")),
        facts=facts(kind, row, words),
    )


def to_response(row: Row, words: Words) -> Touch:
    """Who responded to a campaign did so at the first instant of that day in UTC: Salesforce keeps no time."""
    created_at = instant(row, "CreatedDate")
    responded_at = maybe_instant(row.get("FirstRespondedDate")) if row.get("HasResponded") is True else None
    return Touch(
        Ref(CRM, "CampaignMember", row["Id"]),
        str(row["SystemModstamp"]),
        responded_at or created_at,
        created_at,
        instant(row, "SystemModstamp"),
        people=refs(ref("Lead", row.get("LeadId")), ref("Contact", row.get("ContactId"))),
        source=text((row.get("Campaign") or {}).get("Type")),
        campaign=ref("Campaign", row.get("CampaignId")),
        facts=facts("CampaignMember", row, words) | {"HasResponded": fact(row.get("HasResponded"))},
    )


def facts(kind: str, row: Row, words: Words) -> dict[str, str]:
    return {name: fact(row.get(name)) for name in words.activities.facts_of(kind)}
