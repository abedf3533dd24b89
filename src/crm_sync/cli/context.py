"""What every command starts from: the global options, and the house that they open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import typer

from crm_sync.settings import Settings, load_settings
from crm_sync.sync.run import Parts
from crm_sync.wiring import House, build

Result = TypeVar("Result")


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
    house = build(settings)
    try:
        yield house
    finally:
        await house.close()


def in_house(settings: Settings, work: Callable[[House], Awaitable[Result]]) -> Result:
    """Opens the house, does the work, closes it."""

    async def whole() -> Result:
        async with opened(settings) as house:
            return await work(house)

    return asyncio.run(whole())


def parts_of(house: House) -> Parts:
    """What a run works with."""
    return Parts(house.store, house.engine, house.vocabulary, house.connectors, house.settings)
