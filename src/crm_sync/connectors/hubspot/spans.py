"""One list read from several places at once, since each page of a list must wait for the one before.

HubSpot's cursor of a list is the id that the next page begins with, so a list can be entered at any id. That is checked
with every page: where a page shows lower ids than it should, the list is read from one place alone, as if never split.
Where to enter is asked of the search, which tells the id at a rank: one question for some thousand records, and parts
of equal length however sparse the ids are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from crm_sync.connectors.hubspot.cursor import Span, Spans
from crm_sync.connectors.hubspot.links import Links
from crm_sync.connectors.hubspot.row import Json

MOST: Final = 12  # parts at once; the limiter decides how fast they go
WORTH: Final = 5  # pages in the shortest part: each border costs a page
DEEPEST: Final = 9_900  # ranks that search can tell in one question; it ends at 10,000

Survey = Callable[[int, int], Awaitable[tuple[int, int | None]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list, and HubSpot's cursor to the next one; empty after the last."""

    rows: tuple[Json, ...]
    links: Links
    after: str


@dataclass(eq=False, slots=True)
class Part:
    """A span that is being read; `low` is the id that it was entered at, where no cursor of HubSpot's led."""

    after: str
    until: int | None
    low: int = -1
    asked: asyncio.Task[Sheet] | None = field(default=None, repr=False)


class Walk:
    """Reads `spans` with `ask` (a cursor → its page of `size` rows). `survey` tells how many records there are from an
    id on, and the id that stands so many ranks above it."""

    def __init__(
        self, spans: Spans, ask: Callable[[str], Awaitable[Sheet]], survey: Survey, size: int, most: int = MOST
    ) -> None:
        self._ask, self._survey, self._size, self._most = ask, survey, size, most
        self._parts = [Part(*span) for span in spans]
        self._surveying: asyncio.Task[None] | None = None

    async def sheets(self) -> AsyncGenerator[tuple[Sheet, Spans], None]:
        """Pages in the order of their coming, each with what is left to read once it is stored."""
        for part in self._parts:
            self._start(part)
        try:
            while self._parts:
                await asyncio.wait(self._pending(), return_when=asyncio.FIRST_COMPLETED)
                self._heed_survey()
                for part in [one for one in self._parts if one.asked and one.asked.done()]:
                    sheet = self._take(part)
                    self._look_for_more()
                    yield sheet, tuple(Span(one.after, one.until) for one in self._parts)
        finally:
            for task in self._pending():
                task.cancel()

    def _pending(self) -> list[asyncio.Task[Any]]:
        tasks = [self._surveying, *(part.asked for part in self._parts)]
        return [task for task in tasks if task is not None]

    def _start(self, part: Part) -> None:
        """The next page is on its way while the one before is stored."""
        part.asked = asyncio.ensure_future(self._ask(part.after))

    def _take(self, part: Part) -> Sheet:
        """The page that came for `part`, without what belongs to others."""
        assert part.asked is not None  # only parts whose page has come are taken
        sheet = part.asked.result()
        ids = [int(row["id"]) for row in sheet.rows]
        if min(ids, default=part.low) < part.low:
            return self._give_back(part)
        if not sheet.after or (part.until is not None and max(ids, default=-1) >= part.until):
            self._parts.remove(part)
            rows = inside(sheet.rows, ids, part)
        else:
            rows = inside(sheet.rows, ids, part)
            part.after, part.low = sheet.after, -1
            self._start(part)
        return Sheet(rows, sheet.links, sheet.after)

    def _give_back(self, part: Part) -> Sheet:
        """This list cannot be entered at an id: whoever reads up to there goes on to the end of `part`."""
        self._most = 1
        self._parts.remove(part)
        below = next((one for one in self._parts if one.until == part.low), None)
        if below is None:
            below = Part("", part.until)
            self._parts.append(below)
            self._start(below)
        below.until = part.until
        return Sheet((), {}, "")

    def _look_for_more(self) -> None:
        """Another part, if there is room for one and the last one is long enough."""
        tail = next((part for part in self._parts if part.until is None), None)
        if self._surveying or len(self._parts) >= self._most or tail is None or not tail.after.isdigit():
            return
        self._surveying = asyncio.ensure_future(self._divide(tail))

    async def _divide(self, tail: Part) -> None:
        """The tail ends at the id found, and a new tail begins after it, whether HubSpot counts that id in or not."""
        start = int(tail.after)
        left, middle = await self._survey(start, DEEPEST)
        share = left // (self._most - len(self._parts) + 1)
        if share < WORTH * self._size:
            self._most = len(self._parts)
            return
        if share < DEEPEST:
            _, middle = await self._survey(start, share)
        if middle is None or tail not in self._parts or not int(tail.after) < middle:
            return
        upper = Part(str(middle), None, low=middle)
        tail.until = middle
        self._parts.append(upper)
        self._start(upper)

    def _heed_survey(self) -> None:
        if self._surveying and self._surveying.done():
            self._surveying.result()
            self._surveying = None
            self._look_for_more()


def inside(rows: tuple[Json, ...], ids: list[int], part: Part) -> tuple[Json, ...]:
    if part.low < 0 and (part.until is None or not ids or max(ids) <= part.until):
        return rows
    most = max(ids, default=0) if part.until is None else part.until
    return tuple(row for row, one in zip(rows, ids, strict=True) if part.low < one <= most)
