"""How marketing keeps its side: qualified leads delivered per rep and month."""

from __future__ import annotations

from datetime import timedelta

from tests.reports.story import NOW

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.marketing import Delivery, MarketingSide, marketing_side
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
