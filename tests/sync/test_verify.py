"""Proofs against a CRM in memory: every way in which a store can differ is found, named and mended."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crm_sync.connectors.memory import START, Memory
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import Paused, Unsafe
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Person, Ref, Touch
from crm_sync.settings import HubSpotSettings, Settings
from crm_sync.store import Store, open_store
from crm_sync.sync import verify as verifying
from crm_sync.sync.run import Parts, sync
from crm_sync.sync.verify import Order, Proof, verify

HOUR = timedelta(hours=1)
PEOPLE = 3_000


def ref(number: int) -> Ref:
    return Ref("memory", "contacts", str(number))


def person(number: int) -> Person:
    return Person(ref(number), "1", START - number * HOUR, START)


def call(number: int) -> Touch:
    at = START - number * HOUR
    return Touch(Ref("memory", "calls", str(number)), "1", at, at, START)


def three_thousand() -> Memory:
    """People and a few calls, an hour apart."""
    one = Memory("memory", *map(person, range(1, PEOPLE + 1)), *map(call, range(1, 6)), page=500)
    one.wait(HOUR)
    return one


def parts_of(crm: Memory, store: Store) -> Parts:
    return Parts(store, DuckDB(), load_vocabulary(), {"memory": crm}, Settings(hubspot=HubSpotSettings()))


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store that has read everything; each test has a copy of it."""
    file = tmp_path_factory.mktemp("synced") / "store.db"
    store = open_store(f"sqlite:///{file}")
    asyncio.run(sync(parts_of(three_thousand(), store)))
    store.close()
    return file


@pytest.fixture
def crm() -> Memory:
    return three_thousand()


@pytest.fixture
def store(synced: Path, tmp_path: Path) -> Iterator[Store]:
    one = open_store(f"sqlite:///{shutil.copy(synced, tmp_path)}")
    yield one
    one.close()


@pytest.fixture
def parts(crm: Memory, store: Store) -> Parts:
    """Both hold the same."""
    return parts_of(crm, store)


def lose(store: Store, *numbers: int) -> None:
    """The store forgets that they live."""
    save(store, gone=[ref(number) for number in numbers])


def save(store: Store, *records: Person, gone: list[Ref] | None = None) -> None:
    cursor = store.progress("memory", "contacts").cursor or ""
    store.save_page("memory", "contacts", records, cursor=cursor, gone=gone or ())


async def contacts(parts: Parts, order: Order = Order()) -> Proof:
    [proof] = await verify(parts, {"memory": ("contacts",)}, order)
    return proof


async def test_a_store_that_holds_everything_is_proven_equal(parts: Parts) -> None:
    proofs = await verify(parts)
    assert [(one.name, one.theirs, one.ours, one.equal) for one in proofs] == [
        ("contacts", PEOPLE, PEOPLE, True), ("calls", 5, 5, True),
    ]  # fmt: skip
    assert [one.kind for one in parts.store.runs()] == ["sync"], "to look changes nothing"


async def test_what_is_missing_is_found_in_its_window_and_read_again(parts: Parts, store: Store) -> None:
    lose(store, 7, 1_500, 2_999)
    found = await contacts(parts)
    assert (set(found.missing), found.surplus, found.equal) == ({"7", "1500", "2999"}, (), False)
    assert found.compared < PEOPLE
    assert not (await contacts(parts)).equal, "without --repair nothing is mended"
    mended = await contacts(parts, Order(repair=True))
    assert (mended.repaired, mended.equal) == (3, True)
    assert (await contacts(parts, Order(deep=True))).differing == 0
    assert len(store.snapshot().people) == PEOPLE
    assert store.runs()[0].kind == "verify"


async def test_what_the_crm_has_lost_is_buried(parts: Parts, crm: Memory, store: Store) -> None:
    crm.remove(ref(40))
    found = await contacts(parts)
    assert (found.missing, found.surplus) == ((), ("40",))
    assert (await contacts(parts, Order(repair=True))).equal
    assert ref(40) not in {one.ref for one in store.snapshot().people}


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MANY", 100)


async def test_one_too_few_beside_one_too_many_is_found_by_deep(
    parts: Parts, crm: Memory, store: Store, small_windows: None
) -> None:
    """Created within the same hour, so that no window tells them apart."""
    twin = replace(person(1_000), ref=ref(9_000))
    crm.put(twin)
    crm.remove(ref(1_000))
    found = await contacts(parts, Order(deep=True))
    assert (found.missing, found.surplus) == (("9000",), ("1000",))
    assert found.compared == PEOPLE + 1
    shallow = await contacts(parts)
    assert 0 < shallow.compared < PEOPLE / 2, "every tenth window is a sample"
    assert (await contacts(parts, Order(deep=True, repair=True))).equal
    assert (await contacts(parts, Order(deep=True))).differing == 0


async def test_a_record_under_another_instant_of_creation_is_moved_and_neither_lost_nor_new(
    parts: Parts, crm: Memory, store: Store
) -> None:
    crm.put(replace(person(12), created_at=START - 5_000 * HOUR))
    lately = Order(START - 100 * HOUR, START)
    found = await contacts(parts, lately)
    assert (found.missing, found.surplus, found.moved) == ((), (), ("12",))
    assert (await contacts(parts, replace(lately, repair=True))).repaired == 1
    assert (await contacts(parts, lately)).theirs == 99
    assert (await contacts(parts, Order(deep=True))).differing == 0


async def test_only_the_window_that_was_asked_for_is_proven(parts: Parts, store: Store) -> None:
    lose(store, 10, 500)
    found = await contacts(parts, Order(START - 600 * HOUR, START - 400 * HOUR))
    assert (found.missing, found.theirs) == (("500",), 200)


async def test_what_was_created_after_the_last_read_is_no_difference(parts: Parts, crm: Memory) -> None:
    crm.wait(HOUR)
    crm.put(Person(ref(9_001), "1", crm.now(), crm.now()))
    crm.wait(HOUR)
    assert (await contacts(parts, Order(deep=True))).equal


async def test_an_object_that_was_not_read_to_its_end_cannot_be_proven(parts: Parts, store: Store) -> None:
    store.forget("memory", "contacts")
    found = await contacts(parts)
    assert (found.equal, found.skipped) == (False, "It has not been read to its end yet: crm-sync sync.")


async def test_very_many_burials_are_a_question_to_a_person(parts: Parts, crm: Memory, store: Store) -> None:
    for number in range(1, 401):
        crm.remove(ref(number))
    with pytest.raises(Unsafe, match=r"memory contacts: 400 of 3,000 records are gone there.*--force"):
        await contacts(parts, Order(repair=True))
    assert len(store.snapshot().people) == PEOPLE
    assert (await contacts(parts, Order(repair=True, force=True))).repaired == 400
    assert len(store.snapshot().people) == PEOPLE - 400


async def test_a_proof_keeps_to_the_share_of_a_backfill(parts: Parts, crm: Memory) -> None:
    crm.allowed = (1_000, 900)
    with pytest.raises(Paused, match="kept for the scheduled sync"):
        await contacts(parts)
