"""What the boards ask the reports: one place, so that a page and its JSON can never differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from crm_sync.engine.base import Engine
from crm_sync.errors import ConfigError
from crm_sync.mappings import Vocabulary
from crm_sync.records import Decision, Ref, Subject
from crm_sync.reports import firms, lists, who
from crm_sync.reports.companies import Companies, CompanyAnswer, explain_company
from crm_sync.reports.compliance import GROUPED_BY, MONTHS_SHOWN, Compliance, CountedBy, compliance
from crm_sync.reports.duplicates import Duplicates, duplicates
from crm_sync.reports.escalations import Escalations, Running, due_escalations
from crm_sync.reports.funnel import Funnel, funnel
from crm_sync.reports.handoff import Handoff, handoff
from crm_sync.reports.obligation import Obligation, obligation
from crm_sync.reports.people import Answer, Register, explain
from crm_sync.reports.sla import Sla, sla
from crm_sync.reports.sources import Sources, sources
from crm_sync.reports.status import Books, Status, crm_time, status
from crm_sync.store.trainings import InForce, Trained, in_force
from crm_sync.sync.promise import Archive, former_promises

Asked = Mapping[str, str]
MOST_SHOWN = 24  # months on one page
Waiting = Mapping[Subject, int]  # pairs that somebody should look at
Pair = who.Pair[who.Side] | who.Pair[firms.Firm]
Held = who.Duplicate | firms.Several
KINDS: Final[Mapping[Subject, str]] = {"person": "people", "company": "companies"}  # as `?of=` asks for them


def asked_about(wanted: Asked) -> Subject:
    """What `?of=` asks for: people unless it is companies."""
    return "company" if wanted.get("of") == KINDS["company"] else "person"


class Shelf(Books, Register, Companies, Running, Archive, Protocol):
    """The store, as the boards see it."""

    def decide(
        self, one: Ref, other: Ref, *, same: bool, by: str, now: datetime, note: str | None = None,
        about: Subject = "person",
    ) -> Decision:  # fmt: skip
        """Two records are one person or company, or two."""

    def find_records(self, text: str) -> list[Ref]:
        """Records of people by ref or by the CRM's own id."""

    def find_company_records(self, text: str) -> list[Ref]:
        """The same of companies."""

    def undo_decision(self, number: int, by: str, now: datetime) -> Decision:
        """Raises ConfigError when no such decision is in force."""

    def last_training(self) -> Trained | None:
        """The last weights that a company's own records taught."""


def months_in(wanted: Asked) -> int:
    """How many `?months=` asks for: six unless it is a number of them that fits on a page."""
    said = wanted.get("months", "")
    return int(said) if said.isdecimal() and said.isascii() and 1 <= int(said[:3]) <= MOST_SHOWN else MONTHS_SHOWN


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the first page."""

    funnel: Funnel
    sla: Sla
    commitment: Obligation
    sources: Sources
    duplicates: Duplicates
    status: Status
    waiting: Waiting


@dataclass(frozen=True)
class Answers:
    """The reports, bound to their parts."""

    store: Shelf
    engine: Engine
    vocabulary: Vocabulary
    now: Callable[[], datetime]
    stale_after: timedelta
    decides: bool = False

    @property
    def by_name(self) -> Mapping[str, Callable[[Asked], dict[str, Any]]]:
        """Every report that `/api/<name>.json` serves."""
        return {
            "funnel": lambda wanted: self.funnel().as_json(),
            "sla": lambda wanted: self.sla().as_json(),
            "commitment": lambda wanted: self.commitment(self.sla()).as_json(),
            "sources": lambda wanted: self.sources().as_json(),
            "duplicates": lambda wanted: self.duplicates().as_json(),
            "compliance": lambda wanted: self.compliance(wanted).as_json(),
            "escalations": lambda wanted: self.escalations().as_json(),
            "handoff": lambda wanted: self.handoff().as_json(),
            "status": lambda wanted: self.status().as_json(),
            "people": lambda wanted: self.people(wanted).as_json(),
            "deals": lambda wanted: self.deals(wanted).as_json(),
            "person": lambda wanted: self.find(wanted.get("q", "")).as_json(),
            "review": lambda wanted: self.queue(asked_about(wanted)),
            "held": lambda wanted: self.several(asked_about(wanted)),
            "decisions": lambda wanted: {"decisions": [one.as_json() for one in self.decisions()]},
            "company": lambda wanted: self.company(wanted.get("q", "")).as_json(),
        }

    def board(self) -> Board:
        sla = self.sla()
        commitment, duplicates = self.commitment(sla), self.duplicates()
        return Board(self.funnel(), sla, commitment, self.sources(), duplicates, self.status(), self.waiting())

    def funnel(self) -> Funnel:
        return funnel(self.store, self.engine, self.vocabulary)

    def sla(self) -> Sla:
        return sla(self.store, self.engine, self.vocabulary, self.now())

    def commitment(self, sla: Sla) -> Obligation:
        return obligation(self.store, self.engine, self.vocabulary, sla.marketing, self.now())

    def sources(self) -> Sources:
        return sources(self.store, self.engine, self.vocabulary)

    def duplicates(self) -> Duplicates:
        return duplicates(self.store, self.engine, self.vocabulary, self.now())

    def handoff(self) -> Handoff:
        return handoff(self.store, self.engine, self.vocabulary, self.now())

    def compliance(self, wanted: Asked) -> Compliance:
        """By what `?by=` says, team unless it says something else; with `?cohort=1` by the day of qualification."""
        by = next((name for name in GROUPED_BY if name == wanted.get("by")), GROUPED_BY[0])
        counted_by: CountedBy = "qualified" if wanted.get("cohort") == "1" else "due"
        return compliance(
            self.store, self.engine, self.vocabulary, self.now(), grouped_by=by, counted_by=counted_by,
            months=months_in(wanted),
        )  # fmt: skip

    def escalations(self) -> Escalations:
        former = former_promises(self.store, self.vocabulary.promise, self.now())
        return due_escalations(self.store, self.vocabulary, self.now(), former)

    def status(self) -> Status:
        return status(self.store, crm_time(self.store, self.now()), self.stale_after)

    def people(self, wanted: Asked) -> lists.People:
        return lists.people(self.store, self.engine, self.vocabulary, wanted, self.now())

    def deals(self, wanted: Asked) -> lists.Deals:
        return lists.deals(self.store, self.engine, wanted)

    def find(self, text: str) -> Answer:
        return explain(self.store, self.vocabulary, text)

    def person(self, person_id: str) -> Answer:
        return explain(self.store, self.vocabulary, person_id)

    def to_review(self, about: Subject = "person") -> Sequence[Pair]:
        if about == "company":
            return firms.to_review(self.store, self.engine)
        return who.to_review(self.store, self.engine)

    def queue(self, about: Subject) -> dict[str, Any]:
        """Companies are weighed by their table alone."""
        weighed = {"matching": self.weights().as_json()} if about == "person" else {}
        return {"pairs": [pair.as_json() for pair in self.to_review(about)], **weighed}

    def weights(self) -> InForce:
        """Those that the matching of people goes by."""
        return in_force(self.vocabulary.identity.model, self.store.last_training())

    def waiting(self) -> Waiting:
        """How many pairs somebody should look at."""
        return {"person": who.waiting(self.store), "company": firms.waiting(self.store)}

    def several(self, about: Subject) -> dict[str, Any]:
        return {KINDS[about]: [one.as_json() for one in self.held(about)]}

    def held(self, about: Subject = "person") -> Sequence[Held]:
        """People or companies with several records."""
        if about == "company":
            return firms.several(self.store, self.engine)
        return who.duplicates(self.store, self.engine)

    def decisions(self) -> tuple[who.Made, ...]:
        return who.decisions(self.store)

    def decide(self, one: Ref, other: Ref, same: bool, by: str, note: str | None, about: Subject) -> Decision:
        """Raises ConfigError for what are no two records that have been read."""
        found = self.store.find_records if about == "person" else self.store.find_company_records
        for ref in (one, other):
            if ref not in found(str(ref)) or one == other:
                raise ConfigError("record", str(ref), f"two records of a {about} that have been read")
        return self.store.decide(one, other, same=same, by=by, now=self.now(), note=note, about=about)

    def undo(self, number: int, by: str) -> Decision:
        return self.store.undo_decision(number, by, self.now())

    def company(self, text: str) -> CompanyAnswer:
        return explain_company(self.store, text)

    def probe(self) -> None:
        """Raises when the store does not answer."""
        self.store.tables("progress")
