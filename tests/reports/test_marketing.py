"""How marketing keeps its side: qualified leads delivered per rep and month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.reports.story import NOW, PEOPLE, PLAN

from crm_sync.changes import Known, Qualification
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Commitment, Vocabulary
from crm_sync.reports.lists import people
from crm_sync.reports.marketing import Delivery, MarketingSide, Quality, marketing_side
from crm_sync.store import Store


def counts(delivery: Delivery) -> tuple[int, int, int, int]:
    return delivery.delivered, delivery.accepted, delivery.rejected, delivery.open


def side(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> MarketingSide:
    return marketing_side(store, engine, vocabulary, NOW + timedelta(days=400))


def test_deliveries_are_cycles_per_rep_and_what_sales_made_of_them(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Luis: ana accepted, bruno open. Eva: dora rejected, fay open again after she was recycled."""
    reps = {one.name: counts(one) for one in side(store, engine, vocabulary).reps}
    assert reps == {"Luis Mora": (2, 1, 0, 1), "Eva Stone": (2, 0, 1, 1)}


def test_the_month_goes_by_the_crms_clock_not_by_the_readers(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    assert side(store, engine, vocabulary).month.name == "2026-05"


def test_the_team_is_the_sum_of_its_reps(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = side(store, engine, vocabulary)
    assert counts(found.total) == (4, 1, 1, 2)
    assert found.total.expected == 2 * vocabulary.promise.qualified_leads_per_rep_month


def test_pace_compares_with_the_working_days_that_are_over() -> None:
    expected = Delivery("r", "R", "2026-05", 150, 0, 0, 0, expected=150.0)
    assert expected.pace == "on_track"
    assert Delivery("r", "R", "2026-05", 149, 0, 0, 0, expected=150.0).pace == "behind"


def test_without_reps_nothing_is_owed(empty: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = marketing_side(empty, engine, vocabulary, NOW)
    assert found.reps == ()
    assert (found.total.delivered, found.total.expected) == (0, 0)


# the commitment as docs/commitment.md counts it


def with_table(vocabulary: Vocabulary, **said: Any) -> Vocabulary:
    """The vocabulary with another table of the commitment."""
    table = Commitment.model_validate({**vocabulary.commitment.model_dump(), **said})
    return replace(vocabulary, commitment=table)


def test_a_lead_rejected_soon_for_an_agreed_reason_is_replaced(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Dora, a duplicate, came back after two business days; Fay's reason belongs to a cycle that nobody was handed."""
    found = side(store, engine, vocabulary)
    assert {one.name: (one.delivered, one.replaced, one.counted) for one in found.reps} == {
        "Luis Mora": (2, 0, 2), "Eva Stone": (2, 1, 1),
    }  # fmt: skip
    assert (found.total.rejected, found.total.replaced) == (1, 1)


def test_a_reason_that_was_not_agreed_on_or_a_late_rejection_replaces_nothing(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    late = {"replaced_within": "1bd", "replaced_reasons": ("duplicate",)}
    other = {"replaced_within": "2bd", "replaced_reasons": ("spam",)}
    for handed in (late, other):
        assert side(store, engine, with_table(vocabulary, handed=handed)).total.replaced == 0


def test_who_is_behind_a_number_of_replaced_leads_can_be_listed(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    asked = {"month": "2026-05", "outcome": "replaced"}
    assert [one.name for one in people(store, engine, vocabulary, asked, NOW).people] == ["Dora Lang"]


def test_a_rep_who_came_in_the_middle_is_owed_the_rest_of_the_month(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """May has 20 working days here, ten of them from the 18th on; their teams are those of the table."""
    reps = {
        "eva@acme.test": {"team": "North", "hired": date(2026, 5, 18)},
        "luis@acme.test": {"team": "North", "leads_per_month": 100},
        "noa@acme.test": {"team": "South"},
    }
    found = side(store, engine, with_table(vocabulary, reps=reps, teams={"south": {"leads_per_month": 40}}))
    assert {one.name: (one.commitment, one.expected) for one in found.reps} == {
        "Eva Stone": (150, 150), "Luis Mora": (100, 100), "noa@acme.test": (40, 40),
    }  # fmt: skip
    assert [(one.team, one.delivered, one.replaced, one.commitment) for one in found.teams] == [
        ("North", 4, 1, 250), ("South", 0, 0, 40),
    ]  # fmt: skip
    assert found.total.commitment == 290


def test_reps_teams_and_all_add_up(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = side(store, engine, with_table(vocabulary, reps={"eva@acme.test": {"team": "North"}}))
    for name in ("delivered", "accepted", "rejected", "open", "replaced", "counted", "expected", "commitment"):
        whole = getattr(found.total, name)
        assert sum(getattr(one, name) for one in found.teams) == whole
        assert sum(getattr(one, name) for one in found.reps) == whole


def test_a_lead_that_nothing_is_asked_about_was_delivered_all_the_same(
    own_store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """A policy that exempts gives no targets."""
    ana = replace(PEOPLE[0], verdict=replace(PEOPLE[0].verdict, targets=()))  # type: ignore[type-var]
    run_id = own_store.start_run("sync", NOW)
    own_store.save_plan(run_id, replace(PLAN, known=(ana, *PEOPLE[1:])))
    own_store.finish_run(run_id, "done", {}, NOW)
    assert side(own_store, engine, vocabulary).total.delivered == 4


def test_the_months_leads_are_told_by_the_points_of_their_criteria(
    own_store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Ana B and accepted, Bruno C and open, Dora with too few and rejected; nobody looked at Fay."""
    points = {"p-1": (15, "B"), "p-2": (10, "C"), "p-4": (5, None)}
    people_now = tuple(qualified(one, *points[one.person_id]) if one.person_id in points else one for one in PEOPLE)
    run_id = own_store.start_run("sync", NOW)
    own_store.save_plan(run_id, replace(PLAN, known=people_now))
    own_store.finish_run(run_id, "done", {}, NOW)
    found = side(own_store, engine, vocabulary)
    assert [(one.version, one.band, one.delivered, one.accepted, one.rejected) for one in found.quality] == [
        ("2026-1", "B", 1, 1, 0), ("2026-1", "C", 1, 0, 0), ("2026-1", "too_few", 1, 0, 1), ("", "unknown", 1, 0, 0),
    ]  # fmt: skip
    assert sum(one.delivered for one in found.quality) == found.total.delivered
    asked = {"month": "2026-05", "band": "too_few"}
    assert [one.name for one in people(own_store, engine, vocabulary, asked, NOW).people] == ["Dora Lang"]


def qualified(known: Known, points: int, band: str | None) -> Known:
    assert known.verdict
    start = known.verdict.started_at
    assert start
    return replace(known, qualifications=(Qualification("2026-1", start, start, points, 10, band, None, (), ()),))


def test_acceptance_needs_five_decided_leads() -> None:
    assert Quality("v", "A", 9, 3, 1).acceptance is None
    assert Quality("v", "A", 9, 3, 2).acceptance == 0.6
