"""`crm-sync schema plan|apply`: our properties in both CRMs, previewed and installed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import add_group, in_house, options
from crm_sync.cli.talk import out, print_json, say, table
from crm_sync.connectors.base import SchemaStep

if TYPE_CHECKING:
    from crm_sync.wiring import House

AsJson = Annotated[bool, typer.Option("--json", help="The steps as JSON.")]


def register(app: typer.Typer) -> None:
    add_group(app, "schema", "Our properties in both CRMs: what is missing, and installing it.", plan=plan, apply=apply)


def plan(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what installing would do; exit 2 when something is missing."""
    steps = [step for step in in_house(options(context).settings(), planned) if step.kind != "present"]
    print_json([as_dict(step) for step in steps]) if as_json else show(steps, "To do")
    raise typer.Exit(2 if steps else 0)


def apply(context: typer.Context, as_json: AsJson = False) -> None:
    """Install what is missing. Doing it twice changes nothing."""
    steps = in_house(options(context).settings(), applied)
    print_json([as_dict(step) for step in steps]) if as_json else show(steps, "Done")


async def planned(house: House) -> list[SchemaStep]:
    found: list[SchemaStep] = []
    for connector in house.connectors.values():
        await connector.look()
        found += await connector.plan_schema()
    return found


async def applied(house: House) -> list[SchemaStep]:
    """All CRMs are planned before the first is touched, so that a conflict stops everything."""
    for connector in house.connectors.values():
        await connector.look()
        await connector.plan_schema()
    done: list[SchemaStep] = []
    for connector in house.connectors.values():
        done += await connector.apply_schema()
    return done


def show(steps: list[SchemaStep], title: str) -> None:
    if not steps:
        say("All our properties are installed in every CRM: nothing to do.")
        return
    rows = [(*key, count) for key, count in sorted(Counter((s.crm, s.object, s.kind) for s in steps).items())]
    out.print(table(title, {"CRM": "left", "object": "left", "step": "left", "count": "right"}, rows))
    for step in steps:
        if step.kind == "conflict":
            say(f"[red]{step.crm} {step.object}.{step.name}[/]: {step.detail}")


def as_dict(step: SchemaStep) -> dict[str, str]:
    return {"crm": step.crm, "object": step.object, "name": step.name, "kind": step.kind, "detail": step.detail}
