"""The past judged again: under another promise, to see what it would give, or under this one from an earlier day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm_sync.changes import Known
from crm_sync.clock import host_now
from crm_sync.mappings import Promise, Vocabulary
from crm_sync.reconciler.again import known_again, timelines_again
from crm_sync.reconciler.directory import directory_of
from crm_sync.reconciler.editions import editions_from
from crm_sync.reconciler.sla.court import Former, Horizon, court_of
from crm_sync.records import Edition
from crm_sync.sync.promise import former_promises
from crm_sync.sync.run import Parts, conclude, everywhere, horizons_of
from crm_sync.sync.turns import turn
from crm_sync.sync.undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class Twice:
    """Everybody, as judged now and otherwise, at the moment up to which the CRMs were read."""

    now: datetime
    before: Sequence[Known]
    after: Sequence[Known]


def last_read(parts: Parts) -> datetime:
    """The latest moment of which the store knows: no CRM is asked."""
    found = [one for one in horizons_of(parts).values() if one is not None]
    return max(found, default=host_now())


def simulated(parts: Parts, promise: Promise) -> Twice:
    """What `promise` would have given if it had been in force all the time."""
    return judged_twice(parts, promise, (), None)


def taken_back(parts: Parts, since: datetime) -> Twice:
    """What the tables of today give if they hold from `since` on."""
    return judged_twice(parts, parts.vocabulary.promise, former_before(parts, since), since)


def former_before(parts: Parts, since: datetime) -> Former:
    """Promises that would still have been in force once: those that began before `since`, the last one up to it."""
    former = former_promises(parts.store, parts.vocabulary.promise, last_read(parts))
    begins = [datetime.min.replace(tzinfo=since.tzinfo), *(until for until, _ in former)]
    kept = [(until, one) for begin, (until, one) in zip(begins, former, strict=False) if begin < since]
    return (*kept[:-1], (since, kept[-1][1])) if kept and kept[-1][0] > since else tuple(kept)


def judged_twice(parts: Parts, promise: Promise, former: Former, since: datetime | None) -> Twice:
    """`since`: from when on owners and calendars hold as they are today; None: those of each time do."""
    now, horizons = last_read(parts), horizons_of(parts)
    with undisturbed():
        snapshot = parts.store.snapshot()
        timelines = timelines_again(snapshot, parts.vocabulary)

        def judge(vocabulary: Vocabulary, former: Former, editions: Sequence[Edition]) -> list[Known]:
            court = court_of(
                vocabulary,
                directory_of(snapshot, vocabulary.promise.integrations),
                now,
                Horizon(everywhere(horizons), horizons),
                former,
                editions,
            )
            return list(known_again(timelines, vocabulary, court))

        held = former_promises(parts.store, parts.vocabulary.promise, now)
        before = judge(parts.vocabulary, held, snapshot.editions)
        editions = editions_from(snapshot, since) if since else snapshot.editions
        return Twice(now, before, judge(replace(parts.vocabulary, promise=promise), former, editions))


async def recompute(parts: Parts, since: datetime) -> int:
    """Lets the tables, owners and calendars of today hold from `since` on, and writes what that changes into the
    history of verdicts. Returns how many property values wait for the next sync."""
    async with turn(parts.store, gives_way=False):
        run_id = parts.store.start_run("recompute", host_now())
        former = former_before(parts, since)
        with undisturbed():
            snapshot = parts.store.snapshot_alone()
            snapshot = replace(snapshot, editions=editions_from(snapshot, since))
            plan = conclude(parts, snapshot, last_read(parts), former=former)
            parts.store.keep_promise(parts.vocabulary.promise.version, parts.vocabulary.promise.text, since)
            queued = parts.store.save_plan(run_id, plan, {}, "recompute", quiet=True)
        parts.store.finish_run(run_id, "done", {"since": since.isoformat(), "planned": queued.planned}, host_now())
    return queued.planned
