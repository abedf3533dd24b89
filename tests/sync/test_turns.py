"""A scheduled sync goes first: a backfill lets it in between two pages, and goes on after it."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crm_sync.clock import host_now
from crm_sync.connectors.base import Page, Window
from crm_sync.connectors.memory import START, Memory
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import Locked
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Person, Ref
from crm_sync.settings import HubSpotSettings, Settings
from crm_sync.store import Store, open_store
from crm_sync.sync.backfill import backfill
from crm_sync.sync.holding import holding
from crm_sync.sync.run import Parts, sync
from crm_sync.sync.turns import turn
from tests.cli.commands import command, crm
from tests.cli.settings import settings_of
from tests.conftest import Towns

SINCE, UNTIL = START - timedelta(days=1), START + timedelta(days=400)


class Stepping(Memory):
    """Sends a page of a backfill only when the test says so."""

    def __init__(self, name: str, *records: Person) -> None:
        super().__init__(name, *records, page=1)
        self.step = asyncio.Semaphore(0)

    async def pull(self, name: str, cursor: str | None, window: Window | None = None) -> AsyncIterator[Page]:
        async for page in super().pull(name, cursor, window):
            if window:
                await self.step.acquire()
            yield page


def person(crm: str, number: int) -> Person:
    return Person(Ref(crm, "contacts", str(number)), "1", START, START + timedelta(hours=number))


def parts_of(store: Store, *crms: Memory) -> Parts:
    settings = Settings(hubspot=HubSpotSettings())
    return Parts(store, DuckDB(), load_vocabulary(), {one.crm: one for one in crms}, settings)


async def until(true: Callable[[], object]) -> None:
    """Looks until it is so; a test that waits in vain is ended from outside."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.db"


async def test_a_sync_that_waits_goes_first_and_the_backfill_goes_on(url: str) -> None:
    """Two CRMs are read at the same time: neither may store a page while the sync is at work."""
    one, two = (Stepping(name, *(person(name, number) for number in range(4))) for name in ("one", "two"))
    store, other = open_store(url), open_store(url)
    working = asyncio.create_task(backfill(parts_of(store, one, two), ("contacts",), SINCE, UNTIL))
    one.step.release()
    two.step.release()
    await until(lambda: len(store.snapshot().people) == 2)

    others = Memory(
        "one", *(person("one", number) for number in range(4)), replace(person("one", 99), email="new@acme.example")
    )
    syncing = asyncio.create_task(sync(parts_of(other, others)))
    await until(lambda: other.waiting(host_now()))
    assert not syncing.done()
    two.step.release()
    two.step.release()
    await syncing
    assert "new@acme.example" in {one.email for one in other.snapshot().people}

    for _ in range(4):
        one.step.release()
        two.step.release()
    summary = await working
    assert summary.pulled == {"one": {"contacts": 4}, "two": {"contacts": 4}}
    assert len(store.snapshot().people) == 9
    told = {run.kind: run for run in store.runs()}
    assert {kind: run.outcome for kind, run in told.items()} == {"backfill": "done", "sync": "done"}
    assert told["backfill"].started_at < told["sync"].started_at
    assert told["sync"].finished_at <= told["backfill"].finished_at
    assert (store.lock_holder(), store.waiting(host_now())) == (None, None)
    store.close()
    other.close()


async def test_a_sync_does_not_wait_for_another_sync(url: str) -> None:
    store, other = open_store(url), open_store(url)
    with holding(store):
        with pytest.raises(Locked, match="has been at work"):
            await sync(parts_of(other, Memory("one", person("one", 1))))
        assert store.waiting(host_now()) is None
    store.close()
    other.close()


async def test_two_backfills_do_not_wait_for_each_other(url: str) -> None:
    store, other = open_store(url), open_store(url)
    async with turn(store, gives_way=True):
        with pytest.raises(Locked):
            async with turn(other, gives_way=True):
                pass
    store.close()
    other.close()


async def test_what_is_stored_while_the_lease_is_let_go_is_refused(url: str) -> None:
    store = open_store(url)
    with holding(store, gives_way=True) as lease:
        lease.let_go()
        with holding(open_store(url)), pytest.raises(Locked, match="lost its lock"):
            store.save_page("one", "contacts", [person("one", 1)], cursor="1")
        lease.take_again(host_now())
        assert store.save_page("one", "contacts", [person("one", 1)], cursor="1") == 1
    store.close()


@pytest.mark.slow
def test_two_processes_take_turns_on_a_real_wire(towns: Towns, tmp_path: Path) -> None:
    """Somebody waits from the beginning, so that the backfill lets go after its first page, however fast it is."""
    town = towns(people=20, seed=5)
    file = settings_of(town, tmp_path)
    for words in (("schema", "apply"), ("sync",)):
        assert crm("--config", file, "--quiet", *words).code == 0
    store, window = open_store(f"sqlite:///{tmp_path}/own.db"), ("--since", "2020-01-01", "--until", "2027-01-01")
    objects = [word for name in ("contacts", "deals", "Lead", "Contact", "Task") for word in ("--object", name)]
    store.wait_for_lease("elsewhere:1", host_now())
    working = subprocess.Popen(command("--quiet", "--config", file, "backfill", *objects, *window))
    wait_for(lambda: store.lock_holder() or store.wait_for_lease("elsewhere:1", host_now()))
    wait_for(lambda: store.wait_for_lease("elsewhere:1", host_now()) or not store.lock_holder())
    assert subprocess.run(command("--quiet", "--config", file, "sync"), timeout=120).returncode == 0
    assert working.poll() is None
    store.stop_waiting("elsewhere:1")
    assert working.wait(120) == 0
    told = {run.kind: run for run in store.runs(2)}
    assert {kind: run.outcome for kind, run in told.items()} == {"backfill": "done", "sync": "done"}
    assert told["backfill"].started_at < told["sync"].started_at
    assert told["sync"].finished_at < told["backfill"].finished_at
    store.close()


def wait_for(true: Callable[[], object]) -> None:
    for _ in range(3_000):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("waited in vain")
