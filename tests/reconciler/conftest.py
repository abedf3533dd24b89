"""Fixtures for the reconciler: the shipped vocabulary, a real engine, and stories told in docstrings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.reconciler.made import at
from tests.reconciler.told import Told, tell

from crm_sync.changes import Plan
from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.reconciler import make_plan
from crm_sync.records import Snapshot

NOW = at("2026-05-30 02:00")
Planner = Callable[..., Plan]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def engine() -> Engine:
    return DuckDB(threads=1)


@pytest.fixture
def told(request: pytest.FixtureRequest, vocabulary: Vocabulary, engine: Engine) -> Told:
    """The story in the test's own docstring, judged."""
    return tell(request.function.__doc__, vocabulary, engine)


@pytest.fixture
def plan(vocabulary: Vocabulary, engine: Engine) -> Planner:
    """Plans a snapshot, or the parts of one, as if everything had been read."""

    def make(snapshot: Snapshot | None = None, *, now: datetime = NOW, **parts: tuple[object, ...]) -> Plan:
        whole = snapshot or Snapshot(**parts)  # type: ignore[arg-type]  # tests name the parts that they need
        return make_plan(whole, vocabulary, engine, now, now, profile=vocabulary.fields.profile(False))

    return make
