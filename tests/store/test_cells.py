"""Cells are written the way they always were, so that a newer crm-sync finds nothing changed in an older database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.records import NOTHING, Ref
from crm_sync.store.cells import mapping_to_json, refs_to_json, texts_to_json, values_to_json
from crm_sync.store.columns import texts
from crm_sync.store.types import Instant, Money, from_database, to_database

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@given(st.lists(words, min_size=1), st.dictionaries(words, words, min_size=1))
def test_lists_and_mappings_are_plain_json_in_one_order(values: list[str], mapping: dict[str, str]) -> None:
    assert texts_to_json(tuple(values)) == as_json(values)
    assert mapping_to_json(mapping) == as_json(mapping)
    assert refs_to_json([Ref("hubspot", "visit", value) for value in values]) == as_json(
        [f"hubspot:visit:{value}" for value in values]
    )


@given(st.dictionaries(words, st.none() | words))
def test_values_that_are_to_be_written_are_too_and_may_be_nothing(values: dict[str, str | None]) -> None:
    assert values_to_json(values) == as_json(values)


def test_what_is_empty_is_absent() -> None:
    assert (texts_to_json(()), refs_to_json(()), mapping_to_json(NOTHING)) == (None, None, None)


def test_one_broken_text_is_mended_and_its_neighbours_stay() -> None:
    assert list(texts(["clean", None, "a\x00b", "\ud83d", "two\nlines"])) == ["clean", None, "ab", "?", "two\nlines"]


whens = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-6))])).filter(
    lambda at: datetime.min.replace(tzinfo=UTC) + timedelta(days=1) < at < datetime.max.replace(tzinfo=UTC)
)


@given(st.lists(st.none() | whens))
def test_instants_keep_every_microsecond_in_any_zone(values: list[datetime | None]) -> None:
    stored = to_database(Instant(), values, "sqlite")
    assert all(one is None or isinstance(one, int) for one in stored)
    assert list(from_database(Instant(), stored, "sqlite")) == values


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_an_instant_without_a_zone_is_refused_wherever_it_stands_in_the_column(dialect: str) -> None:
    with pytest.raises(ValueError, match="2026-05-18T00:00:00 has no time zone"):
        to_database(Instant(), [None, datetime(2026, 5, 18, tzinfo=UTC), datetime(2026, 5, 18)], dialect)  # noqa: DTZ001


def test_money_is_exact_where_the_database_would_round() -> None:
    stored = to_database(Money(), [Decimal("0.1"), None, Decimal("1E+3")], "sqlite")
    assert list(from_database(Money(), stored, "sqlite")) == [Decimal("0.1"), None, Decimal(1000)]
