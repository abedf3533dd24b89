"""Clients that speak to an empty world without a port."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import World


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


@pytest.fixture
async def force(anyone: httpx.AsyncClient, world: World) -> httpx.AsyncClient:
    """A client that is logged in to Salesforce."""
    app = world.notes["salesforce_app"]
    form = {key: app[key] for key in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    token = (await anyone.post("/services/oauth2/token", data=form)).json()["access_token"]
    anyone.headers["authorization"] = f"Bearer {token}"
    return anyone
