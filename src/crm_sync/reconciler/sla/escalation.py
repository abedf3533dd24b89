"""When somebody should hear of a target that is in danger: instants only, in working hours; who is told is not decided
here. Early warnings are counted back in working time: two hours before Monday ten o'clock is Friday evening."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from crm_sync.changes import TargetVerdict, Verdict
from crm_sync.mappings import Span, Target
from crm_sync.reconciler.sla.clock import BUSINESS, Clock, Pause

Level = Literal["at_risk", "breach", "overdue"]
AFTER = timedelta(microseconds=1)  # a day is over when its last window closes: who is told then hears the next morning
A_DAY_LATER = Span(1, "bd")
OPEN = frozenset({"on_track", "at_risk", "pending", "breached"})


class Escalation(NamedTuple):
    """At this instant a level of people should hear of it: the owner when it is at risk, the manager too at the breach,
    the head of the team a business day later."""

    level: Level
    at: datetime


def escalations(
    target: Target, stands: TargetVerdict, verdict: Verdict, clock: Clock, pauses: Sequence[Pause] = ()
) -> tuple[Escalation, ...]:
    """In order; none for a target that is settled or stands still, or where the person may not be urged upon."""
    if stands.state not in OPEN or stands.starts_at is None or verdict.ended_at or verdict.status == "exempt":
        return ()
    due_at = stands.due_at
    missing = target.attempts - len(verdict.attempts)
    levels: tuple[tuple[Level, datetime], ...] = (
        ("at_risk", warned_at(target, stands.starts_at, due_at, missing, clock, pauses)),
        ("breach", due_at),
        ("overdue", clock.due(due_at, A_DAY_LATER)),
    )
    return tuple(Escalation(level, clock.next_opening(at)) for level, at in levels)


def warned_at(
    target: Target, start: datetime, due_at: datetime, missing: int, clock: Clock, pauses: Sequence[Pause]
) -> datetime:
    """When the target is at risk: so much of the time has passed, or more attempts are missing than there are days left
    to work, whichever comes first."""
    whole = clock.passed(start, due_at, target.within.unit, pauses)
    rest = rounded((1 - target.at_risk_after) * whole)
    late = clock.before(due_at, rest) if target.within.unit in BUSINESS else due_at - rest
    if target.attempts == 1:
        return late
    closed = clock.fewer_days_from(start, due_at, missing)
    return min(late, clock.next_opening(closed + AFTER))


def rounded(length: timedelta) -> timedelta:
    """To whole seconds: shares are not exact."""
    return timedelta(seconds=round(length.total_seconds()))
