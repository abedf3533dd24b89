"""Single questions to HubSpot's search: what changed at or after a place, and which id stands at a rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.row import body_of, read_instant
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed

PAGE: Final = 200

Stamped = tuple[int, int]  # id, epoch milliseconds of the last change


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask next: rows changed at or after `at`, or, with `after_id`, those of that instant with a higher id.
    `left` counts the rows at or after `at` that an instant's walk has not seen yet; None when that is not known."""

    at: int
    after_id: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Rows of one page in the order of the question, whatever order they came in, each once; `total` of the whole, of
    which `skipped` stand before the page."""

    rows: tuple[Stamped, ...]
    total: int
    skipped: int = 0

    @property
    def last(self) -> bool:
        return self.total <= self.skipped + len(self.rows)

    @property
    def of_one_stamp(self) -> bool:
        """Such an instant is walked by id."""
        return bool(self.rows) and self.rows[0][1] == self.rows[-1][1]

    @property
    def left(self) -> int | None:
        """The rows at or after the first stamp; not known where some of them may stand before the page."""
        return None if self.skipped else self.total


async def ask(
    http: Http, searches: Limiter, kind: Kind, place: Place, before: int | None, skipped: int = 0, limit: int = PAGE
) -> Answered:
    body = question(kind, place, before) | {"limit": limit, **({"after": str(skipped)} if skipped else {})}
    answer = body_of((await http.post(f"/crm/v3/objects/{kind.name}/search", json=body, limiter=searches)).json())
    rows = {stamped(row, kind): None for row in answer.get("results") or ()}
    order = (lambda row: row) if place.after_id is not None else (lambda row: (row[1], row[0]))
    return Answered(tuple(sorted(rows, key=order)), int(answer.get("total") or 0), skipped)


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
