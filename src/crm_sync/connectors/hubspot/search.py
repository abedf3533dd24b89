"""What changed, by HubSpot's search: a walk by stamp, so that no page shifts unseen and no limit of 10,000 binds.

Each question asks for the rows at or after the last stamp seen. When a whole page bears one stamp (a bulk update), that
instant is walked by id, and then the walk goes on after it. Rows that two pages share come once. The total that HubSpot
tells with a page says whether another one follows, and in the end whether all of them came.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.ahead import Ahead
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.questions import Answered, Place, Stamped, ask
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed, TryLater


class Short(TryLater):
    """A walk brought fewer rows than HubSpot's total says there are; it must be walked again."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of one page, and where to go on once they are stored; None after the last one."""

    ids: tuple[str, ...]
    onward: Place | None


async def changed(
    http: Http, searches: Limiter, kind: Kind, place: Place, before: int | None = None
) -> AsyncGenerator[Found, None]:
    """Pages of ids changed at or after `place`, and before `before` if given, oldest first. Raises Failed when an
    answer does not lead on, Short when rows are missing in the end."""
    start, expected, came, seen = place, 0, 0, frozenset[Stamped]()
    async with aclosing(Ahead(partial(ask, http, searches, kind))) as pages:
        while True:
            answer = await pages.page(place, before)
            expected = expected if came or seen else answer.total
            fresh = [row for row in answer.rows if row not in seen]
            came += len(fresh)
            onward = step(place, answer)
            if onward is None and came < expected:
                if answer.skipped:  # what changed while pages asked for ahead were on their way stands behind this one
                    onward = Place(answer.rows[-1][1])
                else:
                    await look_again(http, searches, kind, start, before, came)
            yield Found(tuple(str(row[0]) for row in fresh), onward)
            if onward is None:
                return
            place, seen = onward, frozenset(answer.rows)


def step(place: Place, answer: Answered) -> Place | None:
    """Where the walk goes after `answer` at `place`. Raises Failed when it would stand still."""
    if place.after_id is not None:
        return within_instant(place, place.after_id, answer)
    if answer.last:
        return None
    if not answer.rows:
        raise Failed(CRM, "search", f"{answer.total} records at {place}, and none of them on the page")
    first, last = answer.rows[0][1], answer.rows[-1][1]
    if last == first or last == place.at:
        return Place(last, 0, answer.left)
    return moved(place, Place(last), last > place.at)


def within_instant(place: Place, after_id: int, answer: Answered) -> Place | None:
    left = None if place.left is None else place.left - len(answer.rows)
    if not answer.last:
        last = max((row[0] for row in answer.rows), default=after_id)
        return moved(place, Place(place.at, last, left), last > after_id)
    return None if left is not None and left <= 0 else Place(place.at + 1)


def moved(place: Place, onward: Place, forward: bool) -> Place:
    if not forward:
        raise Failed(CRM, "search", f"the answer at {place} does not lead on: rows are not in the order asked for")
    return onward


async def look_again(http: Http, searches: Limiter, kind: Kind, start: Place, before: int | None, came: int) -> None:
    """Records that were archived or changed on the way are no longer there; who is there must have come."""
    there = (await ask(http, searches, kind, start, before, limit=1)).total
    if came < there:
        said = f"search of {kind.name} tells of {there} records, its pages brought {came}; they are read again"
        raise Short(CRM, said, after=60.0)
