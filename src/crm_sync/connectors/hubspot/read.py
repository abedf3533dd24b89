"""Pages of HubSpot's objects: everything in the order of ids at first, what changed from then on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from crm_sync.clock import from_iso, to_iso
from crm_sync.connectors.base import Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.links import Links, links_of
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.row import Json, body_of, next_after, read_instant
from crm_sync.connectors.hubspot.search import Found, Place, changed
from crm_sync.connectors.limiter import Limiter
from crm_sync.records import Ref

OVERLAP: Final = timedelta(minutes=10)  # search finds a change only some moments after it was made
PAGE: Final = 100
PAGE_WITH_HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What to read of each record of one object."""

    kind: Kind
    properties: tuple[str, ...]
    history: tuple[str, ...] = ()

    @property
    def page(self) -> int:
        return PAGE_WITH_HISTORY if self.history else PAGE


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw records read in one go. `cursor` closes them; `horizon` is set on the last batch of a read."""

    rows: Sequence[Json]
    cursor: str
    links: Links = field(default_factory=dict)
    archived: Sequence[Ref] = ()
    horizon: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a read has come. `began` is the CRM's time at its first call; the next read starts there."""

    mode: str  # list, changes, window
    began: str = ""
    after: str = ""  # list: the CRM's own cursor
    since: str = ""  # changes and window: the lower bound of the whole read
    until: str = ""  # window
    at: int | None = None  # changes and window: the place within
    after_id: int | None = None

    def text(self) -> str:
        return json.dumps({name: value for name in self.__slots__ if (value := getattr(self, name)) not in ("", None)})

    @classmethod
    def parse(cls, text: str | None) -> Cursor:
        return cls(**json.loads(text)) if text else cls("list")

    def place(self) -> Place:
        return Place(milliseconds(from_iso(self.since)) if self.at is None else self.at, self.after_id)

    def moved_to(self, place: Place | None) -> Cursor:
        at, after_id = (place.at, place.after_id) if place else (None, None)
        return Cursor(self.mode, self.began, since=self.since, until=self.until, at=at, after_id=after_id)


async def read(http: Http, searches: Limiter, asked: Asked, cursor: str | None) -> AsyncIterator[Batch]:
    """Everything, or what changed since the read that `cursor` closes; an interrupted read goes on where it stopped."""
    place = Cursor.parse(cursor)
    batches = listed(http, asked, place) if place.mode == "list" else caught_up(http, searches, asked, place)
    async for batch in batches:
        yield batch


async def listed(http: Http, asked: Asked, place: Cursor) -> AsyncIterator[Batch]:
    """All records in the order of their ids."""
    began, after = place.began, place.after
    while True:
        body = await list_page(http, asked, after)
        began = began or began_at(http)
        after = next_after(body)
        links = await links_of(http, asked.kind, body.get("results") or (), inline=True)
        onward = Cursor("list", began, after) if after else Cursor("changes", since=began)
        yield Batch(body.get("results") or (), onward.text(), links, horizon=None if after else from_iso(began))
        if not after:
            return


async def caught_up(http: Http, searches: Limiter, asked: Asked, place: Cursor) -> AsyncIterator[Batch]:
    """What changed since the last read, then which records were archived since."""
    since = from_iso(place.since) - OVERLAP
    start = place if place.at is not None else place.moved_to(Place(milliseconds(since)))
    async for found in changed(http, searches, asked.kind, start.place()):
        start = start if start.began else Cursor("changes", began_at(http), since=place.since)
        if found.onward is not None:
            yield await batch_of(http, asked, found, start.moved_to(found.onward))
            continue
        archived = await archived_since(http, asked.kind, since) if asked.kind.archived else ()
        last = await batch_of(http, asked, found, Cursor("changes", since=start.began))
        yield Batch(last.rows, last.cursor, last.links, archived, from_iso(start.began))


async def read_window(
    http: Http, searches: Limiter, asked: Asked, window: Window, cursor: str | None
) -> AsyncIterator[Batch]:
    """Records changed in [since, until). `cursor` counts only when it is of the same window."""
    bounds = window.since.astimezone(UTC).isoformat(), window.until.astimezone(UTC).isoformat()
    place = Cursor.parse(cursor)
    if (place.since, place.until) != bounds:
        place = Cursor("window", since=bounds[0], until=bounds[1])
    async for found in changed(http, searches, asked.kind, place.place(), milliseconds(window.until)):
        yield await batch_of(http, asked, found, place.moved_to(found.onward or Place(milliseconds(window.until))))


async def read_owners(http: Http) -> AsyncIterator[Batch]:
    """All owners, those who left included: their records still name them."""
    began = ""
    for archived in ("false", "true"):
        after = ""
        while True:
            named = {"limit": "500", "archived": archived, **({"after": after} if after else {})}
            body = (await http.get("/crm/v3/owners", params=named)).json()
            began, after = began or began_at(http), next_after(body)
            over = archived == "true" and not after
            cursor = Cursor("list", began).text()
            yield Batch(body.get("results") or (), cursor, horizon=from_iso(began) if over else None)
            if not after:
                break


async def list_page(http: Http, asked: Asked, after: str) -> Json:
    named = {
        "limit": str(asked.page), "properties": ",".join(asked.properties),
        "propertiesWithHistory": ",".join(asked.history), "associations": ",".join(asked.kind.links), "after": after,
    }  # fmt: skip
    answer = await http.get(
        f"/crm/v3/objects/{asked.kind.name}", params={name: value for name, value in named.items() if value}
    )
    return body_of(answer.json())


async def batch_of(http: Http, asked: Asked, found: Found, cursor: Cursor) -> Batch:
    """The records behind the ids of a search."""
    chunks = [found.ids[at : at + asked.page] for at in range(0, len(found.ids), asked.page)]
    bodies = await asyncio.gather(*(read_ids(http, asked, chunk) for chunk in chunks))
    by_id = {str(row["id"]): row for body in bodies for row in body}  # HubSpot answers a batch in any order
    rows = [by_id[one] for one in found.ids if one in by_id]
    return Batch(rows, cursor.text(), await links_of(http, asked.kind, rows, inline=False))


async def read_ids(http: Http, asked: Asked, ids: Iterable[str]) -> Sequence[Json]:
    """Records by id; those that are gone meanwhile are left out (the archived ones are listed by themselves)."""
    body = {
        "inputs": [{"id": one} for one in ids], "properties": asked.properties, "propertiesWithHistory": asked.history,
    }  # fmt: skip
    answer = await http.post(f"/crm/v3/objects/{asked.kind.name}/batch/read", json=body)
    return body_of(answer.json()).get("results") or ()


async def archived_since(http: Http, kind: Kind, since: datetime) -> tuple[Ref, ...]:
    """Records archived at or after `since`; HubSpot can only list all of the last 90 days, in the order of ids."""
    gone: list[Ref] = []
    after = ""
    while True:
        named = {"limit": str(PAGE), "archived": "true", "properties": "hs_object_id"}
        further = {"after": after} if after else {}
        body = body_of((await http.get(f"/crm/v3/objects/{kind.name}", params={**named, **further})).json())
        gone += [Ref(CRM, kind.name, str(row["id"])) for row in body.get("results") or () if is_since(row, since)]
        after = next_after(body)
        if not after:
            return tuple(gone)


def is_since(row: Json, since: datetime) -> bool:
    """Unknown means yes: to be told twice that a record is gone changes nothing."""
    try:
        return read_instant(str(row.get("archivedAt") or "")) >= since
    except ValueError:
        return True


def began_at(http: Http) -> str:
    """The CRM's time just after a first answer: what changes from here on belongs to the next read."""
    return to_iso(http.now())


def milliseconds(at: datetime) -> int:
    return max(1, int(at.timestamp() * 1000))  # HubSpot's search fails on epoch 0
