"""How marketing keeps its side: qualified leads delivered per rep and month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.reports.story import EVA, LUIS, NOW, PEOPLE, PLAN, may

from crm_sync.changes import Known, Qualification, StageEntry, Stretch
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Commitment, Vocabulary
from crm_sync.records import CLOSE_REASON, StageChange
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


def test_an_earlier_cycle_is_replaced_by_the_reason_of_its_own_exit(
    own_store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Dora was sent back as a duplicate, came again, and is lost now for want of money."""
    dora, ref = PEOPLE[3], PEOPLE[3].refs[0]
    assert dora.verdict
    path = (*dora.history, StageEntry("mql", may(12), ref, ""), StageEntry("recycled", may(20), ref, ""))
    again = replace(dora.verdict, started_at=may(12), ended_at=may(20))
    run_id = own_store.start_run("sync", NOW)
    twice = replace(dora, history=path, verdict=again, earlier=(dora.verdict,))
    own_store.save_plan(run_id, replace(PLAN, known=(*PEOPLE[:3], twice, *PEOPLE[4:])))
    own_store.finish_run(run_id, "done", {}, NOW)
    assert side(own_store, engine, vocabulary).total.replaced == 0  # what her record says now is about the last exit
    said = [(8, "duplicate"), (12, ""), (21, "no budget")]
    changes = [StageChange(ref, f"r{day}", may(day), word, field=CLOSE_REASON) for day, word in said]
    own_store.save_page("hubspot", "contacts", changes, cursor="end", horizon=NOW, fetched=3)
    found = side(own_store, engine, vocabulary)
    assert (found.total.delivered, found.total.rejected, found.total.replaced) == (5, 2, 1)


def test_of_two_reasons_at_one_instant_the_one_with_the_later_id_was_given_last(
    own_store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Dora was rejected on the eighth; ids count upwards, so that nine comes before ten."""
    ref = PEOPLE[3].refs[0]

    def say(*told: tuple[str, str]) -> int:
        changes = [StageChange(ref, name, may(8), word, field=CLOSE_REASON) for name, word in told]
        own_store.save_page("hubspot", "contacts", changes, cursor="end", horizon=NOW, fetched=2)
        return side(own_store, engine, vocabulary).total.replaced

    assert say(("8", "duplicate"), ("9", "no budget")) == 0
    assert say(("10", "duplicate")) == 1


def test_who_is_back_at_once_was_not_rejected(own_store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    """Fay went out on the 21st, was back on the 22nd in the same cycle, and went on to sql."""
    fay, ref = PEOPLE[5], PEOPLE[5].refs[0]
    assert fay.verdict
    path = [StageEntry(stage, may(day), ref, "") for stage, day in (("recycled", 21), ("mql", 22), ("sql", 23))]
    forward = replace(fay, history=(*fay.history, *path), verdict=replace(fay.verdict, ended_at=may(23)))
    own_store.save_plan(own_store.start_run("sync", NOW), replace(PLAN, known=(*PEOPLE[:5], forward)))
    eva = next(one for one in side(own_store, engine, vocabulary).reps if one.name == "Eva Stone")
    assert (counts(eva), eva.replaced) == ((2, 1, 1, 0), 1)  # Dora was rejected


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
    with_ana(own_store, targets=())
    assert side(own_store, engine, vocabulary).total.delivered == 4


def with_ana(store: Store, **said: Any) -> None:
    """The story once more, with another verdict on Ana."""
    assert PEOPLE[0].verdict
    ana = replace(PEOPLE[0], verdict=replace(PEOPLE[0].verdict, **said))
    run_id = store.start_run("sync", NOW)
    store.save_plan(run_id, replace(PLAN, known=(ana, *PEOPLE[1:])))
    store.finish_run(run_id, "done", {}, NOW)


def test_a_lead_that_is_handed_on_counts_for_its_first_owner_only(
    own_store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Ana went from Luis to Eva a day later."""
    stretches = tuple(
        Stretch("first_attempt", owner, may(day), None, "met", may(day + 1), None, "")
        for day, owner in ((4, LUIS), (5, EVA))
    )
    with_ana(own_store, qualified_at=may(4), stretches=stretches)
    found = {one.name: one.delivered for one in side(own_store, engine, vocabulary).reps}
    assert found == {"Luis Mora": 2, "Eva Stone": 2}


def test_a_month_begins_at_midnight_of_the_house(own_store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    """Six hours after the one of UTC."""
    with_ana(own_store, started_at=may(1, 5))
    before = side(own_store, engine, vocabulary)
    assert (before.total.delivered, before.earlier[-1].delivered) == (3, 1)
    with_ana(own_store, started_at=may(1, 6))
    after = side(own_store, engine, vocabulary)
    assert (after.total.delivered, after.earlier[-1].delivered) == (4, 0)


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
