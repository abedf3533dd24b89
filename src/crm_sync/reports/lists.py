"""The people and deals behind a number: whatever a board shows opens to records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reports.compliance import judged
from crm_sync.reports.duplicates import holdings
from crm_sync.reports.handoff import marked
from crm_sync.reports.marketing import MONTHS_SHOWN, with_cycles
from crm_sync.reports.months import months_until, span_named
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import INSTANT, Relations, as_of, asked, rows, table

PEOPLE_MAY_ASK = (
    "stage", "entered", "said", "source", "sla", "target", "state", "due", "qualified", "rep", "team", "policy",
    "band", "month", "outcome", "held", "mark",
)  # fmt: skip
DEALS_MAY_ASK = ("source", "model")


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One line of a list of people."""

    person_id: str
    name: str
    email: str | None
    company: str | None
    stage: str | None
    sla_status: str | None
    source_first: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class ListedDeal:
    """A won deal, and how much of it the asked channel earned by the asked model."""

    deal: str
    name: str | None
    model: str
    channel: str
    credited: Decimal
    amount: Decimal | None
    closed_at: datetime | None
    people: tuple[tuple[str, str], ...]  # id and name of everybody on the deal


@dataclass(frozen=True, slots=True)
class People:
    """Who answers to what was asked, by name."""

    asked: Mapping[str, str]
    people: tuple[ListedPerson, ...]

    def as_json(self) -> dict[str, Any]:
        return {"asked": dict(self.asked), "count": len(self.people), "people": plain(self.people)}


@dataclass(frozen=True, slots=True)
class Deals:
    """Which deals answer to what was asked, oldest close first."""

    asked: Mapping[str, str]
    deals: tuple[ListedDeal, ...]

    def as_json(self) -> dict[str, Any]:
        return {"asked": dict(self.asked), "count": len(self.deals), "deals": plain(self.deals)}


def people(
    store: Relations, engine: Engine, vocabulary: Vocabulary, wanted: Mapping[str, str], now: datetime
) -> People:
    """People for whom all of `wanted` holds; keys are PEOPLE_MAY_ASK, others are left alone."""
    used = {key: value for key, value in wanted.items() if key in PEOPLE_MAY_ASK}
    months = months_until(as_of(store, now), MONTHS_SHOWN, vocabulary.promise.working_time)
    tables = {**store.tables("known", "people", "links"), **with_cycles(store, engine, vocabulary, months)}
    tables = judged(store, engine, vocabulary, tables, with_policies="policy" in used)
    tables["spans"] = spans_asked(used, vocabulary.promise.working_time.zone_now)
    tables["entered"] = table(engine, "funnel", "entered", tables)
    tables["holdings"] = holdings(engine, tables)
    tables["asked"] = asked({key: used.get(key) for key in PEOPLE_MAY_ASK})
    mark = used.get("mark")
    found = sorted(marked(store, engine, vocabulary, mark, now)) if mark else []
    tables["marked"] = pa.table({"person_id": pa.array(found, pa.string())})
    return People(used, tuple(ListedPerson(**row) for row in rows(engine, "lists", "people", tables)))


def spans_asked(used: Mapping[str, str], zone: ZoneInfo) -> pa.Table:
    """When the target fell due, and when the lead qualified, as months name it; what names none is no time at all."""
    found = [(key, span_named(used[key], zone)) for key in ("due", "qualified") if key in used]
    known = [(key, span.begins, span.ends) for key, span in found if span]
    keys, begins, ends = zip(*known, strict=True) if known else ((), (), ())
    return pa.table(
        {"asked": pa.array(keys, pa.string()), "begins": pa.array(begins, INSTANT), "ends": pa.array(ends, INSTANT)}
    )


def deals(store: Relations, engine: Engine, wanted: Mapping[str, str]) -> Deals:
    """Won deals with credit; keys of `wanted` are DEALS_MAY_ASK, the model is `first` unless asked otherwise."""
    used = {"model": "first"} | {key: value for key, value in wanted.items() if key in DEALS_MAY_ASK}
    tables = {**store.tables("credits", "deals", "deal_people", "known")}
    tables["asked"] = asked({key: used.get(key) for key in DEALS_MAY_ASK})
    who: dict[str, list[tuple[str, str]]] = {}
    for row in rows(engine, "lists", "people_of_deals", tables):
        who.setdefault(row["deal"], []).append((row["person_id"], row["name"]))
    found = rows(engine, "lists", "deals", tables)
    return Deals(used, tuple(ListedDeal(**row, people=tuple(who.get(row["deal"], ()))) for row in found))
