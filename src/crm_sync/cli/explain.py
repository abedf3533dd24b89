"""`crm-sync explain PERSON`: everything that we know about one person, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.changes import GoldenValue, Known, Verdict
from crm_sync.cli.context import advise_if_empty, options, store_of, vocabulary_of
from crm_sync.cli.handing import said
from crm_sync.cli.instants import Wall, wall_of
from crm_sync.cli.talk import count, escaped, out, print_json, say, table

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reports.people import Answer, Explanation


def register(app: typer.Typer) -> None:
    app.command("explain")(explain)


def explain(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Person id, record id, e-mail address, or part of a name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
) -> None:
    """Show a person's records, stages, SLA arithmetic, touches and credits. Exit 1 when not exactly one is found."""
    from crm_sync.reports.people import explain as ask

    settings = options(context).settings()
    with store_of(settings) as store:
        advise_if_empty(store)
        vocabulary = vocabulary_of(settings, store)
        answer = ask(store, vocabulary, person)
    if as_json:
        print_json(answer.as_json())
    else:
        show(answer, said(vocabulary, settings.language), settings.language, wall_of(settings, vocabulary))
    raise typer.Exit(0 if answer.explanation else 1)


def show(answer: Answer, say_it: Words, language: str, wall: Wall) -> None:
    if answer.explanation:
        show_person(answer.explanation, say_it, language, wall)
    elif answer.matches:
        rows = [(one.person_id, one.name, one.email, one.company, one.stage) for one in answer.matches]
        columns = {"person": "left", "name": "left", "e-mail": "left", "company": "left", "stage": "left"}
        out.print(table(f"{how_many(len(rows))} match; ask for one of them", columns, rows))
    else:
        say(
            f"Nobody matches {escaped(repr(answer.asked))}: try an e-mail address, a CRM's record id or part of a name."
        )


def how_many(found: int) -> str:
    from crm_sync.store.people import MOST

    return f"{found} people" if found < MOST else f"{MOST} people or more"


def show_person(found: Explanation, say_it: Words, language: str, wall: Wall) -> None:
    known = found.known
    out.print(f"[bold]{escaped(known.name)}[/]  {escaped(known.email or '')}  [dim]{known.person_id}[/]")
    out.print(escaped(headline(known)))
    if known.action:
        due = f", due {wall(known.action.due_at)}" if known.action.due_at else ""
        step = f"{known.action.place} of {known.action.of}"
        out.print(f"next ({step}): [bold]{escaped(known.action.label.in_language(language))}[/]{due}")
    rows = [(held.ref, held.because or "the first record") for held in found.records]
    out.print("", table("Records", {"record": "left", "belongs here because": "left"}, rows))
    show_golden(known.golden)
    show_jobs(found)
    show_stages(known, wall)
    show_qualifications(found, say_it, wall)
    if known.verdict:
        show_verdict(known.verdict, wall)
    if known.held_back:
        out.print(
            "[dim]Not written to the CRMs: it was over before it was looked at. sync --write-history writes it.[/]"
        )
    show_journey(found, language, wall)
    show_credits(found)
    out.print(wall.note)


def headline(known: Known) -> str:
    parts = [
        known.company,
        f"stage {known.stage or 'unknown'}",
        f"owner {known.owner_email or known.owner or 'nobody'}",
    ]
    return " · ".join(part for part in [*parts, f"source {known.source_first} → {known.source_last}"] if part)


def show_golden(values: tuple[GoldenValue, ...]) -> None:
    rows = [(one.field, one.value, one.ref, one.because) for one in values]
    columns = {"field": "left", "value": "left", "record": "left", "because": "left"}
    out.print("", table("The values that hold", columns, rows))


def show_jobs(found: Explanation) -> None:
    rows = [(one.company, one.company_id, one.ref, one.because) for one in found.companies]
    if rows:
        columns = {"company": "left", "id": "left", "record": "left", "because": "left"}
        out.print("", table("Company", columns, rows))


def show_stages(known: Known, wall: Wall) -> None:
    rows = [(wall(entry.at), entry.stage, entry.ref, wall.told(entry.because)) for entry in known.history]
    columns = {"since": "left", "stage": "left", "record": "left", "because": "left"}
    out.print("", table("Stages", columns, rows))


def show_qualifications(found: Explanation, say: Words, wall: Wall) -> None:
    """The criteria of a qualified lead, as they were met at each qualifying event."""

    def told(names: tuple[str, ...]) -> str:
        return ", ".join(say.label(found.criteria[name]) if name in found.criteria else name for name in names)

    rows = [
        (
            wall(one.at),
            one.version,
            say("qualified.of" if one.met else "qualified.too_few", points=one.points, needed=one.needed),
            one.band,
            one.persona,
            told(one.rules),
            told(one.missed),
        )
        for one in found.known.qualifications
    ]
    if rows:
        names = ("at", "version", "points", "band", "persona", "rules", "missed")
        out.print("", table(say("qualified.title"), {say(f"qualified.{name}"): "left" for name in names}, rows))
        out.print(f"[dim]{escaped(say('qualified.as_now'))}[/]")


def show_verdict(verdict: Verdict, wall: Wall) -> None:
    """Targets with their due and the reason; the touches stand in the journey."""
    title = f"SLA: {verdict.status}" + (f" ({verdict.target})" if verdict.target != "none" else "")
    rows = [
        (one.target, one.state, wall(one.due_at), wall(one.settled_at), wall.told(one.because))
        for one in verdict.targets
    ]
    columns = {"target": "left", "state": "left", "due": "left", "settled": "left", "because": "left"}
    out.print("", table(title, columns, rows))
    started = f"started {wall(verdict.started_at)}" if verdict.started_at else "not started"
    ended = f", ended {wall(verdict.ended_at)}" if verdict.ended_at else ""
    attempts = count(len(verdict.attempts), "attempt")
    out.print(escaped(f"{started}{ended} · {attempts} · {wall.told(verdict.because)}"))


def show_journey(found: Explanation, language: str, wall: Wall) -> None:
    rows = [
        (
            wall(one.at),
            one.activity.in_language(language),
            one.channel.in_language(language) if one.channel else "",
            {True: "counted", False: "no", None: ""}[one.counted],
            one.rule or "",
            one.ref,
        )
        for one in found.journey
    ]
    columns = {"when": "left", "what": "left", "source": "left", "SLA": "left", "rule": "left", "record": "left"}
    out.print("", table("Journey", columns, rows))


def show_credits(found: Explanation) -> None:
    rows = [(one.deal, one.model, one.channel, f"{one.amount:,.2f}") for one in found.credits]
    if rows:
        columns = {"deal": "left", "model": "left", "channel": "left", "amount": "right"}
        out.print("", table("Revenue credited to this person's touches", columns, rows))
