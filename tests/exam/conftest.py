"""Every test here is taken by every examinee, unless it asks for a wired one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.sandbox.hubspot.habits import TIERS
from tests.connectors.door import Door, open_door
from tests.exam.files import InFiles
from tests.exam.hubspot import BOUNDLESS, OnHubSpot
from tests.exam.memory import InMemory
from tests.exam.salesforce import OnSalesforce
from tests.exam.sitting import Sitting, open_sitting

WIRED = {"hubspot": OnHubSpot, "salesforce": OnSalesforce}
ALL = ("memory", "files", *WIRED)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("certificates")) as one:
        yield one


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No quota keeps anybody waiting."""
    monkeypatch.setitem(TIERS, BOUNDLESS, (1_000_000, 1_000_000_000))


@pytest.fixture
async def sit(door: Door, vocabulary: Vocabulary, tmp_path: Path) -> AsyncIterator[Callable[[str], Sitting]]:
    """sit("hubspot") begins a sitting."""
    begun: list[Sitting] = []

    def begin(crm: str) -> Sitting:
        made = {"memory": InMemory, "files": lambda: InFiles(vocabulary)}
        one = WIRED[crm](door, vocabulary) if crm in WIRED else made[crm]()
        begun.append(open_sitting(one, tmp_path))
        return begun[-1]

    yield begin
    for sitting in begun:
        await sitting.one.close()
        sitting.store.close()


@pytest.fixture(params=ALL)
def sitting(request: pytest.FixtureRequest, sit: Callable[[str], Sitting]) -> Sitting:
    """For each examinee."""
    return sit(request.param)


@pytest.fixture(params=WIRED)
def wired(request: pytest.FixtureRequest, sit: Callable[[str], Sitting]) -> Sitting:
    """For each examinee with a wire."""
    return sit(request.param)
