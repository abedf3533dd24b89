"""What deciding costs a sync, by how much is new: `python -m bench.sync [--sizes 1000,10000,100000]`.

Leads are those of bench.sla: one record and eight touches each. Figures are seconds of the processor of this process,
from what the store holds to what it concludes; reading the CRMs and writing to them costs what it costs beside that.
No process is started beside this one: bench.sla measures what several are worth.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bench.kit import command, own_cpu, peak, ratio, say, show, sizes_of, table_of
from bench.sla import CALL, NOW, fill, ref_of
from crm_sync.changes import Receipt
from crm_sync.connectors.memory import Memory
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Ref, Touch
from crm_sync.settings import HubSpotSettings, Settings
from crm_sync.store import Store, open_store
from crm_sync.sync.progress import Silent
from crm_sync.sync.run import Parts, decide

SIZES: Final = (1_000, 10_000, 100_000)
MINUTE: Final = timedelta(minutes=1)
OF_A_HUNDRED: Final = 100
BATCH: Final = 20_000


class Read(Memory):
    """A CRM whose leads have all been read."""

    objects = ("Lead",)


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of the processor where everybody is judged (for the first time, and again), where nothing is new, where
    one lead was called, and where one in a hundred was."""

    leads: int
    first: float
    everybody: float
    nothing: float
    one: float
    some: float
    memory: float


def main() -> None:
    parser = command("What deciding costs a sync, by how much is new.", SIZES, "leads", "an hour and 5 GB of memory")
    found = [measured(size) for size in sizes_of(parser.parse_args())]
    names = (
        "leads", "first", "everybody again", "nothing new", "one call", "a call for one in a hundred", "µs per lead",
        "ratio", "peak MB",
    )  # fmt: skip
    least = found[0].one / found[0].leads
    rows = [
        (
            f"{one.leads:,}", f"{one.first:.2f}", f"{one.everybody:.2f}", f"{one.nothing:.2f}", f"{one.one:.2f}",
            f"{one.some:.2f}", f"{one.one / one.leads * 1e6:.0f}", ratio(one.one / one.leads, least),
            f"{one.memory:.0f}",
        )
        for one in found
    ]  # fmt: skip
    show(table_of("Deciding, from the store to the store: seconds of the processor", names, rows))


def measured(size: int) -> Figures:
    say(f"{size:,} leads")
    with tempfile.TemporaryDirectory(prefix="crm-sync-bench-") as directory:
        url = f"sqlite:///{Path(directory)}/store.db"
        store = open_store(url)
        fill(store, size)
        crms = {crm: Read(crm, now=NOW) for crm in ("hubspot", "salesforce")}
        settings = Settings(database=url, hubspot=HubSpotSettings(), processes=1)
        parts = Parts(store, DuckDB(), load_vocabulary(), dict(crms), settings)
        told(store, crms.values(), ())
        first, again, nothing = decided(parts), decided(parts, everybody=True), decided(parts)
        told(store, crms.values(), (size // 2,))
        one = decided(parts)
        told(store, crms.values(), range(0, size, OF_A_HUNDRED))
        found = Figures(size, first, again, nothing, one, decided(parts), peak())
        store.close()
    return found


def told(store: Store, crms: Iterable[Memory], called: Iterable[int]) -> None:
    """A minute later some leads have been called, and both CRMs are read up to then."""
    for crm in crms:
        crm.wait(MINUTE)
        calls = [call(number, crm) for number in called if crm.crm == "hubspot"]
        store.save_page(crm.crm, "Lead", calls, cursor="2", horizon=crm.now())


def call(number: int, crm: Memory) -> Touch:
    ref, now = Ref("hubspot", "calls", f"new {number} {crm.now()}"), crm.now()
    return Touch(ref, "1", now, now, now, (ref_of(number),), (), Ref("salesforce", "User", "0051"), facts=CALL)


def decided(parts: Parts, *, everybody: bool = False) -> float:
    """As a sync does it. What it wants to be written is written, without being counted here."""
    began = own_cpu()
    found = decide(parts, Silent(), everybody=everybody)
    parts.store.save_plan(parts.store.start_run("bench", NOW), found.plan, quiet=found.quiet, by=found.by)
    seconds = own_cpu() - began
    for crm in parts.connectors:
        while waiting := parts.store.pending(crm, BATCH, NOW):
            parts.store.settle([Receipt(write.key, "written") for write in waiting], NOW)
    return seconds


if __name__ == "__main__":
    main()
