"""Running towns for every test that needs real HTTP: one that all share, and fresh ones on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.sync.town import Town, running_town

pytest_plugins = ["tests.contract_watch", "tests.exam.marks"]

PEOPLE = 60
Towns = Callable[..., Town]


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
