"""What the store can prove, what it counts, and who waits; the same in every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.errors import Locked
from crm_sync.records import Ref
from crm_sync.store import Spent, Store, open_store

from .samples import person

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def filled(store: Store, *ids: str) -> None:
    """One contact per hour, and a look-alike in another object."""
    some = [
        replace(person(), ref=Ref("hubspot", "contacts", one), created_at=START + at * HOUR)
        for at, one in enumerate(ids)
    ]
    other = replace(person(), ref=Ref("hubspot", "contactsx", "1"), created_at=START)
    store.save_page("hubspot", "contacts", [*some, other], cursor="1")


def test_a_window_holds_its_first_instant_and_not_its_last(store: Store) -> None:
    filled(store, "1", "2", "A", "a")
    census = store.census("hubspot", "contacts")
    assert census.count(START, START + 4 * HOUR) == 4
    assert census.count(START + HOUR, START + 2 * HOUR) == 1
    assert census.ids(START + HOUR, START + 3 * HOUR) == {"2", "A"}


def test_the_dead_do_not_count_and_case_makes_two_of_an_id(store: Store) -> None:
    filled(store, "1", "A", "a")
    store.save_page("hubspot", "contacts", (), cursor="2", gone=[Ref("hubspot", "contacts", "A")])
    census = store.census("hubspot", "contacts")
    assert census.count(START, START + 9 * HOUR) == 2
    assert census.living(["1", "A", "a", "b"]) == {"1", "a"}


def test_an_object_that_the_store_never_saw_holds_nothing(store: Store) -> None:
    census = store.census("hubspot", "contacts")
    assert (census.count(START, START + HOUR), census.ids(START, START + HOUR), census.living(["1"])) == (
        0,
        set(),
        set(),
    )


def test_calls_of_a_day_add_up_and_what_is_not_told_leaves_what_was(store: Store) -> None:
    first = Spent("hubspot", "2026-01-01", 1_000, 40, 10, 0, START + 24 * HOUR, START)
    store.spend(first)
    store.spend(replace(first, limit=None, used=None, own=5, backfill=5, heard_at=START + HOUR))
    store.spend(replace(first, day="2026-01-02", own=1))
    found = store.spent("hubspot", "2026-01-01")
    assert found == replace(first, own=15, backfill=5, heard_at=START + HOUR)
    assert store.spent("salesforce", "2026-01-01") is None


def test_who_waits_is_known_until_it_gives_up_or_dies(store: Store, url: str) -> None:
    other = open_store(url)
    assert store.waiting(START) is None
    other.wait_for_lease("b:2", START)
    assert store.waiting(START) == "b:2"
    assert store.waiting(START + HOUR) is None
    other.stop_waiting("c:3")
    assert store.waiting(START) == "b:2"
    other.stop_waiting("b:2")
    assert store.waiting(START) is None
    other.close()


def test_a_lease_is_let_go_and_taken_again_and_shuts_out_who_held_it_between(store: Store, url: str) -> None:
    other = open_store(url)
    with store.lease("a:1", START, gives_way=True) as lease:
        holder = other.lock_holder()
        assert holder is not None
        assert holder.gives_way
        lease.let_go()
        with other.lease("b:2", START):
            with pytest.raises(Locked, match="b:2 has been at work"):
                lease.take_again(START)
            with pytest.raises(Locked, match="b:2 has taken over"):
                filled(store, "1")
        lease.take_again(START)
        filled(store, "1")
    assert other.lock_holder() is None
    other.close()
