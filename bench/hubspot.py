"""How fast HubSpot is read, and what that costs: `python -m bench.hubspot [--full] [--sizes 10000,100000]`.

The sandbox, the client that is measured and this program are three processes. Of the client, seconds of the processor
are told, which what else this machine does hardly changes; times on the clock are told with what the quota allows
beside them. A row is one of HubSpot's; a contact becomes about three records: itself, its stages, visits and
conversions. A ratio says how much a figure has grown since the first size: 1.0 means that size does not matter.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from rich.table import Table

from bench.kit import (
    CHANGES,
    LATENCY_MS,
    Figures,
    Process,
    command,
    micros,
    ratio,
    running,
    say,
    show,
    sizes_of,
    table_of,
)

SIZES: Final = (10_000, 100_000)
CEILING: Final = 19.0  # calls a second: 190 in ten
PACED: Final = 100_000  # people; beyond that a first read at the quota takes half an hour and tells nothing new
WINDOW: Final = 11.0  # seconds, a little more than that of the quota
RUNS: Final = 3  # with changes: what can only be listed as a whole falls due in one of them


@dataclass(frozen=True, slots=True)
class Read:
    """One size: what each of the readings took; `changes` are three runs, ten minutes apart."""

    people: int
    translate: Figures
    backfill: Figures
    changes: list[Figures]

    @property
    def paced(self) -> bool:
        return self.people <= PACED


def main() -> None:
    asked = command("Speed and cost of reading HubSpot.", SIZES, "people", full="fifteen minutes and 4 GB").parse_args()
    found = [measured(people) for people in sizes_of(asked)]
    show(pace(found), cost(found), incremental(found))


def measured(people: int) -> Read:
    say(f"a town of {people:,}")
    with running("bench.host", str(people)) as host, tempfile.TemporaryDirectory() as directory:
        card = host.hear()["card"]
        file = Path(directory) / "card.json"
        file.write_text(json.dumps(card))
        client = running("bench.hubspot_client", str(file), directory)
        with httpx.Client(base_url=card["hubspot"]["url"]) as control, client as at_work:
            return read(people, at_work, control)


def read(people: int, client: Process, control: httpx.Client) -> Read:
    """Everything as fast as it can be, then into the store, then what a thousand changes take."""
    order(control, "/sandbox/quotas", {"on": True, "hubspot_burst": 100_000})
    translate = client.ask("translate")
    if people <= PACED:
        pace_it(control)
    backfill = client.ask("backfill")
    pace_it(control)
    return Read(people, translate, backfill, [changes(client, control, f"CFO {run}") for run in range(RUNS)])


def pace_it(control: httpx.Client) -> None:
    """The published quota, and the latency; the calls before it would still count for ten seconds."""
    time.sleep(WINDOW)
    order(control, "/sandbox/quotas", {"on": True, "hubspot_burst": 190})
    order(control, "/sandbox/latency", {"ms": LATENCY_MS})


def changes(client: Process, control: httpx.Client, title: str) -> Figures:
    """A run ten minutes after the last one."""
    order(control, "/sandbox/latency", {"ms": 0})
    order(control, "/sandbox/clock", {"advance": "10m"})
    said = {"do": "change", "crm": "hubspot", "object": "contacts", "count": CHANGES, "values": {"jobtitle": title}}
    order(control, "/sandbox/actions", said)
    order(control, "/sandbox/latency", {"ms": LATENCY_MS})
    told: Figures = client.ask("changes")
    return told


def order(control: httpx.Client, path: str, said: Figures) -> None:
    control.post(path, json=said, timeout=300.0).raise_for_status()


def pace(found: list[Read]) -> Table:
    title = f"A first read of every object at {LATENCY_MS} ms a call; {CEILING:.0f} calls/s are allowed, searches apart"
    names = (
        "people", "rows", "calls", "searches", "seconds", "429s", "calls/s in a steady window: median", "least",
        "share of the ceiling: median", "waiting on quota",
    )  # fmt: skip
    return table_of(title, names, [
        (
            f"{one.people:,}", f"{told['rows']:,}", f"{told['calls']:,}", f"{told['searches']:,}",
            f"{told['seconds']:.1f}", f"{told['refused']}", *rates(told["steady"]),
            f"{told['waited'] / told['seconds']:.0%}",
        )
        for one in found if one.paced for told in [one.backfill]
    ])  # fmt: skip


def rates(steady: list[float]) -> tuple[str, str, str]:
    if not steady:
        return "too short", "-", "-"
    middle = statistics.median(steady)
    return f"{middle:.2f}", f"{min(steady):.2f}", f"{middle / CEILING:.1%}"


def cost(found: list[Read]) -> Table:
    title = "The client's own processor time: fetched and translated (contacts, deals, touches); with the store (all)"
    names = (
        "people", "rows", "µs a row", "records", "µs a record", "ratio",
        "stored: rows", "µs a row", "records", "µs a record", "ratio", "peak MB",
    )  # fmt: skip
    return table_of(title, names, [
        (
            f"{one.people:,}", *each(one.translate, found[0].translate), *each(one.backfill, found[0].backfill),
            f"{one.changes[-1]['peak']:.0f}",
        )
        for one in found
    ])  # fmt: skip


def each(told: Figures, first: Figures) -> tuple[str, ...]:
    """Rows and records, what each costs, and how much a record costs compared with the first size."""
    return (
        f"{told['rows']:,}", f"{micros(told, 'rows'):.1f}", f"{told['records']:,}", f"{micros(told, 'records'):.1f}",
        ratio(micros(told, "records"), micros(first, "records")),
    )  # fmt: skip


def incremental(found: list[Read]) -> Table:
    title = (
        f"{CHANGES:,} contacts changed, at {LATENCY_MS} ms a call; 5 searches a second are allowed. Runs are ten "
        "minutes apart and begin with a look at the account; what can only be listed as a whole is spread over them"
    )
    names = (
        "people", "run", "rows", "calls", "searches", "seconds", "429s", "waiting on the searches' quota",
        "calls of the look", "seconds",
    )  # fmt: skip
    return table_of(title, names, [
        (
            f"{one.people:,}", f"{number}", f"{told['rows']:,}", f"{told['calls']}", f"{told['searches']}",
            f"{told['seconds']:.1f}", f"{told['refused']}", f"{told['searches_waited'] / told['seconds']:.0%}",
            f"{told['look_calls']}", f"{told['look_seconds']:.1f}",
        )
        for one in found for number, told in enumerate(one.changes, 1)
    ])  # fmt: skip


if __name__ == "__main__":
    main()
