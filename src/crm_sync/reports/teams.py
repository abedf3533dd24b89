"""Whose a stage is, and whose the person: people whose owner is of another team than their stage belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, Row, rows, table


@dataclass(frozen=True, slots=True)
class StageOwners:
    """One stage: people with a human owner of a team that we know; `strays` of them have one of the other team."""

    stage: str
    label: Label
    team: str
    owned: int
    strays: int


@dataclass(frozen=True, slots=True)
class Stray:
    """A person in a stage of `stage_team`, owned by somebody of `team`."""

    person_id: str
    person: str
    company: str | None
    stage: str
    stage_team: str
    team: str
    rep: str
    rep_name: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Teams:
    """Stages in the order of the table, the people behind them, and CRM teams of which nobody knows whose they are."""

    stages: tuple[StageOwners, ...]
    strays: tuple[Stray, ...]
    unknown: Mapping[str, int]  # a team as the CRM calls it (empty: none) → people with an owner of it

    @property
    def owned(self) -> int:
        return sum(one.owned for one in self.stages)

    def as_json(self) -> dict[str, Any]:
        return {"owned": self.owned, **plain(self)}


def teams(store: Relations, engine: Engine, vocabulary: Vocabulary) -> Teams:
    """As the CRMs were read last. Who has no owner, or a queue, is of no team."""
    tables = {**store.tables("known", "owners", "links")}
    tables["reps"] = table(engine, "sla", "reps", tables)
    tables["stage_teams"] = stage_teams(vocabulary)
    tables["rep_teams"] = rep_teams(tables, vocabulary)
    tables["owned"] = table(engine, "handoff", "owned", tables)
    counted = {row["stage"]: row for row in rows(engine, "handoff", "by_stage", tables)}
    return Teams(
        tuple(as_stage(counted[name], vocabulary) for name in vocabulary.lifecycle.stages if name in counted),
        tuple(Stray(**{**row, "refs": tuple(row["refs"])}) for row in rows(engine, "handoff", "strays", tables)),
        {row["called"]: row["people"] for row in rows(engine, "handoff", "unknown_teams", tables)},
    )


def stage_teams(vocabulary: Vocabulary) -> pa.Table:
    stages = vocabulary.lifecycle.stages.values()
    return pa.table(
        {"stage": [one.name for one in stages], "team": [one.team for one in stages], "place": list(range(len(stages)))}
    )


def rep_teams(tables: Mapping[str, pa.Table], vocabulary: Vocabulary) -> pa.Table:
    """One row per rep: marketing or sales, by the first of the rep's teams in either CRM that a word names."""
    called = {row["ref"]: row["team"] for row in tables["owners"].to_pylist()}
    found: dict[str, tuple[str | None, str | None]] = {}
    for row in tables["reps"].to_pylist():
        name = called.get(row["ref"])
        held = found.get(row["rep"], (None, None))
        found[row["rep"]] = (held[0] or vocabulary.handoff.team_of(name), held[1] or name)
    teams, names = [one for one, _ in found.values()], [one for _, one in found.values()]
    return pa.table(
        {
            "rep": pa.array(found, pa.string()),
            "team": pa.array(teams, pa.string()),
            "called": pa.array(names, pa.string()),
        }
    )


def as_stage(row: Row, vocabulary: Vocabulary) -> StageOwners:
    stage = vocabulary.lifecycle.stages[row["stage"]]
    return StageOwners(stage.name, stage.label, stage.team, row["owned"], row["strays"])
