"""`crm-sync backfill`: read a window of the past again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import in_house, options, parts_of
from crm_sync.cli.instants import day_or_instant, zone_of
from crm_sync.cli.sync import exit_code, render, with_changes
from crm_sync.cli.talk import print_json
from crm_sync.cli.watching import watching
from crm_sync.sync.progress import Summary

if TYPE_CHECKING:
    from crm_sync.wiring import House


def register(app: typer.Typer) -> None:
    app.command("backfill")(backfill)


def backfill(
    context: typer.Context,
    objects: Annotated[list[str], typer.Option("--object", help="contacts, salesforce:Lead ...; may be repeated.")],
    since: Annotated[
        str, typer.Option("--since", help="First day where the teams work, or instant, as in 2026-03-01.")
    ],
    until: Annotated[str, typer.Option("--until", help="First such day, or instant, that is not read any more.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and decide, write nothing to a CRM.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write even when very many records would change.")] = False,
    write_history: Annotated[
        bool,
        typer.Option("--write-history", help="What it brings to light is news, and what was over is written, too."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Read records modified in a window again, then plan and write as any sync. It can be interrupted and resumed."""
    given = options(context)

    async def work(house: House) -> Summary:
        from crm_sync.sync.backfill import backfill as run_backfill

        zone = zone_of(house.vocabulary)
        first, last = day_or_instant(since, "--since", zone), day_or_instant(until, "--until", zone)
        with watching(quiet=given.quiet) as progress:
            parts = parts_of(house)
            flags = {"dry_run": dry_run, "force": force, "write_history": write_history}
            return await run_backfill(parts, objects, first, last, **flags, progress=progress)

    summary = in_house(given.settings(), work)
    print_json(with_changes(summary)) if as_json else render(summary)
    raise typer.Exit(exit_code(summary, False))
