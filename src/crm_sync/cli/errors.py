"""`crm-sync errors list|release`: writes that a CRM refused, what they wait for, and trying them again at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import add_group, options, store_of
from crm_sync.cli.instants import Wall, wall_in
from crm_sync.cli.talk import out, print_json, say, table
from crm_sync.clock import to_iso
from crm_sync.errors import ConfigError

if TYPE_CHECKING:
    from crm_sync.store import Refusal

Reason = Annotated[str | None, typer.Option(help="Only this class: permission, validation, picklist, missing ...")]
COLUMNS = {"record": "left", "class": "left", "since": "left", "waits for": "left", "what the CRM said": "left"}


def register(app: typer.Typer) -> None:
    help = "Writes that a CRM refused: set aside until something changes, or until they are released."
    add_group(app, "errors", help, list=list_refused, release=release)


def list_refused(
    context: typer.Context,
    reason: Reason = None,
    as_json: Annotated[bool, typer.Option("--json", help="The refused writes as JSON.")] = False,
) -> None:
    """List what was refused, why, in the CRM's own words, and what it waits for to be tried again."""
    settings = options(context).settings()
    with store_of(settings) as store:
        found, wall = of_class(store.refusals(), reason), wall_in(settings, store)
    if as_json:
        print_json([as_dict(one) for one in found])
    elif not found:
        say("No CRM refuses anything.")
    else:
        out.print(table("Refused", COLUMNS, [as_row(one, wall) for one in found]))
        out.print(wall.note)


def release(
    context: typer.Context,
    reason: Reason = None,
    as_json: Annotated[bool, typer.Option("--json", help="The number as JSON.")] = False,
) -> None:
    """Let refused writes be tried again at the next sync. Do this once their cause is gone."""
    with store_of(options(context).settings()) as store:
        released = store.release_refusals([one.key for one in of_class(store.refusals(), reason)])
    if as_json:
        print_json({"released": released})
    else:
        say(f"{released:,} writes will be tried again at the next sync.")


def of_class(found: list[Refusal], reason: str | None) -> list[Refusal]:
    """Raises ConfigError for a class that there is not."""
    from crm_sync.store.refusals import CLASSES

    if reason is not None and reason not in {*CLASSES, *(one.reason for one in found)}:
        raise ConfigError("--reason", repr(reason), f"one of {', '.join(CLASSES)}")
    return [one for one in found if reason in (None, one.reason)]


def as_row(one: Refusal, wall: Wall) -> tuple[object, ...]:
    waits = wall(one.not_before) if one.not_before else one.until
    return one.ref, one.reason, wall(one.at), waits, one.message


def as_dict(one: Refusal) -> dict[str, object]:
    said = {"ref": str(one.ref), "class": one.reason, "message": one.message, "at": to_iso(one.at)}
    waits = {"until": one.until, "not_before": to_iso(one.not_before) if one.not_before else None}
    return {"key": one.key, **said, **waits, "values": dict(one.values)}
