"""Every model shares out exactly the won amount."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.sources import MODELS, sources
from crm_sync.store import Store


def test_every_model_sums_to_the_won_deals_and_their_amount(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    found = sources(store, engine, vocabulary)
    assert (found.deals, found.revenue) == (2, Decimal("150.50"))
    for model in MODELS:
        total = found.totals()[model]
        assert (total.customers, total.deals, total.revenue) == (2.0, 2, Decimal("150.50"))


def test_linear_shares_one_customer_among_its_touches(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    earned = {one.channel: one.earned["linear"] for one in sources(store, engine, vocabulary).sources}
    assert earned["organic_search"].customers == pytest.approx(2 / 3, abs=1e-4)
    assert earned["email"].revenue == Decimal("33.33")
    assert earned["email"].deals == 1


def test_what_nobody_can_be_credited_for_stands_in_a_row_of_its_own(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    last = sources(store, engine, vocabulary).sources[-1]
    assert (last.channel, last.earned["first"].revenue) == ("(unattributed)", Decimal("50.50"))


def test_that_row_is_there_even_when_nothing_was_won(empty: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = sources(empty, engine, vocabulary)
    assert [source.channel for source in found.sources] == ["(unattributed)"]
    assert (found.deals, found.revenue) == (0, Decimal("0.00"))


def test_skipped_stages_make_no_qualified_lead(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    """Organic search brought ana, who was an mql, and carla, who became a customer without ever being one."""
    found = {one.channel: one for one in sources(store, engine, vocabulary).sources}
    organic = found["organic_search"]
    assert (organic.people, organic.mqls, organic.customers) == (2, 1, 1)
    assert sum(one.people for one in found.values()) == 6


def test_money_is_text_in_json(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = sources(store, engine, vocabulary).as_json()
    assert found["won"] == {"deals": 2, "revenue": "150.50"}
