"""What is read of each object: its fields, which rows of it, and what becomes of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from crm_sync.connectors.salesforce import happened, translate
from crm_sync.connectors.salesforce.happened import ENHANCED, EVENT, MAIL, NOTE, TASK, Kind
from crm_sync.connectors.salesforce.rows import Columns
from crm_sync.connectors.salesforce.translate import Tell, Words
from crm_sync.connectors.salesforce.values import CRM, among
from crm_sync.records import CLOSE_REASON, Ref

Translator = Callable[[Columns, Words], Tell]


@dataclass(frozen=True, slots=True)
class Children:
    """Records that stand in their parent's row, in a column of their own: the ids in `value`, with blanks between."""

    object: str
    parent: str
    value: str
    column: str
    listed: bool = False  # Salesforce tells them only by lists of parents


@dataclass(frozen=True, slots=True)
class Source:
    """One object's part in a read. `stamp` moves with every change; `fields` may hold a parent's (`Campaign.Type`)."""

    object: str
    fields: tuple[str, ...]
    records: Translator | None = None  # None: the rows say nothing alone, their `parent` is read again
    gone: Callable[[str], tuple[Ref, ...]] = lambda id_: ()
    stamp: str = "SystemModstamp"
    where: str = ""
    judges: bool = False  # people are judged by it
    rare: bool = False  # not every org has it, and nobody needs to know when it is missing
    parent: str = ""  # the reference to a record of the object's first source
    children: Children | None = None
    moved: tuple[tuple[str, str], ...] = field(default=())  # (object, field): what a merge moves to the winner, unseen


ROLES = Children("OpportunityContactRole", "OpportunityId", "ContactId", translate.ROLES)
LINKS = Children("ContentDocumentLink", "ContentDocumentId", "LinkedEntityId", happened.LINKS, listed=True)
STAMPED = ("Id", "IsDeleted", "CreatedDate", "SystemModstamp")
HISTORY = ("Id", "IsDeleted", "Field", "OldValue", "NewValue", "CreatedDate")
USER = ("Name", "Email", "UserType", "IsActive", "ManagerId", "TimeZoneSidKey")
CAMPAIGN = ("Name", "Type", "StartDate", "EndDate", "ActualCost", "BudgetedCost")
MEMBER = ("CampaignId", "Campaign.Type", "LeadId", "ContactId", "HasResponded", "FirstRespondedDate")

#: A merge gives the loser's children to the winner, and no stamp moves.
MOVED_WITH_LEAD = (("Task", "WhoId"), ("Event", "WhoId"), ("EmailMessage", "RelatedToId"), ("CampaignMember", "LeadId"))
MOVED_WITH_CONTACT = (
    ("Task", "WhoId"), ("Event", "WhoId"), ("EmailMessage", "RelatedToId"), ("CampaignMember", "ContactId"),
    ("OpportunityContactRole", "ContactId"),
)  # fmt: skip
MOVED_WITH_ACCOUNT = (("Contact", "AccountId"), ("Opportunity", "AccountId"))


def sources(words: Words) -> dict[str, tuple[Source, ...]]:
    """Every object that we read, in the order of reading. Queues are owners too and come with the users; whoever has a
    role in a deal comes with the deals."""
    to_read = words.fields.to_read
    ours = tuple(field.salesforce for field in words.ours)
    lead, contact = to_read("people", "Lead") + ours, to_read("people", "Contact") + ours
    stages, reasons = (words.fields.of("people", name, "Lead") for name in ("stage", CLOSE_REASON))
    return {
        "User": (
            source("User", USER + to_read("owners", "User"), translate.users),
            source("Group", ("Name",), translate.queues, where="Type = 'Queue'"),
        ),
        "Account": (
            replace(source("Account", ("MasterRecordId", *to_read("companies", "Account")), translate.companies),
                    moved=MOVED_WITH_ACCOUNT),
        ),
        "Campaign": (source("Campaign", CAMPAIGN, translate.campaigns),),
        "Lead": (people("Lead", ("IsConverted", *lead), MOVED_WITH_LEAD),),
        "LeadHistory": (history("Lead", "LeadId", (*stages, *reasons, *happened.OWNER_WORDS)),),
        "Contact": (people("Contact", contact, MOVED_WITH_CONTACT),),
        "ContactHistory": (history("Contact", "ContactId", happened.OWNER_WORDS),),
        "Opportunity": deals(words),
        "OpportunityHistory": (DEAL_STAGES,),
        "OpportunityFieldHistory": (
            replace(history("Opportunity", "OpportunityId", happened.OWNER_WORDS), object="OpportunityFieldHistory"),
        ),
        "CampaignMember": (
            source("CampaignMember", MEMBER + words.activities.facts_of("CampaignMember"), happened.responses),
        ),
        "Task": (replace(touches(TASK, words), judges=True),),
        "Event": (replace(touches(EVENT, words), judges=True),),
        "EmailMessage": (replace(touches(MAIL, words), rare=True),),
        "Note": (replace(touches(NOTE, words), rare=True),),
        "ContentNote": (enhanced_notes(words),),
    }  # fmt: skip


def source(name: str, fields: tuple[str, ...], records: Translator, where: str = "") -> Source:
    return Source(name, distinct(STAMPED + fields), records, lambda id_: (Ref(CRM, name, id_),), where=where)


def people(name: str, fields: tuple[str, ...], moved: tuple[tuple[str, str], ...]) -> Source:
    """A lost lead or contact takes the label of its origin with it."""

    def gone(id_: str) -> tuple[Ref, Ref]:
        person = Ref(CRM, name, id_)
        return person, happened.label_ref(person)

    read = distinct((*STAMPED, "MasterRecordId", *fields))
    return Source(name, read, partial(happened.people_with_label, name), gone, moved=moved)


def touches(kind: Kind, words: Words) -> Source:
    fields = kind.fields + words.activities.facts_of(kind.object) + words.fields.to_read("touches", kind.object)
    return source(kind.object, fields, partial(happened.touches, kind))


def enhanced_notes(words: Words) -> Source:
    """Their text is never asked for. Which records they hang on, links say."""
    fields = ("Id", "IsDeleted", "CreatedDate", *ENHANCED.fields, *words.activities.facts_of(ENHANCED.object))
    return replace(touches(ENHANCED, words), fields=distinct(fields), stamp=ENHANCED.stamp, rare=True, children=LINKS)


def objects_in(sources: Mapping[str, Sequence[Source]]) -> tuple[str, ...]:
    """Every object that is asked for, children included."""
    every = [one for parts in sources.values() for one in parts]
    return distinct([*(one.object for one in every), *(one.children.object for one in every if one.children)])


def deals(words: Words) -> tuple[Source, Source]:
    fields = ("IsWon", "IsClosed", *words.fields.to_read("deals", "Opportunity"))
    roles = Source(ROLES.object, ("Id", "IsDeleted", ROLES.parent, "SystemModstamp"), parent=ROLES.parent)
    return replace(source("Opportunity", fields, translate.deals), children=ROLES), roles


def history(kind: str, parent: str, wanted: Iterable[str]) -> Source:
    """History rows are never changed: their creation is their stamp. Asked for: stage, reason, owner."""
    return Source(
        f"{kind}History",
        (*HISTORY, parent),
        partial(happened.changes, kind, parent),
        stamp="CreatedDate",
        where=among("Field", wanted),
    )


DEAL_STAGES = Source(
    "OpportunityHistory",
    ("Id", "IsDeleted", "OpportunityId", "StageName", "CreatedDate"),
    happened.deal_stages,
    stamp="CreatedDate",
)


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
