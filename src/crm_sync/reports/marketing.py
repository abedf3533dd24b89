"""What marketing promised: qualified leads per rep and month, delivered and accepted, against the commitment so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from crm_sync.engine.base import Engine, Tables
from crm_sync.mappings import Vocabulary
from crm_sync.reports.months import Month, months_until
from crm_sync.reports.relations import Relations, Row, as_of, months_of, rows, stages_of, table

MONTHS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Delivery:
    """Qualified leads of one rep in one month: cycles that began then as the rep's, and what sales made of them."""

    rep: str
    name: str
    month: str
    delivered: int
    accepted: int
    rejected: int
    open: int
    expected: float  # the commitment up to the last working day that is over

    @property
    def pace(self) -> str:
        return "on_track" if self.delivered >= self.expected else "behind"

    def as_json(self) -> dict[str, Any]:
        counts = {"delivered": self.delivered, "accepted": self.accepted, "rejected": self.rejected, "open": self.open}
        named = {"rep": self.rep, "name": self.name, "month": self.month}
        return {**named, **counts, "expected": round(self.expected, 1), "pace": self.pace}


@dataclass(frozen=True, slots=True)
class MarketingSide:
    """The commitment per rep, this month's deliveries per rep and in total, and the months before."""

    commitment: int
    month: Month
    reps: tuple[Delivery, ...]
    total: Delivery
    earlier: tuple[Delivery, ...]  # totals of the months before, oldest first

    def as_json(self) -> dict[str, Any]:
        return {
            "commitment": self.commitment,
            "month": self.month.name,
            "working_days": {"elapsed": self.month.elapsed, "all": self.month.working_days},
            "total": self.total.as_json(),
            "reps": [rep.as_json() for rep in self.reps],
            "earlier": [month.as_json() for month in self.earlier],
        }


def marketing_side(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> MarketingSide:
    """Reps are owners who were handed a lead in the months shown; a month without one counts as zero for them."""
    promise = vocabulary.promise
    months = months_until(as_of(store, now), MONTHS_SHOWN, promise.working_time)
    tables = with_cycles(store, engine, vocabulary, months)
    found = rows(engine, "sla", "delivered", tables)
    reps = sorted({(row["name"], row["rep"]) for row in found})
    commitment = promise.qualified_leads_per_rep_month
    here = [[delivery(found, rep, name, month, commitment) for name, rep in reps] for month in months]
    totals = [together(deliveries, month.name) for deliveries, month in zip(here, months, strict=True)]
    return MarketingSide(commitment, months[-1], tuple(here[-1]), totals[-1], tuple(totals[:-1]))


def with_cycles(
    store: Relations, engine: Engine, vocabulary: Vocabulary, months: Sequence[Month]
) -> dict[str, pa.Table]:
    """The relations that questions about cycles need, `reps` and `cycles` among them."""
    tables: dict[str, pa.Table] = {**store.tables("targets", "stretches", "owners", "stage_entries")}
    tables["stages"] = stages_of(vocabulary.lifecycle)
    tables["months"] = months_of([(month.name, month.begins, month.ends) for month in months])
    tables["reps"] = table(engine, "sla", "reps", tables)
    tables["owed"] = table(engine, "sla", "owed", tables)
    tables["cycles"] = cycles_in(engine, tables)
    return tables


def cycles_in(engine: Engine, tables: Tables) -> pa.Table:
    return table(engine, "sla", "cycles", tables)


def delivery(found: Sequence[Row], rep: str, name: str, month: Month, commitment: int) -> Delivery:
    expected = commitment * month.elapsed / month.working_days if month.working_days else 0.0
    row = next((row for row in found if row["rep"] == rep and row["month"] == month.name), {})
    return Delivery(
        rep=rep,
        name=name,
        month=month.name,
        delivered=row.get("delivered", 0),
        accepted=row.get("accepted", 0),
        rejected=row.get("rejected", 0),
        open=row.get("open", 0),
        expected=expected,
    )


def together(deliveries: Sequence[Delivery], month: str) -> Delivery:
    """The team's month."""
    return Delivery(
        "",
        "",
        month,
        sum(one.delivered for one in deliveries),
        sum(one.accepted for one in deliveries),
        sum(one.rejected for one in deliveries),
        sum(one.open for one in deliveries),
        sum(one.expected for one in deliveries),
    )
