"""The log of runs, and the lease that lets one run work at a time."""

from __future__ import annotations

import pytest

from crm_sync.errors import Locked
from crm_sync.store import Run, Store, open_store

from .samples import HOUR, MONDAY, known, person, plan


def holder_of(store: Store) -> str | None:
    holder = store.lock_holder()
    return holder and holder.name


def test_a_run_is_logged_with_its_outcome(store: Store) -> None:
    number = store.start_run("sync", MONDAY)
    store.finish_run(number, "done", {"read": 3}, MONDAY + HOUR)
    assert store.runs() == [Run(number, "sync", MONDAY, MONDAY + HOUR, "done", {"read": 3})]
    assert store.last_run("sync") == store.runs()[0]
    assert store.last_run("backfill") is None


def test_a_run_that_never_finished_is_marked_by_the_next_one(store: Store) -> None:
    store.start_run("sync", MONDAY)
    store.start_run("backfill", MONDAY + HOUR)
    assert [(run.kind, run.outcome) for run in store.runs()] == [("backfill", None), ("sync", "interrupted")]
    assert len(store.runs(1)) == 1


def test_a_second_run_is_told_who_is_at_work(store: Store, url: str) -> None:
    other = open_store(url)
    with store.lease("host-a", MONDAY):
        sentence = "host-a has been at work on this store since 2026-05-18T15:00:00Z.*crm-sync lock release"
        with pytest.raises(Locked, match=sentence), other.lease("host-b", MONDAY):
            pass
    with other.lease("host-b", MONDAY):
        assert holder_of(store) == "host-b"
    assert store.lock_holder() is None
    other.close()


def test_a_beating_lease_is_not_taken_over(store: Store, url: str) -> None:
    other = open_store(url)
    with store.lease("host-a", MONDAY, HOUR) as lease:
        lease.beat(MONDAY + HOUR)
        with pytest.raises(Locked), other.lease("host-b", MONDAY + 1.5 * HOUR):
            pass
    other.close()


def test_whoever_was_overtaken_cannot_store_or_send_anything(store: Store, url: str) -> None:
    other = open_store(url)
    with store.lease("host-a", MONDAY, HOUR) as slow:
        run = store.start_run("sync", MONDAY)
        with other.lease("host-b", MONDAY + HOUR, HOUR):
            assert_shut_out(store, run)
            with pytest.raises(Locked):
                slow.beat(MONDAY + HOUR)
            other.save_page("hubspot", "contacts", [person()], cursor="b")
        assert_shut_out(store, run)
    assert other.progress("hubspot", "contacts").cursor == "b"
    other.close()


def assert_shut_out(store: Store, run: int) -> None:
    with pytest.raises(Locked, match="This run has lost its lock"):
        store.save_page("hubspot", "contacts", [person()], cursor="a")
    with pytest.raises(Locked):
        store.save_plan(run, plan(known()))
    with pytest.raises(Locked):
        store.pending("hubspot", 10, MONDAY)


def test_leaving_late_does_not_take_the_lease_from_its_new_holder(store: Store, url: str) -> None:
    other = open_store(url)
    with store.lease("host-a", MONDAY, HOUR):
        late = other.lease("host-b", MONDAY + HOUR, HOUR)
        late.__enter__()
    assert holder_of(other) == "host-b"
    late.__exit__(None, None, None)
    other.close()


def test_a_lock_released_by_hand_shuts_its_holder_out(store: Store, url: str) -> None:
    other = open_store(url)
    with store.lease("host-a", MONDAY):
        released = other.release_lock()
        assert (released and released.name) == "host-a"
        with pytest.raises(Locked, match="released by hand"):
            store.save_page("hubspot", "contacts", [person()], cursor="a")
    assert (other.release_lock(), other.lock_holder()) == (None, None)
    other.close()


def test_boards_can_read_while_a_page_is_being_stored(store: Store, url: str) -> None:
    reader = open_store(url)
    with store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM people")
        assert reader.snapshot().people == ()
    reader.close()
