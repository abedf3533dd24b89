"""Who is who: people with several records, and the pairs that somebody should look at, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Generic, TypeVar

import pyarrow as pa

from crm_sync.changes import Compared, Reason
from crm_sync.engine.base import Engine
from crm_sync.records import Ref, Subject
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, Row, rows

ASKED_OF_A_SIDE = ("people", "links", "known", "companies", "owners")


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a person with several. `compared` is None where a CRM or somebody says so, and for the first one."""

    ref: Ref
    because: str
    other: Ref | None
    compared: Compared | None

    def as_json(self) -> dict[str, Any]:
        told = {"ref": str(self.ref), "because": self.because, "other": str(self.other) if self.other else None}
        return told | found_in(self.compared)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A person with several records, the one that the others are tied to first."""

    person_id: str
    name: str
    email: str | None
    company: str | None
    records: tuple[Held, ...]

    def as_json(self) -> dict[str, Any]:
        who = {"person_id": self.person_id, "name": self.name, "email": self.email, "company": self.company}
        return who | {"records": [held.as_json() for held in self.records]}


@dataclass(frozen=True, slots=True)
class Side:
    """What one record says; `records` is how many its person has."""

    ref: Ref
    person_id: str | None
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    company: str | None
    title: str | None
    country: str | None
    owner: str | None
    created_at: datetime
    records: int


Told = TypeVar("Told")  # what a record says of a person or company


@dataclass(frozen=True, slots=True)
class Pair(Generic[Told]):
    """Two records that may be one person or company."""

    one: Told
    other: Told
    compared: Compared

    def as_json(self) -> dict[str, Any]:
        return {"one": plain(self.one), "other": plain(self.other), **found_in(self.compared)}


def duplicates(store: Relations, engine: Engine) -> tuple[Duplicate, ...]:
    """Those with the most records first."""
    found = rows(engine, "who", "duplicates", store.tables("links", "known"))
    people = groupby(found, key=lambda row: (row["person_id"], row["name"], row["email"], row["company"]))
    return tuple(Duplicate(*who, tuple(map(held_of, records))) for who, records in people)


def held_of(row: Row) -> Held:
    other = Ref.parse(row["other"]) if row["other"] else None
    return Held(Ref.parse(row["ref"]), row["because"], other, None if row["score"] is None else compared_of(row))


@dataclass(frozen=True, slots=True)
class Made:
    """A decision of somebody, with what became of it."""

    number: int
    one: str
    other: str
    same: bool
    by: str
    at: datetime
    note: str | None
    undone_at: datetime | None
    undone_by: str | None
    about: Subject

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = plain(self)
        return found


def decisions(store: Relations) -> tuple[Made, ...]:
    """All that were ever made, the newest first."""
    made = sorted(store.tables("decisions")["decisions"].to_pylist(), key=lambda row: -int(row["id"]))
    return tuple(Made(row.pop("id"), **row) for row in made)


def waiting(store: Relations) -> int:
    """How many pairs somebody should look at."""
    return len(undecided(store.tables("reviews", "decisions")))


def undecided(tables: Mapping[str, pa.Table], reviews: str = "reviews") -> list[Row]:
    """The likeliest first, without those that were decided since the last plan."""
    decided = {pair_of(row) for row in tables["decisions"].to_pylist() if row["undone_at"] is None}
    return [row for row in tables[reviews].to_pylist() if pair_of(row) not in decided]


def to_review(store: Relations, engine: Engine, most: int | None = None) -> tuple[Pair[Side], ...]:
    """The likeliest first, without those that were decided since the last plan."""
    tables = store.tables("reviews", "decisions", *ASKED_OF_A_SIDE)
    asked = undecided(tables)[:most]
    sides = sides_of((ref for row in asked for ref in (row["one"], row["other"])), tables, engine)
    return tuple(
        Pair(sides[row["one"]], sides[row["other"]], compared_of(row))
        for row in asked
        if row["one"] in sides and row["other"] in sides
    )


def pair_of(row: Row) -> frozenset[str]:
    return frozenset((row["one"], row["other"]))


def sides_of(refs: Iterable[str], tables: Mapping[str, pa.Table], engine: Engine) -> dict[str, Side]:
    """Ref → what the record says; `tables` are ASKED_OF_A_SIDE."""
    asked = pa.table({"ref": pa.array(sorted(set(refs)), pa.string())})
    found = rows(engine, "who", "sides", {**{name: tables[name] for name in ASKED_OF_A_SIDE}, "asked": asked})
    return {row["ref"]: side_of(row) for row in found}


def side_of(row: Row) -> Side:
    told = ("person_id", "name", "company", "title", "country", "owner", "created_at", "records")
    emails = tuple(filter(None, (row["email"], *texts(row["more_emails"]))))
    return Side(
        ref=Ref.parse(row["ref"]), emails=emails, phones=texts(row["phones"]), **{name: row[name] for name in told}
    )


def texts(cell: str | None) -> tuple[str, ...]:
    return tuple(json.loads(cell or "[]"))


def found_in(compared: Compared | None) -> dict[str, Any]:
    """As JSON holds it."""
    if compared is None:
        return {}
    told = [{"told": one.told, "weight": round(one.weight, 2)} for one in compared.evidence]
    return {"chance": round(compared.chance, 4), "before": round(compared.before, 2), "evidence": told}


def compared_of(row: Row) -> Compared:
    return Compared(row["score"], tuple(Reason(told, weight) for told, weight in json.loads(row["evidence"] or "[]")))
