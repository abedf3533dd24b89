"""What everybody is judged under: which promise, policy and calendar hold for a cycle, how far the CRMs were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crm_sync.mappings import Lifecycle, Policy, Promise, Vocabulary
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.sla.almanac import Almanac, Named
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.records import Ref

Facts = Mapping[str, frozenset[str]]
Former = Sequence[tuple[datetime, Promise]]  # promises of before, each with the instant until which it held


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the CRMs have been read, each; `everywhere` None: not to an end yet, so nobody is late."""

    everywhere: datetime | None
    of_crm: Mapping[str, datetime | None] = field(default_factory=dict)

    def of(self, crms: Iterable[str]) -> datetime | None:
        """For somebody who lives in these."""
        found = [self.of_crm.get(crm, self.everywhere) for crm in crms]
        known = [one for one in found if one is not None]
        return min(known) if known and len(known) == len(found) else None


@dataclass(frozen=True, slots=True)
class Court:
    """The newest promise, those of before, and everything else that is the same for all cycles."""

    promise: Promise
    lifecycle: Lifecycle
    directory: Directory
    now: datetime
    horizon: Horizon
    almanac: Almanac
    former: Former = ()
    asks: frozenset[str] = frozenset()  # the conditions that any of these promises names

    def promise_at(self, at: datetime) -> Promise:
        """The promise that was in force."""
        return next((promise for until, promise in self.former if at < until), self.promise)

    def policy_for(self, cycle: Cycle, facts: Facts) -> Policy | None:
        """The first policy that suits, in the version that held when the cycle began, of the promise of that time."""
        promise = self.promise_at(cycle.qualified_at)
        return promise.policy_for(facts, cycle.qualified_at.astimezone(promise.working_time.zone_now).date())

    def calendar(self, ended_at: datetime | None, calendar: str | None, owner: Ref | None) -> Named:
        """An edit of the calendars reaches cycles that run, not those that have ended."""
        promise = self.promise_at(ended_at) if ended_at else self.promise
        known = calendar if calendar in promise.calendars else None
        return self.almanac.of(promise, known, owner)

    def back_soon(self, left: datetime, came: datetime) -> bool:
        """Within the cooldown of that time, on the calendar of the house."""
        promise = self.promise_at(left)
        return came <= self.almanac.of(promise, None, None).clock.due(left, promise.recycle_cooldown)


def court_of(
    vocabulary: Vocabulary, directory: Directory, now: datetime, horizon: Horizon, former: Former = ()
) -> Court:
    almanac = Almanac(directory)
    promise, asks = vocabulary.promise, frozenset[str]().union(*(one.asks for _, one in former))
    return Court(promise, vocabulary.lifecycle, directory, now, horizon, almanac, former, asks | promise.asks)
