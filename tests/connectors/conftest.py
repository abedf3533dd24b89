"""What all connector tests share: the shipped vocabulary, a way to the sandbox, and retries that do not wait."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette

from crm_sync.mappings.vocabulary import Vocabulary, load_vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
def at_once() -> Callable[[object], float]:
    """For `Http(wait=...)`: tries again without waiting."""
    return lambda state: 0.0


@pytest.fixture
def transport(app: Starlette) -> httpx.ASGITransport:
    return httpx.ASGITransport(app)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CRM's clock stands still between its answers, too, however long this machine takes."""
    monkeypatch.setattr("crm_sync.connectors.http.stopwatch", lambda: 0.0)
