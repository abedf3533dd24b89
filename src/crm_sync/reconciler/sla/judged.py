"""What is judged: a cycle with everything that decides about it, and a target with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from crm_sync.changes import Pause, TargetState, TargetVerdict
from crm_sync.mappings import Policy, Span, Target
from crm_sync.reconciler.sla.almanac import Named
from crm_sync.reconciler.sla.attempts import Effort
from crm_sync.reconciler.sla.clock import Clock
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.sla.pauses import still


@dataclass(frozen=True, slots=True)
class Judged:
    """What a cycle's targets are judged by. `horizon` None: the CRMs have not been read to an end, so nobody is
    accused; `excused`: why nothing is owed at all, empty when something is."""

    cycle: Cycle
    effort: Effort
    policy: Policy
    calendar: Named
    pauses: tuple[Pause, ...]
    excused: str
    now: datetime
    horizon: datetime | None

    @property
    def clock(self) -> Clock:
        return self.calendar.clock

    @property
    def end(self) -> datetime:
        """Up to when this cycle is looked at."""
        return min(self.cycle.ended_at or self.now, self.now)

    def due(self, start: datetime, within: Span, roll: bool, until: datetime | None = None) -> datetime:
        """With the pauses up to an instant: what happened then is not changed by a later one."""
        spans = still(self.pauses, self.policy.rules.pauses, until or self.end) if self.pauses else ()
        return self.clock.due(start, within, spans, roll=roll)

    def unread(self, until: datetime) -> datetime | None:
        """Up to when the CRMs have to be read before anybody is accused of what was not done by an instant; None when
        they are."""
        lookback = self.policy.rules.lookback
        needed = until + lookback.as_timedelta() if lookback else until
        return needed if self.horizon is None or self.horizon < needed else None

    def pause_now(self, start: datetime) -> Pause | None:
        """The one in which the clock stands still at this moment."""
        conditions = self.policy.rules.pauses
        running = (one for one in self.pauses if one.until is None or one.until > self.now)
        found = (
            one for one in running if one.since <= self.now and (conditions is None or one.condition in conditions)
        )
        return next(found, None) if not self.cycle.ended_at else None


class Settled(NamedTuple):
    """When a target was met at best and at worst, and by what."""

    at: datetime
    until: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Goal:
    """One target: until when, when and by what it was settled, what is missing, how it ends when the cycle closes in
    time, and why it is at risk."""

    target: Target
    start: datetime
    due_at: datetime
    settled: Settled | None
    missing: str
    closes: Callable[[Judged], tuple[TargetState, str]]

    def stands(self, state: TargetState, at: datetime | None, because: str) -> TargetVerdict:
        return TargetVerdict(self.target.name, state, self.due_at, at, because, self.target.clock, self.start)
