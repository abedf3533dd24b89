"""Whose turn it is: a sync that finds a backfill at work goes first, between two pages of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from crm_sync.clock import host_now, stopwatch
from crm_sync.connectors.base import Page
from crm_sync.errors import Locked
from crm_sync.store import Lease, Store
from crm_sync.sync.holding import bury_the_dead, died_here, holding, this_process
from crm_sync.sync.spending import Spending

LOOK: Final = 0.1  # seconds between two looks at who holds the lease
PATIENCE: Final = 600.0  # seconds for which a sync waits for a backfill to come to the end of a page, or of its plan


@asynccontextmanager
async def turn(store: Store, *, gives_way: bool, waits: Callable[[], None] = lambda: None) -> AsyncIterator[Lease]:
    """The lease for a run. A sync waits for whoever gives way, and says so by `waits`. Raises Locked when somebody
    else is at work."""
    try:
        if not gives_way:
            await others_gave_way(store, waits)
        with holding(store, gives_way=gives_way) as lease:
            store.stop_waiting(this_process())
            yield lease
    finally:
        store.stop_waiting(this_process())


async def others_gave_way(store: Store, waits: Callable[[], None]) -> None:
    """Returns once the lease is free, or held by one who does not give way, or after all patience."""
    began, told = stopwatch(), False
    while (holder := store.lock_holder()) and holder.gives_way and stopwatch() - began < PATIENCE:
        if died_here(holder) or holder.expires_at <= host_now():
            return
        if not told:
            waits()
        told = True
        store.wait_for_lease(this_process(), host_now())
        await asyncio.sleep(LOOK)


class Gate:
    """Between two pages of a modest run: has it used its share, does a sync wait? While the gate is closed no page goes
    into the store, of any CRM; whoever asks for the next page has stored the one before."""

    def __init__(self, store: Store, lease: Lease, spending: Spending, run_id: int) -> None:
        self.store, self.lease, self.spending, self.run_id = store, lease, spending, run_id
        self._open = asyncio.Event()
        self._open.set()
        self._out = 0  # pages that are being stored

    async def turns(self, pages: AsyncIterator[Page]) -> AsyncGenerator[Page]:
        """The same pages, for whoever stores them: between two of them others may go first."""
        async with ended(pages):
            async for page in pages:
                await self.opened()
                self._out += 1
                try:
                    yield page
                finally:
                    self._out -= 1
                await self.give_way()
        await self.opened()  # whoever has read all pages notes that, too

    async def shares(self, crm: str, pages: AsyncIterator[Page]) -> AsyncGenerator[Page]:
        """The same pages, as long as the share covers them. Raises Paused for the first that it does not: only once it
        is there do we know that there is one more, and it is read again later."""
        async with ended(pages):
            used_up = self.spending.reason(crm)
            async for page in pages:
                if used_up:
                    raise self.spending.paused(crm, used_up)
                yield page
                used_up = self.spending.reason(crm)

    async def opened(self) -> None:
        """It may have been closed again by the time that a waiter wakes."""
        while not self._open.is_set():
            await self._open.wait()

    async def give_way(self) -> None:
        """Lets a sync that waits go first, and goes on after it."""
        if not self._open.is_set() or self.store.waiting(host_now()) is None:
            return
        self._open.clear()
        try:
            while self._out:
                await asyncio.sleep(LOOK)
            self.lease.let_go()
            while not self.took_again():
                await asyncio.sleep(LOOK)
            self.store.resume_run(self.run_id)
        finally:
            self._open.set()

    def took_again(self) -> bool:
        if self.store.waiting(host_now()):
            return False
        bury_the_dead(self.store)
        with suppress(Locked):
            self.lease.take_again(host_now())
            return True
        return False


@asynccontextmanager
async def ended(pages: AsyncIterator[Page]) -> AsyncIterator[None]:
    """What the pages have under way ends with the block."""
    try:
        yield
    finally:
        if isinstance(pages, AsyncGenerator):
            await pages.aclose()
