"""`crm-sync report funnel|sla|sources|deals|duplicates|handoff`: the teams' questions on the terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import add_group, advise_if_empty, options, store_of, vocabulary_of
from crm_sync.cli.figures import show_deals, show_duplicates, show_funnel, show_kept, show_sla, show_sources
from crm_sync.cli.handing import said, show_handoff
from crm_sync.cli.instants import wall_of
from crm_sync.cli.talk import print_json
from crm_sync.clock import host_now

if TYPE_CHECKING:
    from crm_sync.engine.base import Engine
    from crm_sync.mappings import Vocabulary
    from crm_sync.store import Store

AsJson = Annotated[bool, typer.Option("--json", help="The report as one JSON object.")]


def register(app: typer.Typer) -> None:
    help = "The figures that both teams see, from what was read last."
    each = {
        "funnel": funnel,
        "sla": sla,
        "sources": sources,
        "deals": deals,
        "duplicates": duplicates,
        "handoff": handoff,
    }
    add_group(app, "report", help, **each)


@contextmanager
def parts(context: typer.Context) -> Iterator[tuple[Store, Engine, Vocabulary]]:
    """What every report is asked with."""
    from crm_sync.engine.chosen import chosen

    settings = options(context).settings()
    with store_of(settings) as store:
        advise_if_empty(store)
        yield store, chosen(settings), vocabulary_of(settings, store)


def language(context: typer.Context) -> str:
    return options(context).settings().language


def funnel(context: typer.Context, as_json: AsJson = False) -> None:
    """People per stage of the shared ladder, and how many went on."""
    from crm_sync.reports.funnel import funnel as ask

    with parts(context) as (store, engine, vocabulary):
        found = ask(store, engine, vocabulary)
    print_json(found.as_json()) if as_json else show_funnel(found, language(context))


def sla(context: typer.Context, as_json: AsJson = False) -> None:
    """The promise in both directions: attempts in time, qualified leads delivered."""
    from crm_sync.reports.sla import sla as ask

    with parts(context) as (store, engine, vocabulary):
        found = ask(store, engine, vocabulary, host_now())
    if as_json:
        return print_json(found.as_json())
    say = said(vocabulary, language(context))
    show_sla(found, say)
    show_kept(found.kept, say)


def sources(context: typer.Context, as_json: AsJson = False) -> None:
    """Customers and revenue per source, by first touch, last touch and linear."""
    from crm_sync.reports.sources import sources as ask

    with parts(context) as (store, engine, vocabulary):
        found = ask(store, engine, vocabulary)
    print_json(found.as_json()) if as_json else show_sources(found, language(context))


def deals(context: typer.Context, as_json: AsJson = False) -> None:
    """Deals per stage, and won revenue per team, manager and rep."""
    from crm_sync.reports.deals import deals as ask

    with parts(context) as (store, engine, _):
        found = ask(store, engine)
    print_json(found.as_json()) if as_json else show_deals(found)


def duplicates(context: typer.Context, as_json: AsJson = False) -> None:
    """What is held twice: the rate per source, people whom two reps work, companies that may be one."""
    from crm_sync.reports.duplicates import duplicates as ask

    with parts(context) as (store, engine, vocabulary):
        found = ask(store, engine, vocabulary, host_now())
    if as_json:
        return print_json(found.as_json())
    settings = options(context).settings()
    show_duplicates(found, settings.language, wall_of(settings, vocabulary))


def handoff(context: typer.Context, as_json: AsJson = False) -> None:
    """What leads brought to sales, which were never heard of again, and how long they were on their way."""
    from crm_sync.reports.handoff import handoff as ask

    with parts(context) as (store, engine, vocabulary):
        found = ask(store, engine, vocabulary, host_now())
    if as_json:
        return print_json(found.as_json())
    show_handoff(found, said(vocabulary, language(context)), wall_of(options(context).settings(), vocabulary))
