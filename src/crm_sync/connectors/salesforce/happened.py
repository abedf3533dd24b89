"""Their rows as what happened: touches, and changes of stage and owner. Pure, like translate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crm_sync.connectors.salesforce.rows import Columns, Texts, first
from crm_sync.connectors.salesforce.translate import Tell, Words, instant, people, twins_of
from crm_sync.connectors.salesforce.values import CRM, maybe_instant, owner, ref, ref_by_prefix, refs
from crm_sync.records import CLOSE_REASON, Assignment, Record, Ref, StageChange, Touch

OWNER_WORDS = ("Owner", "ownerAccepted", "ownerAssignment")
PEOPLE, DEALS = ("Lead", "Contact"), ("Opportunity",)

#: The column with the records that an enhanced note hangs on.
LINKS = "ContentDocumentLinks"


def people_with_label(kind: str, columns: Columns, words: Words) -> Tell:
    """A lead or contact and, when it says where it came from, the label of its origin."""
    person_of = people(kind, columns, words)

    def told(row: Texts) -> tuple[Record, ...]:
        person = person_of(row)
        if not person.source:
            return (person,)
        label = Touch(
            label_ref(person.ref), person.version, person.created_at, person.created_at, person.modified_at,
            people=(person.ref,), source=person.source,
        )  # fmt: skip
        return person, label

    return told


def label_ref(person: Ref) -> Ref:
    return Ref(CRM, "label", f"{person.kind}/{person.id}")


def changes(kind: str, parent: str, columns: Columns, words: Words) -> Tell:
    """Rows of a field history: a new owner, a new reason for closing (or that it was taken back), else a new stage.
    `parent` is the field that names the record."""
    at = columns.at
    id_, subject, made = at("Id"), at(parent), at("CreatedDate")
    field, was, value = at("Field"), at("OldValue"), at("NewValue")
    reasons = words.fields.of("people", CLOSE_REASON, kind)

    def told(row: Texts) -> Iterable[Record]:
        changed, owned = Ref(CRM, kind, row[subject]), row[field] in OWNER_WORDS
        if owned and (found := owner(row[value])):
            # Salesforce writes every change of owner twice, once with names and once with ids: ids are unique.
            return (Assignment(changed, row[id_], instant(row, made), found, owner(row[was])),)
        if row[field] in reasons:
            said, before = first(row, (value,)) or "", first(row, (was,))
            return (StageChange(changed, row[id_], instant(row, made), said, before, CLOSE_REASON),)
        if not owned and (word := first(row, (value,))):
            return (StageChange(changed, row[id_], instant(row, made), word, first(row, (was,)), row[field]),)
        return ()

    return told


def deal_stages(columns: Columns, words: Words) -> Tell:
    """Rows of OpportunityHistory: they also come with a new amount or date, so a stage may stand there twice."""
    at = columns.at
    id_, deal, stage, made = at("Id"), at("OpportunityId"), at("StageName"), at("CreatedDate")

    def told(row: Texts) -> Iterable[Record]:
        word, subject = first(row, (stage,)), Ref(CRM, "Opportunity", row[deal])
        return (StageChange(subject, row[id_], instant(row, made), word, field="StageName"),) if word else ()

    return told


@dataclass(frozen=True, slots=True)
class Kind:
    """Where an object says who took part, what it was about, when it happened (else it counts from when it was written
    down), when it begins as an appointment and whether only its day is known, who did it, who wrote it down, and which
    task tells the same."""

    object: str
    who: str = "WhoId"
    what: str = "WhatId"
    when: str = ""
    starts: str = ""
    all_day: str = ""
    actor: str = "OwnerId"
    writer: str = ""
    subject: str = "Subject"
    twin: str = ""
    stamp: str = "SystemModstamp"

    @property
    def fields(self) -> tuple[str, ...]:
        """What is asked for; links of a note are no field of it."""
        when, by = (self.when, self.starts, self.all_day), (self.actor, self.writer)
        named = (self.who, self.what, *when, *by, self.subject, self.twin, self.stamp)
        return tuple(one for one in named if one and one != LINKS)


#: A task happened when it was completed, whatever day it was due; an event when it was booked.
TASK = Kind("Task", when="CompletedDateTime", writer="CreatedById")
EVENT = Kind("Event", starts="StartDateTime", all_day="IsAllDayEvent", writer="CreatedById")
MAIL = Kind("EmailMessage", "RelatedToId", "RelatedToId", "MessageDate", "CreatedById", twin="ActivityId")
NOTE = Kind("Note", "ParentId", "ParentId", subject="Title")
ENHANCED = Kind("ContentNote", LINKS, LINKS, subject="Title", stamp="LastModifiedDate")


def touches(kind: Kind, columns: Columns, words: Words) -> Tell:
    """Tasks, events, messages and notes."""
    at, facts = columns.at, facts_of(kind.object, columns, words)
    id_, created, modified, when = at("Id"), at("CreatedDate"), at(kind.stamp), at(kind.when)
    who, what, actor, subject, twin = at(kind.who), at(kind.what), at(kind.actor), at(kind.subject), at(kind.twin)
    starts, all_day, writer = at(kind.starts), at(kind.all_day), at(kind.writer)
    twins = twins_of(kind.object, columns, words)

    def told(row: Texts) -> tuple[Touch]:
        logged_at, starts_at = instant(row, created), maybe_instant(row[starts]) if row[starts] else None
        noted_after = starts_at is not None and starts_at < logged_at
        day = row[all_day] == "true"  # of which the start is the first instant in UTC
        happened_at = maybe_instant(row[when]) or logged_at
        return (
            Touch(
                Ref(CRM, kind.object, row[id_]),
                row[modified],
                starts_at if starts_at and noted_after else happened_at,
                logged_at,
                instant(row, modified),
                people=named(row[who], PEOPLE),
                deals=named(row[what], DEALS),
                actor=owner(row[actor]),
                subject=first(row, (subject,)),
                facts={name: row[place] for name, place in facts},
                same_as=refs(ref("Task", row[twin])) + twins(row),
                day_only=day and noted_after,
                logged_by=owner(row[writer]),
                starts_at=None if day and not noted_after else starts_at,
            ),
        )

    return told


def named(written: str, kinds: tuple[str, ...]) -> tuple[Ref, ...]:
    """The records of these kinds among one id, or several with blanks between."""
    if " " not in written:
        return refs(ref_by_prefix(written, kinds))
    return tuple(sorted(refs(*{ref_by_prefix(one, kinds) for one in written.split(" ")})))


def responses(columns: Columns, words: Words) -> Tell:
    """Who responded to a campaign did so at the first instant of that day in UTC: Salesforce keeps no time."""
    at, facts = columns.at, dict(facts_of("CampaignMember", columns, words))
    id_, created, modified = at("Id"), at("CreatedDate"), at("SystemModstamp")
    lead, contact, campaign, channel = at("LeadId"), at("ContactId"), at("CampaignId"), at("Campaign.Type")
    responded, day = at("HasResponded"), at("FirstRespondedDate")
    facts["HasResponded"] = responded

    def told(row: Texts) -> tuple[Touch]:
        logged_at = instant(row, created)
        responded_at = maybe_instant(row[day]) if row[responded] == "true" else None
        return (
            Touch(
                Ref(CRM, "CampaignMember", row[id_]),
                row[modified],
                responded_at or logged_at,
                logged_at,
                instant(row, modified),
                people=refs(ref("Lead", row[lead]), ref("Contact", row[contact])),
                source=first(row, (channel,)),
                campaign=ref("Campaign", row[campaign]),
                facts={name: row[place] for name, place in facts.items()},
            ),
        )

    return told


def facts_of(kind: str, columns: Columns, words: Words) -> list[tuple[str, int]]:
    """The fields that the rules of activities.toml look at, and where they stand."""
    return [(name, columns.at(name)) for name in words.activities.facts_of(kind)]
