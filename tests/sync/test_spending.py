"""Who may still call a CRM today, and what becomes of a backfill that may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_sync.connectors.memory import START, Memory
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import Paused, TryLater
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Company, Person, Ref
from crm_sync.reports.status import status
from crm_sync.settings import BudgetSettings, HubSpotSettings, Settings
from crm_sync.store import Store, open_store
from crm_sync.sync.backfill import backfill
from crm_sync.sync.run import Parts, sync

DAY = timedelta(days=1)
SINCE, UNTIL = START - DAY, START + 400 * DAY
OBJECTS = ("companies", "contacts")


def person(number: int) -> Person:
    return Person(Ref("memory", "contacts", str(number)), "1", START, START + timedelta(hours=number))


def company(number: int) -> Company:
    return Company(Ref("memory", "companies", str(number)), "1", START, START + timedelta(hours=number))


@pytest.fixture
def crm() -> Memory:
    """Two companies and ten people, in pages of one record."""
    return Memory("memory", company(1), company(2), *map(person, range(1, 11)), page=1)


@pytest.fixture
def store() -> Iterator[Store]:
    one = open_store("sqlite://")
    yield one
    one.close()


@pytest.fixture
def parts(crm: Memory, store: Store) -> Parts:
    shares = BudgetSettings(backfill_share=0.5, reserve=0.2, floor=0.1)
    settings = Settings(hubspot=HubSpotSettings(), budget=shares)
    return Parts(store, DuckDB(), load_vocabulary(), {"memory": crm}, settings)


def held(store: Store) -> int:
    snapshot = store.snapshot()
    return len(snapshot.people) + len(snapshot.companies)


async def test_a_backfill_stops_at_its_share_and_goes_on_the_next_day(crm: Memory, store: Store, parts: Parts) -> None:
    crm.allowed = (12, 0)
    with pytest.raises(Paused, match=r"backfills have used \d calls today.*backfill_share = 0.5 of 12.*02T00:00:00Z"):
        await backfill(parts, OBJECTS, SINCE, UNTIL)
    assert 0 < held(store) < 12
    assert store.runs()[0].outcome == "partial"
    with pytest.raises(Paused):
        await backfill(parts, OBJECTS, SINCE, UNTIL)
    days = 1
    while held(store) < 12:
        crm.wait(DAY)
        days += 1
        calls = crm.calls
        try:
            await backfill(parts, OBJECTS, SINCE, UNTIL)
        except Paused:
            assert crm.calls - calls <= 7
        assert days < 5
    assert store.all_progress() == [], "a window that was read to its end leaves no cursor"


async def test_objects_that_were_read_to_their_end_are_not_read_again(crm: Memory, store: Store, parts: Parts) -> None:
    crm.allowed = (12, 0)
    with pytest.raises(Paused):
        await backfill(parts, OBJECTS, SINCE, UNTIL)
    crm.put(company(3))
    crm.allowed = None
    summary = await backfill(parts, OBJECTS, SINCE, UNTIL)
    assert summary.pulled["memory"]["companies"] == 0
    assert len(store.snapshot().people) == 10


async def test_a_backfill_leaves_the_reserve_to_the_sync_which_uses_it(crm: Memory, store: Store, parts: Parts) -> None:
    crm.allowed = (1_000, 810)
    with pytest.raises(Paused, match=r"of 1,000 calls are left today, kept for the scheduled sync \(budget.reserve"):
        await backfill(parts, OBJECTS, SINCE, UNTIL)
    assert held(store) == 0
    await sync(parts)
    assert held(store) == 12


async def test_a_sync_below_the_floor_waits_for_the_next_day_and_says_so(
    crm: Memory, store: Store, parts: Parts
) -> None:
    crm.allowed = (1_000, 950)
    with pytest.raises(TryLater, match=r"kept for the account's other apps.*again after 2026-01-02T00:00:00Z") as told:
        await sync(parts)
    assert told.value.after == DAY.total_seconds()
    assert held(store) == 0
    crm.allowed = (1_000, 0)
    await sync(parts)


async def test_the_calls_of_a_day_are_kept_for_status(crm: Memory, store: Store, parts: Parts) -> None:
    crm.allowed = (1_000, 30)
    await sync(parts)
    after_sync = crm.calls
    await backfill(parts, ("contacts",), SINCE, UNTIL)
    [told] = status(store, crm.now(), DAY, reserve=0.2).budgets
    assert (told.limit, told.used, told.reserve, told.resets_at) == (1_000, 30 + crm.calls, 200, START + DAY)
    assert (told.own, told.backfill) == (crm.calls, crm.calls - after_sync)
    [later] = status(store, crm.now() + DAY, DAY, reserve=0.2).budgets
    assert (later.limit, later.used, later.own) == (1_000, None, 0)


async def test_an_unfinished_backfill_is_listed_and_makes_nothing_stale(
    crm: Memory, store: Store, parts: Parts
) -> None:
    await sync(parts)
    crm.wait(DAY)
    crm.allowed = (12, 0)
    with pytest.raises(Paused):
        await backfill(parts, ("contacts",), SINCE, UNTIL)
    found = status(store, crm.now(), 2 * DAY)
    assert not found.stale
    assert [(one.crm, one.name) for one in found.unfinished] == [("memory", "contacts")]
    assert found.unfinished[0].window == "2025-12-31T00:00:00Z..2027-02-05T00:00:00Z"
