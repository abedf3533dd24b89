"""Everything about the commitment of marketing on one page: what cannot be told yet is told to be so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from crm_sync.engine.base import Engine
from crm_sync.errors import ConfigError
from crm_sync.mappings import Vocabulary
from crm_sync.reports.closed import past
from crm_sync.reports.commitment import GoalPlan, goal_plan
from crm_sync.reports.marketing import MarketingSide
from crm_sync.reports.relations import Relations
from crm_sync.reports.work import CapacityPlan, DepthPlan, capacity_plan, depth_plan

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Obligation:
    """The quotas of today (None: there are none, or `goal_missing` says what they lack), everybody's hours, and what a
    lead is worth (None: `depth_missing` says why)."""

    goal: GoalPlan | None
    goal_missing: str
    capacity: CapacityPlan
    depth: DepthPlan | None
    depth_missing: str

    def as_json(self) -> dict[str, Any]:
        return {
            "goal": self.goal.as_json() if self.goal else None,
            "goal_missing": self.goal_missing,
            "capacity": self.capacity.as_json(),
            "depth": self.depth.as_json() if self.depth else None,
            "depth_missing": self.depth_missing,
        }


def obligation(
    store: Relations, engine: Engine, vocabulary: Vocabulary, side: MarketingSide, now: datetime
) -> Obligation:
    """`side`: what was delivered; the rest is worked out."""
    before = past(store, engine, vocabulary, now)
    goal: GoalPlan | None = None
    missing = ""
    if vocabulary.commitment.quotas:
        goal, missing = tried(lambda: goal_plan(store, engine, vocabulary, now, before=before))
    depth, unknown = tried(lambda: depth_plan(before, vocabulary))
    return Obligation(goal, missing, capacity_plan(side, vocabulary), depth, unknown)


def tried(work: Callable[[], Answer]) -> tuple[Answer | None, str]:
    """An answer, or what the table lacks for it."""
    try:
        return work(), ""
    except ConfigError as problem:
        return None, str(problem)
