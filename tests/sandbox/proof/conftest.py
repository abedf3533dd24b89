"""The sandbox under watch: an app whose every answer is checked, and the contracts, where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from crm_sync.sandbox.app import build_app
from crm_sync.sandbox.contract import CONTRACTS, Checked, Proof
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import World


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The directory with HubSpot's documents and Salesforce's recordings."""
    said = os.environ.get(CONTRACTS)
    if not said:
        pytest.skip(f"{CONTRACTS} names no directory with HubSpot's and Salesforce's contracts")
    return Path(said)


@pytest.fixture
def read(contracts: Path) -> Callable[[str], Any]:
    """read("hubspot/data/examples.json")"""
    return lambda name: json.loads((contracts / name).read_text(encoding="utf-8"))


@pytest.fixture
def proof() -> Iterator[Proof]:
    """What the watch sees; a test that leaves a violation behind fails."""
    seen = Proof.from_environment()
    yield seen
    assert seen.violations == []


@pytest.fixture
def watched(world: World, proof: Proof) -> Checked:
    """Both faces, every answer of HubSpot's checked."""
    return Checked(build_app(world), proof)


@pytest.fixture
async def hubspot(watched: Checked, world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the account's token."""
    headers = {"authorization": f"Bearer {next(iter(account(world).tokens))}"}
    transport = httpx.ASGITransport(watched)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        yield client
