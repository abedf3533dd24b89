"""What it costs to keep a record, as tables: `python -m bench.store [--sizes 10000,100000,1000000] [--page 1000]`.

The records are what the connectors made of a sandbox's town, told again and again under new ids. Figures are this
process's processor time per record, from records to the committed page; a ratio says how much they have grown since the
first size: 1.0 means that what is there already does not matter. PostgreSQL's own processes are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from tests.store.postgres import NoServer, started

from crm_sync.mappings import load_vocabulary
from crm_sync.records import Record
from crm_sync.sandbox.server import Sandbox
from crm_sync.settings import load_settings
from crm_sync.store import Store, open_store
from crm_sync.sync.undisturbed import undisturbed
from crm_sync.wiring import connect

SIZES: Final = (10_000, 100_000, 1_000_000)
_PEOPLE: Final = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """Microseconds of the processor per record, by what the page was to the store."""

    database: str
    records: int
    new: float
    unchanged: float
    changed: float


def main() -> None:
    parser = argparse.ArgumentParser(description="What it costs to keep a record.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="records, separated by commas")
    parser.add_argument("--page", type=int, default=1_000, help="records in one page")
    asked = parser.parse_args()
    records = asyncio.run(town())
    console = Console(width=None if sys.stdout.isatty() else 120)
    for database in (sqlite, postgresql):
        try:
            with database() as urls:
                found = [measured(next(urls), records, int(size), asked.page) for size in asked.sizes.split(",")]
        except NoServer as reason:
            print(f"PostgreSQL left out: {reason}", file=sys.stderr)
        else:
            console.print(as_table(found, asked.page))


async def town() -> list[Record]:
    """Everything that both CRMs of a small town say, as records."""
    found: list[Record] = []
    with Sandbox(people=_PEOPLE) as sandbox:
        for connector in connect(load_settings(sandbox.settings_file), load_vocabulary()).values():
            await connector.look()
            await connector.apply_schema()
            for name in connector.objects:
                async for page in connector.pull(name, None):
                    found += page.records
            await connector.close()
    return found


@contextmanager
def sqlite() -> Iterator[Iterator[str]]:
    with tempfile.TemporaryDirectory(prefix="crm-sync-bench-") as directory:
        yield (f"sqlite:///{Path(directory)}/{number}.db" for number in count())


@contextmanager
def postgresql() -> Iterator[Iterator[str]]:
    with started() as server:
        yield (server.new_database(f"bench_{number}") for number in count())


def measured(url: str, records: list[Record], size: int, page: int) -> Figures:
    print(f"{size:,} records into {url.partition(':')[0]} ...", file=sys.stderr)
    store = open_store(url)
    with undisturbed():
        costs = [cost(store, told(records, size, later), page) / size * 1e6 for later in (0, 0, 1)]
    store.close()
    return Figures(url.partition(":")[0], size, *costs)


def told(records: list[Record], size: int, later: int) -> Iterator[Record]:
    """`size` records under ids of their own, modified `later` seconds later."""
    return islice((again(one, number, later) for number in count() for one in records), size)


def again(record: Any, number: int, later: int) -> Record:
    said: dict[str, Any] = {"ref": record.ref._replace(id=f"{number}-{record.ref.id}")}
    if later and hasattr(record, "modified_at"):
        said |= {"version": f"{record.version}/{later}", "modified_at": record.modified_at + timedelta(seconds=later)}
    return replace(record, **said)


def cost(store: Store, records: Iterator[Record], page: int) -> float:
    """Seconds of the processor for all pages, without making the records."""
    seconds = 0.0
    while some := list(islice(records, page)):
        began = time.process_time()
        store.save_page("hubspot", "contacts", some, cursor="1", fetched=len(some))
        seconds += time.process_time() - began
    return seconds


def as_table(found: list[Figures], page: int) -> Table:
    table = Table(title=f"{found[0].database}: µs of the processor per record, pages of {page:,}", title_justify="left")
    for name in ("records", "new", "ratio", "unchanged", "ratio", "changed", "ratio"):
        table.add_column(name, justify="right")
    first = found[0]
    for one in found:
        pairs = ((one.new, first.new), (one.unchanged, first.unchanged), (one.changed, first.changed))
        table.add_row(f"{one.records:,}", *(cell for pair in pairs for cell in (f"{pair[0]:.1f}", ratio(*pair))))
    return table


def ratio(value: float, first: float) -> str:
    return f"{value / first:.1f}" if first else "-"


if __name__ == "__main__":
    main()
