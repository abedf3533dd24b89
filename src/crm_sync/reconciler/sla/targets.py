"""How the two targets of a cycle stand. The rules stand in docs/sla.md, in the order in which they are asked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crm_sync.changes import TargetState, TargetVerdict
from crm_sync.mappings import Policy
from crm_sync.reconciler.sla.attempts import Effort
from crm_sync.reconciler.sla.clock import due, elapsed, open_days
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.words import counted, iso

FIRST, CADENCE = "first_attempt", "cadence"


@dataclass(frozen=True, slots=True)
class Judged:
    """What both targets are judged by. `horizon` None: the CRMs have not been read to an end, so nobody is accused."""

    cycle: Cycle
    effort: Effort
    policy: Policy
    opted_out: bool
    now: datetime
    horizon: datetime | None


@dataclass(frozen=True, slots=True)
class Goal:
    """One target: until when, when and by what it was settled, what is missing, how it ends when the cycle closes in
    time, and why it is at risk."""

    name: str
    due_at: datetime
    settled: tuple[datetime, str] | None
    missing: str
    closes: Callable[[Judged], tuple[TargetState, str]]
    hurry: Callable[[Judged, datetime], str]


def judge(judged: Judged) -> tuple[TargetVerdict, TargetVerdict]:
    """First attempt and cadence."""
    policy, start = judged.policy, judged.cycle.started_at
    until_first = due(start, policy.first_attempt, policy.working_time)
    until_fifth = due(start, policy.cadence_within, policy.working_time)
    return stand(first_attempt(judged, until_first, until_fifth), judged), stand(cadence(judged, until_fifth), judged)


def first_attempt(judged: Judged, due_at: datetime, answers_until: datetime) -> Goal:
    """A meeting that the person booked is like an attempt at that instant."""
    made = [(at, "first attempt") for at in judged.effort.attempts[:1]]
    made += [(at, "meeting booked by the person") for at in judged.effort.bookings[:1] if at <= answers_until]
    return Goal(FIRST, due_at, min(made, default=None), "no attempt", untouched, first_hurry)


def cadence(judged: Judged, due_at: datetime) -> Goal:
    """As many attempts as promised, or an answer of the person in time."""
    attempts, needed = judged.effort.attempts, judged.policy.cadence_attempts
    made = [(at, f"attempt {needed}") for at in attempts[needed - 1 : needed]]
    made += [(at, "the person answered") for at in judged.effort.answers[:1] if at <= due_at]
    return Goal(
        CADENCE, due_at, min(made, default=None), f"{len(attempts)} of {needed} attempts", closed, cadence_hurry
    )


def stand(goal: Goal, judged: Judged) -> TargetVerdict:
    """Settled, closed, overdue or ahead, whichever is true first. Who opted out is exempt before all that."""
    if judged.opted_out:
        return TargetVerdict(goal.name, "exempt", goal.due_at, None, "the person opted out")
    if goal.settled:
        return settled(goal, *goal.settled)
    if judged.cycle.ended_at:
        return ended(goal, judged, judged.cycle.ended_at)
    return overdue(goal, judged) if judged.now > goal.due_at else ahead(goal, judged)


def settled(goal: Goal, at: datetime, what: str) -> TargetVerdict:
    state: TargetState = "met" if at <= goal.due_at else "met_late"
    against = "in time for" if state == "met" else "after"
    return TargetVerdict(goal.name, state, goal.due_at, at, f"{what} at {iso(at)}, {against} {iso(goal.due_at)}")


def ended(goal: Goal, judged: Judged, at: datetime) -> TargetVerdict:
    if at > goal.due_at:
        because = f"{goal.missing} by {iso(goal.due_at)}, and the cycle ended at {iso(at)}"
        return TargetVerdict(goal.name, "breached", goal.due_at, None, because)
    state, why = goal.closes(judged)
    return TargetVerdict(goal.name, state, goal.due_at, at, f"the cycle ended at {iso(at)} {why}")


def overdue(goal: Goal, judged: Judged) -> TargetVerdict:
    if judged.horizon is None or judged.horizon < goal.due_at:
        because = f"{goal.missing} yet, but the CRMs have not been read up to {iso(goal.due_at)}"
        return TargetVerdict(goal.name, "pending", goal.due_at, None, because)
    return TargetVerdict(goal.name, "breached", goal.due_at, None, f"{goal.missing} by {iso(goal.due_at)}")


def ahead(goal: Goal, judged: Judged) -> TargetVerdict:
    hurry = goal.hurry(judged, goal.due_at)
    because = f"{goal.missing} yet, due {iso(goal.due_at)}" + (f"; {hurry}" if hurry else "")
    return TargetVerdict(goal.name, "at_risk" if hurry else "on_track", goal.due_at, None, because)


def untouched(judged: Judged) -> tuple[TargetState, str]:
    """Closed in time without an attempt: a miss, unless the reason for closing excuses it."""
    reason = (judged.cycle.reason or "").strip().casefold().replace(" ", "_")
    if judged.cycle.went == "out" and reason in judged.policy.excused_reasons:
        return "exempt", f"as {reason}"
    return "closed_untouched", "without any attempt"


def closed(judged: Judged) -> tuple[TargetState, str]:
    """Closed in time before the last attempt that was promised."""
    if not judged.effort.attempts:
        return untouched(judged)
    done = f"after {counted(len(judged.effort.attempts), 'attempt', 'attempts')}"
    return ("met", f"{done}, moving forward") if judged.cycle.went == "forward" else ("exempt", f"{done}, going out")


def first_hurry(judged: Judged, due_at: datetime) -> str:
    """Why the first attempt is at risk: the share of working time that has passed. Empty when it is not."""
    policy, start = judged.policy, judged.cycle.started_at
    if policy.first_attempt.unit != "bh":
        return share_passed(judged, due_at)
    passed, whole = (elapsed(start, end, policy.working_time) for end in (judged.now, due_at))
    return f"{passed / whole:.0%} of the working time has passed" if passed >= policy.at_risk_after * whole else ""


def cadence_hurry(judged: Judged, due_at: datetime) -> str:
    """Why the cadence is at risk: time, or more attempts missing than working days left. Empty when it is not."""
    missing = judged.policy.cadence_attempts - len(judged.effort.attempts)
    days = open_days(judged.now, due_at, judged.policy.working_time)
    if missing > days:
        attempts, left = counted(missing, "attempt", "attempts"), counted(days, "working day", "working days")
        return f"{attempts} missing and {left} left"
    return share_passed(judged, due_at)


def share_passed(judged: Judged, due_at: datetime) -> str:
    passed, whole = judged.now - judged.cycle.started_at, due_at - judged.cycle.started_at
    return f"{passed / whole:.0%} of the time has passed" if passed >= judged.policy.at_risk_after * whole else ""
