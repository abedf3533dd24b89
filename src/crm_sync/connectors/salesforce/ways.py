"""Few rows come by REST, many by Bulk; whatever happens on the way, every row comes."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from crm_sync.connectors.salesforce.bulk import Bulk
from crm_sync.connectors.salesforce.place import Place
from crm_sync.connectors.salesforce.rest import Rest
from crm_sync.connectors.salesforce.rows import Columns
from crm_sync.connectors.salesforce.soql import Lost, NotInBulk, Question, Rows, Short, TooSlow
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.errors import Failed, TryLater

MOST = 250_000  # rows per job: what an interruption or a failure can cost is bounded
SMALLEST = 2_000
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows, and the place after them."""

    rows: Rows
    place: Place
    last: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """Up to `few` rows come by REST: its first page says how many there are, unless `few` is less than none. A job
    brings up to `most`."""

    rest: Rest
    bulk: Bulk
    few: float
    most: int = MOST

    async def pieces(self, question: Question, place: Place) -> AsyncGenerator[Piece, None]:
        """All rows of a question that come after a place. Raises TryLater, Failed."""
        few, most, troubles, many = self.few, self.most, 0, place.job is not None or self.few < 0
        while True:
            try:
                way = self.by_bulk(question, place, most) if many else self.by_rest(question, place, few)
                async with aclosing(way):
                    async for piece in way:
                        yield piece
                        if piece.last:
                            return
                        place = piece.place
                many = True
            except TooSlow as problem:
                place, most, many = place.at(place.id), most // 2 if many else most, few < math.inf
                if most < SMALLEST or not many:
                    raise TryLater(CRM, f"{question.object}: {problem}", after=600.0) from None
            except NotInBulk:
                few, many = math.inf, False
            except Lost as problem:
                place, troubles = place.at(None if isinstance(problem, Short) else place.id), troubles + 1
                if troubles == ATTEMPTS:
                    raise Failed(CRM, question.object, f"{problem}, {ATTEMPTS} times.") from None

    async def by_rest(self, question: Question, place: Place, few: float) -> AsyncGenerator[Piece, None]:
        """All pages; the first one alone when the whole answer is too long for REST."""
        async with aclosing(self.rest.pages(question, place.id)) as pages:
            async for page in pages:
                place = place.at(page.rows.last_id or place.id)
                yield Piece(page.rows, place, not page.more)
                if page.total > few:
                    return

    async def by_bulk(self, question: Question, place: Place, most: int) -> AsyncGenerator[Piece, None]:
        """The result pages of one job: a new one, or the one in which the place is. A job that brings as many rows as
        it may is not the last; nor is one of an earlier run, of which we do not know how many it might bring."""
        last, count, nothing = place.job is None, place.count, Rows(Columns(question.fields), [])
        job, found = place.job or await self.bulk.start(question.text(place.id, most)), None
        place = place.in_job(job, place.locator, place.id, count)
        async for found in self.bulk.outcome(job):
            if found is None:
                yield Piece(nothing, place, last=False)
        if not found:
            yield Piece(nothing, place.at(place.id), last)
            return
        began_at = place.id
        async with aclosing(self.bulk.pages(job, place.locator)) as pages:
            async for results in pages:
                count, after = count + len(results.rows.rows), results.rows.last_id or place.id
                if results.locator:
                    place = place.in_job(job, results.locator, after, count)
                    yield Piece(results.rows, place, last=False)
                    continue
                check(question, found, count, stuck=found >= most and after == began_at)
                yield Piece(results.rows, place.at(after), last and found < most)


def check(question: Question, found: int, count: int, *, stuck: bool) -> None:
    """A job must bring what it found, and the next one must begin elsewhere."""
    if count != found:
        raise Short(f"{count} of {found} rows of {question.object} came")
    if stuck:
        raise Failed(CRM, question.object, "the rows do not come in the order of their ids.")
