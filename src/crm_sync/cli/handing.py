"""The handoff to sales on the terminal, in the words of the boards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_sync.cli.instants import Wall
from crm_sync.cli.talk import escaped, nothing, out, table
from crm_sync.mappings import Vocabulary

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reports.handoff import Handoff, Lead, OnTheWay, Silent

SHOWN = 15  # rows of a list on the terminal; --json and the boards have all of them


def said(vocabulary: Vocabulary, language: str) -> Words:
    """The boards' texts in one language."""
    from crm_sync.dashboards.words import Words, load_words

    return Words(load_words(vocabulary), language)


def show_handoff(found: Handoff, say: Words, wall: Wall) -> None:
    """What leads brought, whom nobody heard of again, how long they were on their way."""
    brought, hole = found.completeness, found.black_hole
    counts = {"leads": f"{brought.leads:,}", "complete": f"{brought.complete:,}", "days": found.days}
    lost = {"lost": f"{len(hole.leads):,}", "open": f"{hole.open:,}"}
    out.print(f"[bold]{say('handoff.title')}[/]  {say('handoff.sentence', **counts, **lost)}")
    show_completeness(found, say, wall)
    show_black_hole(found, say, wall)
    show_speed(found, say)
    show_misses(found, say)
    show_teams(found, say)
    out.print(wall.note)


def show_completeness(found: Handoff, say: Words, wall: Wall) -> None:
    from crm_sync.dashboards.formats import percent

    brought = found.completeness
    if not brought.leads:
        return nothing(say("handoff.brought"), say("handoff.no_leads"))
    rows = [
        (say.of("part", part), brought.points[part], lacking, percent(lacking / brought.leads))
        for part, lacking in brought.missing.items()
    ]
    columns = heads(say, part="left", points="right", lacking="right", share="right")
    out.print("", table(say("handoff.brought"), columns, rows))
    incomplete = [lead_row(one, say, wall) for one in brought.incomplete[:SHOWN]]
    if incomplete:
        columns = heads(say, lead="left", score="right", lacking="left", handed="left", rep="left", records="left")
        out.print("", table(say("handoff.incomplete"), columns, incomplete))
        more(len(brought.incomplete), say)
    else:
        nothing(say("handoff.incomplete"), say("handoff.all_there"))


def lead_row(one: Lead, say: Words, wall: Wall) -> tuple[object, ...]:
    missing = ", ".join(say.of("part", part) for part in one.missing)
    return one.person, one.score, missing, wall(one.handed_at), whose(one, say), " ".join(one.refs)


def whose(one: Lead | Silent | OnTheWay, say: Words) -> str:
    return one.rep_name or say("handoff.nobody")


def show_black_hole(found: Handoff, say: Words, wall: Wall) -> None:
    hole = found.black_hole
    title = f"{say('handoff.hole')}: {len(hole.leads):,}"
    rows = [
        (one.person, one.days, wall(one.handed_at), whose(one, say), " ".join(one.refs)) for one in hole.leads[:SHOWN]
    ]
    if rows:
        columns = heads(say, lead="left", silence="right", handed="left", rep="left", records="left")
        out.print("", table(title, columns, rows))
    elif hole.judged_until:
        nothing(title, say("handoff.none_lost"))
    else:
        out.print(f"\n[bold]{title}[/]")
    more(len(hole.leads), say)
    help = say("handoff.hole_help", after=hole.after) if hole.judged_until else say("handoff.unread")
    out.print(f"[dim]{escaped(help)}[/]")


def show_speed(found: Handoff, say: Words) -> None:
    from crm_sync.dashboards.formats import hours, percent

    rows = [(say.of("step", one.step), one.leads, one.waiting, hours(one.half), hours(one.most)) for one in found.steps]
    columns = heads(say, step="left", there="right", waiting="right", half="right", most="right")
    out.print("", table(say("handoff.speed"), columns, rows))
    for one in found.contact:
        named = {"target": say.of("target", one.target), "within": one.within, "share": percent(one.share)}
        out.print(escaped(say("handoff.within", met=f"{one.met:,}", judged=f"{one.judged:,}", **named)))


def show_misses(found: Handoff, say: Words) -> None:
    """Both directions, and the newest leads of each cause."""
    why, gap = found.misses, found.misses.gap
    rows = [
        (
            say.of("cause", one.cause),
            one.missed,
            one.leads,
            " ".join(ref for some in one.examples for ref in some.refs[:1]),
        )
        for one in why.causes
    ]
    columns = heads(say, cause="left", missed="right", leads="right", examples="left")
    if why.missed:
        out.print("", table(say("handoff.misses"), columns, rows))
        out.print(escaped(say("handoff.misses_help", missed=f"{why.missed:,}", leads=f"{why.leads:,}")))
    else:
        nothing(say("handoff.misses"), say("handoff.none_missed"))
    counts = {"expected": gap.expected, "volume": gap.volume, "quality": gap.quality}
    out.print(escaped(say("handoff.gap", month=gap.month, **{name: f"{count:,}" for name, count in counts.items()})))


def show_teams(found: Handoff, say: Words) -> None:
    """Whose people are not of the team of their stage, and which teams nobody knows."""
    teams = found.teams
    rows = [(say.label(one.label), say.of("team", one.team), one.owned, one.strays) for one in teams.stages]
    columns = heads(say, stage="left", stage_team="left", owned="right", strays="right")
    if rows:
        out.print("", table(say("handoff.teams"), columns, rows))
    else:
        nothing(say("handoff.teams"), say("handoff.no_strays"))
    strays = [
        (one.person, say.of("stage", one.stage), one.rep_name, say.of("team", one.team), " ".join(one.refs))
        for one in teams.strays[:SHOWN]
    ]
    if strays:
        columns = heads(say, lead="left", stage="left", rep="left", team="left", records="left")
        out.print("", table(f"{say('handoff.stages')}: {len(teams.strays):,}", columns, strays))
        more(len(teams.strays), say)
    if teams.unknown:
        names = ", ".join(f"{name or say('handoff.no_team')} ({count:,})" for name, count in teams.unknown.items())
        out.print(escaped(say("handoff.unknown_teams", teams=names)))


def heads(say: Words, **justified: str) -> dict[str, str]:
    """Headings of the group [handoff], each with its side."""
    return {say(f"handoff.{name}"): side for name, side in justified.items()}


def more(count: int, say: Words) -> None:
    if count > SHOWN:
        out.print(f"[dim]{say('handoff.more', more=f'{count - SHOWN:,}')}: --json[/]")
