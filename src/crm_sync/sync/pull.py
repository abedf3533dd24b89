"""Pages from the CRMs into the store, each with its cursor in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, TypeVar

from crm_sync.clock import to_iso
from crm_sync.connectors.base import Connector, Page, Window
from crm_sync.store import Store
from crm_sync.sync.progress import Progress
from crm_sync.sync.turns import Gate

AHEAD: Final = 4  # pages per object that wait to be stored: the read goes on, and memory stays flat

Pair = tuple[str, str]  # CRM and object
Key = TypeVar("Key")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pulled:
    """Rows per CRM and object, and how many records among them were new or different."""

    fetched: Mapping[str, Mapping[str, int]]
    read: int


FINISHED = "finished"  # the cursor of an object that has been read to the end of its window
Wanted = Mapping[str, tuple[str, ...]]  # CRM → objects to read


async def pull(
    store: Store,
    connectors: Mapping[str, Connector],
    wanted: Wanted,
    progress: Progress,
    window: Window | None = None,
    gate: Gate | None = None,
) -> Pulled:
    """Reads the wanted objects of all CRMs at the same time; each CRM's own limiter decides how fast that goes. The
    objects of a window that were read to their end stay marked until all of them are."""
    pairs = [(crm, name) for crm in connectors for name in wanted.get(crm, ())]

    async def one(pair: Pair) -> tuple[int, int]:
        return await pull_object(store, connectors[pair[0]], pair[1], progress, window, gate)

    found = await together(pairs, one)
    if window is not None:
        for crm, name in pairs:
            store.forget(crm, window_name(name, window))
    fetched: dict[str, dict[str, int]] = {}
    for (crm, name), (rows, _) in found.items():
        fetched.setdefault(crm, {})[name] = rows
    return Pulled(fetched, sum(changed for _, changed in found.values()))


async def pull_object(
    store: Store,
    connector: Connector,
    name: str,
    progress: Progress,
    window: Window | None,
    gate: Gate | None = None,
) -> tuple[int, int]:
    """(rows fetched, records new or different) of one object, from where its last read stopped. Pages are stored in
    their order while the next ones are on their way."""
    cursor_name = name if window is None else window_name(name, window)
    fetched = changed = 0
    cursor = store.progress(connector.crm, cursor_name).cursor
    if window is not None and cursor == FINISHED:
        return 0, 0
    progress.pulled(connector.crm, name, 0, False)
    pages = connector.pull(name, cursor, window)
    coming = gate.turns(ahead(gate.shares(connector.crm, pages))) if gate else ahead(pages)
    async with aclosing(coming):
        async for page in coming:
            changed += store.save_page(
                connector.crm,
                cursor_name,
                page.records,
                cursor=page.cursor,
                gone=page.gone,
                horizon=page.horizon if window is None else None,
                fetched=page.fetched,
            )
            fetched += page.fetched
            progress.pulled(connector.crm, name, fetched, False)
    if window is not None:
        store.save_page(connector.crm, cursor_name, (), cursor=FINISHED)
    progress.pulled(connector.crm, name, fetched, True)
    return fetched, changed


async def ahead(pages: AsyncIterator[Page], most: int = AHEAD) -> AsyncGenerator[Page, None]:
    """The same pages, up to `most` of them fetched before they are asked for."""
    fetched: asyncio.Queue[Page | None] = asyncio.Queue(most)

    async def fetch() -> None:
        try:
            async for page in pages:
                await fetched.put(page)
        finally:
            if isinstance(pages, AsyncGenerator):
                await pages.aclose()  # what it has under way ends with it
        await fetched.put(None)

    fetching = asyncio.ensure_future(fetch())
    try:
        while (page := await either(fetched, fetching)) is not None:
            yield page
    finally:
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)


async def either(fetched: asyncio.Queue[Page | None], fetching: asyncio.Task[None]) -> Page | None:
    """The next page; what went wrong, once the pages that came before it are stored."""
    if fetched.empty():
        waiting = asyncio.ensure_future(fetched.get())
        await asyncio.wait([waiting, fetching], return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        if fetched.empty():
            fetching.result()
    return fetched.get_nowait()


def window_name(name: str, window: Window) -> str:
    """The name under which an interrupted backfill of this window finds its cursor again."""
    return f"{name}@{to_iso(window.since)}..{to_iso(window.until)}"


async def together(keys: Sequence[Key], work: Callable[[Key], Awaitable[Result]]) -> dict[Key, Result]:
    """`work` for all keys at once. The first error ends the others and is raised as itself."""
    tasks = {key: asyncio.ensure_future(work(key)) for key in keys}
    try:
        await asyncio.gather(*tasks.values())
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return {key: task.result() for key, task in tasks.items()}
