"""The store as Arrow tables: names, types and moments that the engine can rely on."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.records import Ref
from crm_sync.store import Store
from crm_sync.store.relations import RELATIONS

from .samples import ANA, LEAD, MONDAY, change, credit, deal, known, person, plan, touch


@pytest.fixture
def filled(store: Store) -> Store:
    store.save_page("hubspot", "contacts", [person(), deal(people=(ANA, LEAD, ANA)), touch()], cursor="1")
    ana = known("p-1", (ANA, LEAD))
    store.save_plan(store.start_run("sync", MONDAY), plan(ana, credits=(credit("1500.10"),), changes=(change(),)))
    return store


def test_every_relation_has_its_columns_even_when_it_is_empty(store: Store) -> None:
    tables = store.tables(*RELATIONS)
    assert {name for name, table in tables.items() if table.num_rows} == set()
    assert tables["known"].schema.field("sla_due_at").type == pa.timestamp("us", "UTC")
    assert tables["deals"].schema.field("amount").type == pa.decimal128(18, 2)
    assert tables["people"].schema.field("opted_out").type == pa.bool_()
    assert tables["known"].schema.field("records").type == pa.int64()


def test_columns_have_the_same_types_full_and_empty(filled: Store) -> None:
    full = {name: table.schema for name, table in filled.tables(*RELATIONS).items()}
    with filled.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")
        connection.exec_driver_sql("DELETE FROM known")
    assert filled.tables("known", "outbox") == {
        name: pa.Table.from_batches([], full[name]) for name in ("known", "outbox")
    }


def test_a_deal_names_each_of_its_people_once(filled: Store) -> None:
    assert filled.tables("deal_people")["deal_people"].to_pylist() == [{"deal": "hubspot:deals:9", "person_id": "p-1"}]
    assert filled.tables("touch_people")["touch_people"].num_rows == 1


def test_what_is_gone_is_in_no_relation(filled: Store) -> None:
    filled.save_page("hubspot", "deals", [], cursor="1", gone=[Ref("hubspot", "deals", "9")])
    tables = filled.tables("deals", "deal_people")
    assert [table.num_rows for table in tables.values()] == [0, 0]


def test_the_engine_adds_money_and_compares_instants_exactly(filled: Store) -> None:
    question = "SELECT sum(amount) AS won, min(created_at) AS first FROM deals WHERE state = 'won'"
    (row,) = DuckDB().ask(question, filled.tables("deals")).to_pylist()
    assert row == {"won": Decimal("1500.10"), "first": MONDAY}


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0.005", "0.00"), ("12.349", "12.35"), ("1E+3", "1000.00"), ("1E+16", None), ("-0.10", "-0.10")],
)
def test_money_is_shown_in_cents_and_typing_errors_are_not(store: Store, amount: str, shown: str | None) -> None:
    store.save_page("hubspot", "deals", [deal(amount=Decimal(amount))], cursor="1")
    (found,) = store.tables("deals")["deals"].column("amount").to_pylist()
    assert found == (None if shown is None else Decimal(shown))
    assert store.snapshot().deals[0].amount == Decimal(amount)


def test_a_name_that_is_no_relation_is_told_with_those_that_are(store: Store) -> None:
    with pytest.raises(ValueError, match="no relation 'persons'; there are budgets, calendars, campaigns, companies, "):
        store.tables("persons")
