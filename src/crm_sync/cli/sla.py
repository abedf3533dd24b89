"""`crm-sync sla compliance|escalations|explain|simulate|recompute|holidays`: the promise of sales, kept and changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.compliance import compliance
from crm_sync.cli.context import add_group, advise_if_empty, in_house, options, parts_of
from crm_sync.cli.escalations import escalations
from crm_sync.cli.explain import how_many
from crm_sync.cli.handing import said
from crm_sync.cli.instants import Wall, past_instant, wall_of, zone_of
from crm_sync.cli.sla_pages import show_change, show_cycle, show_holidays, show_revisions
from crm_sync.cli.talk import escaped, out, print_json, say, table
from crm_sync.errors import ConfigError
from crm_sync.settings import Settings

if TYPE_CHECKING:
    from crm_sync.mappings import Promise, Vocabulary
    from crm_sync.mappings.holidays import Holidays
    from crm_sync.reports.sla_change import SlaChange
    from crm_sync.reports.sla_person import SlaAnswer
    from crm_sync.sync.run import Parts
    from crm_sync.wiring import House

AsJson = Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")]
Since = Annotated[str, typer.Option(help="First day where the teams work, or instant, as in 2026-03-01.")]
MOST_YEARS = 60


def register(app: typer.Typer) -> None:
    help = "The promise of sales: how it was kept, who has to hear of what, one person's arithmetic, another promise."
    add_group(
        app, "sla", help, compliance=compliance, escalations=escalations, explain=explain, simulate=simulate,
        recompute=recompute, holidays=holidays,
    )  # fmt: skip


def explain(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Person id, record id, e-mail address, or part of a name.")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Judged as it stood when this day of the teams began, or at this instant."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show every touch counted or not and the rule, every window and pause, and the arithmetic. Exit 1 when not exactly
    one person is found."""
    settings = options(context).settings()

    async def work(house: House) -> tuple[SlaAnswer, Vocabulary]:
        from crm_sync.reports.sla_person import explain_sla
        from crm_sync.sync.promise import former_promises
        from crm_sync.sync.rejudge import last_read
        from crm_sync.sync.run import horizons_of

        parts = told_parts(house)
        read = last_read(parts)
        now = read if as_of is None else past_instant(as_of, "--as-of", zone_of(house.vocabulary), read)
        former = former_promises(house.store, house.vocabulary.promise, read)
        answer = explain_sla(house.store, house.vocabulary, person, now, horizons_of(parts), former)
        return answer, house.vocabulary

    answer, vocabulary = in_house(settings, work)
    print_json(answer.as_json()) if as_json else show(answer, settings, vocabulary, then=as_of is not None)
    raise typer.Exit(0 if answer.known else 1)


def show(answer: SlaAnswer, settings: Settings, vocabulary: Vocabulary, *, then: bool) -> None:
    wall = wall_of(settings, vocabulary)
    if answer.known:
        out.print(f"[bold]{escaped(answer.known.name)}[/]  [dim]{answer.known.person_id}[/]")
        for cycle in answer.cycles:
            show_cycle(cycle, answer.as_of, settings.time_zone)
        if not answer.cycles:
            before = f"Not handed to sales as a qualified lead by {wall(answer.as_of)}: no SLA then."
            out.print(before if then else "Never handed to sales as a qualified lead: no SLA.")
        show_revisions(answer.revisions, said(vocabulary, settings.language), wall)
        out.print(wall.note)
    elif answer.matches:
        rows = [(one.person_id, one.name, one.email, one.company, one.stage) for one in answer.matches]
        columns = {"person": "left", "name": "left", "e-mail": "left", "company": "left", "stage": "left"}
        out.print(table(f"{how_many(len(rows))} match; ask for one of them", columns, rows))
    else:
        say(f"Nobody matches {escaped(repr(answer.asked))}: try an e-mail address, a record id or part of a name.")


def simulate(
    context: typer.Context,
    policy: Annotated[Path, typer.Option("--policy", help="A sla.toml, or a directory with the tables of a promise.")],
    since: Since,
    as_json: AsJson = False,
) -> None:
    """Show what another promise would have given: outcomes per target before and after, and whose verdict differs.
    Nothing is written."""
    settings = options(context).settings()

    async def work(house: House) -> tuple[SlaChange, Wall]:
        from crm_sync.reports.sla_change import compare
        from crm_sync.sync.rejudge import last_read, simulated

        parts = told_parts(house)
        first = past_instant(since, "--since", zone_of(house.vocabulary), last_read(parts))
        twice = simulated(parts, promise_at(policy, settings.mappings))
        return compare(twice.before, twice.after, first), wall_of(settings, house.vocabulary)

    change, wall = in_house(settings, work)
    if as_json:
        return print_json(change.as_json())
    show_change(change, "would be", wall)


def promise_at(place: Path, mappings: Path | None) -> Promise:
    """A promise to try, with whatever `place` does not say as in `mappings`. Raises ConfigError with the path of the
    file: there are two of each name."""
    from crm_sync.mappings import load_vocabulary
    from crm_sync.mappings.policies import KEPT_FILES, load_promise, promise_files

    allowed = f"a sla.toml, or a directory with {', '.join(KEPT_FILES[:-1])} or {KEPT_FILES[-1]}"
    if not place.exists():
        raise ConfigError(
            "--policy", f"{str(place)!r}, which is not there", allowed, fix="`crm-sync init` writes them."
        )
    if place.is_dir() and not any((place / name).exists() for name in KEPT_FILES):
        raise ConfigError("--policy", f"{str(place)!r}, which holds none", allowed)
    files = promise_files(place, mappings)
    try:
        promise = load_promise(files)
        load_vocabulary(mappings, promise)  # refuses conditions that nobody can meet
    except ConfigError as problem:
        name, colon, key = problem.where.partition(":")
        where = f"{files.get(name, name)}{colon}{key}"
        raise ConfigError(where, problem.found, problem.allowed, fix=problem.fix) from None
    return promise


def recompute(
    context: typer.Context,
    since: Annotated[
        str,
        typer.Option("--from", help="The tables of today hold from this day of the teams, or instant, on."),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do it, instead of only showing what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let an edited promise hold for the past, too. Shows what would change; with --yes the history of verdicts gets
    it, and the next sync writes it to the CRMs. Exit 2 when something would change."""
    settings = options(context).settings()

    async def work(house: House) -> tuple[SlaChange, int | None, Wall]:
        from crm_sync.reports.sla_change import compare
        from crm_sync.sync.rejudge import last_read, taken_back
        from crm_sync.sync.rejudge import recompute as run

        parts = told_parts(house)
        first = past_instant(since, "--from", zone_of(house.vocabulary), last_read(parts))
        twice = taken_back(parts, first)
        change = compare(twice.before, twice.after, datetime.min.replace(tzinfo=first.tzinfo))
        done = await run(parts, first) if yes and change.differs else None
        return change, done, wall_of(settings, house.vocabulary)

    change, planned, wall = in_house(settings, work)
    if as_json:
        print_json(change.as_json() | {"applied": planned is not None})
    else:
        show_change(change, "becomes", wall)
    if planned is not None:
        say(f"The history of verdicts has it; {planned:,} properties wait for the next sync.")
    elif change.differs:
        say("Nothing was changed: give --yes to do it.")
    raise typer.Exit(2 if change.differs and planned is None else 0)


def told_parts(house: House) -> Parts:
    """What to judge with; says first what is odd about the tables, and whether there is anything to judge."""
    advise_if_empty(house.store)
    for note in house.notes:
        say(f"[yellow]{escaped(note)}[/]")
    return parts_of(house)


def holidays(
    context: typer.Context,
    lock: Annotated[bool, typer.Option("--lock", help="Write the lists anew into the mappings directory.")] = False,
    country: Annotated[
        list[str] | None, typer.Option("--country", help="A country or part of one to add, as in MX or US-CA.")
    ] = None,
    years: Annotated[str | None, typer.Option("--years", help="First and last year, as in 2024-2031.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the holidays that are pinned; with --lock, pin what the package `holidays` says now. Exit 2 when it says
    something else than what is pinned."""
    from crm_sync.mappings.holidays import holidays_text
    from crm_sync.mappings.vocabulary import load_holidays, place_of
    from crm_sync.sync.holidays import library_holidays

    mappings = options(context).settings().mappings
    if lock and mappings is None:
        raise ConfigError("mappings", "nothing", "a directory for the list", fix="`crm-sync init` makes one.")
    pinned = load_holidays(mappings)
    found = library_holidays(pinned, country or [], span_of(years) if years else None)
    if lock:
        place = place_of(mappings, "holidays.toml") if mappings is None else mappings / "holidays.toml"
        place.write_text(holidays_text(found), encoding="utf-8")
    differs, shown = news(pinned, found), found if lock else pinned
    lists = {code: {str(day): name for day, name in sorted(one.days.items())} for code, one in shown.lists.items()}
    told = {"library": found.library, "locked": lock, "differs": differs, "lists": lists}
    print_json(told) if as_json else show_holidays(shown, differs)
    raise typer.Exit(2 if differs and not lock else 0)


def span_of(text: str) -> tuple[int, int]:
    """`2024-2031`. Raises ConfigError."""
    first, _, last = text.partition("-")
    if first.isdigit() and last.isdigit() and 0 <= int(last) - int(first) <= MOST_YEARS and int(first) > 1900:
        return int(first), int(last)
    raise ConfigError("--years", repr(text), f"two years, at most {MOST_YEARS} apart, as in 2024-2031")


def news(pinned: Holidays, found: Holidays) -> list[str]:
    """What the package says otherwise, one line a date."""
    lines = []
    for code, one in found.lists.items():
        held = pinned.lists[code].days if code in pinned.lists else {}
        lines += [f"{code} + {day} {one.days[day]}" for day in sorted(one.days.keys() - held.keys())]
        lines += [f"{code} - {day} {held[day]}" for day in sorted(held.keys() - one.days.keys())]
    return lines
