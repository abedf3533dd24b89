"""The SLA of one person, worked out again with its arithmetic: now, or as of another moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import pyarrow as pa

from crm_sync.changes import Known, TargetVerdict, Verdict
from crm_sync.mappings import Policy, Target, Vocabulary
from crm_sync.reconciler.again import known_again, timelines_again
from crm_sync.reconciler.directory import directory_of
from crm_sync.reconciler.sla.clock import Clock
from crm_sync.reconciler.sla.court import Court, Former, Horizon, court_of
from crm_sync.reconciler.sla.escalation import Escalation, escalations
from crm_sync.reconciler.sla.pauses import still
from crm_sync.records import Snapshot
from crm_sync.reports.plain import plain
from crm_sync.reports.revisions import Revision, revisions_of

MOST = 60  # windows of one target that are told; more of them prove nothing


class Register(Protocol):
    """The store, as far as one person is concerned."""

    def find_people(self, text: str) -> list[Known]:
        """People by id, ref, CRM id, e-mail or part of the name."""

    def snapshot_about(self, known: Known) -> Snapshot:
        """What is live and concerns a person, and everybody's owners, calendars and campaigns."""

    def tables_about(self, known: Known) -> Mapping[str, pa.Table]:
        """The history of verdicts on one person, among others."""


@dataclass(frozen=True, slots=True)
class Window:
    """Working time that counted, and how much there is by the end of it."""

    opens: datetime
    closes: datetime
    seconds: int
    in_all: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One target with what it was reckoned from. `windows` only where working hours are counted; none are left out
    unless `more` says how many."""

    stands: TargetVerdict
    within: str
    attempts: int
    windows: tuple[Window, ...]
    more: int
    warnings: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True)
class CycleExplained:
    """One cycle with the reckoning of every target."""

    verdict: Verdict
    zone: str
    system_delay: timedelta | None  # from the qualifying event to the first human owner
    arithmetic: tuple[Arithmetic, ...]
    notes: tuple[str, ...]  # what the tables could not say of its time, in sentences
    owners: tuple[str, ...]  # the names of those of the stretches


@dataclass(frozen=True, slots=True)
class SlaAnswer:
    """What was found for a text: several people to choose from, or one with their cycles, the newest first."""

    asked: str
    as_of: datetime
    matches: tuple[Known, ...]
    known: Known | None
    cycles: tuple[CycleExplained, ...]
    revisions: tuple[Revision, ...] = ()

    def as_json(self) -> dict[str, Any]:
        named = ("person_id", "name", "email", "company", "stage")
        matches = [{key: getattr(known, key) for key in named} for known in self.matches]
        cycles = [as_json(one) for one in self.cycles]
        told = {"asked": self.asked, "as_of": plain(self.as_of), "matches": matches, "cycles": cycles}
        return {**told, "revisions": plain(self.revisions)}


def as_json(cycle: CycleExplained) -> dict[str, Any]:
    delay = None if cycle.system_delay is None else int(cycle.system_delay.total_seconds())
    return {
        **plain(cycle.verdict), "zone": cycle.zone, "system_delay": delay, "notes": list(cycle.notes),
        "arithmetic": [
            {**plain(one), "warnings": [{"level": level, "at": plain(at)} for level, at in one.warnings]}
            for one in cycle.arithmetic
        ],
    }  # fmt: skip


def explain_sla(
    store: Register,
    vocabulary: Vocabulary,
    text: str,
    as_of: datetime,
    horizons: Mapping[str, datetime | None],
    former: Former = (),
) -> SlaAnswer:
    """With everything that is known today, judged as it stood at `as_of`."""
    matches = tuple(store.find_people(text.strip())) if text.strip() else ()
    if len(matches) != 1:
        return SlaAnswer(text, as_of, matches, None, ())
    snapshot = store.snapshot_about(matches[0])
    court = court_of(
        vocabulary,
        directory_of(snapshot, vocabulary.promise.integrations),
        as_of,
        Horizon(min_of(horizons), horizons),
        former,
        snapshot.editions,
    )
    [known] = known_again(timelines_again(snapshot, vocabulary), vocabulary, court)
    verdicts = sorted(
        (*known.earlier, *filter(None, [known.verdict])), key=lambda one: one.qualified_at or as_of, reverse=True
    )
    history = revisions_of(store.tables_about(matches[0])["verdict_history"].to_pylist())
    return SlaAnswer(text, as_of, matches, known, tuple(cycle_of(one, court) for one in verdicts), history)


def min_of(horizons: Mapping[str, datetime | None]) -> datetime | None:
    found = [one for one in horizons.values() if one is not None]
    return min(found) if found and len(found) == len(horizons) else None


def cycle_of(verdict: Verdict, court: Court) -> CycleExplained:
    policy = policy_of(verdict, court)
    clock = court.calendar(verdict.ended_at, policy.calendar, verdict.owner).clock
    targets = {one.name: one for one in policy.targets}
    reckoned = tuple(
        arithmetic(one, targets[one.target], policy, verdict, clock, court.as_of)
        for one in verdict.targets
        if one.target in targets
    )
    start = verdict.qualified_at or court.as_of
    delay = verdict.started_at - start if verdict.started_at else None
    zone, promise = clock.zone_at(start), court.promise_at(verdict.ended_at) if verdict.ended_at else court.promise
    notes = promise.holidays.not_yet(start.astimezone(zone).date())
    owners = tuple(court.directory.owner_name(one.owner) for one in verdict.stretches)
    return CycleExplained(verdict, zone.key, delay, reckoned, tuple(notes), owners)


def policy_of(verdict: Verdict, court: Court) -> Policy:
    promise = court.promise_at(verdict.qualified_at or court.as_of)
    every = (one for versions in promise.policies for one in versions)
    named = (one for one in every if (one.name, one.version) == (verdict.policy, verdict.policy_version))
    return next(named, promise.main)


def arithmetic(
    stands: TargetVerdict, target: Target, policy: Policy, verdict: Verdict, clock: Clock, now: datetime
) -> Arithmetic:
    until = stands.settled_at or min(verdict.ended_at or now, now)
    pauses = still(verdict.pauses, policy.rules.pauses, until) if verdict.pauses else ()
    found: list[Window] = []
    if target.within.unit == "bh" and stands.starts_at:
        found = list(summed(running(clock.windows(stands.starts_at, stands.due_at), pauses)))
    warnings = escalations(target, stands, verdict, clock, pauses)
    windows, more = tuple(found[:MOST]), max(len(found) - MOST, 0)
    return Arithmetic(stands, str(target.within), target.attempts, windows, more, warnings)


Stretches = list[tuple[datetime, datetime]]


def running(windows: Stretches, pauses: tuple[tuple[datetime, datetime], ...]) -> Stretches:
    """The parts of the windows in which the clock did not stand still."""
    for since, until in pauses:
        before = [(opens, min(closes, since)) for opens, closes in windows if opens < since]
        after = [(max(opens, until), closes) for opens, closes in windows if closes > until]
        windows = before + after
    return windows


def summed(windows: Stretches) -> Iterator[Window]:
    in_all = timedelta()
    for opens, closes in windows:
        in_all += closes - opens
        yield Window(opens, closes, int((closes - opens).total_seconds()), int(in_all.total_seconds()))
