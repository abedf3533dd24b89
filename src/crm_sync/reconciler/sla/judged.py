"""What is judged: a cycle with everything that decides about it, and a target with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from crm_sync.changes import Pause, TargetState, TargetVerdict
from crm_sync.mappings import Policy, Span, Target
from crm_sync.reconciler.sla.almanac import Named
from crm_sync.reconciler.sla.attempts import Effort
from crm_sync.reconciler.sla.clock import Clock
from crm_sync.reconciler.sla.clock import Pause as Standstill
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.sla.pauses import still
from crm_sync.reconciler.watch import holds
from crm_sync.records import frozen


@frozen
class Judged:
    """What a cycle's targets are judged by. `now` and `horizon` are watched; `horizon` None: the CRMs have not been
    read to an end, so nobody is accused; `excused`: why nothing is owed at all, empty when something is."""

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

    def due(self, start: datetime, within: Span, roll: bool, until: datetime | None = None) -> datetime:
        """With the pauses up to an instant: what happened then is not changed by a later one."""
        return self.clock.due(start, within, self.stood_still(until), roll=roll)

    def stood_still(self, until: datetime | None = None) -> tuple[Standstill, ...]:
        """When the clock did, up to an instant. By default up to the end of the cycle, or the beginning of the pause
        that runs: a due that moved on with now would be written to the CRMs each time."""
        if not self.pauses:
            return ()
        if until is None:
            pause = self.pause_now()
            until = self.cycle.ended_at or (pause.since if pause else self.now)
        return still(self.pauses, self.policy.rules.pauses, until)

    def unread(self, until: datetime) -> datetime | None:
        """Up to when the CRMs have to be read before anybody is accused of what was not done by an instant; None when
        they are."""
        lookback = self.policy.rules.lookback
        needed = until + lookback.as_timedelta() if lookback else until
        if self.horizon is None:
            holds(self.now, needed)  # none will have been read up to then before it is then
            return needed
        return needed if self.horizon < needed else None

    def pause_now(self) -> Pause | None:
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


@frozen
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
