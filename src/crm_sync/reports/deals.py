"""Deals by stage, and won revenue by team, manager and rep; every deal once, whichever CRM holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_sync.engine.base import Engine
from crm_sync.reports.relations import Relations, Row, rows, table
from crm_sync.reports.sources import money


@dataclass(frozen=True, slots=True)
class StageTally:
    """Deals on one stage of one CRM, in that CRM's words."""

    crm: str
    stage: str
    state: str
    deals: int
    amount: Decimal

    def as_json(self) -> dict[str, Any]:
        said = {"crm": self.crm, "stage": self.stage, "state": self.state}
        return {**said, "deals": self.deals, "amount": str(self.amount)}


@dataclass(frozen=True, slots=True)
class WonTally:
    """Won deals and revenue under one name; empty where the CRM names nobody."""

    name: str
    deals: int
    revenue: Decimal

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "deals": self.deals, "revenue": str(self.revenue)}


@dataclass(frozen=True, slots=True)
class Deals:
    """The same won deals cut three ways; each cut sums to all of them."""

    stages: tuple[StageTally, ...]
    teams: tuple[WonTally, ...]
    managers: tuple[WonTally, ...]
    reps: tuple[WonTally, ...]

    def as_json(self) -> dict[str, Any]:
        cuts = {"teams": self.teams, "managers": self.managers, "reps": self.reps}
        won = {name: [one.as_json() for one in tallies] for name, tallies in cuts.items()}
        return {"stages": [one.as_json() for one in self.stages], "won": won}


def deals(store: Relations, engine: Engine) -> Deals:
    """Amounts are in the deals' own currency; `crm-sync status` lists those that are not the report's."""
    tables = {**store.tables("deals", "owners")}
    tables["once"] = table(engine, "deals", "once", tables)
    won = rows(engine, "deals", "won_by_team", tables)
    return Deals(
        tuple(as_stage(row) for row in rows(engine, "deals", "by_stage", tables)),
        cut(won, lambda row: row["team"]),
        cut(won, lambda row: row["manager"]),
        cut(won, lambda row: row["rep"]),
    )


def as_stage(row: Row) -> StageTally:
    return StageTally(row["crm"], row["stage"], row["state"], row["deals"], money(row["amount"]))


def cut(won: Sequence[Row], name_of: Callable[[Row], str]) -> tuple[WonTally, ...]:
    """Most revenue first."""
    names = sorted({name_of(row) for row in won})
    tallies = [tally(name, [row for row in won if name_of(row) == name]) for name in names]
    return tuple(sorted(tallies, key=lambda one: (-one.revenue, one.name)))


def tally(name: str, won: Sequence[Row]) -> WonTally:
    return WonTally(name, sum(row["deals"] for row in won), money(sum(row["revenue"] for row in won)))
