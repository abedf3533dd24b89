"""The client that is measured, in a process of its own: `python -m bench.hubspot_client CARD DIRECTORY`.

Every line on standard input is one thing to read, `translate` (without a store), `backfill` or `changes`; the answer is
a line of JSON with what it took. The end of standard input ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bench.kit import Figures, own_cpu, peak
from crm_sync.connectors.hubspot import HubSpot
from crm_sync.mappings import load_vocabulary
from crm_sync.settings import HubSpotSettings
from crm_sync.store import Store, open_store
from crm_sync.sync.progress import Silent
from crm_sync.sync.pull import pull

MIX: Final = ("contacts", "deals", "calls", "emails", "meetings", "notes", "tasks", "communications")
WINDOW: Final = 10.0  # seconds of a rolling quota


def main(card: str, directory: str) -> None:
    asyncio.run(serve(json.loads(Path(card).read_text()), directory))


async def serve(card: Figures, directory: str) -> None:
    store = open_store(f"sqlite:///{directory}/bench.db")
    works = {"translate": lambda: translate(card), "backfill": lambda: read(card, store)}
    works["changes"] = works["backfill"]
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await works[line.strip()]()), flush=True)
    store.close()


def connect(card: Figures) -> HubSpot:
    vocabulary, told = load_vocabulary(), card["hubspot"]
    settings = HubSpotSettings(token=SecretStr(told["token"]), base_url=told["url"])
    return HubSpot(settings, vocabulary, vocabulary.fields.profile(minimal=False))


async def translate(card: Figures) -> Figures:
    """Fetches and translates contacts, deals and touches; nothing is kept."""
    hubspot = connect(card)

    async def one(name: str) -> tuple[int, int]:
        rows = records = 0
        async for page in hubspot.pull(name, None):
            rows, records = rows + page.fetched, records + len(page.records)
        return rows, records

    async def all_of_them() -> tuple[int, int]:
        found = await asyncio.gather(*map(one, MIX))
        return sum(rows for rows, _ in found), sum(records for _, records in found)

    return await measured(hubspot, all_of_them)


async def read(card: Figures, store: Store) -> Figures:
    """What a sync's first step does with HubSpot: every object, page by page into the store."""
    hubspot = connect(card)

    async def everything() -> tuple[int, int]:
        pulled = await pull(store, {"hubspot": hubspot}, {"hubspot": hubspot.objects}, Silent())
        return sum(pulled.fetched["hubspot"].values()), pulled.read

    return await measured(hubspot, everything)


async def measured(hubspot: HubSpot, work: Callable[[], Awaitable[tuple[int, int]]]) -> Figures:
    looked = await look(hubspot)
    http, searches = hubspot._http, hubspot._calls.searches
    before, limiter = http.calls, http.limiter
    waited = limiter.waited if limiter else 0.0
    ticks: list[tuple[float, int]] = []

    async def tick() -> None:
        while True:
            ticks.append((time.perf_counter(), http.calls - searches.taken))
            await asyncio.sleep(0.25)

    ticking, begun, cpu = asyncio.ensure_future(tick()), time.perf_counter(), own_cpu()
    rows, records = await work()
    seconds, spent = time.perf_counter() - begun, own_cpu() - cpu
    ticking.cancel()
    ticks.append((time.perf_counter(), http.calls - searches.taken))
    found = {
        "rows": rows, "records": records, "seconds": seconds, "cpu": spent, "calls": http.calls - before,
        "searches": searches.taken, "refused": http.refused, "steady": steady(ticks),
        "waited": limiter.waited - waited if limiter else 0.0, "searches_waited": searches.waited,
        "peak": peak(), "look_calls": looked[0], "look_seconds": looked[1],
    }  # fmt: skip
    await hubspot.close()
    return found


async def look(hubspot: HubSpot) -> tuple[int, float]:
    """What every run begins with: calls, and seconds."""
    calls, begun = hubspot.calls, time.perf_counter()
    await hubspot.look()
    return hubspot.calls - calls, time.perf_counter() - begun


def steady(ticks: list[tuple[float, int]]) -> list[float]:
    """Calls a second over each whole window, the first and the last one left out: there the quota is not what binds."""
    first, last = ticks[0][0] + WINDOW, ticks[-1][0] - WINDOW / 2
    inner = [tick for tick in ticks if first <= tick[0] <= last]
    rates, at = [], 0
    for end, (when, calls) in enumerate(inner):
        while inner[at][0] < when - WINDOW:
            at += 1
        if at and end:
            since, before = inner[at - 1]
            rates.append((calls - before) / (when - since))
    return rates


if __name__ == "__main__":
    main(*sys.argv[1:])
