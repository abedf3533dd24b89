"""`crm-sync dupes`: who is who, why, and what a person should look at. Here: the people of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import add_group, options
from crm_sync.cli.review import review, undo
from crm_sync.cli.talk import count, escaped, out, print_json, say, table, talk
from crm_sync.cli.training import train
from crm_sync.cli.who import apply, explain, list_several, plan
from crm_sync.errors import ConfigError
from crm_sync.settings import DEFAULT_FILE

if TYPE_CHECKING:
    from crm_sync.sync.match import People

SHOWN = 10
LANGUAGES = ("en", "es")


def register(app: typer.Typer) -> None:
    add_group(
        app, "dupes", "Records that are one person or company.", list=list_several, explain=explain, review=review,
        plan=plan, apply=apply, undo=undo, train=train, file=file,
    )  # fmt: skip


def file(
    context: typer.Context,
    people: Annotated[Path, typer.Argument(help="A CSV or Parquet file, one record a row.")],
    links: Annotated[Path | None, typer.Option("--output", "-o", help="Every record with its cluster, here.")] = None,
    to_review: Annotated[Path | None, typer.Option("--review", help="Pairs that somebody should look at.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="en or es: of the evidence.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Links, reviews and bad rows as one JSON document.")] = False,
) -> None:
    """Match the people of a file. It needs no CRM and no settings, and writes nothing but what you ask for.

    Columns: id, source, and any of first_name, last_name, full_name, email, phone, company, domain, title, city,
    country, created_at, birth_date, national_id, street, postcode; or organisations: company and any of domain, phone,
    street, postcode, city, country, national_id.
    """
    from crm_sync.engine.chosen import chosen
    from crm_sync.engine.duckdb import DuckDB
    from crm_sync.mappings.vocabulary import load_identity, load_lists
    from crm_sync.reconciler.dedupe.lists.match import Lister
    from crm_sync.reconciler.dedupe.matching.match import Matcher
    from crm_sync.sync.match import match_file, save

    for where, place in (("--output", links), ("--review", to_review)):
        if place and place.exists() and people.exists() and place.samefile(people):
            raise ConfigError(where, f"{str(place)!r}, which is read", "another file than that with the people")
    if links and links == to_review:
        raise ConfigError("--review", f"{str(links)!r}, as --output", "another file than that with the clusters")
    given = options(context)
    settled = given.config or DEFAULT_FILE.exists()
    settings = given.settings() if settled else None
    mappings = settings.mappings if settings else None
    words, model = load_identity(mappings)
    language = language or (settings.language if settings else LANGUAGES[0])
    if language not in LANGUAGES:
        raise ConfigError("--language", repr(language), " or ".join(LANGUAGES))
    engine = chosen(settings) if settings else DuckDB()
    lister = Lister(words, load_lists(mappings), engine, language)
    with talk.status(f"Matching the people of {people.name}"):
        found = match_file(people, Matcher(words, model, engine, language), lister)
    for place, rows in ((links, found.links), (to_review, found.reviews)):
        if place:
            save(rows, place)
    if as_json:
        print_json(found.as_json())
    elif not given.quiet:
        show(found, links, to_review)


def show(found: People, links: Path | None, to_review: Path | None) -> None:
    """Counts and the first examples on stdout; what was left out, and next steps, on stderr."""
    are, people = ("is", "person") if found.rows == 1 else ("are", "person" if found.people == 1 else "people")
    twice = found.rows - found.people
    more = f"{twice:,} {'is a duplicate' if twice == 1 else 'are duplicates'}"
    out.print(f"{count(found.rows, 'record')} {are} {found.people:,} {people}; {more}.")
    linked = found.links.filter(found.links["linked_to"].is_valid()).slice(0, SHOWN).to_pylist()
    if linked:
        rows = [(row["id"], row["linked_to"], f"{row['score']:.2f}", row["because"]) for row in linked]
        columns = {"record": "left", "is the person of": "left", "score": "right", "because": "left"}
        out.print(table("Linked", columns, rows))
    if len(found.reviews):
        rows = [
            (row["a"], row["b"], f"{row['score']:.2f}", row["because"])
            for row in found.reviews.slice(0, SHOWN).to_pylist()
        ]
        columns = {"record": "left", "perhaps the person of": "left", "score": "right", "because": "left"}
        out.print(table(f"To review: {len(found.reviews):,} pairs", columns, rows))
    for one in found.bad[:SHOWN]:
        say(f"[yellow]row {one.row:,}[/]: {escaped(one.problem)}")
    if len(found.bad) > SHOWN:
        say(f"and {len(found.bad) - SHOWN:,} more rows (--json has all)")
    for crowd in found.crowds.slice(0, SHOWN).to_pylist():
        say(
            f"{crowd['records']:,} records share the {crowd['kind']} {escaped(crowd['value'])}: nobody is matched by it"
        )
    if found.ignored:
        say(f"Columns that were not looked at: {escaped(', '.join(found.ignored))}")
    if links is None:
        say("Every record with its cluster: crm-sync dupes file ... -o links.csv")
    elif to_review is None and len(found.reviews):
        say("All pairs to review: --review review.csv")
