"""A sandbox for every test: an empty world in this process, and running towns for those that need real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings
from starlette.applications import Starlette

from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.world import World
from tests.sync.town import Town, running_town

pytest_plugins = ["tests.contract_watch", "tests.exam.marks"]

PEOPLE = 60
Towns = Callable[..., Town]

settings.register_profile("patient", settings(), deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


@pytest.fixture
def world() -> Iterator[World]:
    """Both CRMs on their first day, with a clock that stands still and no records."""
    fresh = new_world(speed=0)
    yield fresh
    fresh.db.close()


@pytest.fixture
def app(world: World) -> Starlette:
    return build_app(world)


@pytest.fixture(scope="session")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Towns]:
    """Starts a town that nobody else knows; it lives until the session ends."""
    with ExitStack() as running:

        def fresh(people: int = PEOPLE, seed: int = 7) -> Town:
            return running.enter_context(running_town(tmp_path_factory.mktemp("town"), people, seed))

        yield fresh


@pytest.fixture(scope="session")
def town(towns: Towns) -> Town:
    """A small town that all tests share: whoever needs it untouched takes one from `towns`."""
    return towns()
