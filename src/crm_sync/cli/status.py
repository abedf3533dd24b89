"""`crm-sync status`: how fresh and how complete what we know is, and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import options, store_of
from crm_sync.cli.instants import Wall, wall_in
from crm_sync.cli.talk import out, print_json, say, span, table
from crm_sync.clock import host_now

if TYPE_CHECKING:
    from crm_sync.reports.status import BudgetNote, Status
    from crm_sync.store.trainings import InForce

SHOWN = 15  # rows per list; --json has all of them


def register(app: typer.Typer) -> None:
    app.command("status")(status)


def status(
    context: typer.Context,
    stale_after: Annotated[
        int, typer.Option("--stale-after", min=0, help="Minutes after which what we know is stale.")
    ] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
) -> None:
    """Show how far each object has been read, calls used and left, and what is queued, unmapped, set aside or refused.
    Exit 1 when stale."""
    from crm_sync.mappings.vocabulary import load_identity
    from crm_sync.reports.status import crm_time
    from crm_sync.reports.status import status as ask
    from crm_sync.store.trainings import in_force

    settings = options(context).settings()
    with store_of(settings) as store:
        now = crm_time(store, host_now())
        found, wall = ask(store, now, timedelta(minutes=stale_after), settings.budget.reserve), wall_in(settings, store)
        weights = in_force(load_identity(settings.mappings).model, store.last_training())
    print_json({**found.as_json(), "matching": weights.as_json()}) if as_json else show(found, weights, wall)
    raise typer.Exit(1 if found.stale else 0)


def show(found: Status, weights: InForce, wall: Wall) -> None:
    if not found.progress:
        say("Nothing has been read yet: crm-sync sync")
        return
    show_progress(found, wall)
    show_budgets(found, wall)
    run = found.last_run
    if run:
        out.print(f"\nLast run: {run.kind} {run.id}, {wall(run.started_at)}, {run.outcome or 'running'}")
    out.print(wall.note)
    out.print("Outbox: " + (", ".join(f"{count:,} {state}" for state, count in found.outbox.items()) or "empty"))
    out.print(f"Matching: {weights.told(wall.zone)}")
    show_lists(found, wall)
    for one in found.budgets:
        if one.low:
            say(f"\n[yellow]{one.crm} has few calls left today[/]: backfills wait, the sync goes on with its reserve.")
    if found.stale:
        say("\n[yellow]Stale[/]: run crm-sync sync, or keep it running with crm-sync sync --every 10m")


def show_progress(found: Status, wall: Wall) -> None:
    columns = {"CRM": "left", "object": "left", "rows read": "right", "read up to": "left", "age": "right"}
    rows = [
        (
            one.crm,
            one.name,
            one.rows,
            wall(one.horizon) if one.horizon else "not finished",
            span(one.age) if one.age is not None else "",
        )
        for one in found.progress
    ]
    out.print(table("Read", columns, rows))


def show_budgets(found: Status, wall: Wall) -> None:
    columns = {"CRM": "left", "a day": "right", "used by all": "right", "by us": "right", "backfills": "right"}
    columns |= {"kept for the sync": "right", "comes back": "left"}
    rows = [(one.crm, *counts(one), comes_back(one, wall)) for one in found.budgets]
    if rows:
        out.print()
        out.print(table("Calls to the CRMs", columns, rows))


def counts(one: BudgetNote) -> tuple[object, ...]:
    known = (one.limit, one.used, one.own, one.backfill, one.reserve)
    return tuple("not told" if count is None else count for count in known)


def comes_back(one: BudgetNote, wall: Wall) -> str:
    return wall(one.resets_at) if one.resets_at else "24 hours after each call" if one.used is not None else ""


def show_lists(found: Status, wall: Wall) -> None:
    if found.unfinished:
        stopped = [(one.crm, one.name, wall.told(one.window)) for one in found.unfinished]
        listed("Backfills on their way", {"CRM": "left", "object": "left", "window": "left"}, stopped)
    if found.unmapped:
        columns = {"CRM": "left", "field": "left", "word": "left", "records": "right", "example": "left"}
        rows = [(one.crm, one.field, one.value, one.count, one.example) for one in found.unmapped]
        listed("Words that no table maps: add them to the tables under mappings/", columns, rows)
    if found.set_aside:
        aside = [(one.ref, one.reason) for one in found.set_aside]
        listed("Set aside", {"record": "left", "reason": "left"}, aside)
    if found.refusals:
        refused = [(one.ref, one.reason, one.message) for one in found.refusals]
        listed("Refused by a CRM", {"record": "left", "class": "left", "what it said": "left"}, refused)


def listed(title: str, columns: dict[str, str], rows: Sequence[tuple[object, ...]]) -> None:
    out.print()
    out.print(table(f"{title} ({len(rows):,})", columns, list(rows[:SHOWN])))
    if len(rows) > SHOWN:
        out.print(f"... and {len(rows) - SHOWN:,} more: crm-sync status --json")
