"""What everybody is judged under: which promise, policy and calendar hold for a cycle, how far the CRMs were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from crm_sync.mappings import Activities, Lifecycle, Policy, Promise, Vocabulary
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.editions import Editions
from crm_sync.reconciler.sla.almanac import Almanac, Named
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.timeline import Classifier, Happened
from crm_sync.reconciler.watch import Watch, plain
from crm_sync.records import Edition, Ref

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


class Office(NamedTuple):
    """Who works in the house, and when."""

    directory: Directory
    almanac: Almanac


@dataclass(frozen=True, slots=True)
class Court:
    """The newest promise, those of before, and everything else that is the same for all cycles."""

    promise: Promise
    lifecycle: Lifecycle
    activities: Activities  # by which everything that happened was classified
    directory: Directory  # as it stands
    editions: Editions
    now: datetime  # watched
    horizon: Horizon
    watch: Watch  # over everything that is asked about a person
    former: Former = ()
    asks: frozenset[str] = frozenset()  # the conditions that any of these promises names
    offices: dict[tuple[int, int], Office] = field(default_factory=dict)  # made when they are asked for
    classifiers: dict[int, Classifier | None] = field(default_factory=dict)  # so are these; None: the same as today

    @property
    def as_of(self) -> datetime:
        """`now` as nobody watches it: for reports, never for a verdict."""
        return plain(self.now)

    def read_up_to(self, crms: Iterable[str]) -> datetime | None:
        """How far those were read in which somebody lives: watched; None: one of them not to an end yet."""
        horizon = self.horizon.of(crms)
        return self.watch.instant(horizon) if horizon else None

    def promise_at(self, at: datetime) -> Promise:
        """The promise that was in force."""
        return next((promise for until, promise in self.former if at < until), self.promise)

    def promise_of(self, ended_at: datetime | None) -> Promise:
        """What is edited reaches cycles that run, not those that have ended."""
        return self.promise_at(ended_at) if ended_at else self.promise

    def office(self, ended_at: datetime | None) -> Office:
        """For a cycle that ended then, colleagues and calendars as they were; for one that runs, as they are."""
        promise, directory = self.promise_of(ended_at), self.editions.at(ended_at)
        key = id(promise), id(directory)
        if key not in self.offices:
            of_then = replace(directory, integrations=promise.integrations)
            self.offices[key] = Office(of_then, Almanac(of_then))
        return self.offices[key]

    def happened(self, ended_at: datetime | None, happened: Sequence[Happened]) -> Sequence[Happened]:
        """What everything is by activities.toml, as the cycle's promise has it."""
        promise = self.promise_of(ended_at)
        if id(promise) not in self.classifiers:  # compared once: the tables are large
            told = promise.activities
            self.classifiers[id(promise)] = None if told in (None, self.activities) else Classifier(told)
        judge = self.classifiers[id(promise)]
        return [Happened(one.touch, judge(one.touch)) for one in happened] if judge else happened

    def policy_for(self, cycle: Cycle, facts: Facts) -> Policy | None:
        """The first policy that suits, in the version that held when the cycle began, of the promise of that time."""
        promise = self.promise_at(cycle.qualified_at)
        return promise.policy_for(facts, cycle.qualified_at.astimezone(promise.working_time.zone_now).date())

    def calendar(self, ended_at: datetime | None, calendar: str | None, owner: Ref | None) -> Named:
        """An edit of the calendars reaches cycles that run, not those that have ended."""
        promise = self.promise_of(ended_at)
        known = calendar if calendar in promise.calendars else None
        return self.office(ended_at).almanac.of(promise, known, owner)

    def back_soon(self, left: datetime, came: datetime) -> bool:
        """Within the cooldown of that time, on the calendar of the house."""
        promise = self.promise_at(left)
        return came <= self.office(left).almanac.of(promise, None, None).clock.due(left, promise.recycle_cooldown)


def court_of(
    vocabulary: Vocabulary,
    directory: Directory,
    now: datetime,
    horizon: Horizon,
    former: Former = (),
    editions: Sequence[Edition] = (),
) -> Court:
    promise, asks = vocabulary.promise, frozenset[str]().union(*(one.asks for _, one in former))
    known, watch = Editions(directory, editions), Watch()
    return Court(
        promise,
        vocabulary.lifecycle,
        vocabulary.activities,
        directory,
        known,
        watch.instant(now),
        horizon,
        watch,
        former,
        asks | promise.asks,
    )
