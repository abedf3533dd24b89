"""How many people stand on each stage of the shared ladder, how many came by, and how many went on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label
from crm_sync.reports.relations import UNKNOWN_STAGE, Relations, Row, rows, stages_of, table

UNKNOWN_LABEL = Label(en="No stage that we know", es="Sin etapa conocida")


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One stage. `implied` of the `entered` skipped it on the way up. Exits and `unknown` lead to no next one."""

    stage: str
    label: Label
    exit: bool
    now: int
    entered: int
    implied: int
    went_on: int | None  # of those who entered, people who later entered the next stage
    timed: int  # of those, people with a date of their own on both stages
    median_days: float | None

    @property
    def dated(self) -> int:
        """People who entered it at an instant of its own."""
        return self.entered - self.implied

    @property
    def conversion(self) -> float | None:
        """Share of those who ever entered this stage that went on to the next one."""
        return self.went_on / self.entered if self.went_on is not None and self.entered else None

    def as_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "label": self.label.model_dump(),
            "exit": self.exit,
            "now": self.now,
            "entered": self.entered,
            "implied": self.implied,
            "went_on": self.went_on,
            "conversion": None if self.conversion is None else round(self.conversion, 4),
            "timed": self.timed,
            "median_days": None if self.median_days is None else round(self.median_days, 2),
        }


@dataclass(frozen=True, slots=True)
class Funnel:
    """The ladder in order, then the exits, then people without a stage."""

    people: int
    stages: tuple[FunnelStage, ...]

    def as_json(self) -> dict[str, Any]:
        return {"people": self.people, "stages": [stage.as_json() for stage in self.stages]}


def funnel(store: Relations, engine: Engine, vocabulary: Vocabulary) -> Funnel:
    """Conversion is by cohort: of all who ever entered a stage, those who went on, whenever that was."""
    tables = {**store.tables("known", "stage_entries"), "stages": stages_of(vocabulary.lifecycle)}
    tables["entered"] = table(engine, "funnel", "entered", tables)
    stages = tuple(as_stage(row, vocabulary) for row in rows(engine, "funnel", "funnel", tables))
    return Funnel(tables["known"].num_rows, stages)


def as_stage(row: Row, vocabulary: Vocabulary) -> FunnelStage:
    known = vocabulary.lifecycle.stages
    name = row["stage"]
    ladder = [stage.name for stage in known.values() if stage.rank is not None]
    leads_on = name in ladder[:-1]
    return FunnelStage(
        stage=name,
        label=UNKNOWN_LABEL if name == UNKNOWN_STAGE else known[name].label,
        exit=name in known and name not in ladder,
        now=row["now"],
        entered=row["entered"],
        implied=row["implied"],
        went_on=row["went_on"] if leads_on else None,
        timed=row["timed"],
        median_days=row["median_days"],
    )
