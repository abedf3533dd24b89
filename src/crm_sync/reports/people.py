"""One person, explained: everything we know and why; nothing is computed again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa

from crm_sync.changes import Considered, Known
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label
from crm_sync.records import Ref
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Row
from crm_sync.reports.revisions import Revision, revisions_of

UNKNOWN_KIND = Label(en="Something no rule knows", es="Algo que ninguna regla conoce")


class Register(Protocol):
    """The store, as far as one person is concerned."""

    def find_people(self, text: str) -> list[Known]:
        """People by id, ref, CRM id, e-mail or part of the name."""

    def tables_about(self, known: Known) -> Mapping[str, pa.Table]:
        """Of links, touches, credits, employers, companies and the history of verdicts, the rows that are about one
        person."""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record of this person, and what ties it to the others (empty for the first one)."""

    ref: Ref
    because: str


@dataclass(frozen=True, slots=True)
class HeldJob:
    """The company that one of the person's records belongs to, and why."""

    ref: Ref
    company_id: str
    company: str
    because: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One touch in the journey. `counted` and `rule` are the SLA's word on it; None where it was not on the table."""

    at: datetime
    ref: Ref
    activity: Label
    subject: str | None
    channel: Label | None
    counted: bool | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class DealCredit:
    """What this person's touches earned on a won deal."""

    deal: Ref
    model: str
    channel: str
    amount: Decimal
    touch: Ref | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A person with evidence: `known` holds stages, owner and SLA; the rest is what stands around it."""

    known: Known
    records: tuple[HeldRecord, ...]
    journey: tuple[Moment, ...]
    credits: tuple[DealCredit, ...]
    companies: tuple[HeldJob, ...] = ()
    criteria: Mapping[str, Label] = field(default_factory=dict)  # what the rules of a qualified lead are called
    revisions: tuple[Revision, ...] = ()

    def as_json(self) -> dict[str, Any]:
        known: dict[str, Any] = plain(self.known)
        known.pop("refs")
        for told, one in zip(known["qualifications"], self.known.qualifications, strict=True):
            told["met"] = one.met
        around = {
            "records": self.records,
            "journey": self.journey,
            "credits": self.credits,
            "companies": self.companies,
            "revisions": self.revisions,
        }
        return {**known, **{key: plain(value) for key, value in around.items()}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a text: nobody, one person explained, or several to choose from."""

    asked: str
    matches: tuple[Known, ...]
    explanation: Explanation | None

    def as_json(self) -> dict[str, Any]:
        named = ("person_id", "name", "email", "company", "stage")
        matches = [{key: getattr(known, key) for key in named} for known in self.matches]
        found = None if self.explanation is None else self.explanation.as_json()
        return {"asked": self.asked, "matches": matches, "person": found}


def explain(store: Register, vocabulary: Vocabulary, text: str) -> Answer:
    """`text` is a person id, a ref, a CRM id, an e-mail address or part of a name."""
    matches = tuple(store.find_people(text.strip())) if text.strip() else ()
    only = explained(store, vocabulary, matches[0]) if len(matches) == 1 else None
    return Answer(text, matches, only)


def explained(store: Register, vocabulary: Vocabulary, known: Known) -> Explanation:
    held = {name: list(table.to_pylist()) for name, table in store.tables_about(known).items()}
    because = {row["ref"]: row["because"] for row in held["links"]}
    return Explanation(
        known,
        tuple(HeldRecord(ref, because.get(str(ref)) or "") for ref in known.refs),
        journey_of(known, held["touches"], vocabulary),
        tuple(as_credit(row) for row in held["credits"]),
        jobs_of(known, held["employers"], held["known_companies"]),
        vocabulary.criteria.labels,
        revisions_of(held["verdict_history"]),
    )


def jobs_of(known: Known, employers: Sequence[Row], companies: Sequence[Row]) -> tuple[HeldJob, ...]:
    """In the order of the person's records."""
    found = {row["ref"]: row for row in employers}
    names = {row["company_id"]: row["name"] for row in companies}
    jobs = (found[str(ref)] for ref in known.refs if str(ref) in found)
    return tuple(
        HeldJob(Ref.parse(one["ref"]), one["company_id"], names.get(one["company_id"], ""), one["because"])
        for one in jobs
    )


def journey_of(known: Known, touches: Sequence[Row], vocabulary: Vocabulary) -> tuple[Moment, ...]:
    """Touches of any of the person's records, in order of time."""
    judged = {one.ref: one for one in known.verdict.considered} if known.verdict else {}
    found = [as_moment(row, judged, vocabulary) for row in touches]
    return tuple(sorted(found, key=lambda moment: (moment.at, moment.ref)))


def as_moment(row: Row, judged: Mapping[Ref, Considered], vocabulary: Vocabulary) -> Moment:
    ref, facts = Ref.parse(row["ref"]), json.loads(row["facts"] or "{}")
    beginning = vocabulary.activities.beginning(ref.kind, row["subject"])
    activity, verdict = vocabulary.activities.classify(ref.kind, facts, beginning), judged.get(ref)
    return Moment(
        at=row["at"],
        ref=ref,
        activity=activity.label if activity else UNKNOWN_KIND,
        subject=row["subject"],
        channel=channel_label(ref, row["source"], activity.words if activity else None, vocabulary),
        counted=verdict.counted if verdict else None,
        rule=verdict.rule if verdict else None,
    )


def channel_label(ref: Ref, word: str | None, words: str | None, vocabulary: Vocabulary) -> Label | None:
    """The channel of a touch that can carry credit; None for calls, notes and the like."""
    if words is None:
        return None
    column = "campaign" if words == "campaign" else ref.crm
    channel = vocabulary.channels.channel_of(column, word)
    return vocabulary.channels.labels[channel or "unknown"]


def as_credit(row: Row) -> DealCredit:
    touch = Ref.parse(row["touch"]) if row["touch"] else None
    return DealCredit(Ref.parse(row["deal"]), row["model"], row["channel"], row["amount"], touch)
