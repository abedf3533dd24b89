"""How much work leads are, and how much of it they are worth, as CAPABILITIES says."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from crm_sync.reconciler.commitment.work import capacity, depth

ANSWERS = [Fraction(one) for one in ("0.4", "0.2", "0.1", "0.05", "0.02")]


def test_eighty_hours_at_six_minutes_for_three_hundred_leads() -> None:
    found = capacity(300, 80, 6, 5)
    assert found.attempts == 800
    assert round(float(found.per_lead or 0), 2) == 2.67
    assert not found.feasible
    assert found.most_leads == 160


def test_as_many_leads_as_can_be_worked_are_feasible_and_one_more_is_not() -> None:
    assert capacity(160, 80, 6, 5).feasible
    assert not capacity(161, 80, 6, 5).feasible


def test_without_leads_or_without_a_promise_nothing_is_divided_by_zero() -> None:
    assert capacity(0, 80, 6, 5).per_lead is None
    assert capacity(300, 80, 6, 0).most_leads is None


@given(some.integers(0, 2000), some.decimals("0.1", 500, places=1), some.decimals("0.1", 60, places=1),
       some.integers(1, 12))  # fmt: skip
def test_what_can_be_worked_is_feasible(leads: int, hours: float, minutes: float, promised: int) -> None:
    found = capacity(leads, hours, minutes, promised)
    assert found.feasible == (leads <= (found.most_leads or 0))


def test_attempts_are_recommended_as_long_as_each_brings_more_than_it_costs() -> None:
    """Of 50 expected per lead, attempts bring 20, 10, 5, 2.50 and 1; each costs 3."""
    found = depth(Fraction(50), Fraction(3), ANSWERS)
    assert [float(one) for one in found.gains] == [17.0, 24.0, 26.0, 25.5, 23.5]
    assert (found.attempts, found.exempt) == (3, False)


def test_a_lead_worth_less_than_one_attempt_or_than_the_threshold_is_exempt() -> None:
    assert depth(Fraction(7), Fraction(3), ANSWERS).exempt
    assert not depth(Fraction(8), Fraction(3), ANSWERS).exempt
    found = depth(Fraction(50), Fraction(3), ANSWERS, exempt_below=Fraction("50.01"))
    assert (found.attempts, found.exempt) == (0, True)
    assert not depth(Fraction(50), Fraction(3), ANSWERS, exempt_below=Fraction(50)).exempt


def test_a_weak_attempt_before_a_strong_one_is_made() -> None:
    assert depth(Fraction(100), Fraction(5), [Fraction("0.1"), Fraction(0), Fraction("0.5")]).attempts == 3


@given(some.fractions(0, 1000), some.fractions(0, 1000), some.fractions("0.01", 50))
def test_who_is_worth_more_is_tried_at_least_as_often(one: Fraction, more: Fraction, cost: Fraction) -> None:
    assert depth(one, cost, ANSWERS).attempts <= depth(one + more, cost, ANSWERS).attempts
