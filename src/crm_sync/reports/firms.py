"""Which company is which: companies with several records, and the pairs that somebody should look at, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.records import Ref
from crm_sync.reports.relations import Relations, Row, rows
from crm_sync.reports.who import Held, Pair, compared_of, held_of, undecided

REVIEWS: Final = "company_reviews"
ASKED_OF_A_SIDE: Final = ("companies", "company_links", "known_companies", "employers", "links", "owners")


@dataclass(frozen=True, slots=True)
class Several:
    """A company with several records, the one that the others are tied to first."""

    company_id: str
    name: str
    domain: str | None
    records: tuple[Held, ...]

    def as_json(self) -> dict[str, Any]:
        which = {"company_id": self.company_id, "name": self.name, "domain": self.domain}
        return which | {"records": [held.as_json() for held in self.records]}


@dataclass(frozen=True, slots=True)
class Firm:
    """What one record says; `records` is how many its company has, `people` how many work at that company."""

    ref: Ref
    company_id: str | None
    name: str
    domain: str | None
    phone: str | None
    industry: str | None
    city: str | None
    country: str | None
    owner: str | None
    people: int
    created_at: datetime
    records: int


def several(store: Relations, engine: Engine) -> tuple[Several, ...]:
    """Those with the most records first."""
    found = rows(engine, "firms", "several", store.tables("company_links", "known_companies"))
    companies = groupby(found, key=lambda row: (row["company_id"], row["name"], row["domain"]))
    return tuple(Several(*which, tuple(map(held_of, records))) for which, records in companies)


def waiting(store: Relations) -> int:
    """How many pairs of companies somebody should look at."""
    return len(undecided(store.tables(REVIEWS, "decisions"), REVIEWS))


def to_review(store: Relations, engine: Engine, most: int | None = None) -> tuple[Pair[Firm], ...]:
    """The likeliest first, without those that were decided since the last plan."""
    tables = store.tables(REVIEWS, "decisions", *ASKED_OF_A_SIDE)
    asked = undecided(tables, REVIEWS)[:most]
    sides = firms_of((ref for row in asked for ref in (row["one"], row["other"])), tables, engine)
    return tuple(
        Pair(sides[row["one"]], sides[row["other"]], compared_of(row))
        for row in asked
        if row["one"] in sides and row["other"] in sides
    )


def firms_of(refs: Iterable[str], tables: Mapping[str, pa.Table], engine: Engine) -> dict[str, Firm]:
    """Ref → what the record says; `tables` are ASKED_OF_A_SIDE."""
    asked = pa.table({"ref": pa.array(sorted(set(refs)), pa.string())})
    found = rows(engine, "firms", "sides", {**{name: tables[name] for name in ASKED_OF_A_SIDE}, "asked": asked})
    return {row["ref"]: firm_of(row) for row in found}


def firm_of(row: Row) -> Firm:
    return Firm(**{**row, "ref": Ref.parse(row["ref"])})
