"""Pages of HubSpot's objects: everything at first, what changed from then on, a window of the past for backfills."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import quote

from crm_sync.clock import from_iso, stopwatch, to_iso
from crm_sync.connectors.base import Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.cursor import EVERYTHING, Cursor, Spans, milliseconds, stamp_of
from crm_sync.connectors.hubspot.errands import is_due
from crm_sync.connectors.hubspot.links import LINKS_AT_ONCE, Links, links_of
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.connectors.hubspot.questions import PAGE as FOUND_AT_ONCE
from crm_sync.connectors.hubspot.questions import Place, at_rank
from crm_sync.connectors.hubspot.row import Json, body_of, next_after, read_instant
from crm_sync.connectors.hubspot.search import Found, Short, changed
from crm_sync.connectors.hubspot.spans import Sheet, Walk
from crm_sync.connectors.limiter import Limiter
from crm_sync.records import Ref

OVERLAP: Final = timedelta(minutes=10)  # search finds a change only some moments after it was made
CALCULATED_EVERY: Final = timedelta(hours=24)  # such values change without moving the record's stamp
AGAIN_SHEETS: Final = 400  # pages of one object that one run may spend on reading everything again
LONGEST_PATH: Final = 6_000  # characters; beyond some 8,000 HubSpot answers 414
PAGE: Final = 100
PAGE_WITH_HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What to read of each record of one object. `mark` stands for the properties, ours not counted; `calculated`
    says that some of them change without a stamp."""

    kind: Kind
    properties: tuple[str, ...]
    history: tuple[str, ...] = ()
    mark: str = ""
    calculated: bool = False

    @property
    def page(self) -> int:
        return PAGE_WITH_HISTORY if self.history else PAGE


def mark_of(*names: str) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Calls:
    """The account's client, and the limiters of what has a limit of its own."""

    http: Http
    searches: Limiter
    links: Limiter


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw records read in one go. `cursor` closes them; `horizon` is set when everything up to then has been read."""

    rows: Sequence[Json]
    cursor: str
    links: Links = field(default_factory=dict)
    archived: Sequence[Ref] = ()
    horizon: datetime | None = None


async def read(calls: Calls, asked: Asked, cursor: str | None) -> AsyncGenerator[Batch, None]:
    """Everything, or what changed since the read that `cursor` closes; an interrupted read goes on where it stopped."""
    place = Cursor.parse(cursor)
    async for batch in listed(calls, asked, place) if place.mode == "list" else caught_up(calls, asked, place):
        yield batch


async def listed(calls: Calls, asked: Asked, place: Cursor) -> AsyncGenerator[Batch, None]:
    """All records for the first time, and who of them was archived meanwhile."""
    place, sent = place if place.asked else replace(place, asked=asked.mark), stopwatch()
    async with aclosing(walk_of(calls, asked, place.spans).sheets()) as sheets:
        async for page, left in sheets:
            place = place if place.began else replace(place, began=began_at(calls.http, sent))
            if left:
                yield Batch(page.rows, replace(place, spans=left).text(), page.links)
                continue
            archived = await archived_since(calls, asked.kind, from_iso(place.began) - OVERLAP)
            done = Cursor("changes", since=place.began, asked=place.asked, archived=place.began, whole=place.began)
            yield Batch(page.rows, done.text(), page.links, archived, from_iso(place.began))


async def caught_up(calls: Calls, asked: Asked, place: Cursor) -> AsyncGenerator[Batch, None]:
    """What changed since the last read, which records were archived since, and then all again where that is due."""
    start = place.place() or Place(stamp_of(to_iso(from_iso(place.since) - OVERLAP)))
    sent, walk = stopwatch(), changed(calls.http, calls.searches, asked.kind, start)
    try:
        async with aclosing(by_search(calls, asked, walk)) as batches:
            async for batch, onward in batches:
                place = place if place.began else replace(place, began=began_at(calls.http, sent))
                if onward is not None:
                    yield replace(batch, cursor=place.moved_to(onward).text())
                    continue
                done = replace(place.moved_to(None), since=place.began, began="")
                done, archived = await with_archived(calls, asked.kind, done)
                done = with_again(asked, done)
                yield replace(batch, cursor=done.text(), archived=archived, horizon=from_iso(place.began))
    except Short:
        yield Batch((), replace(place.moved_to(None), began="").text())
        raise
    async for batch in read_again(calls, asked, done):
        yield batch


async def with_archived(calls: Calls, kind: Kind, done: Cursor) -> tuple[Cursor, Sequence[Ref]]:
    """Who was archived since we last asked; that costs a list of 90 days, so it is not asked every time."""
    last = from_iso(done.archived) if done.archived else None
    if not kind.archived or (last and not is_due(kind.name, last, from_iso(done.since))):
        return done, ()
    gone = await archived_since(calls, kind, (last or from_iso(done.since)) - OVERLAP)
    return replace(done, archived=done.since), gone


def with_again(asked: Asked, done: Cursor) -> Cursor:
    """All are read again when more is asked of each than before, and now and then for values without a stamp."""
    more = done.asked != asked.mark
    old = not done.whole or from_iso(done.since) - from_iso(done.whole) >= CALCULATED_EVERY
    if more or (asked.calculated and old and not done.again):
        return replace(done, asked=asked.mark, whole=done.since, again=EVERYTHING)
    return done


async def read_again(calls: Calls, asked: Asked, done: Cursor) -> AsyncGenerator[Batch, None]:
    """A share of all records per run, behind what changed: the horizon does not wait for it."""
    if not done.again:
        return
    count = 0
    async with aclosing(walk_of(calls, asked, done.again).sheets()) as sheets:
        async for page, left in sheets:
            count += 1
            yield Batch(page.rows, replace(done, again=left).text(), page.links)
            if count >= AGAIN_SHEETS:
                return


async def read_window(calls: Calls, asked: Asked, window: Window, cursor: str | None) -> AsyncGenerator[Batch, None]:
    """Records changed in [since, until). `cursor` counts only when it is of the same window."""
    bounds = window.since.astimezone(UTC).isoformat(), window.until.astimezone(UTC).isoformat()
    place = Cursor.parse(cursor)
    if (place.since, place.until) != bounds:
        place = Cursor("window", since=bounds[0], until=bounds[1])
    start, end = place.place() or Place(milliseconds(window.since)), Place(milliseconds(window.until))
    walk = changed(calls.http, calls.searches, asked.kind, start, end.at)
    async for batch, onward in by_search(calls, asked, walk):
        over = onward is None
        archived = await archived_since(calls, asked.kind, window.since, window.until) if over else ()
        yield replace(batch, cursor=place.moved_to(onward or end).text(), archived=archived)


def began_at(http: Http, sent: float) -> str:
    """The CRM's time when the first call of a read went out, known from its answer: what changes from then on belongs
    to the next read."""
    return to_iso(http.now() - timedelta(seconds=stopwatch() - sent))


def walk_of(calls: Calls, asked: Asked, spans: Spans) -> Walk:
    ask = partial(sheet, calls, asked, list_path(asked))
    return Walk(spans, ask, partial(at_rank, calls.http, calls.searches, asked.kind), asked.page)


def list_path(asked: Asked) -> str:
    """The list's path with all that it asks for, worked out once: only the cursor differs from page to page."""
    named = {
        "limit": str(asked.page), "properties": ",".join(asked.properties),
        "propertiesWithHistory": ",".join(asked.history), "associations": ",".join(asked.kind.links),
    }  # fmt: skip
    query = "&".join(f"{name}={quote(value, safe=',')}" for name, value in named.items() if value)
    return f"/crm/v3/objects/{asked.kind.name}?{query}"


async def sheet(calls: Calls, asked: Asked, path: str, after: str) -> Sheet:
    """One page of a list with its links."""
    if len(path) > LONGEST_PATH:
        return await sheet_of_ids(calls, asked, after)
    body = body_of((await calls.http.get(f"{path}&after={quote(after)}" if after else path)).json())
    rows = tuple(body.get("results") or ())
    return Sheet(rows, await links_of(calls.http, calls.links, asked.kind, rows, inline=True), next_after(body))


async def sheet_of_ids(calls: Calls, asked: Asked, after: str) -> Sheet:
    """The same for more properties than a URL holds: the list tells ids alone, and a body names the properties."""
    bare = replace(asked, kind=replace(asked.kind, links=()), properties=("hs_object_id",), history=())
    path = list_path(bare).replace(f"limit={bare.page}", f"limit={asked.page}")
    body = body_of((await calls.http.get(f"{path}&after={quote(after)}" if after else path)).json())
    rows = tuple(await read_ids(calls, asked, [str(row["id"]) for row in body.get("results") or ()]))
    rows = tuple(sorted(rows, key=lambda row: int(row["id"])))
    return Sheet(rows, await links_of(calls.http, calls.links, asked.kind, rows, inline=False), next_after(body))


async def by_search(
    calls: Calls, asked: Asked, walk: AsyncGenerator[Found, None]
) -> AsyncGenerator[tuple[Batch, Place | None], None]:
    """The records behind the ids of a search, up to a thousand together, of which one more call tells the links: rows
    are read while the search goes on, a thousand ahead."""
    waiting: deque[asyncio.Task[tuple[Batch, Place | None]]] = deque()
    ids, unread = list[str](), list[str]()
    reads: list[asyncio.Task[Sequence[Json]]] = []
    try:
        async with aclosing(walk):
            async for found in walk:
                ids, unread = [*ids, *found.ids], [*unread, *found.ids]
                full = found.onward is None or len(ids) + FOUND_AT_ONCE > LINKS_AT_ONCE
                while len(unread) >= asked.page or (full and unread):
                    reads.append(asyncio.ensure_future(read_ids(calls, asked, unread[: asked.page])))
                    unread = unread[asked.page :]
                if full:
                    waiting.append(asyncio.ensure_future(batch_of(calls, asked, ids, reads, found.onward)))
                    ids, reads = [], []
                while len(waiting) > 1:
                    yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in (*waiting, *reads):
            task.cancel()


async def batch_of(
    calls: Calls, asked: Asked, ids: Sequence[str], reads: Sequence[asyncio.Task[Sequence[Json]]], onward: Place | None
) -> tuple[Batch, Place | None]:
    links = links_of(calls.http, calls.links, asked.kind, [{"id": one} for one in ids], inline=False)
    told, bodies = await asyncio.gather(links, asyncio.gather(*reads))
    by_id = {str(row["id"]): row for body in bodies for row in body}  # HubSpot answers a batch in any order
    return Batch([by_id[one] for one in ids if one in by_id], "", told), onward


async def by_ids(calls: Calls, asked: Asked, ids: Sequence[str]) -> Batch:
    """The records behind a few ids, with their links; it closes nothing."""
    reading = asyncio.ensure_future(read_ids(calls, asked, ids))
    return (await batch_of(calls, asked, ids, (reading,), None))[0]


async def read_ids(calls: Calls, asked: Asked, ids: Sequence[str]) -> Sequence[Json]:
    """Records by id; those that are gone meanwhile are left out (the archived ones are listed by themselves)."""
    body = {
        "inputs": [{"id": one} for one in ids], "properties": asked.properties, "propertiesWithHistory": asked.history,
    }  # fmt: skip
    if not ids:
        return ()
    answer = await calls.http.post(f"/crm/v3/objects/{asked.kind.name}/batch/read", json=body)
    return body_of(answer.json()).get("results") or ()


async def archived_since(calls: Calls, kind: Kind, since: datetime, until: datetime | None = None) -> tuple[Ref, ...]:
    """Records archived in [since, until); HubSpot can only list all of the last 90 days, in the order of ids."""
    gone: list[Ref] = []
    after = ""
    while kind.archived:
        named = {"limit": str(PAGE), "archived": "true", "properties": "hs_object_id"}
        further = {"after": after} if after else {}
        body = body_of((await calls.http.get(f"/crm/v3/objects/{kind.name}", params={**named, **further})).json())
        rows = body.get("results") or ()
        gone += [Ref(CRM, kind.name, str(row["id"])) for row in rows if is_between(row, since, until)]
        after = next_after(body)
        if not after:
            break
    return tuple(gone)


def is_between(row: Json, since: datetime, until: datetime | None) -> bool:
    """Unknown means yes: to be told twice that a record is gone changes nothing."""
    try:
        at = read_instant(str(row.get("archivedAt") or ""))
    except ValueError:
        return True
    return since <= at and (until is None or at < until)
