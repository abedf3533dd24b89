"""`crm-sync sla compliance`: how the promise of sales was kept, per team, rep, source or policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from crm_sync.cli.context import advise_if_empty, options, store_of, vocabulary_of
from crm_sync.cli.figures import share_of
from crm_sync.cli.handing import said
from crm_sync.cli.instants import Wall, day_or_instant, wall_of, zone_of
from crm_sync.cli.talk import out, print_json, table
from crm_sync.cli.together import not_with
from crm_sync.clock import host_now

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reports.compliance import Compliance, Group, Line


def compliance(
    context: typer.Context,
    by: Annotated[
        Literal["team", "rep", "source", "policy"],
        typer.Option("--by", help="Leads by team, first source or policy; reps by what each of them owed."),
    ] = "team",
    months: Annotated[
        int | None,
        typer.Option("--months", min=1, max=60, help="The last months, this one included.", show_default="6"),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="First day where the teams work, or instant; instead of --months.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Day or instant up to which, not included.")] = None,
    cohort: Annotated[
        bool, typer.Option("--cohort", help="By the day on which leads qualified, instead of that of the due.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
) -> None:
    """Show how much was in time, month by month: met / (met + late + missed), with how many were judged, and how long
    it took. Shares and times of fewer than five are not shown."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.reports.compliance import MONTHS_SHOWN
    from crm_sync.reports.compliance import compliance as ask

    fix = "The months from --from on are shown, or --months of them up to --until."
    not_with("sla compliance", {"--from": since}, {"--months": months}, fix=fix)
    settings = options(context).settings()
    with store_of(settings) as store:
        advise_if_empty(store)
        vocabulary = vocabulary_of(settings, store)
        zone = zone_of(vocabulary)
        ends = (day_or_instant(since, "--from", zone) if since is not None else None,
                day_or_instant(until, "--until", zone) if until is not None else None)  # fmt: skip
        found = ask(
            store, chosen(settings), vocabulary, host_now(), grouped_by=by,
            counted_by="qualified" if cohort else "due", months=months or MONTHS_SHOWN, since=ends[0], until=ends[1],
        )  # fmt: skip
    if as_json:
        return print_json(found.as_json())
    show(found, said(vocabulary, settings.language), wall_of(settings, vocabulary))


def show(found: Compliance, say: Words, wall: Wall) -> None:
    """One table for each target, the groups below each other and all of them last."""
    span = f"{wall(found.span.begins)} – {wall(found.span.ends)} ({wall.zone.key})"
    out.print(f"[bold]{say.of('grouped', found.grouped_by)}[/] · {say.of('counted', found.counted_by)} · {span}")
    if not found.groups:
        return out.print(say("compliance.nothing"))
    for target in found.targets:
        every = [(name_of(one, found, say), one.line(target)) for one in (*found.groups, found.total)]
        lines = [(name, line) for name, line in every if any(line.whole.states.values())]
        if lines:
            columns = {say.of("grouped", found.grouped_by): "left"} | dict.fromkeys(headings(say), "right")
            columns |= {one.name: "right" for one in found.months}
            out.print("", table(say.of("target", target), columns, [row_of(name, line) for name, line in lines]))
    out.print(f"[dim]{say('compliance.help')}[/]")


def name_of(group: Group, found: Compliance, say: Words) -> str:
    if group.key is None:
        return say("compliance.all")
    if found.grouped_by == "source":
        return say.of("channel", group.key)
    return group.name or say.of("unnamed", found.grouped_by)


def headings(say: Words) -> list[str]:
    states = [say.of("state", name) for name in ("open", "pending", "exempt")]
    return [
        f"{say('sla.in_time')} ({say('sla.judged').casefold()})",
        *states,
        say("compliance.half"),
        say("compliance.most"),
    ]


def row_of(name: str, line: Line) -> tuple[object, ...]:
    from crm_sync.dashboards.formats import hours

    counts = line.whole.open, line.whole.states["pending"], line.whole.states["exempt"]
    took = [hours(one) for one in line.whole.hours or (None, None)]
    return name, share_of(line.whole), *counts, *took, *map(share_of, line.months)
