"""The story in a real store, with a real engine and the shipped vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reports.story import tell

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.store import Store, open_store


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store in which nothing has been synced yet; for reading only."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db")
    yield store
    store.close()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The story; for reading only."""
    store = tell(open_store(f"sqlite:///{tmp_path_factory.mktemp('story')}/story.db"))
    yield store
    store.close()


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    """The story, for one test to change."""
    store = tell(open_store(f"sqlite:///{tmp_path}/story.db"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def engine() -> DuckDB:
    return DuckDB(threads=1)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    """A store that knows nobody yet."""
    store = open_store(f"sqlite:///{tmp_path}/fresh.db")
    yield store
    store.close()
