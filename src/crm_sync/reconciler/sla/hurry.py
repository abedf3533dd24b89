"""How urgent a target is that lies ahead: what is left to do for what is left of the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from crm_sync.mappings import Target
from crm_sync.reconciler.sla.clock import BUSINESS, Clock, Pause
from crm_sync.reconciler.sla.judged import Goal, Judged
from crm_sync.reconciler.watch import holds, plain
from crm_sync.reconciler.words import counted

LEAST = timedelta(microseconds=1)


class Left(NamedTuple):
    """Attempts that are missing, and days to make them."""

    missing: int
    days: int


def left_of(goal: Goal, judged: Judged) -> Left:
    """Where there are several."""
    now = plain(judged.now)
    days = judged.clock.open_days(now, goal.due_at)
    if days:
        holds(judged.now, judged.clock.fewer_days_from(now, goal.due_at, days))
    return Left(goal.target.attempts - len(judged.effort.attempts), days)


def pace_of(left: Left) -> str:
    """How many attempts are left for how many days."""
    attempts = counted(left.missing, "attempt", "attempts")
    return f"{attempts} missing and {counted(left.days, 'working day', 'working days')} left"


def hurry_of(goal: Goal, judged: Judged, left: Left | None) -> str:
    """Why a target is at risk: more attempts are missing than working days left, or most of the time has passed. Empty
    when it is not."""
    if left and left.missing > left.days:
        return "more than one a day"
    pauses = judged.stood_still()
    if judged.now < at_risk_from(goal.target, goal.start, goal.due_at, judged.clock, pauses):
        return ""
    share = share_of(goal, judged, pauses)
    return f"{share} of the {'working time' if goal.target.within.unit in BUSINESS else 'time'} has passed"


def at_risk_from(target: Target, start: datetime, due_at: datetime, clock: Clock, pauses: Sequence[Pause]) -> datetime:
    """From when on so much of the time has passed."""
    unit = target.within.unit
    return clock.when_passed(start, target.at_risk_after * clock.passed(start, due_at, unit, pauses), unit, pauses)


def share_of(goal: Goal, judged: Judged, pauses: Sequence[Pause]) -> str:
    """How much of the time has passed, in whole per cent."""
    unit = goal.target.within.unit
    whole = judged.clock.passed(goal.start, goal.due_at, unit, pauses)
    if not whole:
        return "all"
    passed = judged.clock.passed(goal.start, plain(judged.now), unit, pauses)
    share = per_cent(passed, whole)
    further = max(next_share(share, whole), passed + LEAST)
    if further < whole:  # after the due nobody asks
        holds(judged.now, judged.clock.when_passed(goal.start, further, unit, pauses))
    return share


def per_cent(passed: timedelta, whole: timedelta) -> str:
    return f"{passed / whole:.0%}"


def next_share(share: str, whole: timedelta) -> timedelta:
    """How much has passed when the share is rounded to one per cent more."""
    half = (2 * int(share[:-1]) + 1) * whole // 200
    return half + LEAST if per_cent(half, whole) == share else half
