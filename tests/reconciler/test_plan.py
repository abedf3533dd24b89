"""The plan as a whole: pure, whatever the order, empty once it has been carried out."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.conftest import NOW, Planner
from tests.reconciler.made import assigned, call, contact, deal, label, lead, owner, response, said, touch, visit

import crm_sync.reconciler
from crm_sync.changes import Plan
from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.reconciler import make_plan
from crm_sync.records import Ref, Snapshot

VOCABULARY, ENGINE = load_vocabulary(), DuckDB(threads=1)


def town() -> Snapshot:
    """A few people with records in both CRMs, a deal in both, oddities."""
    ana, twin, ana_lead = contact(1, email="ana@x.com"), contact(2, email="ANA@x.com"), lead(1, email="ana@x.com")
    luz, eva = lead(2, phones=("+525551234567",), first_name="Luz", last_name="Paz", stage=("Contacto",)), contact(3)
    gone = lead(3, email="eva@x.com", writable=False)
    luis, robot = owner(1, email="luis@acme.mx"), owner(2, human=False)
    opportunity = Ref("salesforce", "Opportunity", "006A")
    return Snapshot(
        people=(ana, twin, ana_lead, luz, replace(eva, email="eva@x.com", owner=luis.ref), gone),
        deals=(
            deal(opportunity, "99.99", won="2026-05-02 00:00", people=(ana_lead.ref,)),
            deal(
                Ref("hubspot", "deals", "1"), "99.99", won="2026-05-02 00:00", people=(ana.ref,), same_as=(opportunity,)
            ),
            deal(Ref("hubspot", "deals", "2"), None, won="2026-05-02 00:00"),
        ),
        touches=(
            visit(ana.ref, "2026-02-01 10:00", "ORGANIC_SEARCH"),
            visit(ana.ref, "2026-02-02 10:00", "REFERRALS"),
            visit(twin.ref, "2026-02-02 10:00", "DIRECT_TRAFFIC"),
            label(luz.ref, "2026-02-01 10:00", "N/D"),
            response(ana_lead.ref, "2026-03-01 00:00", "Webinar"),
            call(1, ana.ref, "2026-04-01 18:00", actor=luis.ref),
            call(2, ana_lead.ref, "2026-04-01 18:00", actor=robot.ref),
            touch(Ref("hubspot", "faxes", "1"), "2026-04-02 18:00", people=(ana.ref,), facts={"size": "A4"}),
        ),
        owners=(luis, robot),
        stage_changes=(
            said(ana.ref, "2026-04-01 17:00", "marketingqualifiedlead", "lead", "lifecyclestage"),
            said(ana_lead.ref, "2026-04-01 17:00", "MQL", "Open"),
            said(ana_lead.ref, "2026-04-01 17:00", "Working", "MQL"),
        ),
        assignments=(
            assigned(ana.ref, "2026-04-01 17:00", luis.ref),
            assigned(ana_lead.ref, "2026-04-01 17:00", luis.ref, robot.ref),
        ),
        person_ids=MappingProxyType({twin.ref: "p-twin", eva.ref: "p-eva"}),
    )


def planned(snapshot: Snapshot) -> Plan:
    return make_plan(snapshot, VOCABULARY, ENGINE, NOW, NOW, profile=VOCABULARY.fields.profile(False))


def shuffled(snapshot: Snapshot, chance: Random) -> Snapshot:
    """The same snapshot with its records in another order."""
    parts: dict[str, Any] = {}
    for name in ("people", "deals", "touches", "owners", "stage_changes", "assignments"):
        records = getattr(snapshot, name)
        parts[name] = tuple(chance.sample(records, len(records)))
    return replace(snapshot, **parts)


def carried_out(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """What both CRMs hold once every change of the plan has been written."""
    values: dict[Ref, dict[str, str]] = defaultdict(dict)
    for change in plan.changes:
        if change.after is not None:
            values[change.ref][change.field] = change.after
    people = tuple(replace(one, ours={**one.ours, **values[one.ref]}) for one in snapshot.people)
    return replace(snapshot, people=people, person_ids={link.ref: link.person_id for link in plan.links})


def test_the_same_inputs_give_an_equal_plan() -> None:
    assert planned(town()) == planned(town())


@settings(max_examples=15)
@given(st.randoms())
def test_the_order_of_records_makes_no_difference(chance: Random) -> None:
    assert planned(shuffled(town(), chance)) == planned(town())


def test_a_plan_that_was_carried_out_leaves_nothing_to_do() -> None:
    first = planned(town())
    assert first.changes
    second = planned(carried_out(town(), first))
    assert second.changes == ()
    assert second.links == first.links


def test_only_records_that_can_be_written_change() -> None:
    assert lead(3).ref not in {change.ref for change in planned(town()).changes}


def test_all_records_of_a_person_get_the_same_values() -> None:
    values: dict[str, set[str | None]] = defaultdict(set)
    for change in planned(town()).changes:
        if change.ref in (contact(1).ref, contact(2).ref, lead(1).ref):
            values[change.field].add(change.after)
    assert all(len(found) == 1 for found in values.values())
    assert values["person_id"] == {"p-twin"}


def test_a_change_says_from_to_and_why() -> None:
    ours = MappingProxyType(
        {"stage": "lead", "person_id": "p-1", "source_first": "unknown", "policy_version": "2026-1"}
    )
    ana = contact(1, stage=("marketingqualifiedlead",), ours=ours)
    plan = planned(Snapshot(people=(ana,), person_ids={ana.ref: "p-1"}))
    (stage,) = (change for change in plan.changes if change.field == "stage")
    assert (stage.before, stage.after) == ("lead", "mql")
    assert stage.because == 'HubSpot contact 1 says "marketingqualifiedlead"'
    assert {"person_id", "source_first"}.isdisjoint(change.field for change in plan.changes)


def test_a_value_that_no_longer_holds_is_cleared() -> None:
    plan = planned(Snapshot(people=(contact(1, ours={"sla_status": "breached"}),)))
    (change,) = (change for change in plan.changes if change.field == "sla_status")
    assert (change.before, change.after, change.because) == ("breached", None, "never a qualified lead")


def test_the_minimal_profile_changes_six_fields_only() -> None:
    minimal = VOCABULARY.fields.profile(True)
    plan = make_plan(town(), VOCABULARY, ENGINE, NOW, NOW, profile=minimal)
    assert {change.field for change in plan.changes} <= {field.name for field in minimal}


def test_texts_for_reps_come_in_their_language() -> None:
    fields = VOCABULARY.fields.profile(False)
    plan = make_plan(town(), VOCABULARY, ENGINE, NOW, NOW, profile=fields, language="es")
    assert {"Agradecer y presentar a quien sigue", "Respuesta a campaña"} <= {change.after for change in plan.changes}


def test_long_texts_fit_into_the_field() -> None:
    plan = planned(Snapshot(people=(contact(1, campaign="x" * 300),)))
    assert plan.known[0].wanted["campaign"] == "x" * 255


def test_words_that_nobody_knows_are_counted_and_listed() -> None:
    found = [(one.crm, one.field, one.value, one.count, one.example.id) for one in planned(town()).unmapped]
    assert found == [
        ("hubspot", "faxes", "size=A4", 1, "1"),
        ("salesforce", "Status", "Contacto", 1, "00Q2"),
        ("salesforce", "source", "N/D", 1, "Lead/00Q2"),
    ]


def test_duplicates_are_the_records_beyond_the_first_of_each_person() -> None:
    plan = planned(town())
    assert len(plan.known) == 3
    assert plan.duplicates == 3


def test_touches_of_a_record_that_was_merged_away_belong_to_the_person(plan: Planner) -> None:
    gone = Ref("hubspot", "contacts", "9")
    (known,) = plan(
        people=(contact(1, same_as=(gone,)),), touches=(visit(gone, "2026-03-01 10:00", "REFERRALS"),)
    ).known
    assert known.source_first == "referral"


def test_a_touch_that_names_two_records_of_a_person_counts_once(plan: Planner) -> None:
    ana, twin = (
        contact(1, email="ana@x.com", stage=("marketingqualifiedlead",), owner=owner(1).ref),
        lead(1, email="ana@x.com"),
    )
    both = replace(call(1, ana.ref, "2026-01-05 13:00", actor=owner(1).ref), people=(ana.ref, twin.ref))
    (known,) = plan(people=(ana, twin), touches=(both,)).known
    assert known.verdict
    assert len(known.verdict.attempts) == 1


def test_an_empty_store_gives_an_empty_plan(plan: Planner) -> None:
    empty = plan(Snapshot())
    assert (empty.links, empty.known, empty.credits, empty.changes, empty.duplicates) == ((), (), (), (), 0)


def test_without_a_horizon_nobody_is_accused(vocabulary: Vocabulary, engine: Engine) -> None:
    late = contact(1, stage=("marketingqualifiedlead",), owner=owner(1).ref)
    plan = make_plan(Snapshot(people=(late,)), vocabulary, engine, NOW, None, profile=())
    verdict = plan.known[0].verdict
    assert verdict
    assert verdict.status == "pending"


SOURCES = sorted(Path(crm_sync.reconciler.__file__).parent.rglob("*.py"))
FORBIDDEN = {"now", "today", "utcnow", "fromtimestamp", "monotonic", "perf_counter", "open", "print", "random"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_reconciler_never_asks_for_the_time_and_reads_nothing(source: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call)]
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}
    assert not names & FORBIDDEN
