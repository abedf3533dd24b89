"""Record ids: the checksum that Salesforce's own published ids carry, order, and numbers read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.sandbox.salesforce.ids import full_id, number_of, salesforce_id, with_checksum


@pytest.mark.parametrize(
    "known", ["001D000000IRFmaIAH", "0035500001H9kZuAAJ", "00QSm0000000005MAA", "a00D0000008oWP8IAM"]
)
def test_the_checksum_is_the_one_salesforce_computes(known: str) -> None:
    assert with_checksum(known[:15]) == known
    assert full_id(known[:15]) == full_id(known) == known


@given(st.integers(0, 62**9 - 1))
def test_a_number_can_be_read_back_from_its_id(number: int) -> None:
    assert number_of(salesforce_id("00Q", number)) == number


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_ids_sort_as_their_numbers_do(one: int, other: int) -> None:
    assert (one < other) == (salesforce_id("003", one) < salesforce_id("003", other))


@pytest.mark.parametrize("text", ["", "zz", "001D000000IRFma!", "001D000000IRFmaI", None, 5])
def test_anything_else_is_no_id(text: object) -> None:
    assert full_id(text) is None
