"""A plan replaces what was concluded before; history, forwards and the outbox outlive it."""

from __future__ import annotations

from typing import Any

import pytest

from crm_sync.changes import SetAside, Unmapped
from crm_sync.records import Ref
from crm_sync.store import Queued, Store

from .samples import ANA, HOUR, LEAD, MONDAY, change, credit, known, person, plan, verdict


def run(store: Store) -> int:
    return store.start_run("sync", MONDAY)


def history(store: Store) -> list[tuple[str, Any]]:
    table = store.tables("verdict_history")["verdict_history"]
    return [(row["state"], row["detected_at"]) for row in table.to_pylist()]


def test_the_whole_of_a_person_comes_back(store: Store) -> None:
    ana = known(refs=(ANA, LEAD))
    store.save_plan(run(store), plan(ana))
    assert store.known("p-1") == ana
    assert store.known("p-2") is None
    assert store.snapshot().person_ids == {ANA: "p-1", LEAD: "p-1"}


def test_a_plan_replaces_the_one_before(store: Store) -> None:
    word = Unmapped("hubspot", "stage", "weird", 3, ANA)
    first = plan(known(), credits=(credit("10.50"),), unmapped=(word,), set_aside=(SetAside(ANA, "no amount"),))
    store.save_plan(run(store), first)
    store.save_plan(run(store), plan(known("p-2", (LEAD,))))
    tables = store.tables("known", "targets", "stage_entries", "credits", "unmapped", "set_aside", "links")
    assert {name: table.num_rows for name, table in tables.items()} == {
        "known": 1, "targets": 1, "stage_entries": 1, "credits": 0, "unmapped": 0, "set_aside": 0, "links": 1,
    }  # fmt: skip


def test_changes_of_one_record_leave_together_and_are_counted_one_by_one(store: Store) -> None:
    changes = (change(), change(LEAD), change(field="source_first", before="email", after=None))
    queued = store.save_plan(run(store), plan(known(), changes=changes))
    assert queued == Queued(3, {"hubspot": 2, "salesforce": 1}, 0)
    (write,) = store.pending("hubspot", 10, MONDAY)
    assert (write.ref, write.values) == (ANA, {"stage": "mql", "source_first": None})
    assert write.before == {"stage": None, "source_first": "email"}
    assert write.key.startswith("hubspot:contacts:51#")


def test_a_verdict_is_written_down_when_its_state_changes_and_only_then(store: Store) -> None:
    for hours, state in enumerate(["on_track", "on_track", "at_risk", "met", "met"]):
        one = known(verdict=verdict("p-1", state, f"because {state}"))
        store.save_plan(run(store), plan(one, now=MONDAY + hours * HOUR))
    assert history(store) == [("on_track", MONDAY), ("at_risk", MONDAY + 2 * HOUR), ("met", MONDAY + 3 * HOUR)]


def test_an_id_that_was_given_up_leads_to_the_person_that_it_became(store: Store) -> None:
    store.save_plan(run(store), plan(known("p-1"), known("p-2", (LEAD,))))
    store.save_plan(run(store), plan(known("p-1", (ANA, LEAD))))
    store.save_plan(run(store), plan(known("p-3", (ANA, LEAD))))
    held = [store.known(each) for each in ("p-1", "p-2", "p-3")]
    assert [one and one.person_id for one in held] == ["p-3"] * 3


def test_a_person_who_was_split_off_leaves_the_others_id_alone(store: Store) -> None:
    store.save_plan(run(store), plan(known("p-1", (ANA, LEAD))))
    store.save_plan(run(store), plan(known("p-1"), known("p-2", (LEAD,))))
    held = store.known("p-1")
    assert (held and held.refs) == (ANA,)


def test_a_plan_that_cannot_be_stored_leaves_the_one_before(store: Store) -> None:
    store.save_plan(run(store), plan(known()))
    twice = plan(known("p-2", (LEAD,)), known("p-2", (LEAD,)))
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.save_plan(run(store), twice)
    assert store.known("p-1") == known()


@pytest.mark.parametrize(
    "text",
    [
        "p-1",
        "hubspot:contacts:51",
        "51",
        "00Q000000000051AAA",
        "51@EXAMPLE.com",
        "Other@example.com",
        "ana ruiz",
        "RUÍ",
    ],
)
def test_people_are_found_by_what_somebody_has_at_hand(store: Store, text: str) -> None:
    store.save_page("hubspot", "contacts", [person(more_emails=("other@example.com",))], cursor="1")
    store.save_plan(
        run(store), plan(known("p-1", (ANA, LEAD)), known("p-2", (Ref("hubspot", "contacts", "8"),), name="Eva"))
    )
    assert [each.person_id for each in store.find_people(text)] == ["p-1"]


@pytest.mark.parametrize("text", ["", "%", "_", "nobody", "example.com"])
def test_nobody_is_found_by_chance(store: Store, text: str) -> None:
    store.save_page("hubspot", "contacts", [person(more_emails=("other@example.com",))], cursor="1")
    store.save_plan(run(store), plan(known()))
    assert store.find_people(text) == []


def test_several_of_one_name_are_all_found(store: Store) -> None:
    store.save_plan(run(store), plan(known("p-2", (LEAD,), name="Ana Ruiz Gil"), known("p-1")))
    assert [each.person_id for each in store.find_people("Ana Ruiz")] == ["p-1", "p-2"]
