"""What is remembered of the past: the first import, what came to light later, and whom a write is to tell."""

from __future__ import annotations

from dataclasses import replace

from crm_sync.changes import Change, Known
from crm_sync.store import Store

from .samples import ANA, HOUR, MONDAY, known, plan, verdict


def judged(person_id: str) -> Known:
    return known(person_id, verdict=replace(verdict(person_id, "met"), qualified_at=MONDAY))


def save(store: Store, hours: int, *people: Known, quiet: bool = False, cause: str | None = None) -> None:
    found = plan(*people, now=MONDAY + hours * HOUR)
    store.save_plan(store.start_run("sync", MONDAY), found, cause=cause, quiet=quiet)


def test_of_an_empty_history_nothing_is_remembered(store: Store) -> None:
    assert store.past("sla_status") == (None, {}, frozenset())


def test_what_a_later_import_or_a_backfill_brings_to_light_is_told_apart_from_news(store: Store) -> None:
    save(store, 1, judged("first"), quiet=True)
    save(store, 2, judged("first"), judged("news"))
    save(store, 3, judged("first"), judged("news"), judged("later"), quiet=True, cause="backfill")
    first, cycles, _ = store.past("sla_status")
    assert first == MONDAY + HOUR
    assert cycles == {("later", MONDAY): MONDAY + 3 * HOUR}


def test_who_waits_for_a_write_of_a_field_is_named(store: Store) -> None:
    change = Change(ANA, "sla_status", None, "met", "because")
    store.save_plan(store.start_run("sync", MONDAY), replace(plan(judged("p-1")), changes=(change,)))
    assert store.past("sla_status").waiting == {ANA}
    assert store.past("stage").waiting == frozenset()
