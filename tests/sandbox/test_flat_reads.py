"""What an incremental read asks costs the same in a small world and in a large one, in steps of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from crm_sync.sandbox.salesforce.auth import new_token
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.world import World, from_ms

FEW, MANY = 1_000, 10_000

Ask = Callable[[int], Awaitable[httpx.Response]]
Cost = Callable[[Ask], Awaitable[tuple[int, int]]]


@contextmanager
def steps(world: World) -> Iterator[list[int]]:
    """How many instructions SQLite runs meanwhile, give or take ten per statement."""
    counted = [0]

    def count() -> int:
        counted[0] += 10
        return 0

    world.db.set_progress_handler(count, 10)
    yield counted
    world.db.set_progress_handler(None, 0)


@pytest.fixture
def cost(world: World) -> Cost:
    """The steps of a request in a world of FEW people and in one of MANY, a minute between two changes."""

    def fill(first: int, last: int) -> None:
        begun = world.clock.now_ms() - 60_000 * MANY
        stamps = [{"_created": begun + at * 60_000, "_modified": begun + at * 60_000} for at in range(first, last)]
        people = [{"_id": str(1_000 + at), **stamp} for at, stamp in enumerate(stamps, first)]
        world.table("hubspot", "contacts").insert({**one, "email": f"{one['_id']}@example.com"} for one in people)
        world.table("hubspot", "calls").insert(people)
        leads = [{"_id": salesforce_id("00Q", 1 + at), **stamp} for at, stamp in enumerate(stamps, first)]
        gone = {"_archived_at": world.clock.now_ms()}
        world.table("salesforce", "Lead").insert(
            {**one, **(gone if at < 20 else {})} for at, one in enumerate(leads, first)
        )

    async def measured(ask: Ask, people: int) -> int:
        await ask(people)  # what is made at the first search is made now
        with steps(world) as counted:
            answer = await ask(people)
        assert answer.status_code == 200, answer.text
        assert answer.json().get("results") or answer.json().get("records")
        return counted[0]

    async def both(ask: Ask) -> tuple[int, int]:
        fill(0, FEW)
        few = await measured(ask, FEW)
        fill(FEW, MANY)
        return few, await measured(ask, MANY)

    return both


@pytest.mark.parametrize(
    ("name", "wanted", "after"),
    [
        ("contacts", [("lastmodifieddate", "GTE")], "0"),
        ("contacts", [("lastmodifieddate", "GTE")], "500"),
        ("contacts", [("hs_object_id", "GT")], "0"),
        ("contacts", [("lastmodifieddate", "EQ"), ("hs_object_id", "GT")], "0"),
        ("contacts", [], "500"),
        ("calls", [("hs_lastmodifieddate", "GTE")], "0"),
    ],
)
async def test_a_search_by_stamp_or_id_does_not_grow(
    world: World, hubspot: httpx.AsyncClient, cost: Cost, name: str, wanted: list[tuple[str, str]], after: str
) -> None:
    begun = world.clock.now_ms() - 60_000 * MANY
    values = {"hs_object_id": "999"}
    filters = [
        {"propertyName": one, "operator": operator, "value": values.get(one, str(begun))} for one, operator in wanted
    ]
    body: dict[str, Any] = {"filterGroups": [{"filters": filters}], "after": after, "limit": 100}
    body["sorts"] = [wanted[-1][0] if wanted else "lastmodifieddate"]
    few, many = await cost(lambda _: hubspot.post(f"/crm/v3/objects/{name}/search", json=body))
    assert many < few * 1.5


@pytest.mark.parametrize(
    "where",
    [
        "SystemModstamp >= {stamp} ORDER BY SystemModstamp, Id",
        "SystemModstamp >= {stamp} AND SystemModstamp < 2030-01-01T00:00:00Z ORDER BY SystemModstamp ASC, Id ASC",
        "Id > '{id}' ORDER BY Id",
        "IsDeleted = true AND SystemModstamp >= 2020-01-01T00:00:00Z ORDER BY SystemModstamp, Id",
    ],
)
async def test_soql_in_the_order_of_stamp_or_id_does_not_grow(
    world: World, anyone: httpx.AsyncClient, cost: Cost, where: str
) -> None:
    headers = {"Authorization": f"Bearer {new_token(world)}"}
    begun = world.clock.now_ms() - 60_000 * MANY

    async def ask(people: int) -> httpx.Response:
        """From fifteen before the last one on."""
        stamp = from_ms(begun + (people - 15) * 60_000).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = where.format(stamp=stamp, id=salesforce_id("00Q", people - 15))
        params = {"q": f"SELECT Id, LastName, SystemModstamp FROM Lead WHERE {asked} LIMIT 100"}
        return await anyone.get("/services/data/v62.0/queryAll", params=params, headers=headers)

    few, many = await cost(ask)
    assert many < few * 1.5
