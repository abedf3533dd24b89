"""What is held twice: the rate per source, people whom two reps work at once, and companies that may be one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import INSTANT, Relations, Row, as_of, rows, table
from crm_sync.reports.sales import SMALLEST_SAMPLE
from crm_sync.reports.who import compared_of, undecided

LATELY: Final = timedelta(days=90)  # who has not touched the person for longer does not work the person any more


@dataclass(frozen=True, slots=True)
class SourceRate:
    """One first source: `duplicates` are records beyond the first of one person in one CRM, `twice` the people that
    these are, `in_both` people whom several CRMs hold, which is as it should be."""

    channel: str
    label: Label
    records: int
    duplicates: int
    twice: int
    in_both: int

    @property
    def share(self) -> float | None:
        """Duplicates of all records; None for a sample of fewer than five."""
        return self.duplicates / self.records if self.records >= SMALLEST_SAMPLE else None

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "share": None if self.share is None else round(self.share, 4)}


@dataclass(frozen=True, slots=True)
class Pursuer:
    """A rep who works the person: the records that the rep owns, and the touches of late."""

    rep: str
    name: str
    refs: tuple[str, ...]
    touches: int
    last_at: datetime | None
    in_cycle: bool  # the open cycle is this rep's


@dataclass(frozen=True, slots=True)
class Pursuit:
    """One person whom several reps work, the one who touched last first."""

    person_id: str
    person: str
    company: str | None
    pursuers: tuple[Pursuer, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two company records that may be one company."""

    ref: str
    name: str | None
    other: str
    other_name: str | None
    score: float
    because: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A person's record that might belong to several companies, and the one that was chosen."""

    ref: str
    person_id: str | None
    company_id: str
    company: str | None
    because: str


@dataclass(frozen=True, slots=True)
class Companies:
    """How many there are, in how many records, and how many of these go beyond the first of one CRM."""

    companies: int
    records: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Everything that is held twice, and `days` back until when a touch counts as lately."""

    sources: tuple[SourceRate, ...]
    pursuits: tuple[Pursuit, ...]
    companies: Companies
    doubts: tuple[Doubt, ...]
    ambiguous: tuple[Ambiguous, ...]
    days: int = LATELY.days

    @property
    def total(self) -> SourceRate:
        counts = [
            sum(getattr(one, name) for one in self.sources) for name in ("records", "duplicates", "twice", "in_both")
        ]
        return SourceRate("", Label(en="Total", es="Total"), *counts)

    def as_json(self) -> dict[str, Any]:
        return {
            "sources": [source.as_json() for source in self.sources],
            "total": self.total.as_json(),
            "pursuits": plain(self.pursuits),
            "companies": plain(self.companies),
            "company_reviews": plain(self.doubts),
            "ambiguous_companies": plain(self.ambiguous),
            "lately_days": self.days,
        }


def duplicates(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> Duplicates:
    """`now` stands in for the CRMs' clock only while nothing has been read."""
    tables = {**store.tables(*RELATIONS)}
    reviews = tables["company_reviews"]
    tables["company_reviews"] = pa.Table.from_pylist(undecided(tables, "company_reviews"), reviews.schema)
    tables["reps"] = table(engine, "sla", "reps", tables)
    tables["holdings"] = holdings(engine, tables)
    tables["lately"] = since(as_of(store, now))
    counted = rows(engine, "duplicates", "companies", tables)[0]
    return Duplicates(
        tuple(as_rate(row, vocabulary) for row in rows(engine, "duplicates", "rates", tables)),
        tuple(as_pursuits(rows(engine, "duplicates", "pursuits", tables))),
        Companies(**counted),
        tuple(map(as_doubt, rows(engine, "duplicates", "doubts", tables))),
        tuple(Ambiguous(**row) for row in rows(engine, "duplicates", "ambiguous", tables)),
    )


RELATIONS: Final = (
    "people", "links", "known", "owners", "touches", "touch_people", "companies", "company_links", "known_companies",
    "company_reviews", "decisions", "employers",
)  # fmt: skip


def holdings(engine: Engine, tables: dict[str, pa.Table]) -> pa.Table:
    """How often each person is held, from `people` and `links`."""
    return table(engine, "duplicates", "holdings", tables)


def since(until: datetime) -> pa.Table:
    return pa.table({"since": pa.array([until - LATELY], INSTANT), "until": pa.array([until], INSTANT)})


def as_doubt(row: Row) -> Doubt:
    told = compared_of(row).evidence
    because = ", ".join(f"{one.told} ({one.weight:+.1f})" for one in told)
    return Doubt(row["ref"], row["name"], row["other"], row["other_name"], row["score"], because)


def as_rate(row: Row, vocabulary: Vocabulary) -> SourceRate:
    channel = row["channel"]
    return SourceRate(label=vocabulary.channels.labels.get(channel, Label(en=channel, es=channel)), **row)


def as_pursuits(found: Iterable[Row]) -> Iterable[Pursuit]:
    for (person_id, person, company), some in groupby(found, itemgetter("person_id", "person", "company")):
        yield Pursuit(person_id, person, company, tuple(as_pursuer(row) for row in some))


def as_pursuer(row: Row) -> Pursuer:
    refs = tuple(row["refs"])
    return Pursuer(row["rep"], row["name"], refs, row["touches"], row["last_at"], row["in_cycle"])
