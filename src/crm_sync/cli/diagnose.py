"""`crm-sync diagnose`: the four symptoms, scored from data as they are, before anything is installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import in_house, options, parts_of
from crm_sync.cli.handing import said
from crm_sync.cli.instants import instant
from crm_sync.cli.talk import escaped, out, print_json, say
from crm_sync.cli.together import not_with, only_with
from crm_sync.cli.watching import watching
from crm_sync.clock import host_now
from crm_sync.errors import ConfigError
from crm_sync.settings import FilesSettings, Settings

if TYPE_CHECKING:
    from crm_sync.dashboards.words import Words
    from crm_sync.reports.diagnosis import Diagnosis, Measure, Symptom
    from crm_sync.wiring import House

BAR = 30  # characters of a full bar
COLOURS = {"fine": "green", "watch": "yellow", "act": "red", "unknown": "dim"}
LANGUAGES = ("en", "es")
FOLDER_OF_SETTINGS = "Settings name a folder of exports, too: [files] directory."
EXAMPLES = 3  # shown of each measure; --json has some more


def register(app: typer.Typer) -> None:
    app.command("diagnose")(diagnose)


def diagnose(
    context: typer.Context,
    exports: Annotated[
        Path | None, typer.Argument(help="A folder of exports (CSV, Parquet). Without it, the CRMs of the settings.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="Day (UTC) or instant when the exports were made.", show_default="the time of each file"
        ),
    ] = None,
    language: Annotated[str | None, typer.Option("--language", help="en or es.", show_default="settings")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Scores, counts and examples as one JSON object.")] = False,
) -> None:
    """Score what ails marketing and sales, from data as they are. Needs none of our properties and writes nothing.

    Four symptoms: cost without return, duplicates, leads never heard of again, handoff without content or channel.
    """
    if language is not None and language not in LANGUAGES:
        raise ConfigError("--language", repr(language), " or ".join(LANGUAGES))
    given = options(context)
    not_with("diagnose", {"--config": given.config}, {"EXPORTS": exports}, fix=FOLDER_OF_SETTINGS)
    only_with("diagnose", {"--as-of": as_of}, {"EXPORTS": exports}, fix="What a CRM holds is as of now.")
    with only_read(alone(exports, as_of) if exports else given.settings()) as settings:
        found, say = in_house(settings, lambda house: ask(house, given.quiet, language or settings.language))
    print_json(found.as_json()) if as_json else show(found, say)


def alone(exports: Path, as_of: str | None) -> Settings:
    """Settings for a folder of exports and nothing else. Raises ConfigError."""
    if not exports.is_dir():
        raise ConfigError("EXPORTS", repr(str(exports)), "a folder with people.csv or people.parquet")
    made = instant(as_of, "--as-of") if as_of is not None else None
    if made and made > host_now():
        raise ConfigError("--as-of", repr(as_of), "a day or an instant up to now: no export tells what lies ahead")
    files = FilesSettings(directory=exports, as_of=made)
    nothing_else = {"hubspot": None, "salesforce": None}  # whatever the environment says
    return Settings(files=files).model_copy(update=nothing_else)


@contextmanager
def only_read(settings: Settings) -> Iterator[Settings]:
    """The settings with a folder in which a read may keep its notes; without a CRM no database is made either."""
    from crm_sync.sync.glance import beside

    if settings.files is None:
        yield settings
        return
    with beside(settings.files) as files, tempfile.TemporaryDirectory(prefix="crm-sync-") as directory:
        alone = settings.hubspot is None and settings.salesforce is None
        database = f"sqlite:///{directory}/notes.db" if alone else settings.database
        yield settings.model_copy(update={"files": files, "database": database})


async def ask(house: House, quiet: bool, language: str) -> tuple[Diagnosis, Words]:
    from crm_sync.reports.diagnosis import diagnose as examine
    from crm_sync.sync.glance import glance

    with watching(quiet=quiet) as progress:
        async with glance(parts_of(house), progress) as (store, unread):
            found = examine(store, house.engine, house.vocabulary, host_now())
    for problem in unread:
        say(f"[yellow]not read[/]  {escaped(problem)}")
    return found, said(house.vocabulary, language)


def show(found: Diagnosis, say: Words) -> None:
    """A bar per symptom first, then what each rests on and what to do next."""
    read = {"people": found.people, "records": found.records, "leads": found.leads, "won": found.won}
    sentence = say("diagnosis.read", **{name: f"{count:,}" for name, count in read.items()})
    out.print(f"[bold]{say('diagnosis.title')}[/]  {sentence}\n")
    widest = max(len(say.label(one.label)) for one in found.symptoms)
    for one in found.symptoms:
        out.print(bar(one, say, widest))
    for one in found.symptoms:
        show_symptom(one, found, say)


def bar(one: Symptom, say: Words, widest: int) -> str:
    colour, label = COLOURS[one.level], say.label(one.label).ljust(widest)
    full = 0 if one.score is None else round(BAR * one.score / 100)
    score = "" if one.score is None else f"{one.score:.0f}"
    drawn = f"[{colour}]{'█' * full}[/][dim]{'░' * (BAR - full)}[/]"
    return f"{label}  {drawn} {score:>3}  [{colour}]{say.of('level', one.level)}[/]"


def show_symptom(one: Symptom, found: Diagnosis, say: Words) -> None:
    out.print(f"\n[bold]{escaped(say.label(one.label))}[/]  [dim]{escaped(say.label(one.question))}[/]")
    if one.name == "cost":
        out.print(f"  {money_in(found, say)}")
    for measure in one.measures:
        show_measure(measure, say)
    if one.level != "fine":
        out.print(f"  [bold]→[/] {escaped(say.label(one.next))}")


def money_in(found: Diagnosis, say: Words) -> str:
    """What came back for what went in, or that nobody can know."""
    money = found.money
    if money.spent is None or money.returned is None:
        return say("diagnosis.no_money")
    ratio = "—" if money.per_unit is None else f"{money.per_unit:,.2f}"
    return say("diagnosis.money", spent=f"{money.spent:,.2f}", returned=f"{money.returned:,.2f}", ratio=ratio)


def show_measure(one: Measure, say: Words) -> None:
    label = escaped(say.label(one.label))
    if one.count is None or one.of is None:
        out.print(f"  {label}: [dim]{say.of('level', 'unknown')}, {say.of('unknown', one.unknown)}[/]")
        return
    share = "" if one.share is None else f" ({one.share:.0%})"
    few = f" [dim]{say.of('unknown', one.unknown)}[/]" if one.unknown else ""
    out.print(f"  {label}: [bold]{one.count:,}[/] {say('diagnosis.of', of=f'{one.of:,}')}{share}{few}")
    for example in one.examples[:EXAMPLES]:
        named = " · ".join(part for part in (example.name or say("people.nameless"), example.detail) if part)
        out.print(f"    [dim]{escaped(named)}  {escaped(' '.join(example.refs))}[/]")
