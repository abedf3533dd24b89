"""The figures of a demo as tables: pulled, linked, funnel, SLA both ways, sources, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_sync.cli.instants import Wall
from crm_sync.cli.talk import nothing, out, table

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reports.deals import Deals
    from crm_sync.reports.duplicates import Duplicates, Pursuer, SourceRate
    from crm_sync.reports.funnel import Funnel
    from crm_sync.reports.kept import Kept
    from crm_sync.reports.sales import TargetTally
    from crm_sync.reports.sla import Sla
    from crm_sync.reports.sources import Sources
    from crm_sync.reports.trial import Trial


def show_trial(trial: Trial, say: Words, language: str) -> None:
    """Everything on stdout, in the order of the story."""
    first, second = trial.first, trial.second
    rows = [(crm, name, count) for crm, counts in first["pulled"].items() for name, count in counts.items()]
    out.print(table("Records read", {"CRM": "left", "object": "left", "rows": "right"}, rows))
    out.print(f"\n[bold]{first['people']:,}[/] people · [bold]{first['links']:,}[/] duplicate records linked\n")
    show_funnel(trial.funnel, language)
    out.print()
    show_sla(trial.sla, say)
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


def show_sla(sla: Sla, say: Words) -> None:
    states = [name for name in sla.sales.targets[0].states if any(one.states[name] for one in sla.sales.targets)]
    columns = {say("sla.target"): "left"} | {say.of("state", name): "right" for name in states}
    rows = [
        (
            say.of("target", one.target),
            *(one.states[name] for name in states),
            "" if one.compliance is None else f"{one.compliance:.0%}",
        )
        for one in sla.sales.targets
    ]
    out.print(table(say("sla.sales"), columns | {say("sla.in_time"): "right"}, rows))
    side = sla.marketing
    numbers = dict.fromkeys((say("sla.delivered"), say("sla.expected"), say("sla.accepted")), "right")
    deliveries = [
        (one.name, one.delivered, f"{one.expected:.0f}", one.accepted, say.of("pace", one.pace)) for one in side.reps
    ]
    month = side.month
    owed = say("sla.owed", commitment=side.commitment, month=month.name, elapsed=month.elapsed, days=month.working_days)
    columns = {say("sla.rep"): "left"} | numbers | {say("sla.pace"): "left"}
    title = f"{say('sla.marketing')}. {owed}"
    if deliveries:
        out.print("", table(title, columns, deliveries))
    else:
        nothing(title, say("sla.no_cycles"))


def show_kept(kept: Kept, say: Words) -> None:
    """In time, of so many that were judged: a small number explains itself."""
    for title, tallies in ((say("kept.due"), kept.due), (say("kept.qualified"), kept.qualified)):
        columns = {say("sla.target"): "left"} | dict.fromkeys(kept.months, "right")
        rows = [(say.of("target", one[0].target), *map(share_of, one)) for one in tallies]
        out.print("", table(f"{say('kept.title')}. {title}", columns, rows))


def share_of(tally: TargetTally) -> str:
    if tally.compliance is None:
        return f"({tally.judged:,})" if tally.judged else ""
    return f"{tally.compliance:.0%} ({tally.judged:,})"


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
    if not rows:
        out.print("No deal has been read yet.")
    else:
        out.print(table("Deals by stage", columns, rows))
    for title, tallies in (("team", deals.teams), ("manager", deals.managers), ("rep", deals.reps)):
        won = [(one.name or "(none)", one.deals, f"{one.revenue:,.2f}") for one in tallies]
        columns = {title: "left", "won": "right", "revenue": "right"}
        if won:
            out.print("", table(f"Won by {title}", columns, won))


def show_duplicates(found: Duplicates, language: str, wall: Wall) -> None:
    """Every list whole: each row is one for somebody to look at."""
    columns = {
        "source": "left",
        "records": "right",
        "duplicates": "right",
        "share": "right",
        "people held twice": "right",
    }
    rows = [rate_row(one, language) for one in (*found.sources, found.total)]
    out.print(table("Records beyond the first of one person in one CRM", columns | {"in both CRMs": "right"}, rows))
    pursued = [(one.person, one.company, *pursuer_row(rep, wall)) for one in found.pursuits for rep in one.pursuers]
    columns = {
        "person": "left",
        "company": "left",
        "rep": "left",
        "touches": "right",
        "last": "left",
        "records": "left",
    }
    title = f"Worked by two reps in the last {found.days} days: {len(found.pursuits):,} people"
    out.print("", table(title, columns, pursued) if pursued else f"[bold]{title}[/]")
    out.print(wall.note)
    one = found.companies
    out.print(f"\n{one.records:,} company records are {one.companies:,} companies; {one.duplicates:,} are duplicates.")
    doubts = [(one.name, one.other_name, f"{one.score:+.1f}", one.because, one.ref, one.other) for one in found.doubts]
    if doubts:
        columns = {"company": "left", "perhaps": "left", "score": "right", "because": "left"}
        columns |= {"record": "left", "other record": "left"}
        out.print("", table(f"Companies to review: {len(doubts):,} pairs", columns, doubts))
    unsure = [(one.ref, one.company, one.because) for one in found.ambiguous]
    if unsure:
        columns = {"record": "left", "was given to": "left", "because": "left"}
        out.print("", table(f"People of which several companies come into question: {len(unsure):,}", columns, unsure))


def rate_row(one: SourceRate, language: str) -> tuple[object, ...]:
    share = "" if one.share is None else f"{one.share:.1%}"
    return one.label.in_language(language), f"{one.records:,}", one.duplicates, share, one.twice, one.in_both


def pursuer_row(rep: Pursuer, wall: Wall) -> tuple[object, ...]:
    last = wall(rep.last_at) if rep.last_at else "open cycle"
    return rep.name, rep.touches, last, " ".join(rep.refs)
