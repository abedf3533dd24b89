"""Single values survive the way there and back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_sync.connectors.salesforce.rows import Columns
from crm_sync.connectors.salesforce.translate import Words, ours_of
from crm_sync.connectors.salesforce.values import (
    amount,
    full_id,
    literal,
    maybe_instant,
    ours_to,
    owner,
    quoted,
    ref_by_prefix,
    text,
)
from crm_sync.mappings import Vocabulary
from crm_sync.records import Ref
from crm_sync.sandbox.salesforce.ids import salesforce_id


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        ("attempt_count", "3.0", "3"),
        ("attempt_count", "120", "120"),
        ("sla_due_at", "2026-05-29T22:30:00.000+0000", "2026-05-29T22:30:00Z"),
        ("sla_due_at", "2026-05-29T22:30:00.000Z", "2026-05-29T22:30:00Z"),
        ("sla_status", "met", "met"),
        ("next_action", "Llamar a «Ana»", "Llamar a «Ana»"),
        ("next_action", "", None),
        ("attempt_count", " ", None),
    ],
)
def test_our_fields_read_in_the_form_in_which_we_compare(
    vocabulary: Vocabulary, name: str, theirs: str, ours: str | None
) -> None:
    field = vocabulary.fields.ours[name]
    words = Words(vocabulary.fields, vocabulary.activities, (field,))
    assert ours_of(Columns([field.salesforce]), words)([theirs, ""]).get(name) == ours


@pytest.mark.parametrize(("value", "sent"), [("3", 3), ("2.5", 2.5), (None, None)])
def test_numbers_go_out_as_numbers(vocabulary: Vocabulary, value: str | None, sent: Any) -> None:
    assert ours_to(vocabulary.fields.ours["attempt_count"], value) == sent


def test_money_keeps_its_digits_and_nonsense_is_nothing() -> None:
    assert amount("1234.10") == Decimal("1234.10")
    assert amount("about ten") is None
    assert [amount(word) for word in ("NaN", "Infinity")] == [None, None]
    assert amount("") is None


def test_blanks_are_nothing_and_booleans_are_words() -> None:
    assert text("  ") is None
    assert text(" Ana ") == " Ana "
    assert text(True) == "true"


def test_instants_are_aware_and_a_date_is_its_first_one() -> None:
    assert maybe_instant("2026-01-05T10:00:00.000+0000") == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert maybe_instant("2026-01-05") == datetime(2026, 1, 5, tzinfo=UTC)
    assert maybe_instant("soon") is None
    assert maybe_instant("") is None


@pytest.mark.parametrize("number", [1, 77, 4_000_123, 62**7])
def test_short_ids_get_their_three_letters(number: int) -> None:
    long = salesforce_id("00Q", number)
    assert full_id(long[:15]) == long
    assert full_id(long) == long


def test_the_first_letters_of_an_id_name_its_object() -> None:
    lead, queue = salesforce_id("00Q", 5), salesforce_id("00G", 5)
    assert ref_by_prefix(lead, ("Lead", "Contact")) == Ref("salesforce", "Lead", lead)
    assert ref_by_prefix(lead, ("Opportunity",)) is None
    assert owner(queue) == Ref("salesforce", "Group", queue)
    assert owner("005 Luis") is None


def test_soql_is_safe_from_quotes() -> None:
    assert quoted(r"O'Brien \ Sons") == r"'O\'Brien \\ Sons'"
    assert literal(datetime(2026, 5, 1, 15, 30, tzinfo=UTC)) == "2026-05-01T15:30:00.000Z"
