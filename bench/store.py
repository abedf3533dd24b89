"""What it costs to keep a record, as tables: `python -m bench.store [--sizes 10000,100000,1000000] [--page 1000]`.

The records are what the connectors made of a sandbox's town, told again and again under new ids. Figures are this
process's processor time per record, from records to the committed page; a ratio says how much they have grown since the
first size: 1.0 means that what is there already does not matter. PostgreSQL's own processes are not counted.
"""

from __future__ import annotations

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

from rich.table import Table
from tests.store.postgres import NoServer, started

from bench.kit import command, ratio, say, show, sizes_of, table_of
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Assignment, Record, StageChange
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
    parser = command("What it costs to keep a record.", SIZES, "records")
    parser.add_argument("--page", type=int, default=1_000, help="records in one page")
    asked = parser.parse_args()
    records = asyncio.run(town())
    for database in (sqlite, postgresql):
        try:
            with database() as urls:
                found = [measured(next(urls), records, size, asked.page) for size in sizes_of(asked)]
        except NoServer as reason:
            print(f"PostgreSQL left out: {reason}", file=sys.stderr)
        else:
            show(as_table(found, asked.page))


async def town() -> list[Record]:
    """Everything that both CRMs of a small town say, as records."""
    found: list[Record] = []
    with Sandbox(people=_PEOPLE) as sandbox, sqlite() as urls:
        store = open_store(next(urls))
        for connector in connect(load_settings(sandbox.settings_file), load_vocabulary(), store).values():
            await connector.look()
            await connector.apply_schema()
            for name in connector.objects:
                async for page in connector.pull(name, None):
                    found += page.records
            await connector.close()
        store.close()
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
    say(f"{size:,} records into {url.partition(':')[0]}")
    store = open_store(url)
    with undisturbed():
        costs = [cost(store, told(records, size, later), page) / size * 1e6 for later in (0, 0, 1)]
    store.close()
    return Figures(url.partition(":")[0], size, *costs)


def told(records: list[Record], size: int, later: int) -> Iterator[Record]:
    """`size` records under ids of their own, modified `later` seconds later."""
    return islice((again(one, number, later) for number in count() for one in records), size)


def again(record: Record, number: int, later: int) -> Record:
    said: dict[str, Any] = {"ref": record.ref._replace(id=f"{number}-{record.ref.id}")}
    if later and not isinstance(record, StageChange | Assignment):
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
    first = found[0]
    title = f"{first.database}: µs of the processor per record, pages of {page:,}"
    names = ("records", "new", "ratio", "unchanged", "ratio", "changed", "ratio")
    return table_of(title, names, [
        (
            f"{one.records:,}", f"{one.new:.1f}", ratio(one.new, first.new), f"{one.unchanged:.1f}",
            ratio(one.unchanged, first.unchanged), f"{one.changed:.1f}", ratio(one.changed, first.changed),
        )
        for one in found
    ])  # fmt: skip


if __name__ == "__main__":
    main()
