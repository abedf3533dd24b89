"""The figures of a demo as tables: pulled, linked, funnel, SLA both ways, sources, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_sync.cli.talk import out, table

if TYPE_CHECKING:
    from crm_sync.reports.deals import Deals
    from crm_sync.reports.funnel import Funnel
    from crm_sync.reports.sla import Sla
    from crm_sync.reports.sources import Sources
    from crm_sync.reports.trial import Trial


def show_trial(trial: Trial, language: str) -> None:
    """Everything on stdout, in the order of the story."""
    first, second = trial.first, trial.second
    rows = [(crm, name, count) for crm, counts in first["pulled"].items() for name, count in counts.items()]
    out.print(table("Records read", {"CRM": "left", "object": "left", "rows": "right"}, rows))
    out.print(f"\n[bold]{first['people']:,}[/] people · [bold]{first['links']:,}[/] duplicate records linked\n")
    show_funnel(trial.funnel, language)
    out.print()
    show_sla(trial.sla)
    out.print()
    show_sources(trial.sources, language)
    written = " · ".join(f"{count:,} in {crm}" for crm, count in first["written"].items())
    out.print(f"\nProperties written: [bold]{written}[/]")
    again = sum(second["written"].values())
    out.print(
        f"Second sync: {second['read']:,} records changed, {second['planned']:,} properties planned, {again:,} written"
        f" — {'nothing left to do' if not second['planned'] and not again else 'not settled'}"
    )
    out.print(f"[dim]{trial.seconds:.1f} s[/]")


def show_funnel(funnel: Funnel, language: str) -> None:
    columns = {"stage": "left", "now": "right", "ever": "right", "went on": "right", "median days": "right"}
    rows = [
        (
            one.label.in_language(language),
            one.now,
            one.entered,
            "" if one.conversion is None else f"{one.conversion:.0%}",
            "" if one.median_days is None else f"{one.median_days:.1f}",
        )
        for one in funnel.stages
    ]
    out.print(table("Lifecycle funnel", columns, rows))


def show_sla(sla: Sla) -> None:
    states = [name for name in sla.sales.targets[0].states if any(one.states[name] for one in sla.sales.targets)]
    columns = {"target": "left"} | dict.fromkeys(states, "right") | {"kept": "right"}
    rows = [
        (one.target, *(one.states[name] for name in states), "" if one.compliance is None else f"{one.compliance:.0%}")
        for one in sla.sales.targets
    ]
    out.print(table("SLA, sales to marketing", columns, rows))
    side = sla.marketing
    columns = {"rep": "left", "delivered": "right", "expected by now": "right", "accepted": "right", "pace": "left"}
    deliveries = [(one.name, one.delivered, f"{one.expected:.0f}", one.accepted, one.pace) for one in side.reps]
    title = (
        f"SLA, marketing to sales: qualified leads in {side.month.name}, {side.commitment} per rep and month promised"
    )
    out.print("", table(title, columns, deliveries))


def show_sources(sources: Sources, language: str) -> None:
    columns = {"source": "left", "people": "right", "customers": "right"}
    columns |= {"first touch": "right", "last touch": "right", "linear": "right"}
    rows = [
        (
            one.label.in_language(language),
            one.people,
            one.customers,
            *(f"{one.earned[model].revenue:,.2f}" for model in ("first", "last", "linear")),
        )
        for one in sources.sources
    ]
    title = f"Sources of {sources.deals:,} won deals, {sources.revenue:,.2f} in all"
    out.print(table(title, columns, rows))


def show_deals(deals: Deals) -> None:
    columns = {"CRM": "left", "stage": "left", "state": "left", "deals": "right", "amount": "right"}
    rows = [(one.crm, one.stage or "(no stage)", one.state, one.deals, f"{one.amount:,.2f}") for one in deals.stages]
    out.print(table("Deals by stage", columns, rows))
    for title, tallies in (("team", deals.teams), ("manager", deals.managers), ("rep", deals.reps)):
        won = [(one.name or "(none)", one.deals, f"{one.revenue:,.2f}") for one in tallies]
        columns = {title: "left", "won": "right", "revenue": "right"}
        if won:
            out.print("", table(f"Won by {title}", columns, won))
