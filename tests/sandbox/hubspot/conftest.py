"""Shorthands for what most tests of the HubSpot face begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hubspot import HubSpot

from crm_sync.sandbox.server import Sandbox
from crm_sync.sandbox.world import World

Make = Callable[..., Awaitable[str]]


@pytest.fixture
def make(hubspot: httpx.AsyncClient) -> Make:
    """make("contacts", email=...) creates a record and returns its id."""

    async def create(crm_object: str, /, **properties: Any) -> str:
        answer = await hubspot.post(f"/crm/v3/objects/{crm_object}", json={"properties": properties})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return create


@pytest.fixture
def later(world: World) -> Callable[..., None]:
    """later(minutes=5) moves the clock."""

    def move(**by: float) -> None:
        world.clock.set(world.clock.now() + timedelta(**by))

    return move


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An empty one on a real port."""
    with Sandbox(people=0, directory=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    """The official client. `host` is all it takes: the client hands it to every API's configuration."""
    card = sandbox.card()["hubspot"]
    return HubSpot(access_token=card["token"], host=card["url"])
