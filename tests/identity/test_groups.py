"""Groups are what they must be, whatever the pairs say and in whatever order they come."""

from __future__ import annotations

from unittest.mock import patch

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.identity import IdentityModel
from crm_sync.reconciler.dedupe.matching import clusters
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped, of_one_mind
from crm_sync.reconciler.dedupe.matching.whole import excluded

MODEL = IdentityModel(
    bias=0,
    prior=0.5,
    sure=1,
    link=1,
    least=1,
    poisoned=0.01,
    proven=2,
    contested=0.5,
    review=0,
    veto=-3,
    unseen=-1,
    together=0.5,
    weights={},
)
COUNT = 8

ENDS = st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)).filter(lambda pair: pair[0] < pair[1])
SCORES = st.floats(-8, 8, width=16)
PAIRS = st.dictionaries(ENDS, SCORES, max_size=20)


@st.composite
def crowds(draw):
    """Pairs of people of whom most are paired with all of their own group, and a few with others."""
    homes = draw(st.lists(st.integers(0, 3), min_size=COUNT, max_size=COUNT))
    ends = [(x, y) for x in range(COUNT) for y in range(x + 1, COUNT) if homes[x] == homes[y]]
    told = draw(st.lists(st.sampled_from((-3.5, 0.2, 1.0, 4.0)), min_size=len(ends), max_size=len(ends)))
    return dict(zip(draw(st.permutations(ends)), told, strict=True)) | draw(st.dictionaries(ENDS, SCORES, max_size=2))


def groups_of(pairs, decided=Decided()):
    return grouped(COUNT, table_of(pairs), MODEL, MODEL.link, decided)


def table_of(pairs):
    columns = zip(*((x, y, score) for (x, y), score in pairs.items()), strict=True) if pairs else ((), (), ())
    types = {"a": pa.int32(), "b": pa.int32(), "score": pa.float32()}
    return pa.table({name: pa.array(cells, kind) for (name, kind), cells in zip(types.items(), columns, strict=True)})


@given(PAIRS)
def test_the_leader_is_the_lowest_of_its_group(pairs):
    leader = groups_of(pairs)
    assert all(leader[one] == one <= row for row, one in enumerate(leader))


@given(PAIRS)
def test_no_group_holds_two_that_exclude_each_other(pairs):
    leader = groups_of(pairs)
    assert all(leader[x] != leader[y] for (x, y), score in pairs.items() if score < MODEL.veto)


@given(PAIRS)
def test_a_group_is_held_together_by_sure_pairs(pairs):
    leader = groups_of(pairs)
    sure = [pair for pair, score in pairs.items() if score >= MODEL.link]
    for row, one in enumerate(leader):
        assert row == one or any(row in pair and leader[pair[0]] == leader[pair[1]] for pair in sure)


@given(PAIRS, st.randoms())
def test_the_order_of_pairs_does_not_matter(pairs, dice):
    items = list(pairs.items())
    dice.shuffle(items)
    assert groups_of(dict(items)) == groups_of(pairs)


@given(PAIRS, st.sets(ENDS, max_size=2))
def test_who_was_decided_to_be_one_person_is_one(pairs, one):
    leader = groups_of(pairs, Decided(one=one))
    assert all(leader[x] == leader[y] for x, y in one)


@given(PAIRS, st.sets(ENDS, max_size=4))
def test_who_was_decided_to_be_two_people_is_never_one(pairs, two):
    leader = groups_of(pairs, Decided(two=two))
    assert all(leader[x] != leader[y] for x, y in two)


@given(PAIRS, ENDS)
def test_a_decision_changes_only_what_it_speaks_of_where_nothing_else_hangs_on_it(pairs, pair):
    alone = {some: score for some, score in pairs.items() if not set(some) & set(pair)}
    before, after = groups_of(alone), groups_of(alone, Decided(one=[pair]))
    assert after == [min(pair) if row in pair else one for row, one in enumerate(before)]


@given(crowds(), st.sets(ENDS, max_size=1), st.sets(ENDS, max_size=1), st.sampled_from((-4.0, 0.2, 1.0)))
def test_who_are_all_paired_with_each_other_and_nobody_else_are_what_joining_one_by_one_makes_of_them(
    pairs, one, two, link
):  # fmt: skip
    decided = Decided(one, two)
    with patch.object(clusters, "of_one_mind", lambda sure, decided: pa.array([False] * len(sure), pa.bool_())):
        one_by_one = grouped(COUNT, table_of(pairs), MODEL, link, decided)
    assert grouped(COUNT, table_of(pairs), MODEL, link, decided) == one_by_one


def test_only_who_are_all_paired_with_each_other_and_nobody_else_are_one_group_at_once():
    three, chain, alone, named = [(0, 1), (0, 2), (1, 2)], [(3, 4), (4, 5)], [(6, 7)], [(8, 9)]
    told = table_of(dict.fromkeys([*three, *chain, *alone, *named], 6.0))
    assert of_one_mind(told, Decided(two=[(0, 9)])).to_pylist() == [False] * 5 + [True] + [False]
    assert of_one_mind(told, Decided(two=[(7, 9)])).to_pylist() == [True] * 3 + [False] * 4


def test_one_sure_pair_does_not_carry_a_crowd():
    crowd = {(x, y): 6.0 for x in range(4) for y in range(x + 1, 4)}
    other = {(x, y): 6.0 for x in range(4, 8) for y in range(x + 1, 8)}
    assert groups_of(crowd | other | {(3, 4): 1.5}) == [0, 0, 0, 0, 4, 4, 4, 4]


def test_groups_that_exclude_each_other_do_not_meet_in_a_third_one():
    """As a whole, 0 and 1 were not judged, since nothing speaks for them; both are like 2."""
    groups = pa.table({"rid": pa.array(range(4), pa.int32()), "leader": pa.array([0, 1, 2, 0], pa.int32())})
    whole, scored = table_of({(0, 2): 5.0, (1, 2): 4.0}), table_of({(0, 2): 5.0, (1, 2): 4.0, (1, 3): -6.0})
    apart = excluded({"groups": groups, "whole": whole, "scored": scored}, MODEL, DuckDB(threads=1))
    assert apart.to_pylist() == [{"a": 0, "b": 1, "score": -6.0}]
    assert grouped(3, pa.concat_tables([whole, apart]), MODEL, MODEL.link) == [0, 1, 0]
