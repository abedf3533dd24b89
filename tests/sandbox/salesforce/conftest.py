"""An org with a clock that stands still, a client in the same process, and the same org behind real HTTPS."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
import uvicorn
from starlette.applications import Starlette

from crm_sync.sandbox.salesforce import install, routes
from crm_sync.sandbox.salesforce.auth import new_token
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.world import Row, World, WorldClock

V = "/services/data/v62.0"
NOW = datetime(2026, 5, 30, 2, tzinfo=UTC)


class Org:
    """A world with the face installed, and short ways to put records into it."""

    def __init__(self) -> None:
        self.world = World(WorldClock(NOW, speed=0))
        install(self.world)
        self.app = Starlette(routes=routes(self.world))

    def add(self, name: str, prefix: str, *rows: Row, first: int = 1) -> list[str]:
        """Inserts the rows as the town would and returns their ids."""
        now = self.world.clock.now_ms()
        ids = [salesforce_id(prefix, first + place) for place in range(len(rows))]
        stamped = [{"_id": id_, "_created": now, "_modified": now, **row} for id_, row in zip(ids, rows, strict=True)]
        self.world.table("salesforce", name).insert(stamped)
        return ids

    def row(self, name: str, record_id: str) -> Row:
        return self.world.table("salesforce", name).get([record_id])[record_id]


def signed_in(org: Org) -> httpx.AsyncClient:
    """A client that knows the org as http://acme.test."""
    headers = {"Authorization": f"Bearer {new_token(org.world)}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(org.app), base_url="http://acme.test", headers=headers)


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
async def client(org: Org) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(org) as one:
        yield one


@pytest.fixture
def ask(client: httpx.AsyncClient) -> Any:
    """Runs a SOQL statement and returns the body, whatever the status."""

    async def _ask(soql: str, resource: str = "query") -> Any:
        return (await client.get(f"{V}/{resource}", params={"q": soql})).json()

    return _ask


@pytest.fixture
def https(org: Org, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The org's address on a real port, and the file with the authority that signed its certificate."""
    authority, ca_file = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    chain = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(str(chain))
    config = uvicorn.Config(
        org.app, host="127.0.0.1", port=0, log_level="error", ssl_certfile=str(chain), lifespan="off"
    )
    yield from _served(uvicorn.Server(config), str(ca_file))


def _served(server: uvicorn.Server, ca_file: str) -> Iterator[tuple[str, str]]:
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"https://127.0.0.1:{port}", ca_file
    server.should_exit = server.force_exit = True
    thread.join(5)
