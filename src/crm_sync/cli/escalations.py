"""`crm-sync sla escalations`: who has to hear now of which lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import advise_if_empty, options, store_of, vocabulary_of
from crm_sync.cli.handing import said
from crm_sync.cli.instants import Wall, wall_of
from crm_sync.cli.talk import escaped, out, print_json, table
from crm_sync.clock import host_now

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reports.escalations import Due, Escalations

SHOWN = 40  # --json and the boards have all of them


def escalations(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="All of them, as one JSON object, each with its key.")
    ] = False,
) -> None:
    """Show who has to hear now of which lead: the owner at risk, the manager too at the breach, the head of the team a
    business day later. Nothing is sent and nothing is remembered."""
    from crm_sync.reports.escalations import due_escalations
    from crm_sync.sync.promise import former_promises

    settings, now = options(context).settings(), host_now()
    with store_of(settings) as store:
        advise_if_empty(store)
        vocabulary = vocabulary_of(settings, store)
        former = former_promises(store, vocabulary.promise, now)
        found = due_escalations(store, vocabulary, now, former)
    if as_json:
        return print_json(found.as_json())
    show(found, said(vocabulary, settings.language), wall_of(settings, vocabulary))


def show(found: Escalations, say: Words, wall: Wall) -> None:
    out.print(f"[bold]{say('escalation.title')}[/]  {say('escalation.as_of', at=wall(found.as_of))} {wall.note}")
    if not found.due:
        return out.print(say("escalation.nobody"))
    rows = [row_of(one, say, wall) for one in found.due[:SHOWN]]
    names = ("escalation.lead", "sla.target", "escalation.level", "escalation.since", "escalation.tell",
             "escalation.next")  # fmt: skip
    out.print("", table(sentence(found, say), {say(name): "left" for name in names}, rows))
    if len(found.due) > SHOWN:
        out.print(f"[dim]{say('handoff.more', more=f'{len(found.due) - SHOWN:,}')}: --json[/]")
    out.print(f"[dim]{escaped(say('escalation.help'))}[/]")


def sentence(found: Escalations, say: Words) -> str:
    counts = {"owner": found.at("at_risk"), "manager": found.at("breach"), "lead": found.at("overdue")}
    return say("escalation.sentence", leads=f"{len(found.due):,}", **{name: f"{n:,}" for name, n in counts.items()})


def row_of(one: Due, say: Words, wall: Wall) -> tuple[object, ...]:
    from crm_sync.dashboards.telling import whom

    target = f"{say.of('target', one.target)}: {wall(one.due_at)}"
    told = "; ".join(whom(told, say) for told in one.tell)
    if one.away_until:
        told += f" ({say('escalation.away', at=wall(one.away_until))})"
    after = say("escalation.last")
    if one.then:
        after = say("escalation.next_at", level=say.of("escalation_level", one.then.level), at=wall(one.then.at))
    return one.name or one.person_id, target, say.of("escalation_level", one.level), wall(one.since), told, after
