"""Records in our own shape: what both CRMs say, with their words kept raw.

A record says what a CRM *said*. What it *means* (stage, channel, attempt) is worked out by the reconciler with the
vocabulary of `mappings/`, so that an edited table changes the answers without reading the CRMs again.
Instants are aware UTC. Money is Decimal in the currency beside it. Empty text is never stored: absent is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeVar, dataclass_transform

NOTHING: Mapping[str, str] = MappingProxyType({})
PROGRAM: Final = "program"  # the kind of whom a CRM names only as what it is: `hubspot:program:SALESFORCE`
Noun = TypeVar("Noun")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(noun: type[Noun]) -> type[Noun]:
    """A frozen dataclass of which there are millions: the type checker freezes it. Where Python does, a touch takes
    seven times as long to make, which was a quarter of all that reading takes, and an eighth of judging."""
    return dataclass(slots=True, unsafe_hash=True)(noun)


class Ref(NamedTuple):
    """Where a record lives: `hubspot:contacts:51`, `salesforce:Lead:00Q...`; kind is the CRM's own object name."""

    crm: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.crm}:{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Ref:
        """The ref written by `str`. Raises ValueError."""
        crm, kind, record_id = text.split(":", 2)
        return cls(crm, kind, record_id)


@frozen
class Person:
    """A contact or lead as one CRM holds it. Several of them may be one human: links say which."""

    ref: Ref
    version: str  # changes whenever the record changes; compared, never interpreted
    created_at: datetime
    modified_at: datetime
    email: str | None = None
    more_emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    company: Ref | None = None
    title: str | None = None
    country: str | None = None
    owner: Ref | None = None
    stage: tuple[str, ...] = ()  # the CRM's words: lifecycle stage and lead status, or Lead.Status
    source: str | None = None  # the CRM's word: HubSpot `OFFLINE/IMPORT`, Salesforce LeadSource
    campaign: str | None = None
    close_reason: str | None = None
    persona: str | None = None  # the CRM's own word
    score: Decimal | None = None  # the CRM's own lead score
    opted_out: bool = False
    same_as: tuple[Ref, ...] = ()  # what the CRM itself says: merged, converted, synced ids
    writable: bool = True  # a converted lead is not
    ours: Mapping[str, str] = field(default_factory=lambda: NOTHING)  # our fields as the CRM holds them now


@frozen
class Company:
    """A HubSpot company or a Salesforce account."""

    ref: Ref
    version: str
    created_at: datetime
    modified_at: datetime
    name: str | None = None
    domain: str | None = None
    phone: str | None = None
    industry: str | None = None
    city: str | None = None
    country: str | None = None
    owner: Ref | None = None
    same_as: tuple[Ref, ...] = ()


DealState = Literal["open", "won", "lost"]


@frozen
class Deal:
    """A HubSpot deal or a Salesforce opportunity; `state` is the CRM's own flag for its stage."""

    ref: Ref
    version: str
    created_at: datetime
    modified_at: datetime
    name: str | None = None
    stage: str | None = None
    state: DealState = "open"
    amount: Decimal | None = None
    currency: str | None = None
    closed_at: datetime | None = None
    owner: Ref | None = None
    company: Ref | None = None
    people: tuple[Ref, ...] = ()
    source: str | None = None
    same_as: tuple[Ref, ...] = ()


@frozen
class Touch:
    """Any dated interaction. `facts` are the CRM's own words that `activities.toml` judges it by."""

    ref: Ref
    version: str
    at: datetime  # when it happened
    logged_at: datetime  # when it was written down
    modified_at: datetime
    people: tuple[Ref, ...] = ()
    deals: tuple[Ref, ...] = ()
    actor: Ref | None = None
    subject: str | None = None  # a title, never a body
    source: str | None = None  # the CRM's word for the channel, for visits, responses and origin labels
    campaign: Ref | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    same_as: tuple[Ref, ...] = ()  # records that tell the same touch, and ids that the touch has everywhere
    day_only: bool = False  # nothing but the day is known: `at` is its first instant
    logged_by: Ref | None = None  # who wrote it down: a colleague, or a program (kind PROGRAM, or an owner that is one)
    starts_at: datetime | None = None  # of an appointment; `at` is its booking, or its start where it was noted after


@frozen
class Owner:
    """Who owns records. A queue or an integration user is not human."""

    ref: Ref
    version: str
    modified_at: datetime
    name: str | None = None
    email: str | None = None
    team: str | None = None
    manager: Ref | None = None
    time_zone: str | None = None
    working_hours: str | None = None  # on the owner's own wall, in the form of mappings/hours.py
    away: tuple[str, ...] = ()  # out of office: two instants each, `2026-06-01T15:00:00Z/2026-06-05T23:00:00Z`
    human: bool = True
    active: bool = True


@frozen
class Calendar:
    """When an organization works, as its CRM keeps it: one week, and the days on which it is otherwise."""

    ref: Ref
    version: str
    modified_at: datetime
    name: str | None = None
    time_zone: str | None = None
    hours: str | None = None  # in the form of mappings/hours.py
    holidays: tuple[str, ...] = ()  # `2026-12-25 Christmas`, `2026-12-24 14:00-24:00 Christmas Eve`, in order
    main: bool = False  # the one that the CRM goes by where nothing else is said
    active: bool = True


@dataclass(frozen=True, slots=True)
class Edition:
    """What an owner or a calendar said from `since` on, without its stamps; the first one of each from 1970 on.
    `record` None: its CRM lists it no more."""

    ref: Ref
    since: datetime
    record: Owner | Calendar | None


@frozen
class Campaign:
    """A campaign with its type and cost, where the CRM has one."""

    ref: Ref
    version: str
    created_at: datetime
    modified_at: datetime
    name: str | None = None
    type: str | None = None
    starts_on: str | None = None  # ISO date
    ends_on: str | None = None
    cost: Decimal | None = None


CLOSE_REASON: Final = "close_reason"  # the field of a change of the reason for which a person was closed


@frozen
class StageChange:
    """A stage word changed, of a person or a deal; or the reason for which a person was closed (`field` CLOSE_REASON;
    an empty value takes it back). `was` is the word before, where the CRM keeps it."""

    ref: Ref  # of the person or deal
    id: str  # unique for the ref
    at: datetime
    value: str
    was: str | None = None
    field: str = "stage"


@frozen
class Assignment:
    """An owner was set: `owner` None means that nobody owns it any more; `was` is the owner before."""

    ref: Ref
    id: str
    at: datetime
    owner: Ref | None
    was: Ref | None = None


def as_said(change: StageChange | Assignment) -> tuple[datetime, int, str]:
    """The order in which one record's changes were said: by time, at one instant by their ids. CRMs count upwards, so
    the id of a later change is longer, or as long and further in the alphabet."""
    return change.at, len(change.id), change.id


Record = Person | Company | Deal | Touch | Owner | Calendar | Campaign | StageChange | Assignment


Subject = Literal["person", "company"]  # of a decision


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody looked at two records and said that they are one person or company, or two; in force until taken
    back."""

    number: int  # in the order in which they were made
    one: Ref
    other: Ref
    same: bool
    by: str
    at: datetime
    note: str | None = None
    about: Subject = "person"


Unknown = tuple[Ref, str, str]  # a record holds a value of a field that means nothing to us: ref, field, value


@dataclass(frozen=True, slots=True)
class News:
    """What there is since the last plan: records about which something was told (`of_deals`: some are deals), people
    whose time has come, and what that plan said of who earned credit, of everybody's employer (id and name), and of
    unknown words."""

    refs: frozenset[Ref]
    of_deals: bool
    due: frozenset[str]
    earners: frozenset[str]
    employers: Mapping[Ref, tuple[str, str]]
    unknowns: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True)
class Happenings:
    """What happened to some people: each tuple ordered by ref (changes by ref, time, id)."""

    touches: tuple[Touch, ...] = ()
    stage_changes: tuple[StageChange, ...] = ()
    assignments: tuple[Assignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the store holds at one moment, live records only, each tuple ordered by ref (changes by ref, time, id)."""

    people: tuple[Person, ...] = ()
    companies: tuple[Company, ...] = ()
    deals: tuple[Deal, ...] = ()
    touches: tuple[Touch, ...] = ()
    owners: tuple[Owner, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    stage_changes: tuple[StageChange, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    merged: tuple[tuple[Ref, Ref], ...] = ()  # people that are gone, each with the one that it became part of
    merged_companies: tuple[tuple[Ref, Ref], ...] = ()
    person_ids: Mapping[Ref, str] = field(default_factory=lambda: MappingProxyType({}))  # links of the last plan
    decisions: tuple[Decision, ...] = ()  # of people about who is who, in the order in which they were made
    company_ids: Mapping[Ref, str] = field(default_factory=lambda: MappingProxyType({}))
    company_decisions: tuple[Decision, ...] = ()  # the same about companies
    editions: tuple[Edition, ...] = ()  # of owners and calendars, as the plans before held them, in order of time

    @property
    def happenings(self) -> Happenings:
        return Happenings(self.touches, self.stage_changes, self.assignments)
