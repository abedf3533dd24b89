"""What all connector tests share: the shipped vocabulary, a world with both CRMs, and retries that do not wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette

from crm_sync.mappings.vocabulary import Vocabulary, load_vocabulary
from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.world import World


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
def at_once() -> Callable[[object], float]:
    """For `Http(wait=...)`: tries again without waiting."""
    return lambda state: 0.0


@pytest.fixture
def world() -> Iterator[World]:
    """Both CRMs on their first day, with a clock that stands still and no records."""
    fresh = new_world(speed=0)
    yield fresh
    fresh.db.close()


@pytest.fixture
def app(world: World) -> Starlette:
    return build_app(world)


@pytest.fixture
def transport(app: Starlette) -> httpx.ASGITransport:
    return httpx.ASGITransport(app)
