"""Pages of a search that are asked for ahead: they save time, and never a record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random

import pytest
from pydantic import SecretStr

from crm_sync.connectors.hubspot import HubSpot
from crm_sync.connectors.hubspot.objects import BY_NAME
from crm_sync.connectors.hubspot.questions import Place
from crm_sync.connectors.hubspot.search import changed
from crm_sync.connectors.limiter import Limiter
from crm_sync.settings import HubSpotSettings

CALLS = BY_NAME["calls"]
FREELY = Limiter(10**6, 1.0)


@dataclass
class Index:
    """A search whose answers take their time. Rows of one stamp stand in another order in every answer; `moves` is the
    share of answers after which a record changes."""

    stamps: dict[int, int]
    dice: Random = field(default_factory=lambda: Random(8))
    moves: float = 0.0
    moved: set[int] = field(default_factory=set)
    asked: int = 0
    at_once: int = 0
    most_at_once: int = 0

    async def post(self, path, *, json, limiter):
        self.asked, self.at_once = self.asked + 1, self.at_once + 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.dice.random() / 1000)
        self.at_once -= 1
        said, skipped = self.answer(json), int(json.get("after", 0))
        told = [{"id": str(one), "properties": {"hs_lastmodifieddate": str(at)}} for one, at in said]
        self.move()
        return Body({"total": len(told), "results": told[skipped : skipped + json["limit"]]})

    def answer(self, said):
        bounds = {
            (one["propertyName"], one["operator"]): int(one["value"]) for one in said["filterGroups"][0]["filters"]
        }
        since, instant = (bounds.get(("hs_lastmodifieddate", how)) for how in ("GTE", "EQ"))
        after = bounds.get(("hs_object_id", "GT"))
        if instant is not None:
            return sorted((one, at) for one, at in self.stamps.items() if at == instant and one > after)
        found = [(one, at) for one, at in self.stamps.items() if at >= since]
        self.dice.shuffle(found)
        return sorted(found, key=lambda row: row[1])

    def move(self):
        if self.dice.random() < self.moves:
            self.moved.add(one := self.dice.choice(list(self.stamps)))
            self.stamps[one] = max(self.stamps.values()) + 1


@dataclass
class Body:
    said: dict

    def json(self):
        return self.said


async def walked(index):
    return [one async for found in changed(index, FREELY, CALLS, Place(EARLY)) for one in found.ids]


EARLY = 1_780_000_000_000


async def test_a_thousand_changes_take_six_questions_of_which_several_are_on_their_way_at_once():
    index = Index({one: EARLY + one for one in range(1, 1001)})
    assert await walked(index) == [str(one) for one in range(1, 1001)]
    assert (index.asked, index.most_at_once) == (6, 5)


async def test_what_one_page_holds_is_one_question():
    index = Index({one: EARLY + one for one in range(1, 201)})
    assert len(await walked(index)) == 200
    assert index.asked == 1


@pytest.mark.parametrize("tied", [1, 3, 40, 150, 250, 700])
@pytest.mark.parametrize("seed", range(5))
async def test_rows_of_one_stamp_may_stand_in_another_order_each_time_and_all_come(tied, seed):
    everybody = range(1, 1501)
    index = Index({one: EARLY + one // tied for one in everybody}, Random(seed))
    assert set(map(int, await walked(index))) == set(everybody)


@pytest.mark.parametrize("moves", [0.1, 0.7])
@pytest.mark.parametrize("tied", [1, 3, 40])
@pytest.mark.parametrize("seed", range(10))
async def test_records_that_change_on_the_way_hide_no_other(moves, tied, seed):
    everybody = range(1, 1051)
    index = Index({one: EARLY + one // tied for one in everybody}, Random(seed), moves)
    assert set(map(int, await walked(index))) >= set(everybody) - index.moved, "those come with the next read at latest"


async def test_who_stops_after_a_page_leaves_no_question_behind():
    index = Index({one: EARLY + one for one in range(1, 1001)})
    walk = changed(index, FREELY, CALLS, Place(EARLY))
    assert len((await anext(walk)).ids) == 200
    await walk.aclose()
    assert index.at_once == 0
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


@pytest.mark.slow
async def test_searches_go_out_as_fast_as_the_account_allows_and_none_is_refused(
    vocabulary, transport, token, world, client
):
    settings, profile = (
        HubSpotSettings(token=SecretStr(token), base_url="http://sandbox"),
        vocabulary.fields.profile(minimal=False),
    )
    hubspot, now = HubSpot(settings, vocabulary, profile, transport), world.clock.now_ms()
    answer = await client.post("/sandbox/quotas", json={"on": True})
    assert answer.status_code == 200
    await hubspot.look()
    cursors = dict.fromkeys(hubspot.objects)
    for turn in range(3):
        found = await asyncio.gather(*(last(hubspot, *one) for one in cursors.items()))
        cursors = dict(zip(hubspot.objects, found, strict=True))
        rows = [{"_id": f"{turn + 1}{at:05}", "_created": now, "_modified": now + at} for at in range(1, 2001)]
        world.table("hubspot", "calls").insert(rows)
    assert hubspot._calls.searches.taken > 30
    assert hubspot._http.refused == 0
    await hubspot.close()


async def last(hubspot, name, cursor):
    return [page.cursor async for page in hubspot.pull(name, cursor)][-1]
