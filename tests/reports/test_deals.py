"""Deals by stage and won revenue, every deal once whichever CRM holds it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.reports.story import EVA, LUIS, LUIS_IN_SALESFORCE, NOW, may, opportunity

from crm_sync.engine.duckdb import DuckDB
from crm_sync.records import Deal, Owner, Ref
from crm_sync.reports.deals import Deals, deals
from crm_sync.store import Store, open_store

TEAM = (
    Owner(EVA, "1", NOW, "Eva", team="South"),
    Owner(LUIS_IN_SALESFORCE, "1", NOW, "Luis", team="North", manager=EVA),
    Owner(LUIS, "1", NOW, "Luis", team="North"),
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/shop.db")
    yield store
    store.close()


def twin(number: int) -> Ref:
    return Ref("hubspot", "deals", str(number))


def won(ref: Ref, amount: str, *, day: int = 1, **said: Any) -> Deal:
    usual: dict[str, Any] = {"stage": "Closed Won", "state": "won", "amount": Decimal(amount)}
    return Deal(ref, "1", may(day), may(day), **usual | said)


def counted(store: Store, *found: Deal) -> Deals:
    store.save_page("salesforce", "Opportunity", [*TEAM, *found], cursor="1")
    return deals(store, DuckDB(threads=1))


def revenue(found: Deals) -> dict[str, str]:
    return {one.name: str(one.revenue) for one in found.teams}


def test_each_cut_sums_to_all_won_deals(shop: Store) -> None:
    found = counted(
        shop,
        won(opportunity(1), "100.10", owner=LUIS_IN_SALESFORCE),
        won(opportunity(2), "0.20", owner=EVA),
        won(opportunity(3), "5.00"),
        won(opportunity(4), "7.00", state="open", stage="Prospecting", owner=EVA),
    )
    assert revenue(found) == {"North": "100.10", "": "5.00", "South": "0.20"}
    assert {one.name: one.deals for one in found.managers} == {"Eva": 1, "": 2}
    assert [(one.stage, one.deals, str(one.amount)) for one in found.stages] == [
        ("Closed Won", 3, "105.30"), ("Prospecting", 1, "7.00"),
    ]  # fmt: skip


def test_a_deal_that_names_its_twin_is_left_to_it(shop: Store) -> None:
    found = counted(
        shop,
        won(twin(1), "90.00", owner=LUIS, same_as=(opportunity(1), opportunity(9))),
        won(opportunity(1), "100.00", owner=EVA),
    )
    assert revenue(found) == {"South": "100.00"}


def test_a_deal_whose_twin_is_gone_stays(shop: Store) -> None:
    assert revenue(counted(shop, won(twin(1), "90.00", owner=LUIS, same_as=(opportunity(9),)))) == {"North": "90.00"}


@pytest.mark.parametrize(("day", "team"), [(2, "North"), (1, "North"), (3, "South")])
def test_of_two_that_name_each_other_the_older_one_counts(shop: Store, day: int, team: str) -> None:
    """Both would be left out if each were left to the other."""
    found = counted(
        shop,
        won(twin(1), "1.00", day=day, owner=LUIS, same_as=(opportunity(1),)),
        won(opportunity(1), "1.00", day=2, owner=EVA, same_as=(twin(1), opportunity(1))),
    )
    assert revenue(found) == {team: "1.00"}
