"""The verdicts on one person, one per cycle; the newest that a rep had is what reps see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import accumulate

from crm_sync.changes import Pause, StageEntry, TargetVerdict, Verdict
from crm_sync.mappings import Policy
from crm_sync.reconciler.sla.attempts import effort_in
from crm_sync.reconciler.sla.court import Court, Facts
from crm_sync.reconciler.sla.cycles import Cycle, cycles_of
from crm_sync.reconciler.sla.judged import Judged
from crm_sync.reconciler.sla.pauses import pauses_of
from crm_sync.reconciler.sla.stretches import stretches
from crm_sync.reconciler.sla.targets import judge
from crm_sync.reconciler.timeline import Timeline
from crm_sync.reconciler.words import iso

MISSED = frozenset({"breached", "met_late", "closed_untouched"})
RUNNING = frozenset({"on_track", "at_risk", "pending", "breached", "paused"})
SHOWN = {"closed_untouched": "breached", "unknown_time": "pending"}
WORST_FIRST = ("breached", "met_late", "pending", "met", "exempt")
NONE = "none"
FactsOf = Callable[[Cycle], Facts]


def verdicts(timeline: Timeline, history: Sequence[StageEntry], court: Court, facts_of: FactsOf) -> tuple[Verdict, ...]:
    """The oldest first; none for somebody who never was a qualified lead. `facts_of` a cycle: what policies ask for.
    No CRM tells since when somebody is opted out; cycles that reps had before the newest one stay as they were."""
    owned = [change for change in timeline.owned if change.at <= court.now]
    reasons = [one for one in timeline.reasons if one.at is None or one.at <= court.now]
    cycles = cycles_of(history, owned, lambda at: court.office(at).directory, court.back_soon, reasons)
    if not cycles:
        return ()
    pauses = pauses_of(timeline.words, court.lifecycle, court.now)
    horizon = court.read_up_to({record.ref.crm for record in timeline.records})
    opted_out = any(record.opted_out for record in timeline.records)
    newest = max((place for place, one in enumerate(cycles) if one.started_at or not one.ended_at), default=0)
    judged = [
        hearing(one, timeline, court, pauses, horizon, opted_out and place >= newest, facts_of(one))
        for place, one in enumerate(cycles)
    ]
    targets = [judge(one) for one in judged]
    missed = accumulate(sum(one.state in MISSED for one in some if one.clock == "rep") for some in targets)
    found = zip(judged, targets, missed, strict=True)
    return tuple(verdict(timeline.person_id, one, some, breaches, court) for one, some, breaches in found)


def hearing(
    cycle: Cycle,
    timeline: Timeline,
    court: Court,
    pauses: Sequence[Pause],
    horizon: datetime | None,
    opted_out: bool,
    facts: Facts,
) -> Judged:
    """One cycle with everything that decides about it."""
    policy = court.policy_for(cycle, facts)
    excused = excuse(cycle, policy, court, opted_out)
    policy = policy or court.promise.main
    calendar = court.calendar(cycle.ended_at, policy.calendar, cycle.owner)
    happened, directory = court.happened(cycle.ended_at, timeline.happened), court.office(cycle.ended_at).directory
    effort = effort_in(cycle, happened, policy.rules, directory, court.now)
    mine = tuple(one for one in pauses if one.until is None or one.until > cycle.qualified_at)
    mine = tuple(one for one in mine if cycle.ended_at is None or one.since < cycle.ended_at)
    return Judged(cycle, effort, policy, calendar, mine, excused, court.now, horizon)


def excuse(cycle: Cycle, policy: Policy | None, court: Court, opted_out: bool) -> str:
    """Why nothing is owed; empty when something is."""
    if opted_out:
        return "the person opted out"
    if policy is None:
        return "no policy of sla.toml suits"
    if policy.exempt:
        return policy.exempt
    return "" if enforced(cycle, policy, court) else f"began before {policy.rules.enforce_from}, as sla.toml says"


def enforced(cycle: Cycle, policy: Policy, court: Court) -> bool:
    """Whether the cycle began on the day from which on the promise is kept, or after it."""
    first = policy.rules.enforce_from
    return first is None or cycle.qualified_at.astimezone(court.promise.working_time.zone_now).date() >= first


def verdict(person_id: str, judged: Judged, targets: tuple[TargetVerdict, ...], breaches: int, court: Court) -> Verdict:
    cycle = judged.cycle
    status, target, due_at, because = shown(judged, [one for one in targets if one.clock == "rep"])
    return Verdict(
        person_id=person_id,
        started_at=cycle.started_at,
        ended_at=cycle.ended_at,
        owner=cycle.owner,
        status=status,
        target=target,
        due_at=due_at,
        targets=targets,
        attempts=tuple(one.at for one in judged.effort.attempts),
        considered=judged.effort.considered,
        breach_count=breaches,
        because=because,
        qualified_at=cycle.qualified_at,
        policy=judged.policy.name,
        policy_version=judged.policy.version,
        calendar=judged.calendar.name,
        attempts_required=max((one.attempts for one in judged.policy.targets if one.clock == "rep"), default=None),
        pauses=judged.pauses,
        stretches=stretches(judged, court),
        transfers=max(len(cycle.hands) - 1, 0),
        enforced=enforced(cycle, judged.policy, court),
    )


def shown(judged: Judged, targets: Sequence[TargetVerdict]) -> tuple[str, str, datetime | None, str]:
    """Status, target, due and reason as a rep sees them. A due that stands still with its clock is none."""
    if judged.excused:
        return "exempt", NONE, None, judged.excused
    if judged.cycle.started_at is None:
        return waiting(judged.cycle)
    if not targets:
        return "exempt", NONE, None, f"policy {judged.policy.name} promises nothing of reps"
    if running := earliest_running(judged.cycle, targets):
        due_at = None if running.state == "paused" else running.due_at
        return running.state, running.target, due_at, f"{running.target}: {running.because}"
    return worst(targets), NONE, None, "; ".join(f"{one.target}: {one.because}" for one in targets)


def waiting(cycle: Cycle) -> tuple[str, str, None, str]:
    """A qualified lead without a human owner: routing is late, not a rep."""
    if cycle.ended_at:
        return "exempt", NONE, None, f"the cycle ended at {iso(cycle.ended_at)} without a human owner"
    return "pending", NONE, None, "a qualified lead without a human owner yet"


def earliest_running(cycle: Cycle, targets: Iterable[TargetVerdict]) -> TargetVerdict | None:
    """The target that a rep looks at: of those that still run, the one with the earliest due."""
    running = [] if cycle.ended_at else [one for one in targets if one.state in RUNNING]
    return min(running, key=lambda one: one.due_at, default=None)


def worst(targets: Iterable[TargetVerdict]) -> str:
    return min((SHOWN.get(one.state, one.state) for one in targets), key=WORST_FIRST.index)


def of_reps(found: Sequence[Verdict]) -> Verdict | None:
    """The newest verdict that a rep sees: not that of a cycle which ended before anybody had it."""
    return next((one for one in reversed(found) if one.started_at or not one.ended_at), None)
