"""`crm-sync demo`: both CRMs in a sandbox, our properties installed, two syncs, the figures, and the boards."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_sync.cli.context import in_house, options, parts_of
from crm_sync.cli.figures import show_trial
from crm_sync.cli.handing import said
from crm_sync.cli.sandbox import free_of_settings
from crm_sync.cli.schema import applied
from crm_sync.cli.serve import serve_boards
from crm_sync.cli.talk import print_json, say
from crm_sync.cli.together import alone, not_with
from crm_sync.cli.watching import watching
from crm_sync.clock import host_now, stopwatch
from crm_sync.errors import Failed
from crm_sync.settings import load_settings
from crm_sync.sync.progress import Summary

if TYPE_CHECKING:
    from crm_sync.mappings import Vocabulary
    from crm_sync.reports.trial import Trial
    from crm_sync.wiring import House


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Stop after the figures instead of serving the boards.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")] = False,
    people: Annotated[int, typer.Option("--people", min=1, help="How many people live in the town.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed is always the same town.")] = 7,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65_535, help="Of the boards.", show_default="8642")
    ] = None,
    directory: Annotated[
        Path, typer.Option("--directory", help="Where it all happens; an earlier demo there is removed.")
    ] = Path("demo"),
) -> None:
    """Show everything without an account: a town in both CRMs, one sync, a second one, the boards."""
    given = options(context)
    alone("demo", {"--config": given.config}, fix="It writes settings of its own; --directory says where.")
    not_with("demo", {"--once": once}, {"--port": port}, fix="Without --once the boards are served there.")
    with sandbox(directory, people, seed) as card:
        settings = load_settings(Path(card["settings_file"]))
        trial, words = in_house(settings, lambda house: try_it(house, given.quiet))
        print_json(trial.as_json()) if as_json else show_trial(trial, said(words, settings.language), settings.language)
        if not once:
            serve_boards(settings, settings.boards.port if port is None else port)


@contextmanager
def sandbox(directory: Path, people: int, seed: int) -> Iterator[dict[str, Any]]:
    """A sandbox in a process of its own, so that it does not share our processor time; yields its card."""
    say(f"Starting a town of {people:,} people in both CRMs (seed {seed})")
    home = emptied(directory)
    command = [sys.executable, "-m", "crm_sync.sandbox", "--with-parent", "--directory", str(home)]
    arguments = ["--people", str(people), "--seed", str(seed)]
    # It stops when its input closes, at the end of this block; a Ctrl-C that is meant for the boards must not reach it.
    streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen([*command, *arguments], text=True, **streams) as process:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            ended = f"it ended with exit code {process.wait()}."
            raise Failed("sandbox", "start", ended, fix="Its words stand above.")
        yield json.loads(line)


def emptied(directory: Path) -> Path:
    """The directory without what an earlier demo left in it; anything else stays. Raises ConfigError."""
    free_of_settings(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("crm-sync.db", "crm-sync.db-wal", "crm-sync.db-shm", "truth.json", "ca.pem", "crm-sync.toml"):
        (directory / name).unlink(missing_ok=True)
    for name in ("crm-sync.matching", "mappings"):
        shutil.rmtree(directory / name, ignore_errors=True)
    return directory.absolute()


async def try_it(house: House, quiet: bool) -> tuple[Trial, Vocabulary]:
    """Install, sync, sync again; with the words that the figures are told in."""
    began = stopwatch()
    say("Installing our properties in both CRMs")
    await applied(house)
    first = await one_sync(house, quiet)
    say("Once more, to see that nothing is left to do")
    second = await one_sync(house, quiet)
    return told(house, first, second, stopwatch() - began), house.vocabulary


def told(house: House, first: Summary, second: Summary, seconds: float) -> Trial:
    """What both syncs did, and the reports after them."""
    from crm_sync.reports.funnel import funnel
    from crm_sync.reports.sla import sla
    from crm_sync.reports.sources import sources
    from crm_sync.reports.trial import Trial

    parts = house.store, house.engine, house.vocabulary
    return Trial(first.as_json(), second.as_json(), funnel(*parts), sla(*parts, host_now()), sources(*parts), seconds)


async def one_sync(house: House, quiet: bool) -> Summary:
    from crm_sync.sync.run import sync

    with watching(quiet=quiet) as progress:
        return await sync(parts_of(house), progress=progress)
