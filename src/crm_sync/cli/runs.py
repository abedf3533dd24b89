"""`crm-sync runs`: what ran, when, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_sync.cli.context import options, store_of
from crm_sync.cli.instants import Wall, wall_in
from crm_sync.cli.talk import out, print_json, say, table
from crm_sync.reports.plain import plain

if TYPE_CHECKING:
    from crm_sync.store.runs import Run

COLUMNS = {"run": "right", "kind": "left", "started": "left", "outcome": "left", "": "left"}


def register(app: typer.Typer) -> None:
    app.command("runs")(runs)


def runs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="The runs as JSON.")] = False,
) -> None:
    """List the latest runs, newest first."""
    settings = options(context).settings()
    with store_of(settings) as store:
        found, wall = store.runs(limit), wall_in(settings, store)
    if as_json:
        print_json(plain(found))
    elif not found:
        say("Nothing has run yet: crm-sync sync")
    else:
        out.print(table("Runs", COLUMNS, [row(one, wall) for one in found]))
        out.print(wall.note)


def row(one: Run, wall: Wall) -> tuple[object, ...]:
    ended = one.summary.get("error") or did(one.summary)
    return one.id, one.kind, wall(one.started_at), one.outcome or "running", wall.told(ended)


def did(summary: Mapping[str, Any]) -> str:
    if "written" not in summary:
        return ""
    return f"{summary['planned']:,} properties planned, {sum(summary['written'].values()):,} written"
