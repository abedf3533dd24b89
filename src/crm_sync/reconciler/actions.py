"""What is to be done about a person now: the first action of the stage that is not done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crm_sync.changes import NextAction, TargetVerdict, Verdict
from crm_sync.mappings import Action, Stage
from crm_sync.reconciler.sla.clock import Clock
from crm_sync.reconciler.timeline import Happened

SETTLED = frozenset({"met", "met_late", "exempt", "closed_untouched"})


def next_action(
    stage: Stage,
    since: datetime,
    verdict: Verdict | None,
    happened: Sequence[Happened],
    clock: Clock,
    opted_out: bool = False,
) -> NextAction | None:
    """The current one of who entered `stage` at `since`; None when all are done. `clock` is that of the owner. Nobody
    is to reach out to who opted out."""
    targets = {one.target: one for one in verdict.targets} if verdict and not verdict.ended_at else {}
    for place, action in enumerate(stage.actions, 1):
        if opted_out and action.reaches_out:
            continue
        if not is_done(action, since, targets.get(action.target or ""), happened):
            due_at = due_of(action, since, targets.get(action.target or ""), clock)
            return NextAction(action.label, place, len(stage.actions), due_at)
    return None


def is_done(action: Action, since: datetime, target: TargetVerdict | None, happened: Sequence[Happened]) -> bool:
    """What the policy does not ask for needs no doing."""
    if action.target is not None:
        return target is None or target.state in SETTLED
    return any(
        one.touch.at >= since and one.activity is not None and one.activity.name in action.done_by for one in happened
    )


def due_of(action: Action, since: datetime, target: TargetVerdict | None, clock: Clock) -> datetime | None:
    """Of a target whose clock stands still, none: it would move with every day."""
    if target is not None:
        return None if target.state == "paused" else target.due_at
    return clock.due(since, action.due) if action.due else None
