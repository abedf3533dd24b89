"""From a quota to customers to leads on every level, as CAPABILITIES says and for any numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm_sync.errors import ConfigError
from crm_sync.mappings.commitment import Quotas
from crm_sync.reconciler.commitment.goal import Estimate, Part, customers_needed, leads_needed, rounded_up
from crm_sync.reconciler.commitment.levels import Line, goal_of, line_of

HALF = Fraction(1, 2)


def part(name: str = "other", share: Fraction | int = 1, revenue: int = 2500, rate: str = "0.02") -> Part:
    return Part(name, Fraction(share), Estimate(Fraction(revenue)), Estimate(Fraction(rate)))


def quotas(**said: object) -> Quotas:
    return Quotas.model_validate({"period": "2026-11", **said})


def everybody(line: Line) -> Iterator[Line]:
    yield line
    for one in line.below:
        yield from everybody(one)


def test_a_hundred_thousand_at_two_thousand_five_hundred_each_are_forty_customers() -> None:
    line = line_of(goal_of(quotas(company=100_000), {}), [part()])
    assert (line.customers.raw, line.customers.whole) == (40, 40)


def test_forty_customers_at_two_percent_are_two_thousand_leads() -> None:
    assert leads_needed(Fraction(40), Fraction("0.02")) == 2000
    assert line_of(goal_of(quotas(company=100_000), {}), [part()]).leads.whole == 2000


def test_whole_numbers_are_rounded_up_and_the_raw_value_is_kept() -> None:
    line = line_of(goal_of(quotas(company=101_000), {}), [part()])
    assert (float(line.customers.raw), line.customers.whole) == (40.4, 41)
    assert (line.leads.raw, line.leads.whole) == (2020, 2020)


@pytest.mark.parametrize("revenue", [None, Fraction(0), Fraction(-1)])
def test_without_revenue_there_is_an_error_with_a_name_and_no_infinity(revenue: Fraction | None) -> None:
    with pytest.raises(ConfigError, match=r"average_revenue: found .*; allowed: an amount above zero"):
        customers_needed(Fraction(100_000), revenue)


def test_leads_that_never_become_customers_are_an_error_with_a_name() -> None:
    with pytest.raises(ConfigError, match=r"lead_to_customer: found 0; allowed: a share above zero"):
        leads_needed(Fraction(40), Fraction(0))


def test_reps_stand_in_their_teams_and_what_nobody_has_is_shown() -> None:
    said = quotas(company=300_000, teams={"EMEA": 200_000}, reps={"luis@a.test": 120_000, "eva@a.test": 50_000})
    line = line_of(goal_of(said, {"luis@a.test": "emea", "eva@a.test": "emea"}), [part()])
    [emea, rest] = line.below
    assert [(one.level, one.name, one.customers.whole) for one in emea.below] == [
        ("rep", "luis@a.test", 48), ("rep", "eva@a.test", 20), ("rest", "", 12),
    ]  # fmt: skip
    assert (line.customers.whole, rest.level, rest.customers.whole) == (120, "rest", 40)


def test_a_level_without_a_quota_has_the_sum_of_those_below() -> None:
    said = quotas(reps={"luis@a.test": 10_000, "eva@a.test": 5_000, "ana@a.test": 2_500})
    line = line_of(goal_of(said, {"luis@a.test": "North", "eva@a.test": "North"}), [part()])
    assert (line.quota, [(one.level, one.name) for one in line.below]) == (
        17_500, [("team", "North"), ("rep", "ana@a.test")],
    )  # fmt: skip


def test_reps_with_more_than_their_team_are_refused() -> None:
    said = quotas(teams={"North": 10_000}, reps={"luis@a.test": 10_001})
    with pytest.raises(ConfigError, match=r"2026-11 teams: found 10,000.00 for North, but 10,001.00 for luis@a.test"):
        goal_of(said, {"luis@a.test": "North"})


def test_segments_go_by_their_own_rates_and_sum_to_the_total() -> None:
    parts = [part("fairs", HALF, 5000, "0.1"), part("other", HALF)]
    line = line_of(goal_of(quotas(company=100_000), {}), parts)
    assert [(one.segment, one.customers.whole, one.leads.whole) for one in line.segments] == [
        ("fairs", 10, 100), ("other", 20, 1000),
    ]  # fmt: skip
    assert (line.customers.whole, line.leads.whole) == (30, 1100)


AMOUNTS = some.decimals(0, 10_000_000, places=2)
REPS = some.dictionaries(some.sampled_from([f"r{number}@a.test" for number in range(9)]), AMOUNTS, max_size=9)


@some.composite
def mixes(draw: some.DrawFn) -> list[Part]:
    weights = draw(some.lists(some.integers(1, 9), min_size=1, max_size=4))
    return [
        Part(
            f"s{at}",
            Fraction(weight, sum(weights)),
            Estimate(Fraction(draw(some.decimals("0.01", 100_000, places=2)))),
            Estimate(Fraction(draw(some.decimals("0.001", 1, places=3)))),
        )
        for at, weight in enumerate(weights)
    ]


@given(REPS, some.data(), AMOUNTS, mixes())
def test_levels_and_segments_add_up(
    reps: dict[str, Decimal], data: some.DataObject, more: Decimal, parts: list[Part]
) -> None:
    team_of = {rep: data.draw(some.sampled_from(["", "North", "South"])) for rep in reps}
    goal = goal_of(quotas(company=sum(reps.values(), Decimal(0)) + more, reps=reps), team_of)
    line = line_of(goal, parts)
    for one in everybody(line):
        for of in ("customers", "leads"):
            count = getattr(one, of)
            assert sum(getattr(part, of).raw for part in one.segments) == count.raw
            assert sum(getattr(part, of).whole for part in one.segments) == count.whole
            if one.below:
                assert sum(getattr(part, of).raw for part in one.below) == count.raw
                assert sum(getattr(part, of).whole for part in one.below) == count.whole
                assert count.whole >= ceil(count.raw)
            else:
                assert count.whole == ceil(count.raw)
        assert sum(part.quota for part in one.segments) == one.quota
        assert not one.below or sum(part.quota for part in one.below) == one.quota
    assert line.quota == sum(map(Fraction, reps.values()), Fraction(more))


@given(some.lists(some.fractions(0, 1000, max_denominator=1000), max_size=8))
def test_each_whole_number_is_its_raw_one_rounded_up_or_down(raws: list[Fraction]) -> None:
    found = rounded_up(raws)
    assert all(abs(one.whole - one.raw) < 1 for one in found)
    assert sum(one.whole for one in found) == ceil(sum(raws))
