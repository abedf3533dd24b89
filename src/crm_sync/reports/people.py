"""One person, explained: everything we know and why; nothing is computed again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from crm_sync.changes import Considered, Known
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label
from crm_sync.records import Ref
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, Row

UNKNOWN_KIND = Label(en="Something no rule knows", es="Algo que ninguna regla conoce")


class Register(Relations, Protocol):
    """The store, with its register of people."""

    def find_people(self, text: str) -> list[Known]:
        """People by id, ref, CRM id, e-mail or part of the name."""


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
    tables = store.tables("links", "touches", "credits", "employers", "known_companies")
    because = {row["ref"]: row["because"] for row in where(tables["links"], "person_id", known.person_id)}
    earned = where(tables["credits"], "person_id", known.person_id)
    return Explanation(
        known,
        tuple(HeldRecord(ref, because.get(str(ref)) or "") for ref in known.refs),
        journey_of(known, tables["touches"], vocabulary),
        tuple(as_credit(row) for row in earned),
        jobs_of(known, tables),
        vocabulary.criteria.labels,
    )


def jobs_of(known: Known, tables: Mapping[str, pa.Table]) -> tuple[HeldJob, ...]:
    """In the order of the person's records."""
    mine = [str(ref) for ref in known.refs]
    employers, companies = tables["employers"], tables["known_companies"]
    found = {row["ref"]: row for row in employers.filter(pc.is_in(employers["ref"], pa.array(mine))).to_pylist()}
    ids = pa.array([row["company_id"] for row in found.values()], pa.string())
    some = companies.filter(pc.is_in(companies["company_id"], ids)).to_pylist()
    names = {row["company_id"]: row["name"] for row in some}
    jobs = (found[ref] for ref in mine if ref in found)
    return tuple(
        HeldJob(Ref.parse(one["ref"]), one["company_id"], names.get(one["company_id"], ""), one["because"])
        for one in jobs
    )


def where(table: pa.Table, column: str, value: str) -> list[Row]:
    return list(table.filter(pc.equal(table[column], value)).to_pylist())


def journey_of(known: Known, touches: pa.Table, vocabulary: Vocabulary) -> tuple[Moment, ...]:
    """Touches of any of the person's records, in order of time."""
    mine = {str(ref) for ref in known.refs}
    pattern = "|".join(re.escape(f'"{ref}"') for ref in sorted(mine))  # `people` is the JSON text of a list of refs
    candidates = touches.filter(pc.match_substring_regex(touches["people"], pattern)).to_pylist()
    judged = {one.ref: one for one in known.verdict.considered} if known.verdict else {}
    found = [as_moment(row, judged, vocabulary) for row in candidates]
    return tuple(sorted(found, key=lambda moment: (moment.at, moment.ref)))


def as_moment(row: Row, judged: Mapping[Ref, Considered], vocabulary: Vocabulary) -> Moment:
    ref, facts = Ref.parse(row["ref"]), json.loads(row["facts"] or "{}")
    activity, verdict = vocabulary.activities.classify(ref.kind, facts), judged.get(ref)
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
