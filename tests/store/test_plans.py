"""A plan replaces what was concluded before; history, forwards and the outbox outlive it."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from crm_sync.changes import Known, Qualification, SetAside, Unmapped
from crm_sync.records import Ref
from crm_sync.store import Queued, Store, open_store
from crm_sync.store.relations import RELATIONS
from crm_sync.store.schema import targets

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
    changes = (change(), change(field="source_first", before="email", after=None), change(LEAD))
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


@pytest.mark.parametrize("text", ["\x00", "ana\udced", "p-1\x00\udced"])
def test_signs_that_no_database_holds_find_nothing_and_break_nothing(store: Store, text: str) -> None:
    store.save_plan(run(store), plan(known(name="Ana")))
    assert (store.find_people(text), store.find_companies(text), store.known(text)) == ([], [], None)
    assert (store.find_records(text), store.find_company_records(text)) == ([], [])


def test_several_of_one_name_are_all_found(store: Store) -> None:
    store.save_plan(run(store), plan(known("p-2", (LEAD,), name="Ana Ruiz Gil"), known("p-1")))
    assert [each.person_id for each in store.find_people("Ana Ruiz")] == ["p-1", "p-2"]


def test_what_the_criteria_said_is_kept_per_cycle(store: Store) -> None:
    asked = Qualification("2026-1", MONDAY, MONDAY + HOUR, 15, 10, "B", None, ("asked",), ("decides", "came_back"))
    nothing = Qualification("2026-1", MONDAY + 2 * HOUR, None, 0, 10, None, "chief", (), ("asked",))
    ana = known(qualifications=(asked, nothing))
    store.save_plan(run(store), plan(ana))
    assert store.known("p-1") == ana
    kept = store.tables("qualifications")["qualifications"].to_pylist()
    assert [(one["qualified_at"], one["points"], one["band"], one["rules"], one["missed"]) for one in kept] == [
        (MONDAY, 15, "B", '["asked"]', '["decides","came_back"]'), (MONDAY + 2 * HOUR, 0, None, None, '["asked"]'),
    ]  # fmt: skip
    store.save_plan(run(store), plan(known("p-2", (LEAD,))))
    assert store.tables("qualifications")["qualifications"].num_rows == 0


def anybody(dice: Random) -> list[Known]:
    """Some of five people, each as one of a few persons they could be."""
    found = []
    for number in sorted(dice.sample(range(5), dice.randint(0, 5))):
        state = dice.choice(["on_track", "met", "breached"])
        person_id, ref = f"p-{number}", Ref("hubspot", "contacts", str(number))
        asked = Qualification("2026-1", MONDAY, None, dice.randint(0, 2), 10, None, None, (), ("asked",))
        found.append(known(person_id, (ref,), verdict=verdict(person_id, state), qualifications=(asked,)))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_what_is_kept_of_several_plans_is_what_the_last_one_says(store: Store, seed: int) -> None:
    dice, names = Random(seed), sorted(RELATIONS.keys() - {"runs", "verdict_history"})
    plans = [plan(*anybody(dice)) for _ in range(4)]
    for one in plans:
        store.save_plan(run(store), one)
    alone = open_store("sqlite://")
    alone.save_plan(run(alone), plans[-1])
    assert store.tables(*names) == alone.tables(*names)
    assert [store.known(one.person_id) for one in plans[-1].known] == list(plans[-1].known)
    alone.close()


def test_who_is_as_before_is_not_written_again(store: Store) -> None:
    moved, same = known("p-1"), known("p-2", (LEAD,))
    store.save_plan(run(store), plan(moved, same))
    store.save_plan(run(store), plan(replace(moved, name="Eva"), same))
    assert positions(store) == {"p-1": 2, "p-2": 1}
    assert [one.name for one in store.find_people("Eva")] == ["Eva"]


def positions(store: Store) -> dict[str, int]:
    """Person → place of the person's target in its table, which an unwritten row keeps."""
    with store.database.reading() as connection:
        rows = connection.execute(select(targets.c.person_id, targets.c.position))
        return {row.person_id: row.position for row in rows}
