"""Towns in the states that commands meet: nothing installed, and everything written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Ran, crm, crm_on
from tests.cli.settings import settings_of
from tests.conftest import Towns
from tests.sync.town import Town

OwnStore = Callable[..., Path]


@pytest.fixture(scope="session")
def bare(towns: Towns) -> Town:
    """A town where our properties are not installed; stays so."""
    return towns(people=10)


@pytest.fixture(scope="session")
def synced(town: Town) -> Town:
    """The shared town after `schema apply` and a sync."""
    for words in (("schema", "apply"), ("sync",)):
        ran = crm_on(town, "--quiet", *words)
        assert ran.code == 0, ran.err
    return town


@pytest.fixture
def own(synced: Town, tmp_path: Path) -> OwnStore:
    """Settings for the synced town with an empty store of their own, changed as asked."""

    def written(**changes: Any) -> Path:
        return settings_of(synced, tmp_path, **changes)

    return written


@pytest.fixture
def first_sync(own: OwnStore) -> tuple[Path, Ran]:
    """Settings with their own store, and the sync that filled it."""
    file = own()
    return file, crm("--config", file, "--quiet", "sync", "--json")
