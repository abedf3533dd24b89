"""Do you need this? The four symptoms, scored from data as they are; what the data do not tell is unknown, not zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.symptoms import MEASURES
from crm_sync.mappings.tables import Label
from crm_sync.reports.duplicates import Duplicates, duplicates, holdings
from crm_sync.reports.handoff import Handoff, handed_tables, handoff
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, Row, rows, stages_of
from crm_sync.reports.sales import SMALLEST_SAMPLE

EXAMPLES: Final = 5
FULL: Final = 100.0


@dataclass(frozen=True, slots=True)
class Example:
    """One case, with its records in the CRMs."""

    name: str
    detail: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """So many cases out of so many. `unknown` names what the data lack, and then nothing is counted."""

    count: int | None = None
    of: int | None = None
    examples: tuple[Example, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One finding and how bad it is. `score` None: unknown, or too few to say."""

    name: str
    label: Label
    count: int | None
    of: int | None
    score: float | None
    unknown: str
    examples: tuple[Example, ...]

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.count is not None and self.of else None

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "share": None if self.share is None else round(self.share, 4)}


@dataclass(frozen=True, slots=True)
class Symptom:
    """`score` from 0 to 100 as that of the worst measure; `level` is fine, watch, act or unknown."""

    name: str
    label: Label
    question: Label
    next: Label
    score: float | None
    level: str
    measures: tuple[Measure, ...]

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "measures": [one.as_json() for one in self.measures]}


@dataclass(frozen=True, slots=True)
class Money:
    """What the campaigns cost that say so, and what these earned; None where no campaign says what it cost."""

    spent: Decimal | None
    returned: Decimal | None

    @property
    def per_unit(self) -> Decimal | None:
        """What comes back for one that goes in."""
        return self.returned / self.spent if self.spent and self.returned is not None else None

    def as_json(self) -> dict[str, Any]:
        ratio = None if self.per_unit is None else float(round(self.per_unit, 2))
        return {**plain(self), "per_unit": ratio}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was read, and the four symptoms in the order of the method."""

    people: int
    records: int
    leads: int
    won: int
    money: Money
    symptoms: tuple[Symptom, ...]

    def as_json(self) -> dict[str, Any]:
        read = {"people": self.people, "records": self.records, "leads": self.leads, "won_deals": self.won}
        return {"read": read, "money": self.money.as_json(), "symptoms": [one.as_json() for one in self.symptoms]}


def diagnose(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> Diagnosis:
    """`now` stands in for the CRMs' clock only while nothing has been read."""
    tables = handed_tables(store, engine, vocabulary, now, ever=True)
    tables |= store.tables("campaigns", "credits", "deals")
    tables["stages"] = stages_of(vocabulary.lifecycle)
    tables["holdings"] = holdings(engine, tables)
    handed = handoff(store, engine, vocabulary, now, ever=True)
    held = duplicates(store, engine, vocabulary, now)
    campaigns, won = rows(engine, "diagnosis", "campaigns", tables), rows(engine, "diagnosis", "won", tables)
    found = {
        "cost": cost(campaigns, won),
        "duplicates": held_twice(engine, tables, held),
        "black_hole": lost(engine, tables, handed),
        "handoff": brought(engine, tables, handed),
    }
    return Diagnosis(
        people=tables["known"].num_rows,
        records=held.total.records,
        leads=tables["handed"].num_rows,
        won=len(won),
        money=money(campaigns),
        symptoms=tuple(symptom(name, found[name], vocabulary) for name in MEASURES),
    )


def money(campaigns: Sequence[Row]) -> Money:
    told = [row for row in campaigns if row["cost"] is not None]
    if not told:
        return Money(None, None)
    return Money(sum((row["cost"] for row in told), Decimal()), sum((row["earned"] for row in told), Decimal()))


def cost(campaigns: Sequence[Row], won: Sequence[Row]) -> dict[str, Found]:
    """A campaign that touched nobody whom we know cannot be said to have brought nothing."""
    silent = [row for row in campaigns if row["cost"] is None]
    judged = [row for row in campaigns if row["cost"] and row["people"]]
    barren = [row for row in judged if not row["earned"]]
    unsourced = [row for row in won if row["unsourced"]]
    return {
        "no_cost": Found(len(silent), len(campaigns), examples_of(silent)) if campaigns else Found(unknown="campaigns"),
        "no_return": Found(len(barren), len(judged), examples_of(barren, "cost")) if judged else Found(unknown="cost"),
        "no_source": Found(len(unsourced), len(won), examples_of(unsourced, "amount")) if won else Found(unknown="won"),
    }


def examples_of(some: Sequence[Row], amount: str | None = None) -> tuple[Example, ...]:
    return tuple(
        Example(row["name"], "" if amount is None or row[amount] is None else f"{row[amount]:,.2f}", (row["ref"],))
        for row in some[:EXAMPLES]
    )


def held_twice(engine: Engine, tables: dict[str, pa.Table], held: Duplicates) -> dict[str, Found]:
    twice = rows(engine, "diagnosis", "held_twice", tables)
    (owned,) = rows(engine, "diagnosis", "owned", tables)
    examples = tuple(Example(row["name"], "", tuple(row["refs"])) for row in twice[:EXAMPLES])
    pursued = tuple(
        Example(
            one.person, " / ".join(rep.name for rep in one.pursuers), tuple(r for rep in one.pursuers for r in rep.refs)
        )
        for one in held.pursuits[:EXAMPLES]
    )
    total = held.total
    return {
        "records": Found(total.duplicates, total.records, examples) if total.records else Found(unknown="people"),
        "pursuits": Found(len(held.pursuits), owned["people"], pursued) if owned["people"] else Found(unknown="owners"),
    }


def lost(engine: Engine, tables: dict[str, pa.Table], handed: Handoff) -> dict[str, Found]:
    """Silence proves nothing where no touch by a human being is to be seen at all."""
    (signs,) = rows(engine, "diagnosis", "signs", tables)
    rejected = rows(engine, "diagnosis", "rejected", tables)
    mute = [row for row in rejected if row["reason"] is None]
    hole = handed.black_hole
    silence = tuple(
        Example(one.person, f"{one.days} bd · {one.rep_name or '—'}", one.refs) for one in hole.leads[:EXAMPLES]
    )
    found = Found(len(hole.leads), hole.open, silence)
    if not hole.open:
        found = Found(unknown="leads")
    elif hole.judged_until is None:
        found = Found(unknown="unread")
    elif not signs["by_people"]:
        found = Found(unknown="activities")
    examples = tuple(Example(row["person"], "", tuple(row["refs"])) for row in mute[:EXAMPLES])
    reasons = Found(len(mute), len(rejected), examples) if rejected else Found(unknown="rejected")
    return {"lost": found, "no_reason": reasons}


def brought(engine: Engine, tables: dict[str, pa.Table], handed: Handoff) -> dict[str, Found]:
    """What nobody at all has is not missing from leads: these data do not hold it."""
    (signs,) = rows(engine, "diagnosis", "signs", tables)
    seen = {"source": signs["sources"], "campaign": signs["campaigns"], "content": signs["content"]}
    return {f"no_{part}": lacking(part, handed, count) for part, count in seen.items()}


def lacking(part: str, handed: Handoff, seen: int) -> Found:
    leads = handed.completeness
    if not leads.leads:
        return Found(unknown="leads")
    if not seen:
        return Found(unknown=part)
    some = [one for one in leads.incomplete if part in one.missing][:EXAMPLES]
    examples = tuple(Example(one.person, one.rep_name or "", one.refs) for one in some)
    return Found(leads.missing[part], leads.leads, examples)


def symptom(name: str, found: dict[str, Found], vocabulary: Vocabulary) -> Symptom:
    table = vocabulary.symptoms.tables[name]
    measures = tuple(measured(name, found, vocabulary))
    scores = [one.score for one in measures if one.score is not None]
    score = max(scores, default=None)
    level = vocabulary.symptoms.level_of(score)
    return Symptom(name, table.label, table.question, table.next, score, level, measures)


def measured(name: str, found: dict[str, Found], vocabulary: Vocabulary) -> Iterator[Measure]:
    for key in MEASURES[name]:
        table, one = vocabulary.symptoms.tables[name].measures[key], found[key]
        unknown, score = one.unknown, None
        if one.count is not None and one.of is not None:
            enough = one.of >= SMALLEST_SAMPLE
            score = round(min(FULL, FULL * one.count / one.of / table.full_at), 1) if enough else None
            unknown = "" if enough else "few"
        yield Measure(key, table.label, one.count, one.of, score, unknown, one.examples)
