"""What changed, by HubSpot's search: a walk by stamp without offsets, so no page shifts and no 10,000 limit binds.

Each question asks for the rows at or after the last stamp seen. When a whole page bears one stamp (a bulk update), that
instant is walked by id, and then the walk goes on after it. Rows that two pages share come once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.row import read_instant
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed

PAGE: Final = 200

Stamped = tuple[int, int]  # id, epoch milliseconds of the last change


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask next: rows changed at or after `at`, or, with `after_id`, those of that instant with a higher id."""

    at: int
    after_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of one page, and where to go on once they are stored; None after the last one."""

    ids: tuple[str, ...]
    onward: Place | None


async def changed(
    http: Http, searches: Limiter, kind: Kind, place: Place, before: int | None = None
) -> AsyncIterator[Found]:
    """Pages of ids changed at or after `place`, and before `before` if given, oldest first."""
    seen: frozenset[Stamped] = frozenset()
    while True:
        rows = await ask(http, searches, kind, place, before)
        onward = step(place, rows)
        yield Found(tuple(str(row[0]) for row in rows if row not in seen), onward)
        if onward is None:
            return
        place, seen = onward, frozenset(rows)


def step(place: Place, rows: list[Stamped]) -> Place | None:
    """Where the walk goes after `rows`, the answer at `place`. Raises Failed when it would stand still."""
    if place.after_id is not None:
        last = max((row[0] for row in rows), default=place.after_id)
        if len(rows) < PAGE:
            return Place(place.at + 1)
        return moved(place, Place(place.at, last), last > place.after_id)
    if len(rows) < PAGE:
        return None
    last_stamp = rows[-1][1]
    if last_stamp == place.at or all(stamp == last_stamp for _, stamp in rows):
        return Place(last_stamp, 0)
    return moved(place, Place(last_stamp), last_stamp > place.at)


def moved(place: Place, onward: Place, forward: bool) -> Place:
    if not forward:
        raise Failed(CRM, "search", f"the answer at {place} does not lead on: rows are not in the order asked for")
    return onward


async def ask(http: Http, searches: Limiter, kind: Kind, place: Place, before: int | None) -> list[Stamped]:
    answer = await http.post(
        f"/crm/v3/objects/{kind.name}/search", json=question(kind, place, before), limiter=searches
    )
    return [stamped(row, kind) for row in answer.json().get("results") or ()]


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
        "properties": [kind.modified], "limit": PAGE,
    }  # fmt: skip


def stamped(row: Mapping[str, Any], kind: Kind) -> Stamped:
    text = str((row.get("properties") or {}).get(kind.modified) or row.get("updatedAt") or "")
    try:
        return int(row["id"]), int(read_instant(text).timestamp() * 1000)
    except ValueError:
        raise Failed(CRM, f"search of {kind.name}", f"record {row['id']} has no readable {kind.modified}") from None
