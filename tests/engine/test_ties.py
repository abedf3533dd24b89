"""Where several rows are equally new, the same one counts in whatever order the engine comes across them."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.engine.questions import read_question, read_questions

JOURNEYS = read_question("crm_sync.reconciler.attribution", "journeys.sql")
FACTS = read_questions("crm_sync.reports", "closed.sql")["facts"]
FOUR_O_CLOCK = datetime(2026, 6, 3, 16, tzinfo=UTC)
ORDERS = ([0, 1, 2], [2, 1, 0], [1, 2, 0])


@pytest.fixture(scope="module")
def duck() -> DuckDB:
    return DuckDB()


@pytest.mark.parametrize("order", ORDERS)
def test_steps_of_one_instant_have_one_order(duck: DuckDB, order: list[int]) -> None:
    steps = [{"at": 1, "touch": "t", "activity": "visit", "channel": one, "person_id": "p"} for one in "abc"]
    tables = {
        "deals": pa.Table.from_pylist([{"deal": "d", "won_at": 2, "cents": 100}]),
        "deal_people": pa.Table.from_pylist([{"deal": "d", "person_id": "p"}]),
        "steps": pa.Table.from_pylist(steps).take(order),
    }
    found = duck.ask(JOURNEYS, tables).to_pylist()
    assert [(row["channel"], row["place"]) for row in found] == [("a", 1), ("b", 2), ("c", 3)]


@pytest.mark.parametrize("order", ORDERS)
def test_of_qualifications_of_one_instant_one_counts(duck: DuckDB, order: list[int]) -> None:
    events = [{"person_id": "p", "qualified_at": FOUR_O_CLOCK, "persona": one, "band": "high"} for one in "abc"]
    known = {"person_id": "p", "source_first": "email", "source_last": "email", "campaign": None}
    tables = {
        "known": pa.Table.from_pylist([known]).cast(pa.schema([(name, pa.string()) for name in known])),
        "people": pa.table({name: pa.array([], kind) for name, kind in PEOPLE.items()}),
        "links": pa.table({"ref": pa.array([], pa.string()), "person_id": pa.array([], pa.string())}),
        "qualifications": pa.Table.from_pylist(events).take(order),
        "starts": pa.table({"person_id": ["p"]}),
        "credits": pa.table({"person_id": pa.array([], pa.string())}),
    }
    [row] = duck.ask(FACTS, tables).to_pylist()
    assert row["persona"] == "a"


PEOPLE = {"ref": pa.string(), "country": pa.string(), "created_at": pa.timestamp("us", "UTC")}
