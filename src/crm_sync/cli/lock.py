"""`crm-sync lock status|release`: who holds the lease, and taking it away from a run that is gone."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_sync.cli.context import add_group, options, store_of
from crm_sync.cli.instants import wall_in
from crm_sync.cli.talk import out, print_json, say
from crm_sync.clock import to_iso


def register(app: typer.Typer) -> None:
    help = "The lease that keeps two runs from working at the same time."
    add_group(app, "lock", help, status=status, release=release)


def status(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="The lease as JSON.")] = False
) -> None:
    """Say who holds the lease."""
    settings = options(context).settings()
    with store_of(settings) as store:
        held, wall = store.lock_holder(), wall_in(settings, store)
    if as_json:
        known = {"holder": held.name, "since": to_iso(held.since), "until": to_iso(held.expires_at)} if held else {}
        print_json({"held": held is not None} | known)
    elif held:
        out.print(f"held by {held.name} since {wall(held.since)}, until {wall(held.expires_at)} at the latest")
        out.print(wall.note)
    else:
        out.print("free")


def release(context: typer.Context) -> None:
    """Take the lease away. Do this only when the holder does not run any more; it could not write afterwards."""
    with store_of(options(context).settings()) as store:
        holder = store.release_lock()
    say(f"Taken from {holder.name}; the lease is free." if holder else "The lease was free already.")
