"""Towns told once per test run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.sandbox.town.reading import Told

from crm_sync.sandbox import hubspot, salesforce
from crm_sync.sandbox.town import Truth, build
from crm_sync.sandbox.world import World, WorldClock

NOW = datetime(2026, 5, 30, 2, tzinfo=UTC)


def town(people: int, seed: int) -> tuple[World, Truth]:
    """A world with both faces and a town."""
    world = empty_world()
    return world, build(world, people, seed)


def empty_world() -> World:
    """Both faces without a record, the clock standing still."""
    world = World(WorldClock(NOW, speed=0))
    hubspot.install(world)
    salesforce.install(world)
    return world


@pytest.fixture(scope="session")
def large() -> tuple[Told, Truth]:
    """The town of the demo."""
    world, truth = town(2_000, 7)
    return Told(world), truth
