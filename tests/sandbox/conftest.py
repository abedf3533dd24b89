"""An empty world with both faces, and clients that speak to it without a port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.applications import Starlette

from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """Both CRMs as on their first day, with a clock that stands still."""
    fresh = new_world(speed=0)
    yield fresh
    fresh.db.close()


@pytest.fixture
def app(world: World) -> Starlette:
    return build_app(world)


@pytest.fixture
async def anyone(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A client without any token."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as client:
        yield client


@pytest.fixture
async def hubspot(app: Starlette, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the account's token."""
    token = next(iter(account(world).tokens))
    headers = {"authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        yield client
