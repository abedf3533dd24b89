"""What is read of each object: its fields, which rows of it, and what becomes of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from crm_sync.connectors.salesforce import happened, translate
from crm_sync.connectors.salesforce.translate import Words
from crm_sync.connectors.salesforce.values import CRM, Row, quoted
from crm_sync.records import Record, Ref


def nothing(row: Row, words: Words) -> Iterable[Record]:
    return ()


def no_ref(row: Row) -> Iterable[Ref]:
    return ()


Tell = Callable[[Row, Words], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Source:
    """One object's part in a read. `stamp` is the instant that its rows are read in the order of; `fields` may hold a
    parent's field (`Campaign.Type`) and a list of children in parentheses."""

    object: str
    fields: tuple[str, ...]
    records: Tell = nothing
    gone: Callable[[Row], Iterable[Ref]] = no_ref
    stamp: str = "SystemModstamp"
    where: str = ""
    judges: bool = False  # people are judged by it
    parent: str = ""  # the reference to an object that is read again for every row: the row itself says nothing alone


ROLES = "(SELECT ContactId, IsDeleted FROM OpportunityContactRoles)"
STAMPED = ("Id", "IsDeleted", "CreatedDate", "SystemModstamp")


def sources(words: Words) -> dict[str, tuple[Source, ...]]:
    """Every object that we read, in the order of reading; queues are owners too and come with the users."""
    to_read = words.fields.to_read
    facts = words.activities.facts_of
    ours = tuple(field.salesforce for field in words.ours)
    return {
        "User": (
            source("User", USER + to_read("owners", "User"), one(translate.to_owner)),
            source("Group", ("Name",), one(translate.to_queue), where="Type = 'Queue'"),
        ),
        "Account": (source("Account", to_read("companies", "Account"), one(translate.to_company)),),
        "Campaign": (source("Campaign", CAMPAIGN, one(translate.to_campaign)),),
        "Lead": (people("Lead", ("IsConverted", *to_read("people", "Lead"), *ours)),),
        "LeadHistory": (lead_history(words),),
        "Contact": (people("Contact", to_read("people", "Contact") + ours),),
        "Opportunity": (deals(words),),
        "OpportunityHistory": (DEAL_HISTORY,),
        "OpportunityContactRole": (DEAL_ROLES,),
        "CampaignMember": (source("CampaignMember", MEMBER + facts("CampaignMember"), one(happened.to_response)),),
        "Task": (activities("Task", facts("Task")),),
        "Event": (activities("Event", facts("Event")),),
    }


USER = ("Name", "Email", "UserType", "IsActive", "ManagerId", "TimeZoneSidKey")
CAMPAIGN = ("Name", "Type", "StartDate", "EndDate", "ActualCost", "BudgetedCost")
MEMBER = ("CampaignId", "Campaign.Type", "LeadId", "ContactId", "HasResponded", "FirstRespondedDate")
ACTIVITY = ("WhoId", "WhatId", "OwnerId", "Subject", "CompletedDateTime")

DEAL_HISTORY = Source(
    "OpportunityHistory",
    ("Id", "IsDeleted", "OpportunityId", "StageName", "CreatedDate"),
    happened.deal_change,
    stamp="CreatedDate",
)
DEAL_ROLES = Source("OpportunityContactRole", ("Id", "OpportunityId", "SystemModstamp"), parent="OpportunityId")


def source(name: str, fields: tuple[str, ...], records: Tell, where: str = "") -> Source:
    return Source(name, distinct(STAMPED + fields), records, lambda row: (Ref(CRM, name, row["Id"]),), where=where)


def people(name: str, fields: tuple[str, ...]) -> Source:
    """A lost lead or contact takes the label of its origin with it."""

    def gone(row: Row) -> tuple[Ref, Ref]:
        person = Ref(CRM, name, row["Id"])
        return person, happened.label_ref(person)

    return Source(name, distinct(STAMPED + fields), partial(happened.person_with_label, name), gone)


def activities(name: str, fields: tuple[str, ...]) -> Source:
    return replace(source(name, ACTIVITY + fields, one(partial(happened.to_activity, name))), judges=True)


def deals(words: Words) -> Source:
    fields = ("IsWon", "IsClosed", *words.fields.to_read("deals", "Opportunity"), ROLES)
    return source("Opportunity", fields, one(translate.to_deal))


def lead_history(words: Words) -> Source:
    """History rows are never changed: their creation orders them. Only changes of stage and owner are asked for."""
    wanted = (*words.fields.of("people", "stage", "Lead"), *happened.OWNER_WORDS)
    return Source(
        "LeadHistory",
        ("Id", "IsDeleted", "LeadId", "Field", "OldValue", "NewValue", "CreatedDate"),
        happened.lead_change,
        stamp="CreatedDate",
        where=f"Field IN ({', '.join(map(quoted, wanted))})",
    )


def one(translated: Callable[[Row, Words], Record]) -> Tell:
    return lambda row, words: (translated(row, words),)


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
