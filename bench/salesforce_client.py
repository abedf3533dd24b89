"""One Salesforce connector at work on a sandbox, in a process of its own: `python -m bench.salesforce_client CARD`.

CARD is the sandbox's card as JSON. Standard output is one JSON document: what each stage took in calls, seconds,
processor seconds and rows, and the megabytes of memory at the peak. The sandbox must be told its latency beforehand.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from bench.kit import CHANGES, Figures, own_cpu, peak, say
from crm_sync.changes import Write
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Ref
from crm_sync.settings import SalesforceSettings
from crm_sync.store import Store, open_store
from crm_sync.sync.progress import Silent
from crm_sync.sync.pull import pull

WRITES = (1_000, 20_000)
TOGETHER = 200

Stages = dict[str, Figures]


async def main(card: dict[str, Any]) -> None:
    stages: Stages = {}
    with tempfile.TemporaryDirectory() as place:
        store = open_store(f"sqlite:///{place}/bench.db")
        await install(card)
        await backfill(card, store, stages)
        ids = people(place)
        change(card, ids[:CHANGES])
        await backfill(card, store, stages, "incremental")
        await only_read(card, stages)
        for count in WRITES:
            if len(ids) >= count:
                await write(card, ids[:count], stages)
        store.close()
    print(json.dumps(stages), flush=True)


def connector(card: dict[str, Any]) -> Salesforce:
    vocabulary, known = load_vocabulary(), card["salesforce"]
    settings = SalesforceSettings(
        login_url=known["url"],
        client_id=known["client_id"],
        client_secret=SecretStr(known["client_secret"]),
        ca_file=Path(card["ca_file"]),
    )
    return Salesforce(settings, vocabulary, vocabulary.fields.profile(minimal=False))


@asynccontextmanager
async def connected(card: dict[str, Any]) -> AsyncIterator[Salesforce]:
    """As a new run would have it: nothing is known yet, and nobody is signed in."""
    crm = connector(card)
    yield crm
    await crm.close()


@contextmanager
def stage(stages: Stages, name: str, crm: Salesforce) -> Iterator[Figures]:
    say(f"  {name}")
    found: Figures = {"rows": 0, "records": 0}
    spent, begun, calls = own_cpu(), time.perf_counter(), crm.calls
    yield found
    found |= {"seconds": time.perf_counter() - begun, "cpu": own_cpu() - spent, "calls": crm.calls - calls}
    stages[name] = found | {"peak": peak()}


async def install(card: dict[str, Any]) -> None:
    async with connected(card) as crm:
        await crm.apply_schema()


async def backfill(card: dict[str, Any], store: Store, stages: Stages, name: str = "backfill") -> None:
    """All objects, as a sync reads them; after the first time that is what has changed."""
    async with connected(card) as crm:
        with stage(stages, name, crm) as found:
            await crm.look()
            pulled = await pull(store, {crm.crm: crm}, {crm.crm: crm.objects}, Silent())
            found |= {"rows": sum(pulled.fetched[crm.crm].values()), "records": pulled.read}


async def only_read(card: dict[str, Any], stages: Stages) -> None:
    """The same rows as records, and nothing stored: what the connector takes of it."""
    async with connected(card) as crm:
        with stage(stages, "read", crm) as found:
            for name in crm.objects:
                async for page in crm.pull(name, None):
                    found["rows"] += page.fetched
                    found["records"] += len(page.records)


def people(place: str) -> list[Ref]:
    """Leads and contacts that may be written, in order."""
    with closing(sqlite3.connect(f"{place}/bench.db")) as found:
        return [Ref.parse(ref) for (ref,) in found.execute("SELECT ref FROM people WHERE writable ORDER BY ref")]


def change(card: dict[str, Any], refs: list[Ref]) -> None:
    """An hour later, somebody edits these records."""
    known, client = card["salesforce"], httpx.Client(base_url=card["salesforce"]["http_url"], timeout=60.0)
    client.post("/sandbox/clock", json={"advance": "1h"}).raise_for_status()
    form = {"grant_type": "client_credentials"} | {key: known[key] for key in ("client_id", "client_secret")}
    token = client.post("/services/oauth2/token", data=form).json()["access_token"]
    for start in range(0, len(refs), TOGETHER):
        some = refs[start : start + TOGETHER]
        rows = [{"attributes": {"type": one.kind}, "id": one.id, "Title": "Directora"} for one in some]
        answer = client.patch(
            "/services/data/v62.0/composite/sobjects",
            json={"records": rows},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert all(row["success"] for row in answer.json())
    client.close()


async def write(card: dict[str, Any], refs: list[Ref], stages: Stages) -> None:
    """A value of ours into every record."""
    values = {"sla_status": "met", "attempt_count": "3", "sla_due_at": "2026-06-01T16:00:00Z", "person_id": "p-1"}
    writes = [Write(f"{len(refs)}/{place}", ref, values) for place, ref in enumerate(refs)]
    async with connected(card) as crm:
        with stage(stages, f"write {len(refs):,}", crm) as found:
            receipts = await crm.push(writes)
            found["rows"] = found["records"] = sum(one.outcome == "written" for one in receipts)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
