"""Pages of a walk by stamp that are asked for before the walk has come to them: an answer takes its time, and several
can be on their way at once.

The first page tells how many rows there are, so the next ones can be asked for by how many rows stand before them; each
of these shares some rows with the one before. It counts only if it begins before the stamp that the page before ended
with: then every later row up to its end is on it, whatever changed meanwhile and in whatever order rows of one stamp
stand. Otherwise the walk asks from where it is, as if nothing had been asked for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from crm_sync.connectors.hubspot.questions import PAGE, Answered, Place
from crm_sync.connectors.landing import land

PAGES: Final = 5  # asked for beyond the first one: as many as a second allows
SHARED: Final = 20  # rows: some may bear one stamp, and each record that is changed meanwhile moves the rest up

Ask = Callable[[Place, int | None, int], Awaitable[Answered]]


@dataclass(eq=False, slots=True)
class Ahead:
    """`ask` takes a place, its end, and how many rows to pass over."""

    ask: Ask
    coming: deque[asyncio.Task[Answered]] = field(default_factory=deque)
    passed: list[asyncio.Task[Answered]] = field(default_factory=list)  # not waited for any more

    async def page(self, place: Place, before: int | None) -> Answered:
        """The page at `place`, to which the page before has led."""
        if self.coming and place.after_id is None:
            answer = await self.coming.popleft()
            if answer.rows and answer.rows[0][1] < place.at:
                return answer
        self.pass_by()
        answer = await self.ask(place, before, 0)
        if place.after_id is None and not answer.of_one_stamp:
            places = range(PAGE - SHARED, answer.total - SHARED, PAGE - SHARED)[:PAGES]
            self.coming.extend(asyncio.ensure_future(self.ask(place, before, skipped)) for skipped in places)
        return answer

    def pass_by(self) -> None:
        self.passed += self.coming
        self.coming.clear()

    async def aclose(self) -> None:
        """What is on its way is of no interest any more."""
        self.pass_by()
        await land(self.passed)
