"""Many made-up leads with their truth: how good the matcher is, and that it keeps its promises."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from crm_sync.connectors.files.people import COLUMNS, Export
from crm_sync.engine.duckdb import DuckDB
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.prior import moved
from crm_sync.sync.match import as_people
from tests.identity.leads import COLUMNS as TOLD
from tests.identity.leads import Kind, leads
from tests.identity.scores import scores

ROWS = 4_000


def export_of(rows):
    """The rows as a file would bring them, in the order of source and id."""
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))
    told = {name: [row[TOLD.index(name)] or None for row in ordered] for name in COLUMNS if name in TOLD}
    missing = {name: [None] * len(rows) for name in COLUMNS if name not in TOLD}
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in (told | missing).items()})
    return Export(table, (), ()), [row[-1] for row in ordered]


@pytest.fixture(scope="module")
def some():
    return export_of(list(leads(ROWS, 77, Kind(1.0, 0.15))))


@pytest.fixture(scope="module")
def found(matcher, some):
    return matcher(as_people(some[0]))


def test_nine_of_ten_pairs_are_found_and_hardly_a_group_holds_two_people(found, some):
    told = scores(found.leader.to_pylist(), some[1])
    assert told.f1 > 0.88
    assert told.poisoned <= 0.02


def test_tidy_leads_are_matched_better(matcher):
    export, truth = export_of(list(leads(ROWS, 78, Kind(0.0, 0.25))))
    told = scores(matcher(as_people(export)).leader.to_pylist(), truth)
    assert told.f1 > 0.94
    assert told.poisoned <= 0.015


@pytest.mark.parametrize("scores", [[-0.04, 0.04], [0.04, -0.04]])
def test_scores_on_both_sides_of_nought_are_counted_as_one_nought(scores):
    found = chain.histogram(pa.table({"score": pa.array(scores, pa.float32())}), DuckDB())
    assert str(found) == "{0.0: 2}"


def test_most_pairs_to_review_are_worth_a_look_and_they_are_few(found, some):
    a, b = (found.reviews[name].to_pylist() for name in "ab")
    truth = some[1]
    assert 0 < len(a) <= 0.03 * len(found.leader.unique())
    assert sum(truth[x] == truth[y] for x, y in zip(a, b, strict=True)) > len(a) / 2
    assert all(found.leader[x] != found.leader[y] for x, y in zip(a, b, strict=True))


def test_no_group_holds_two_records_that_exclude_each_other(matcher, found, some):
    tables = chain.prepared(as_people(some[0]), matcher.words, matcher.engine)
    scored = chain.scored(tables, matcher.model, matcher.engine)
    scored = moved(scored, matcher.shift(scored), matcher.model)
    a, b, scores_told = (scored[name].to_pylist() for name in ("a", "b", "score"))
    leader = found.leader.to_pylist()
    apart = [(x, y) for x, y, told in zip(a, b, scores_told, strict=True) if told < matcher.model.veto]
    assert len(apart) > 1_000
    assert [(x, y) for x, y in apart if leader[x] == leader[y]] == []


def test_every_row_but_the_first_of_its_group_says_why(found):
    rows = [row for row, one in enumerate(found.leader.to_pylist()) if row != one]
    assert found.links["rid"].to_pylist() == rows
    assert all(told and "(" in told for told in found.links["because"].to_pylist())


def test_the_order_of_a_file_does_not_matter(matcher, some, found):
    rows = as_people(some[0]).to_pylist()
    random.Random(5).shuffle(rows)
    again = matcher(pa.Table.from_pylist(rows, as_people(some[0]).schema))
    assert again.leader.equals(found.leader)
    assert again.links.equals(found.links)
