"""The boards over the story of the reports' tests, asked through their own ASGI door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from tests.reports.story import NOW, tell

from crm_sync.dashboards import boards
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.store import Store, open_store

SHIPPED = load_vocabulary()
Client = AbstractAsyncContextManager[httpx.AsyncClient]
Visit = Callable[..., Client]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = tell(open_store(f"sqlite:///{tmp_path_factory.mktemp('story')}/story.db"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('empty')}/empty.db")
    yield store
    store.close()


@pytest.fixture
def visit(store: Store) -> Visit:
    """`async with visit() as browser:`; another store or vocabulary, or hours since the last sync, may be given."""

    @asynccontextmanager
    async def visit(
        held: Store = store, hours: int = 0, vocabulary: Vocabulary = SHIPPED
    ) -> AsyncIterator[httpx.AsyncClient]:
        now = NOW + timedelta(hours=hours)
        app = boards(held, DuckDB(threads=1), vocabulary, now=lambda: now)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://boards") as client:
            yield client

    return visit
