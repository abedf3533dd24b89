"""What every command starts from: the global options, and the house or the store that they open.

Clients of the CRMs, database and engine take a second to import, so that commands import them where they use them:
`--help` and mistyped words are answered at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from crm_sync.cli.instants import errors_told_on, wall_of
from crm_sync.cli.talk import escaped, say
from crm_sync.settings import Settings, load_settings

if TYPE_CHECKING:
    from crm_sync.mappings import Vocabulary
    from crm_sync.store import Store
    from crm_sync.sync.run import Parts
    from crm_sync.wiring import House

Result = TypeVar("Result")


def add_group(app: typer.Typer, name: str, help: str, **commands: Callable[..., None]) -> typer.Typer:
    """Commands of two words: `crm-sync name command`."""
    group = typer.Typer(no_args_is_help=True, help=help)
    for word, command in commands.items():
        group.command(word)(command)
    app.add_typer(group, name=name)
    return group


@dataclass(frozen=True, slots=True)
class Options:
    """The global options as given."""

    config: Path | None
    debug: bool
    quiet: bool

    def settings(self) -> Settings:
        """Raises ConfigError."""
        return load_settings(self.config)


def options(context: typer.Context) -> Options:
    found = context.obj
    assert isinstance(found, Options)
    return found


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[House]:
    """The house for the time of a command."""
    from crm_sync.wiring import build

    house = build(settings)
    try:
        with errors_told_on(wall_of(settings, house.vocabulary)):
            yield house
    finally:
        await house.close()


def in_house(settings: Settings, work: Callable[[House], Awaitable[Result]]) -> Result:
    """Opens the house, does the work, closes it."""

    async def whole() -> Result:
        async with opened(settings) as house:
            return await work(house)

    return asyncio.run(whole())


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """The store for the time of a command that asks no CRM, an empty one where there is none. Raises ConfigError."""
    from crm_sync.store import open_for_reading

    store, missing = open_for_reading(settings.database)
    if missing:
        say(f"There is no store at {escaped(missing)} yet.")
    try:
        yield store
    finally:
        store.close()


def advise_if_empty(store: Store) -> None:
    """Figures of nothing look like bad news: says that there is none yet, and what brings some."""
    if not store.all_progress():
        say("Nothing has been read yet: crm-sync sync")


def vocabulary_of(settings: Settings, store: Store) -> Vocabulary:
    """The tables in force, with the weights that matching goes by; what is odd about them is said. Raises
    ConfigError."""
    from crm_sync.store.trainings import trained_vocabulary

    return trained_vocabulary(tables_of(settings, store), store.last_training())[0]


def tables_of(settings: Settings, store: Store) -> Vocabulary:
    """The same with the weights that stand in the tables, whatever was learnt. Raises ConfigError."""
    from crm_sync.store.promises import in_force
    from crm_sync.store.trainings import trained_vocabulary

    vocabulary, notes = in_force(settings.mappings, store.promises())
    for note in (*notes, *trained_vocabulary(vocabulary, store.last_training())[1]):
        say(f"[yellow]{escaped(note)}[/]")
    return vocabulary


def parts_of(house: House) -> Parts:
    """What a run works with."""
    from crm_sync.sync.run import Parts

    return Parts(house.store, house.engine, house.weighed(), house.connectors, house.settings, house.notes)
