"""Pages from the CRMs into the store, each with its cursor in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from crm_sync.clock import to_iso
from crm_sync.connectors.base import Connector, Window
from crm_sync.store import Store
from crm_sync.sync.progress import Progress
from crm_sync.sync.turns import Gate

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
    """Reads the wanted objects of all CRMs at the same time, one object after the other within a CRM. The objects of a
    window that were read to their end stay marked until all of them are."""

    async def one_crm(crm: str) -> tuple[dict[str, int], int]:
        fetched, read = {}, 0
        for name in wanted[crm]:
            fetched[name], changed = await pull_object(store, connectors[crm], name, progress, window, gate)
            read += changed
        return fetched, read

    crms = [crm for crm in connectors if wanted.get(crm)]
    found = await together(crms, one_crm)
    if window is not None:
        for crm in crms:
            for name in wanted[crm]:
                store.forget(crm, window_name(name, window))
    return Pulled({crm: counts for crm, (counts, _) in found.items()}, sum(read for _, read in found.values()))


async def pull_object(
    store: Store,
    connector: Connector,
    name: str,
    progress: Progress,
    window: Window | None,
    gate: Gate | None = None,
) -> tuple[int, int]:
    """(rows fetched, records new or different) of one object, from where its last read stopped."""
    cursor_name = name if window is None else window_name(name, window)
    fetched = changed = 0
    cursor = store.progress(connector.crm, cursor_name).cursor
    if window is not None and cursor == FINISHED:
        return 0, 0
    progress.pulled(connector.crm, name, 0, False)
    pages = connector.pull(name, cursor, window)
    async for page in gate.pages(connector.crm, pages) if gate else pages:
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


def window_name(name: str, window: Window) -> str:
    """The name under which an interrupted backfill of this window finds its cursor again."""
    return f"{name}@{to_iso(window.since)}..{to_iso(window.until)}"


async def together(keys: list[str], work: Callable[[str], Awaitable[Result]]) -> dict[str, Result]:
    """`work` for all keys at once. The first error ends the others and is raised as itself."""
    tasks = {key: asyncio.ensure_future(work(key)) for key in keys}
    try:
        await asyncio.gather(*tasks.values())
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return {key: task.result() for key, task in tasks.items()}
