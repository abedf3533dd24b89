"""What changed, by HubSpot's search: a walk by stamp without offsets, so no page shifts and no 10,000 limit binds.

Each question asks for the rows at or after the last stamp seen. When a whole page bears one stamp (a bulk update), that
instant is walked by id, and then the walk goes on after it. Rows that two pages share come once. The total that HubSpot
tells with a page says whether another one follows, and in the end whether all of them came.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.row import body_of, read_instant
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed, TryLater

PAGE: Final = 200

Stamped = tuple[int, int]  # id, epoch milliseconds of the last change


class Short(TryLater):
    """A walk brought fewer rows than HubSpot's total says there are; it must be walked again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask next: rows changed at or after `at`, or, with `after_id`, those of that instant with a higher id.
    `left` counts the rows at or after `at` that an instant's walk has not seen yet; None when that is not known."""

    at: int
    after_id: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of one page, and where to go on once they are stored; None after the last one."""

    ids: tuple[str, ...]
    onward: Place | None


@dataclass(frozen=True, slots=True)
class Answered:
    """Rows of one page in the order of the question, whatever order they came in, each once; `total` of the whole."""

    rows: tuple[Stamped, ...]
    total: int

    @property
    def last(self) -> bool:
        return self.total <= len(self.rows)


async def changed(
    http: Http, searches: Limiter, kind: Kind, place: Place, before: int | None = None
) -> AsyncIterator[Found]:
    """Pages of ids changed at or after `place`, and before `before` if given, oldest first. Raises Failed when an
    answer does not lead on, Short when rows are missing in the end."""
    start, expected, came, seen = place, 0, 0, frozenset[Stamped]()
    while True:
        answer = await ask(http, searches, kind, place, before)
        expected = expected if came or seen else answer.total
        fresh = [row for row in answer.rows if row not in seen]
        came += len(fresh)
        onward = step(place, answer)
        if onward is None and came < expected:
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
        return Place(last, 0, answer.total)
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


async def ask(
    http: Http, searches: Limiter, kind: Kind, place: Place, before: int | None, limit: int = PAGE
) -> Answered:
    body = question(kind, place, before) | {"limit": limit}
    answer = body_of((await http.post(f"/crm/v3/objects/{kind.name}/search", json=body, limiter=searches)).json())
    rows = {stamped(row, kind): None for row in answer.get("results") or ()}
    order = (lambda row: row) if place.after_id is not None else (lambda row: (row[1], row[0]))
    return Answered(tuple(sorted(rows, key=order)), int(answer.get("total") or 0))


def question(kind: Kind, place: Place, before: int | None) -> dict[str, Any]:
    """The body of a search."""
    filters = [{"propertyName": kind.modified, "operator": "GTE", "value": str(place.at)}]
    sort = kind.modified
    if place.after_id is not None:
        filters = [
            {"propertyName": kind.modified, "operator": "EQ", "value": str(place.at)},
            {"propertyName": "hs_object_id", "operator": "GT", "value": str(place.after_id)},
        ]
        sort = "hs_object_id"
    if before is not None:
        filters.append({"propertyName": kind.modified, "operator": "LT", "value": str(before)})
    return {
        "filterGroups": [{"filters": filters}], "sorts": [{"propertyName": sort, "direction": "ASCENDING"}],
        "properties": [kind.modified],
    }  # fmt: skip


async def at_rank(http: Http, searches: Limiter, kind: Kind, start: int, rank: int) -> tuple[int, int | None]:
    """How many records have this id or a higher one, and the id that stands `rank` places above it; None beyond the
    last one."""
    body = {
        "filterGroups": [{"filters": [{"propertyName": "hs_object_id", "operator": "GTE", "value": str(start)}]}],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}], "properties": ["hs_object_id"],
        "limit": 1, "after": str(rank),
    }  # fmt: skip
    answer = body_of((await http.post(f"/crm/v3/objects/{kind.name}/search", json=body, limiter=searches)).json())
    return int(answer.get("total") or 0), next((int(row["id"]) for row in answer.get("results") or ()), None)


def stamped(row: Mapping[str, Any], kind: Kind) -> Stamped:
    text = str((row.get("properties") or {}).get(kind.modified) or row.get("updatedAt") or "")
    try:
        return int(row["id"]), int(read_instant(text).timestamp() * 1000)
    except ValueError:
        raise Failed(CRM, f"search of {kind.name}", f"record {row['id']} has no readable {kind.modified}") from None
