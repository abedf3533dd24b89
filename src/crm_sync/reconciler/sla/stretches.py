"""What each owner of a lead owes: a first attempt of their own, unless one was made before they got the lead.

The lead's verdict never starts anew when it is handed on: the customer has waited. The owner's does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from crm_sync.changes import Stretch, TargetState
from crm_sync.mappings import Target
from crm_sync.reconciler.directory import Absence
from crm_sync.reconciler.sla.attempts import Made
from crm_sync.reconciler.sla.court import Court
from crm_sync.reconciler.sla.cycles import Hands
from crm_sync.reconciler.sla.hurry import at_risk_from
from crm_sync.reconciler.sla.judged import Judged, Settled
from crm_sync.reconciler.sla.targets import ACCUSED, counted_from, repaired, start_of, untouched
from crm_sync.reconciler.words import iso


def stretches(judged: Judged, court: Court) -> tuple[Stretch, ...]:
    """One for each owner, in order; none where the policy promises no first attempt."""
    targets = judged.policy.targets
    first = next((one for one in targets if one.clock == "rep" and one.by == "attempts" and one.attempts == 1), None)
    if first is None:
        return ()
    return tuple(stretch(hands, first, judged, court) for hands in judged.cycle.hands)


def stretch(hands: Hands, target: Target, judged: Judged, court: Court) -> Stretch:
    made = counted_from(judged.effort.attempts, target, judged, start_of(target, judged.cycle))
    before = next((one.at for one in made if one.until < hands.since), None)
    if before and hands.since != judged.cycle.started_at:
        because = f"an attempt was made at {iso(before)}, before the lead was handed on"
        return Stretch(target.name, hands.owner, hands.since, hands.until, "exempt", None, None, because)
    booked = next((at for at in judged.effort.bookings if at < hands.since), None)
    if booked and hands.since != judged.cycle.started_at:
        because = f"the person booked a meeting at {iso(booked)}, before the lead was handed on"
        return Stretch(target.name, hands.owner, hands.since, hands.until, "exempt", None, None, because)
    state, due_at, at, because = owed(hands, target, made, judged, court)
    absences = court.office(judged.cycle.ended_at).directory.away(hands.owner)
    away = away_at(absences, court.now) if state == "paused" else away_in(absences, hands.since, due_at)
    if away and state in ("breached", "met_late"):
        state, because = "exempt", f"{because}; excused: out of office from {iso(away[0])} to {iso(away[1])}"
    elif away and away[0] <= court.now < away[1] and state in ("on_track", "at_risk", "pending", "paused"):
        because = f"{because}; out of office until {iso(away[1])}: hand the lead to a colleague"
    return Stretch(target.name, hands.owner, hands.since, hands.until, state, due_at, at, because)


def owed(
    hands: Hands, target: Target, counted: Sequence[Made], judged: Judged, court: Court
) -> tuple[TargetState, datetime, datetime | None, str]:
    """On the owner's own calendar, from the hand-over on. `counted`: attempts as they count for the lead."""
    clock = court.calendar(judged.cycle.ended_at, judged.policy.calendar, hands.owner).clock

    def due(until: datetime | None) -> datetime:
        return clock.due(hands.since, target.within, judged.stood_still(until), roll=target.roll)

    made = [Settled(one.at, one.until, "first attempt") for one in repaired(counted, judged, due)]
    booked = (max(at, hands.since) for at in judged.effort.bookings)
    found = min([*made, *(Settled(at, at, "meeting booked by the person") for at in booked)], default=None)
    over = hands.until or judged.cycle.ended_at
    due_at = due(found.at if found else over)
    if judged.excused:
        return "exempt", due_at, None, judged.excused
    if found and (hands.until is None or found.at <= hands.until):
        return done(found, due_at)
    if over:
        return after(over, hands, due_at, judged)
    if (pause := judged.pause_now()) and pause.since <= due_at:
        return "paused", due_at, None, f"due {iso(due_at)}"
    if judged.now <= due_at:
        late = judged.now >= at_risk_from(target, hands.since, due_at, clock, judged.stood_still())
        return "at_risk" if late else "on_track", due_at, None, f"due {iso(due_at)}"
    return unless_unread("breached", due_at, f"no attempt by {iso(due_at)}", due_at, judged)


def done(found: Settled, due_at: datetime) -> tuple[TargetState, datetime, datetime | None, str]:
    if found.at <= due_at < found.until:
        return "unknown_time", due_at, None, f"{found.what} on a day of which the time is not known, due {iso(due_at)}"
    state: TargetState = "met" if found.at <= due_at else "met_late"
    return state, due_at, found.at, f"{found.what} at {iso(found.at)}, due {iso(due_at)}"


def after(
    over: datetime, hands: Hands, due_at: datetime, judged: Judged
) -> tuple[TargetState, datetime, datetime | None, str]:
    """The lead went to somebody else, or the cycle ended, without an attempt of this owner."""
    if over > due_at:
        return unless_unread("breached", due_at, f"no attempt by {iso(due_at)}", due_at, judged)
    if hands.until:
        return "exempt", due_at, None, f"handed on at {iso(over)}, in time"
    state, why = untouched(judged)
    if state not in ACCUSED:
        return state, due_at, over, f"the cycle ended at {iso(over)} {why}"
    return unless_unread(state, due_at, f"the cycle ended at {iso(over)} {why}", over, judged, over)


def unless_unread(
    state: TargetState, due_at: datetime, because: str, until: datetime, judged: Judged, at: datetime | None = None
) -> tuple[TargetState, datetime, datetime | None, str]:
    """Nobody is accused of what was not done by an instant up to which the CRMs have not been read."""
    if needed := judged.unread(until):
        return "pending", due_at, None, f"the CRMs have not been read up to {iso(needed)}"
    return state, due_at, at, because


def away_at(absences: Iterable[Absence], at: datetime) -> Absence | None:
    return next((one for one in absences if one[0] <= at < one[1]), None)


def away_in(absences: Iterable[Absence], since: datetime, until: datetime) -> Absence | None:
    """The first absence that touches a stretch of time."""
    return next((one for one in absences if one[0] < until and one[1] > since), None)
