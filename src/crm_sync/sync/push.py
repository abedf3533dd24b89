"""The outbox into the CRMs: batches out, receipts back, settled row by row."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from crm_sync.connectors.base import Connector
from crm_sync.store import Store
from crm_sync.sync.progress import Progress
from crm_sync.sync.pull import together

BATCH = 1000  # writes taken from the outbox at a time; connectors cut them to what their CRM takes
ROUNDS = 3  # how often rows that a CRM was too busy for are tried within one run
PAUSE = 1.0  # seconds before such a row is tried again, doubling


@dataclass(frozen=True, slots=True)
class Pushed:
    """Property values written, and rows refused, per CRM."""

    written: Mapping[str, int]
    refused: int


async def push(store: Store, connectors: Mapping[str, Connector], progress: Progress) -> Pushed:
    """Empties the outbox of every CRM at the same time. Rows that stay `retry` wait for the next run."""

    async def one_crm(crm: str) -> tuple[int, int]:
        return await push_crm(store, connectors[crm], progress)

    found = await together(list(connectors), one_crm)
    return Pushed({crm: values for crm, (values, _) in found.items()}, sum(refused for _, refused in found.values()))


async def push_crm(store: Store, connector: Connector, progress: Progress) -> tuple[int, int]:
    """(values written, rows refused) for one CRM."""
    total, settled, values, refused = store.waiting(connector.crm), 0, 0, 0
    progress.pushed(connector.crm, 0, total)
    for round_ in range(ROUNDS):
        tried: set[str] = set()
        while writes := [one for one in store.pending(connector.crm, BATCH, skip=tried)]:
            receipts = {receipt.key: receipt for receipt in await connector.push(writes)}
            store.settle(list(receipts.values()), connector.now())
            tried |= {write.key for write in writes}
            values += sum(len(one.values) for one in writes if receipts[one.key].outcome == "written")
            refused += sum(1 for receipt in receipts.values() if receipt.outcome == "refused")
            settled += sum(1 for receipt in receipts.values() if receipt.outcome != "retry")
            progress.pushed(connector.crm, settled, total)
        if not store.waiting(connector.crm):
            break
        if round_ + 1 < ROUNDS:
            await asyncio.sleep(PAUSE * 2**round_)
    return values, refused
