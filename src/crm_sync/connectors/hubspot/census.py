"""How many records HubSpot holds and which, by search; and single ones as they stand now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from crm_sync.connectors.base import Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.cursor import milliseconds
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.row import body_of
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed
from crm_sync.records import Ref

PAGE: Final = 200
GONE: Final = frozenset({"OBJECT_NOT_FOUND", "NOT_FOUND"})


async def count(http: Http, searches: Limiter, kind: Kind, window: Window) -> int:
    """Living records created in the window: search tells how many there are beside the first of them."""
    body = await ask(http, searches, kind, question(kind, window, 1))
    return int(body["total"])


async def ids(http: Http, searches: Limiter, kind: Kind, window: Window) -> AsyncIterator[tuple[str, ...]]:
    """Their ids in order, each once: each question starts after the last one, so that the limit of 10,000 never
    binds."""
    last = 0
    while True:
        body = await ask(http, searches, kind, question(kind, window, PAGE, last))
        found = tuple(str(row["id"]) for row in body.get("results") or ())
        if fresh := tuple(one for one in dict.fromkeys(found) if int(one) > last):
            yield fresh
        if len(found) < PAGE:
            return
        if not fresh:
            raise Failed(CRM, f"search of {kind.name}", f"the same ids came twice, up to {last}")
        last = max(map(int, fresh))


async def ask(http: Http, searches: Limiter, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    path = f"/crm/v3/objects/{kind.name}/search"
    return dict(body_of((await http.post(path, json=body, limiter=searches)).json()))


def question(kind: Kind, window: Window, limit: int, last: int = 0) -> dict[str, Any]:
    filters = [
        {"propertyName": kind.created, "operator": "GTE", "value": str(milliseconds(window.since))},
        {"propertyName": kind.created, "operator": "LT", "value": str(milliseconds(window.until))},
    ]
    if last:
        filters.append({"propertyName": "hs_object_id", "operator": "GT", "value": str(last)})
    return {
        "filterGroups": [{"filters": filters}], "properties": ["hs_object_id"], "limit": limit,
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
    }  # fmt: skip


async def lost(http: Http, kind: Kind, ids: Sequence[str]) -> tuple[Ref, ...]:
    """Those that are archived, erased or merged away. Raises Failed when HubSpot does not say so of one that is not
    among its answers: nobody is buried on a mere absence."""
    body = {"inputs": [{"id": one} for one in ids], "properties": ["hs_object_id"]}
    said = body_of((await http.post(f"/crm/v3/objects/{kind.name}/batch/read", json=body)).json())
    other = [one for one in said.get("errors") or () if one.get("category") not in GONE]
    if other:
        raise Failed(CRM, f"batch/read of {kind.name}", str(other[0].get("message") or other[0].get("category")))
    there = {str(row["id"]) for row in said.get("results") or ()}
    return tuple(Ref(CRM, kind.name, one) for one in ids if one not in there)
