"""A HubSpot with a few people in it, the connector that reads it, and shorthands to change things behind its back."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from crm_sync.connectors.hubspot import HubSpot
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import World
from crm_sync.settings import HubSpotSettings


@pytest.fixture
def token(world: World) -> str:
    return next(iter(account(world).tokens))


@pytest.fixture
async def hubspot(
    vocabulary: Vocabulary, transport: httpx.ASGITransport, token: str, still: None
) -> AsyncIterator[HubSpot]:
    """The connector, with retries that do not wait."""
    settings = HubSpotSettings(token=SecretStr(token), base_url="http://sandbox")
    connector = HubSpot(
        settings, vocabulary, vocabulary.fields.profile(minimal=False), transport, lambda state: 0.0, searches=1000
    )
    yield connector
    await connector.close()


@pytest.fixture
async def client(transport: httpx.ASGITransport, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody else who works in the same account."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as one:
        yield one


@pytest.fixture
def make(client: httpx.AsyncClient) -> Callable[..., Any]:
    """make("contacts", email=...) creates a record and returns its id."""

    async def create(crm_object: str, /, **properties: Any) -> str:
        answer = await client.post(f"/crm/v3/objects/{crm_object}", json={"properties": properties})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return create


@pytest.fixture
def link(client: httpx.AsyncClient) -> Callable[..., Any]:
    """link("calls", id, "contacts", id) associates two records."""

    async def associate(one: str, one_id: str, other: str, other_id: str) -> None:
        path = f"/crm/v4/objects/{one}/{one_id}/associations/default/{other}/{other_id}"
        assert (await client.put(path)).status_code in (200, 201)

    return associate


@pytest.fixture
def later(world: World) -> Callable[..., None]:
    """later(minutes=5) moves the CRM's clock."""
    return lambda **by: world.clock.set(world.clock.now() + timedelta(**by))


@pytest.fixture
def pull(hubspot: HubSpot) -> Callable[..., Any]:
    """pull("contacts", cursor) returns all pages."""

    async def pages(name: str, cursor: str | None = None, window: Any = None) -> list[Any]:
        return [page async for page in hubspot.pull(name, cursor, window)]

    return pages


@pytest.fixture
def url(app: Starlette) -> Iterator[str]:
    """The same world on a real port, for the official client."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", ws="none", log_level="warning", date_header=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
