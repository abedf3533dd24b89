"""Few rows are answered by plans that are kept: the answers are those of any other way."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.engine.duckdb import answer
from crm_sync.engine.plans import CELLS, Plans

COLUMNS = {
    "words": (pa.string(), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)),
    "days": (pa.timestamp("us"), st.datetimes()),
    "marks": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "places": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "few": (pa.uint16(), st.integers(0, 2**16 - 1)),
    "shares": (pa.float32(), st.floats(width=32, allow_nan=False, allow_infinity=False)),
    "odds": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "sure": (pa.bool_(), st.booleans()),
    "lists": (pa.list_(pa.string()), st.lists(st.none() | st.text("a'\"\\\0é", max_size=3), max_size=3)),
}
ROWS = st.integers(0, 4).flatmap(
    lambda count: st.fixed_dictionaries(
        {name: st.lists(st.none() | cells, min_size=count, max_size=count) for name, (_, cells) in COLUMNS.items()}
    )
)
EVERYTHING = "-- name: all\n-- Each row; as it is.\nSELECT * FROM t"


@pytest.fixture(scope="module")
def plans():
    return Plans()


@given(rows=ROWS)
def test_rows_come_out_as_they_went_in(plans, rows):
    table = pa.table({name: pa.array(rows[name], kind) for name, (kind, _) in COLUMNS.items()})
    found = plans.ask(EVERYTHING, {"t": table})
    assert found.to_pylist() == table.to_pylist()
    with duckdb.connect() as connection:
        assert found.schema.equals(answer(connection, EVERYTHING, {"t": table}).schema)


def test_a_question_has_one_plan_for_all_tables_of_the_same_columns(plans):
    before = plans.made
    for x in range(3):
        assert plans.ask("SELECT x + 1 AS y FROM t", {"t": pa.table({"x": [x]})}).to_pylist() == [{"y": x + 1}]
    plans.ask("SELECT x + 1 AS y FROM t", {"t": pa.table({"x": [1.5]})})
    assert plans.made == before + 2


def test_a_question_may_begin_with_tables_of_its_own(plans):
    question = "-- A.\nWITH u AS (SELECT x * 2 AS x FROM t) SELECT u.x, t.x AS was FROM u, t ORDER BY ALL DESC"
    found = plans.ask(question, {"t": pa.table({"x": [1, 2]})})
    assert [tuple(row.values()) for row in found.to_pylist()] == [(4, 2), (4, 1), (2, 2), (2, 1)]


def test_no_more_plans_are_kept_than_agreed(monkeypatch):
    monkeypatch.setattr("crm_sync.engine.plans.MOST", 2)
    plans = Plans()
    for _ in range(2):
        for number in range(4):
            assert plans.ask(f"SELECT {number} AS n FROM t", {"t": pa.table({"x": [1]})}).to_pylist() == [{"n": number}]
    assert len(plans.kept) == 2


@pytest.mark.parametrize(
    ("question", "table"),
    [
        ("SELECT * FROM t", pa.table({"x": range(CELLS + 1)})),
        ("SELECT * FROM t", pa.table({"x": [float("nan")]})),
        ("SELECT * FROM t", pa.table({"x": [{"a": 1}]})),
        ("CREATE TABLE u AS FROM t", pa.table({"x": [1]})),
        ("SELECT 1; CREATE TABLE u AS FROM t", pa.table({"x": [1]})),
    ],
    ids=["many rows", "no number", "a type of its own", "no question", "two questions"],
)
def test_what_plans_are_not_for_goes_another_way(plans, question, table):
    assert plans.ask(question, {"t": table}) is None


def test_days_beyond_the_calendar_of_python_are_brought_over(plans):
    table = pa.table({"day": pa.array([2**62], pa.int64()).cast(pa.timestamp("us"))})
    found = plans.ask("SELECT day FROM t", {"t": table})
    assert found.equals(table)
