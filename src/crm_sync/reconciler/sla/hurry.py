"""How urgent a target is that lies ahead: what is left to do for what is left of the time."""

from __future__ import annotations

from crm_sync.reconciler.sla.clock import BUSINESS
from crm_sync.reconciler.sla.judged import Goal, Judged
from crm_sync.reconciler.sla.pauses import still
from crm_sync.reconciler.words import counted


def pace_of(goal: Goal, judged: Judged) -> str:
    """How many attempts are left for how many days, where there are several."""
    if goal.target.attempts == 1:
        return ""
    missing, days = left_of(goal, judged)
    attempts = counted(missing, "attempt", "attempts")
    return f"{attempts} missing and {counted(days, 'working day', 'working days')} left"


def left_of(goal: Goal, judged: Judged) -> tuple[int, int]:
    days = judged.clock.open_days(judged.now, goal.due_at)
    return goal.target.attempts - len(judged.effort.attempts), days


def hurry_of(goal: Goal, judged: Judged) -> str:
    """Why a target is at risk: more attempts are missing than working days left, or most of the time has passed. Empty
    when it is not."""
    if goal.target.attempts > 1:
        missing, days = left_of(goal, judged)
        if missing > days:
            return "more than one a day"
    unit, end = goal.target.within.unit, judged.end
    pauses = still(judged.pauses, judged.policy.rules.pauses, end)
    passed = judged.clock.passed(goal.start, end, unit, pauses)
    whole = judged.clock.passed(goal.start, goal.due_at, unit, pauses)
    if passed < goal.target.at_risk_after * whole:
        return ""
    share = f"{passed / whole:.0%}" if whole else "all"
    return f"{share} of the {'working time' if unit in BUSINESS else 'time'} has passed"
