"""The outbox into the CRMs: batches out, receipts back, settled row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm_sync.clock import host_now
from crm_sync.connectors.base import Connector
from crm_sync.store import Queued, Store
from crm_sync.sync.progress import Progress
from crm_sync.sync.pull import together

BATCH = 20_000  # writes taken from the outbox at a time: enough for a bulk job; connectors cut them to what fits a call


@dataclass(frozen=True, slots=True)
class Pushed:
    """Property values written per CRM, and records refused."""

    written: Mapping[str, int]
    refused: int


async def push(store: Store, connectors: Mapping[str, Connector], queued: Queued, progress: Progress) -> Pushed:
    """Empties the outbox of every CRM at the same time. Rows that a CRM was too busy for wait for the next run."""

    async def one_crm(crm: str) -> tuple[int, int]:
        return await push_crm(store, connectors[crm], queued.per_crm.get(crm, 0), progress)

    found = await together(list(connectors), one_crm)
    return Pushed({crm: values for crm, (values, _) in found.items()}, sum(refused for _, refused in found.values()))


async def push_crm(store: Store, connector: Connector, total: int, progress: Progress) -> tuple[int, int]:
    """(values written, records refused) of one CRM."""
    done = refused = 0
    progress.pushed(connector.crm, 0, total)
    while writes := store.pending(connector.crm, BATCH, host_now()):
        receipts = {receipt.key: receipt for receipt in await connector.push(writes)}
        store.settle(list(receipts.values()), host_now(), connector.rights)
        done += sum(len(write.values) for write in writes if receipts[write.key].outcome == "written")
        refused += sum(1 for receipt in receipts.values() if receipt.outcome == "refused")
        progress.pushed(connector.crm, done, total)
    return done, refused
