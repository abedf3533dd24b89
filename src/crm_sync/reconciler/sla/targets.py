"""How the targets of a cycle stand. The rules stand in docs/sla.md, in the order in which they are asked here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from crm_sync.changes import TargetState, TargetVerdict
from crm_sync.mappings import Target
from crm_sync.reconciler.sla.attempts import Made
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.sla.hurry import hurry_of, left_of, pace_of
from crm_sync.reconciler.sla.judged import Goal, Judged, Settled
from crm_sync.reconciler.words import as_word, counted, iso

ACCUSED: Final[frozenset[TargetState]] = frozenset({"breached", "closed_untouched"})


def judge(judged: Judged) -> tuple[TargetVerdict, ...]:
    """Every target of the policy whose clock has started."""
    targets = [one for one in judged.policy.targets if one.clock == "lead" or judged.cycle.started_at]
    booked = judged.effort.bookings
    latest = last_due(targets, judged, booked[0]) if targets and booked else None
    return tuple(stand(goal_of(one, judged, latest), judged) for one in targets)


def last_due(targets: Sequence[Target], judged: Judged, at: datetime) -> datetime:
    """As the dues stood at an instant."""
    return max(judged.due(start_of(one, judged.cycle), one.within, one.roll, at) for one in targets)


def start_of(target: Target, cycle: Cycle) -> datetime:
    return cycle.qualified_at if target.clock == "lead" else cycle.started_at or cycle.qualified_at


def goal_of(target: Target, judged: Judged, latest: datetime | None) -> Goal:
    """`latest`: up to when a meeting that the person books stands for a first attempt; None: none was booked."""
    start, effort = start_of(target, judged.cycle), judged.effort
    if target.by == "owner":
        owned = judged.cycle.started_at
        found = [Settled(owned, owned, "a human being owned it")] if owned else []
        return goal(target, judged, start, found, "no human owner", unowned)
    made = (*effort.early, *effort.attempts) if target.clock == "lead" else effort.attempts
    answers, booked = [max(at, start) for at in effort.answers], [max(at, start) for at in effort.bookings]
    if target.by == "contact":
        found = [as_settled(one, "contact") for one in counted_from(made, target, judged, start)[:1]]
        found += [Settled(at, at, "the person answered") for at in answers[:1]]
        return goal(target, judged, start, found, "no contact", untouched)
    if target.attempts == 1:
        found = [as_settled(one, "first attempt") for one in counted_from(made, target, judged, start)[:1]]
        found += [Settled(at, at, "meeting booked by the person") for at in booked[:1] if latest and at <= latest]
        return goal(target, judged, start, found, "no attempt", untouched)
    nth = nth_of(counted_from(made, target, judged, start), target.attempts)
    found = [as_settled(nth, f"attempt {target.attempts}")] if nth else []
    due_at = judged.due(start, target.within, target.roll, answers[0]) if answers else None
    found += [Settled(at, at, "the person answered") for at in answers[:1] if due_at and at <= due_at]
    missing = f"{len(made)} of {target.attempts} attempts"
    return goal(target, judged, start, found, missing, closed)


def goal(
    target: Target,
    judged: Judged,
    start: datetime,
    found: Sequence[Settled],
    missing: str,
    closes: Callable[[Judged], tuple[TargetState, str]],
) -> Goal:
    settled = min(found, default=None)
    due_at = judged.due(start, target.within, target.roll, settled.at if settled else None)
    return Goal(target, start, due_at, settled, missing, closes)


def as_settled(made: Made, what: str) -> Settled:
    return Settled(made.at, made.until, what)


def nth_of(made: Sequence[Made], number: int) -> Made | None:
    """The attempt by which there were so many, at best and at worst."""
    if len(made) < number:
        return None
    best, worst = sorted(one.at for one in made), sorted(one.until for one in made)
    return Made(best[number - 1], worst[number - 1], made[number - 1].logged_at)


def counted_from(made: Sequence[Made], target: Target, judged: Judged, start: datetime) -> Sequence[Made]:
    """Attempts as they count for a target."""
    return repaired(made, judged, lambda at: judged.due(start, target.within, target.roll, at))


def repaired(made: Sequence[Made], judged: Judged, due: Callable[[datetime], datetime]) -> Sequence[Made]:
    """Attempts as they count: what was written down long after it happened, and after the due, repairs nothing. `due`
    tells when something was due, as it stood at an instant."""
    grace = judged.policy.rules.late_logging_grace
    late = [one for one in made if one.logged_at > one.until and one.logged_at > judged.clock.due(one.until, grace)]
    if not late:
        return made
    found = [
        Made(one.logged_at, one.logged_at, one.logged_at) if one in late and one.logged_at > due(one.at) else one
        for one in made
    ]
    return sorted(found)


def stand(goal: Goal, judged: Judged) -> TargetVerdict:
    """Settled, closed, overdue or ahead, whichever is true first. Who is excused is exempt before all that."""
    if judged.excused:
        return goal.stands("exempt", None, judged.excused)
    if goal.settled:
        return settled(goal, goal.settled)
    if judged.cycle.ended_at:
        return ended(goal, judged, judged.cycle.ended_at)
    if (pause := judged.pause_now()) and pause.since <= goal.due_at:
        because = f"{goal.missing} yet; the clock stands still since {iso(pause.since)}: {pause.condition}"
        return goal.stands("paused", None, because)
    return overdue(goal, judged) if judged.now > goal.due_at else ahead(goal, judged)


def settled(goal: Goal, by: Settled) -> TargetVerdict:
    if by.at <= goal.due_at < by.until:
        because = f"{by.what} on a day of which the time is not known, and due {iso(goal.due_at)} falls into it"
        return goal.stands("unknown_time", None, because)
    state: TargetState = "met" if by.at <= goal.due_at else "met_late"
    against = "in time for" if state == "met" else "after"
    return goal.stands(state, by.at, f"{by.what} at {iso(by.at)}, {against} {iso(goal.due_at)}")


def ended(goal: Goal, judged: Judged, at: datetime) -> TargetVerdict:
    if at > goal.due_at:
        because = f"{goal.missing} by {iso(goal.due_at)}, and the cycle ended at {iso(at)}"
        found = goal.stands("breached", None, because)
    else:
        state, why = goal.closes(judged)
        found = goal.stands(state, at, f"the cycle ended at {iso(at)} {why}")
    needed = judged.unread(min(goal.due_at, at))
    return unread(goal, needed) if needed and found.state in ACCUSED else found


def overdue(goal: Goal, judged: Judged) -> TargetVerdict:
    if needed := judged.unread(goal.due_at):
        return unread(goal, needed)
    return goal.stands("breached", None, f"{goal.missing} by {iso(goal.due_at)}")


def unread(goal: Goal, needed: datetime) -> TargetVerdict:
    because = f"{goal.missing} yet, but the CRMs have not been read up to {iso(needed)}"
    return goal.stands("pending", None, because)


def ahead(goal: Goal, judged: Judged) -> TargetVerdict:
    left = left_of(goal, judged) if goal.target.attempts > 1 else None
    hurry, pace = hurry_of(goal, judged, left), pace_of(left) if left else ""
    because = "; ".join(part for part in (f"{goal.missing} yet, due {iso(goal.due_at)}", pace, hurry) if part)
    return goal.stands("at_risk" if hurry else "on_track", None, because)


def untouched(judged: Judged) -> tuple[TargetState, str]:
    """Closed in time without an attempt: a miss, unless the reason for closing excuses it."""
    reason = as_word(judged.cycle.reason)
    if reason in judged.policy.rules.excused_reasons:
        return "exempt", f"as {reason}"
    return "closed_untouched", "without any attempt"


def closed(judged: Judged) -> tuple[TargetState, str]:
    """Closed in time before the last attempt that was promised."""
    if not judged.effort.attempts:
        return untouched(judged)
    done = f"after {counted(len(judged.effort.attempts), 'attempt', 'attempts')}"
    return ("met", f"{done}, moving forward") if judged.cycle.went == "forward" else ("exempt", f"{done}, going out")


def unowned(judged: Judged) -> tuple[TargetState, str]:
    return "exempt", "before it needed an owner"
