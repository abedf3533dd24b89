"""What a number opens to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.reports.story import NOW

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.lists import deals, people
from crm_sync.store import Store

ASKED = [
    ({}, ["p-1", "p-2", "p-3", "p-4", "p-5", "p-6"]),
    ({"stage": "mql"}, ["p-2", "p-6"]),
    ({"stage": "unknown"}, ["p-5"]),
    ({"entered": "mql"}, ["p-1", "p-2", "p-3", "p-4", "p-6"]),
    ({"entered": "mql", "said": "1"}, ["p-1", "p-2", "p-4", "p-6"]),
    ({"sla": "breached"}, ["p-2", "p-4"]),
    ({"source": "email"}, ["p-2", "p-6"]),
    ({"target": "first_attempt", "state": "met"}, ["p-1", "p-6"]),
    ({"target": "first_attempt", "state": "judged", "rep": "luis@acme.test"}, ["p-1", "p-2"]),
    ({"month": "2026-05", "outcome": "rejected"}, ["p-4"]),
    ({"month": "2026-05", "rep": "eva@acme.test"}, ["p-4", "p-6"]),
    ({"month": "2026-04"}, []),
    ({"rep": "eva@acme.test"}, ["p-4", "p-6"]),
    ({"stage": "'; DROP TABLE known; --"}, []),
]


@pytest.mark.parametrize(("wanted", "ids"), ASKED, ids=lambda value: str(value)[:50])
def test_people_answer_to_everything_that_is_asked(
    store: Store, engine: DuckDB, vocabulary: Vocabulary, wanted: dict[str, str], ids: list[str]
) -> None:
    found = people(store, engine, vocabulary, wanted, NOW)
    assert {one.person_id for one in found.people} == set(ids)
    assert found.asked == wanted


def test_what_cannot_be_asked_is_left_alone(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = people(store, engine, vocabulary, {"lang": "es", "page": "2", "stage": "sal"}, NOW)
    assert found.asked == {"stage": "sal"}


def test_a_deal_shows_what_the_channel_earned_of_it(store: Store, engine: DuckDB) -> None:
    (deal,) = deals(store, engine, {"source": "email", "model": "linear"}).deals
    assert (deal.name, deal.amount, deal.credited) == ("Roof & tiles", Decimal("100.00"), Decimal("33.33"))
    assert deal.people == (("p-3", "Carla <b>Sol</b>"),)


def test_without_a_model_first_touch_is_meant(store: Store, engine: DuckDB) -> None:
    found = deals(store, engine, {})
    assert sum(deal.credited for deal in found.deals) == Decimal("150.50")
    assert [deal.channel for deal in found.deals] == ["organic_search", "(unattributed)"]
