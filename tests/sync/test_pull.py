"""Pages that are fetched ahead: in order, few of them, and with their failures at the right place."""

from __future__ import annotations

import asyncio

import pytest

from crm_sync.connectors.base import Page
from crm_sync.errors import Failed
from crm_sync.sync.pull import ahead


class Source:
    """Pages 1, 2, 3 and so on, perhaps with a failure after some of them."""

    def __init__(self, count, fails=False):
        self.count, self.fails, self.given, self.ended = count, fails, 0, False

    async def pages(self):
        try:
            while self.given < self.count:
                self.given += 1
                yield Page((), str(self.given))
            if self.fails:
                raise Failed("hubspot", "GET /x", "broken")
        finally:
            self.ended = True


async def test_pages_come_in_their_order():
    assert [page.cursor async for page in ahead(Source(30).pages(), 4)] == [str(at) for at in range(1, 31)]


async def test_no_more_pages_are_fetched_than_may_wait():
    source = Source(1000)
    pages = ahead(source.pages(), 4)
    async for page in pages:
        await asyncio.sleep(0.001)
        assert source.given - int(page.cursor) <= 5
        if page.cursor == "50":
            break
    await pages.aclose()
    assert source.ended, "what was under way ends with whoever asked for it"


async def test_what_was_read_before_a_failure_is_kept():
    kept = []

    async def keep():
        async for page in ahead(Source(3, fails=True).pages(), 4):
            await asyncio.sleep(0.001)
            kept.append(page.cursor)

    with pytest.raises(Failed, match="broken"):
        await keep()
    assert kept == ["1", "2", "3"]
