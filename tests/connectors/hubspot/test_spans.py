"""A list read from several places at once: every id once, wherever it is interrupted, however the list behaves."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_sync.connectors.hubspot.cursor import EVERYTHING
from crm_sync.connectors.hubspot.spans import Sheet, Walk

SIZE = 3


class List:
    """Ids in pages of three. HubSpot's cursor is the id that a page begins with, or here the last one it had before, or
    a word that means nothing to others."""

    def __init__(self, ids, manner="first"):
        self.ids, self.manner, self.asked = sorted(ids), manner, 0

    async def page(self, after: str) -> Sheet:
        self.asked += 1
        await asyncio.sleep(0)
        at = self.place(after)
        rows = tuple({"id": str(one)} for one in self.ids[at : at + SIZE])
        return Sheet(rows, {}, self.cursor(at + SIZE) if at + SIZE < len(self.ids) else "")

    def place(self, after: str) -> int:
        if not after:
            return 0
        if self.manner == "opaque":
            return int(after, 2) if set(after) <= {"0", "1"} and len(after) == 20 else 0
        return bisect_left(self.ids, int(after)) if self.manner == "first" else bisect_right(self.ids, int(after))

    def cursor(self, at: int) -> str:
        return {"first": str(self.ids[at]), "last": str(self.ids[at - 1]), "opaque": f"{at:020b}"}[self.manner]

    async def survey(self, start: int, rank: int):
        at = bisect_left(self.ids, start)
        left = len(self.ids) - at
        return left, self.ids[at + rank] if rank < left else None


async def read(one: List, spans=EVERYTHING, most=4):
    found = []
    async for sheet, left in Walk(spans, one.page, one.survey, SIZE, most).sheets():
        found.append(([int(row["id"]) for row in sheet.rows], left))
    return found


def ids_of(pages):
    return sorted(one for ids, _ in pages for one in ids)


IDS = st.lists(st.integers(1, 10**11), unique=True, max_size=300)


@pytest.mark.parametrize("manner", ["first", "last", "opaque"])
@settings(max_examples=30)
@given(ids=IDS)
def test_every_id_comes_once_and_then_nothing_is_left(manner, ids):
    pages = asyncio.run(read(List(ids, manner)))
    assert ids_of(pages) == sorted(ids)
    assert pages[-1][1] == ()


@pytest.mark.parametrize("manner", ["first", "last", "opaque"])
@settings(max_examples=30)
@given(ids=IDS, stop=st.integers(1, 60))
def test_wherever_a_read_is_interrupted_the_next_one_brings_the_rest(manner, ids, stop):
    pages = asyncio.run(read(List(ids, manner)))[:stop]
    left = pages[-1][1]
    rest = asyncio.run(read(List(ids, manner), left)) if left else []
    assert set(ids_of([*pages, *rest])) == set(ids)


def test_a_long_list_is_read_from_several_places_at_the_price_of_few_more_pages():
    one = List([at * at for at in range(1, 3001)])
    pages = asyncio.run(read(one))
    assert max(len(left) for _, left in pages) == 4
    assert one.asked < 1.05 * 3000 / SIZE


def test_a_list_that_cannot_be_entered_at_an_id_is_read_from_one_place():
    one = List(range(1, 1001), "opaque")
    assert ids_of(asyncio.run(read(one))) == list(range(1, 1001))
    assert one.asked < 1.05 * 1000 / SIZE
