"""The town's story in neutral words: who lives there and what happened, before either CRM tells it.

Instants are epoch seconds. WHERE says which CRM an event happened in; the other one hears of it `delay` seconds later.
A COURSE is the way of one human through the stages; a TWIN is a second record of the same human.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crm_sync.sandbox.town.blocks import Block

HUBSPOT, SALESFORCE, BOTH = "hubspot", "salesforce", "both"
QUEUE = "queue"  # as an owner: nobody in person
UNMAPPED = "unmapped"  # as a first status: a word that says nothing about the stage

LADDER = ("subscriber", "lead", "mql", "sal", "sql", "opportunity", "customer", "evangelist")
EXITS = ("recycled", "disqualified")


class Phone(NamedTuple):
    """A mobile number, apart from any way of writing it."""

    country: str  # MX, ES, US
    digits: str  # the national number


@dataclass(frozen=True, slots=True)
class Rep:
    """Who works in the town's company; the e-mail address is the same in both CRMs."""

    key: str
    first: str
    last: str
    email: str
    team: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    domain: str
    city: str
    country: str
    industry: str
    employees: int
    switchboard: Phone


@dataclass(frozen=True, slots=True)
class Campaign:
    name: str
    type: str
    channel: str
    start: int


@dataclass(frozen=True, slots=True)
class Cast:
    reps: tuple[Rep, ...]
    marketers: tuple[Rep, ...]
    companies: Mapping[int, Company]  # of one block
    campaigns: tuple[Campaign, ...]
    staff: tuple[str, ...]  # keys of everybody who works here, in the order of their ids
    mailings: tuple[int, ...] = ()  # when a list mail went to everybody whom Salesforce knows


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    first: str
    last: str
    email: str
    phone: Phone
    company: int
    title: str
    nameless: bool = False  # the records carry no name
    behind_switchboard: bool = False  # the landline on the records is the company's

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


class Said(NamedTuple):
    """A stage or an owner, when it was first said and where."""

    at: int
    what: str
    where: str


class Touch(NamedTuple):
    """An interaction. `state` other than done is a trap: it looks like an attempt and is none."""

    at: int
    kind: str  # call email message meeting note task
    way: str  # out, in, booked (a meeting, by the person)
    where: str
    rep: str
    state: str = "done"  # bounced failed scheduled forwarded list robot open plain
    mirror: int | None = None  # seconds until the integration writes a copy into the other CRM
    exact: bool = False  # meant to lie exactly on a boundary
    starts: int | None = None  # a meeting, booked at `at`


class Visit(NamedTuple):
    at: int
    source: str  # HubSpot's word


@dataclass(frozen=True, slots=True)
class Response:
    """A campaign member; without a date the campaign reached them and nothing came back."""

    campaign: int
    date: int | None


@dataclass(frozen=True, slots=True)
class Origin:
    visits: tuple[Visit, ...] = ()
    offline: str | None = None  # HubSpot's drill-down of OFFLINE: a label, no visit
    label: str | None = None  # Salesforce's LeadSource
    responses: tuple[Response, ...] = ()
    conversions: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    home: str  # which CRMs know the human
    born: int
    stages: tuple[Said, ...] = ()
    owners: tuple[Said, ...] = ()
    lead_at: int | None = None
    first_status: str = "lead"  # of the Salesforce lead
    contact_at: int | None = None
    reason: str | None = None
    opted_out: bool = False
    delay: int = 0
    unlinked: str = ""  # both CRMs know the human, none says so: only the same email or phone does
    odd: str | None = None  # a lifecycle word in HubSpot that says nothing


@dataclass(frozen=True, slots=True)
class Twin:
    face: str
    at: int
    email: str
    by_phone: bool = False  # the mobile number and the name are the proof; else the address is
    owner: str | None = None
    label: str | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    number: int
    home: str
    created: int
    steps: tuple[tuple[int, str], ...]  # discovery proposal negotiation won lost
    cents: int
    people: tuple[int, ...]
    rep: str
    company: int

    @property
    def state(self) -> str:
        return self.steps[-1][1] if self.steps[-1][1] in ("won", "lost") else "open"

    @property
    def closed(self) -> int | None:
        return self.steps[-1][0] if self.state != "open" else None


@dataclass(frozen=True, slots=True)
class Human:
    person: Person
    origin: Origin
    course: Course
    touches: tuple[Touch, ...] = ()
    twins: tuple[Twin, ...] = ()
    deal: Deal | None = None  # the one this human opened


@dataclass(frozen=True, slots=True)
class Story:
    """What happened in one block of the town."""

    seed: int
    now: int
    block: Block
    cast: Cast
    humans: tuple[Human, ...]
    deals: tuple[Deal, ...]
    deals_by_human: Mapping[int, tuple[Deal, ...]]  # by the number of everybody who takes part

    def human(self, number: int) -> Human:
        return self.humans[number - self.block.first]
