"""The story on one page: pull, plan, push. A dry run stops earlier, a backfill reads another window."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

from crm_sync.changes import Basis, Limits, Plan
from crm_sync.clock import host_now, stopwatch
from crm_sync.connectors.base import Connector, Window
from crm_sync.engine.base import Engine
from crm_sync.errors import CrmSyncError, NotInstalled, Paused
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.past import Past
from crm_sync.reconciler.plan import make_plan
from crm_sync.reconciler.sla.court import Former
from crm_sync.records import News, Snapshot
from crm_sync.settings import Settings
from crm_sync.store import Store
from crm_sync.sync.crew import Crew
from crm_sync.sync.firms import remembered_firms
from crm_sync.sync.holding import Beating
from crm_sync.sync.memory import remembered
from crm_sync.sync.past import is_first_import, past_of
from crm_sync.sync.progress import Progress, Silent, Summary
from crm_sync.sync.promise import former_promises, keep
from crm_sync.sync.pull import Pulled, Wanted, pull
from crm_sync.sync.push import Pushed, push
from crm_sync.sync.spending import Spending
from crm_sync.sync.turns import Gate, turn
from crm_sync.sync.undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run works with."""

    store: Store
    engine: Engine
    vocabulary: Vocabulary
    connectors: Mapping[str, Connector]
    settings: Settings
    notes: tuple[str, ...] = ()  # what is odd about the tables, in sentences


async def sync(
    parts: Parts,
    *,
    dry_run: bool = False,
    force: bool = False,
    write_history: bool = False,
    everybody: bool = False,
    wanted: Wanted | None = None,
    window: Window | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Reads what changed (or what `window` holds), decides, and writes what differs. `write_history`: cycles of before
    the promise, and those that were over before anybody looked, too, and they are news. `everybody` is judged in a dry
    run, too, since its changes are those of all. Raises any CrmSyncError; whatever was read is kept, and a plan is
    saved whole or not at all."""
    progress, began, modest = progress or Silent(), stopwatch(), window is not None
    spending = Spending(parts.store, parts.connectors, parts.settings.budget, modest=modest)
    async with turn(parts.store, gives_way=modest, waits=partial(progress.started, "wait")) as lease:
        run_id = parts.store.start_run(kind_of(dry_run, window), host_now())
        watcher = Beating(progress, lease, spending.save)
        try:
            gate = Gate(parts.store, lease, spending, run_id) if modest else None
            pulled = await read(parts, dry_run, wanted, window, watcher, spending, gate)
            all_of_them = everybody or dry_run
            plan, quiet, by = decide(parts, progress, modest=modest, write_history=write_history, everybody=all_of_them)
            how = Manner(dry_run, force, "backfill" if modest else None, quiet, by)
            planned, pushed = await carry_out(parts, run_id, plan, how, watcher)
        except (CrmSyncError, asyncio.CancelledError) as problem:
            outcome = "partial" if isinstance(problem, Paused) else "failed"
            parts.store.finish_run(run_id, outcome, {"error": str(problem)}, host_now())
            raise
        finally:
            spending.save()
        summary = summarize(parts, run_id, dry_run, pulled, plan, planned, pushed, stopwatch() - began)
        parts.store.finish_run(run_id, "partial" if summary.refused else "done", summary.as_json(), host_now())
    return summary


def kind_of(dry_run: bool, window: Window | None) -> str:
    return "dry run" if dry_run else "backfill" if window else "sync"


async def read(
    parts: Parts,
    dry_run: bool,
    wanted: Wanted | None,
    window: Window | None,
    progress: Progress,
    spending: Spending,
    gate: Gate | None,
) -> Pulled:
    """Logs in everywhere before the first page is read, so that a wrong token or too few calls cost nothing."""
    for connector in parts.connectors.values():
        await connector.look()
        if not dry_run:
            await check_installed(connector)
    every = {crm: connector.objects for crm, connector in parts.connectors.items()}
    spending.check(crm for crm, names in (wanted or every).items() if names)
    progress.started("pull")
    return await pull(parts.store, parts.connectors, wanted or every, progress, window, gate)


async def check_installed(connector: Connector) -> None:
    """Raises NotInstalled when our fields are not all there."""
    missing = tuple(step.name for step in await connector.plan_schema() if step.kind != "present")
    if missing:
        raise NotInstalled(connector.crm, missing)


class Decided(NamedTuple):
    """A plan, whether what it finds is no news, and by what it judges; `by` None: the next one cannot follow it."""

    plan: Plan
    quiet: bool
    by: Basis | None


def decide(
    parts: Parts, progress: Progress, *, modest: bool = False, write_history: bool = False, everybody: bool = False
) -> Decided:
    """The plan at the CRMs' own time: for those whom anything concerns that came since the last one, if it was made by
    the same tables not long ago; else, or when asked to, for `everybody`."""
    progress.started("plan")
    with undisturbed():
        now, by = now_of(parts.connectors), basis_of(parts)
        news = None if modest or write_history or everybody else parts.store.news(now, by)
        snapshot = parts.store.snapshot_alone()
        quiet = not write_history and (modest or is_first_import(snapshot))
        plan = conclude(parts, snapshot, now, write_history=write_history, quiet=quiet, news=None if quiet else news)
        return Decided(plan, quiet, None if quiet or write_history else by)


def conclude(
    parts: Parts, snapshot: Snapshot, now: datetime, *, write_history: bool = False, quiet: bool = False,
    anew: bool = False, former: Former | None = None, news: News | None = None,
) -> Plan:  # fmt: skip
    """The plan at `now`; with `write_history` cycles from before the promise are judged, and nothing is held back; with
    `quiet` whatever is over is past; with `anew` everybody is matched anew. `former`: other promises of before than
    those that were in force. With `news` those alone are judged whom they concern. `snapshot` need not hold
    what happened to people: it is read share by share."""
    promise, horizons, judging = parts.vocabulary.promise, horizons_of(parts), parts.vocabulary
    if former is None:
        former = former_promises(parts.store, promise, now)
    if write_history:
        judging = replace(judging, promise=promise.from_ever())
        former = tuple((until, one.from_ever()) for until, one in former)
    kept = parts.settings.matching_directory
    with remembered(kept, parts.store, anew=anew) as memory, remembered_firms(kept, parts.store, anew=anew) as firms:
        return make_plan(
            snapshot,
            judging,
            parts.engine,
            now,
            everywhere(horizons),
            profile=parts.vocabulary.fields.profile(parts.settings.profile == "minimal"),
            language=parts.settings.language,
            currency=parts.settings.currency,
            horizons=horizons,
            former=former,
            memory=memory,
            kept_firms=firms,
            past=Past() if write_history else past_of(parts.store, now, quiet=quiet or is_first_import(snapshot)),
            news=news,
            hands=Crew(parts.store, parts.settings.processes),
        )


def basis_of(parts: Parts) -> Basis:
    """By what a plan of today judges, besides what the records say."""
    settings, vocabulary, text = parts.settings, parts.vocabulary, parts.vocabulary.promise.text
    former = [(one.since, one.tables) for one in parts.store.promises() if one.tables != text]
    told = (vocabulary.fingerprint, text, former, settings.language, settings.currency, settings.profile)
    return Basis(blake2b(repr(told).encode(), digest_size=16).hexdigest(), horizons_of(parts))


def now_of(connectors: Mapping[str, Connector]) -> datetime:
    """The CRMs stamp what happened, so their clock judges it; the later one, so that nothing read lies ahead of now."""
    return max(connector.now() for connector in connectors.values())


def horizons_of(parts: Parts) -> dict[str, datetime | None]:
    """CRM → up to when everything in it has been read; None while some object has never been read to its end."""
    known = {(one.crm, one.name): one.horizon for one in parts.store.all_progress()}
    return {
        crm: everywhere({name: known.get((crm, name)) for name in one.objects}) for crm, one in parts.connectors.items()
    }


def everywhere(horizons: Mapping[str, datetime | None]) -> datetime | None:
    """The earliest; None when one of them is."""
    found = [horizon for horizon in horizons.values() if horizon is not None]
    return min(found) if found and len(found) == len(horizons) else None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a plan is carried out, and what the history of verdicts says about it."""

    dry_run: bool
    force: bool
    cause: str | None
    quiet: bool
    by: Basis | None


async def carry_out(parts: Parts, run_id: int, plan: Plan, how: Manner, progress: Progress) -> tuple[int, Pushed]:
    """Saves the plan and empties the outbox; a dry run only counts."""
    if how.dry_run:
        return len(plan.changes), Pushed(dict.fromkeys(parts.connectors, 0), 0)
    with undisturbed():
        if not how.force:
            plan.check(Limits())
        rights = {crm: connector.rights for crm, connector in parts.connectors.items()}
        keep(parts.store, parts.vocabulary.promise, plan.now)
        queued = parts.store.save_plan(run_id, plan, rights, how.cause, quiet=how.quiet, by=how.by)
    progress.started("push")
    return queued.planned, await push(parts.store, parts.connectors, queued, progress)


def summarize(
    parts: Parts,
    run_id: int,
    dry_run: bool,
    pulled: Pulled,
    plan: Plan,
    planned: int,
    pushed: Pushed,
    seconds: float,
) -> Summary:
    return Summary(
        run_id=run_id,
        dry_run=dry_run,
        pulled=pulled.fetched,
        read=pulled.read,
        people=len(plan.people),
        judged=len(plan.known),
        links=plan.duplicates,
        planned=planned,
        written=pushed.written,
        refused=pushed.refused,
        unmapped=len(plan.unmapped),
        set_aside=len(plan.set_aside),
        calls={crm: connector.calls for crm, connector in parts.connectors.items()},
        seconds=seconds,
        notes=(*parts.notes, *notes_of(parts, plan, dry_run)),
        held_back=plan.held_back if dry_run else parts.store.held_back(),
        plan=plan,
    )


def notes_of(parts: Parts, plan: Plan, dry_run: bool) -> tuple[str, ...]:
    """What the tables cannot say of cycles that are judged."""
    first = (plan.first_qualified if dry_run else parts.store.first_qualified()) or plan.now
    promise = parts.vocabulary.promise
    return tuple(promise.holidays.not_yet(first.astimezone(promise.working_time.zone_now).date()))
