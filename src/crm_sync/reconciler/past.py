"""What was over before anybody looked: cycles whose verdict was made before a first sync, or before a backfill.

To write them is to tell reps and workflows about years in one hour, so nobody is told unless it is asked for. What is
open is written at once, a new cycle when it begins, and what a record already says is kept true.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from crm_sync.changes import Known, Verdict
from crm_sync.reconciler.sla.verdict import RUNNING
from crm_sync.reconciler.timeline import Timeline
from crm_sync.records import Person, Ref

WRITTEN = "sla_status"  # who holds it has been told
CycleKey = tuple[str, datetime | None]  # person id, start of the cycle


@dataclass(frozen=True, slots=True)
class Past:
    """Up to when cycles are past that had been decided by then: everybody's, and single ones that a later import or a
    backfill brought to light. None: nobody's. `waiting`: refs to which an SLA is on its way."""

    until: datetime | None = None
    of_cycles: Mapping[CycleKey, datetime] = field(default_factory=lambda: MappingProxyType({}))
    waiting: Collection[Ref] = frozenset()

    def of(self, person_id: str, verdict: Verdict) -> datetime | None:
        own = self.of_cycles.get((person_id, verdict.qualified_at))
        return max(filter(None, (self.until, own)), default=None)


def is_past(known: Known, timeline: Timeline, past: Past) -> bool:
    """Whether the newest cycle was decided before anybody looked, no record says its state, and nothing new was told
    about it since."""
    verdict = known.verdict
    if verdict is None or not verdict.enforced or is_open(verdict) or was_told(timeline.records, past.waiting):
        return False
    until = past.of(known.person_id, verdict)
    decided = decided_at(verdict)
    return until is not None and decided <= until and not told_since(until, decided, timeline)


def is_open(verdict: Verdict) -> bool:
    """Something is to be done, or waits for an owner."""
    return verdict.ended_at is None and verdict.status in RUNNING


def was_told(records: Sequence[Person], waiting: Collection[Ref]) -> bool:
    return any(WRITTEN in record.ours or record.ref in waiting for record in records)


def decided_at(verdict: Verdict) -> datetime:
    """When the last thing happened that the state rests on. Of who is exempt it is the beginning."""
    settled = [one.settled_at for one in verdict.targets if one.clock == "rep" and one.settled_at]
    began = verdict.started_at or verdict.qualified_at
    return max(filter(None, (began, verdict.ended_at, *settled)))


def told_since(until: datetime, decided: datetime, timeline: Timeline) -> bool:
    """Late data: an attempt or an answer from then was written down after all."""
    return any(
        one.touch.logged_at > until and one.touch.at <= decided
        for one in timeline.happened
        if one.activity and (one.activity.attempt or one.activity.answer)
    )
