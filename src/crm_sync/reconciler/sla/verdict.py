"""The verdicts on one person, one per cycle; the newest is what reps see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate

from crm_sync.changes import StageEntry, TargetVerdict, Verdict
from crm_sync.mappings import Policy
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.sla.attempts import effort_in, no_cycle
from crm_sync.reconciler.sla.cycles import Cycle, cycles_of, waits_for_owner
from crm_sync.reconciler.sla.targets import Judged, judge
from crm_sync.reconciler.timeline import Timeline
from crm_sync.records import Person

MISSED = frozenset({"breached", "met_late", "closed_untouched"})
RUNNING = frozenset({"on_track", "at_risk", "pending", "breached"})
SHOWN = {"closed_untouched": "breached"}
WORST_FIRST = ("breached", "met_late", "met", "exempt")
NONE = "none"


def verdicts(
    timeline: Timeline,
    history: Sequence[StageEntry],
    policy: Policy,
    directory: Directory,
    now: datetime,
    horizon: datetime | None,
) -> tuple[Verdict, ...]:
    """The oldest first; none for somebody who never was a qualified lead."""
    owned = [change for change in timeline.owned if change.at <= now]
    cycles = cycles_of(history, owned, directory.is_human, close_reason(timeline.records))
    opted_out = any(record.opted_out for record in timeline.records)
    judged = [
        Judged(cycle, effort_in(cycle, timeline.happened, policy, directory, now), policy, opted_out, now, horizon)
        for cycle in cycles
    ]
    targets = [judge(one) for one in judged]
    missed = list(accumulate(sum(target.state in MISSED for target in pair) for pair in targets))
    found = [shown(timeline.person_id, *one) for one in zip(judged, targets, missed, strict=True)]
    if waits_for_owner(history, cycles):
        found.append(waiting(timeline, opted_out, missed[-1] if missed else 0))
    return tuple(found)


def close_reason(records: Iterable[Person]) -> str | None:
    """The reason in the record that was created last among those that give one."""
    reasons = [(record.created_at, record.ref, record.close_reason) for record in records if record.close_reason]
    return max(reasons)[2] if reasons else None


def waiting(timeline: Timeline, opted_out: bool, breaches: int) -> Verdict:
    """A qualified lead without a human owner: routing is late, not a rep."""
    because = "the person opted out" if opted_out else "a qualified lead without a human owner yet"
    return Verdict(
        person_id=timeline.person_id,
        started_at=None,
        ended_at=None,
        owner=None,
        status="exempt" if opted_out else "pending",
        target=NONE,
        due_at=None,
        targets=(),
        attempts=(),
        considered=no_cycle(timeline.happened),
        breach_count=breaches,
        because=because,
    )


def shown(person_id: str, judged: Judged, targets: Sequence[TargetVerdict], breaches: int) -> Verdict:
    cycle = judged.cycle
    running = earliest_running(cycle, targets)
    return Verdict(
        person_id=person_id,
        started_at=cycle.started_at,
        ended_at=cycle.ended_at,
        owner=cycle.owner,
        status=running.state if running else worst(targets),
        target=running.target if running else NONE,
        due_at=running.due_at if running else None,
        targets=tuple(targets),
        attempts=judged.effort.attempts,
        considered=judged.effort.considered,
        breach_count=breaches,
        because="; ".join(f"{one.target}: {one.because}" for one in ([running] if running else targets)),
    )


def earliest_running(cycle: Cycle, targets: Iterable[TargetVerdict]) -> TargetVerdict | None:
    """The target that a rep looks at: of those that still run, the one with the earliest due."""
    running = [] if cycle.ended_at else [one for one in targets if one.state in RUNNING]
    return min(running, key=lambda one: one.due_at, default=None)


def worst(targets: Iterable[TargetVerdict]) -> str:
    return min((SHOWN.get(one.state, one.state) for one in targets), key=WORST_FIRST.index)
