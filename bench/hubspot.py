"""How fast HubSpot is read, and what that costs: `python -m bench.hubspot [--full] [--sizes 10000,100000]`.

The sandbox, the client that is measured and this program are three processes. Of the client, user seconds of the
processor are told, which what else this machine does hardly changes; times on the clock are told with what the quota
allows beside them. A ratio says how much a figure has grown since the first size: 1.0 means that size does not matter.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table

SIZES: Final = (10_000, 100_000)
FULL: Final = 1_000_000
LATENCY_MS: Final = 150
CEILING: Final = 19.0  # calls a second: 190 in ten
CHANGES: Final = 1_000

Figures = dict[str, Any]


class Process:
    """A program that answers each line with a line of JSON."""

    def __init__(self, *words: str) -> None:
        self._run = subprocess.Popen(
            [sys.executable, "-m", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> Any:
        assert self._run.stdout is not None  # it was ordered
        return json.loads(self._run.stdout.readline())

    def ask(self, line: str) -> Any:
        print(line, file=self._run.stdin, flush=True)
        return self.hear()

    def end(self) -> None:
        assert self._run.stdin is not None  # it was ordered
        self._run.stdin.close()
        self._run.wait()


@dataclass(frozen=True, slots=True)
class Read:
    """One size: what each of the three readings took."""

    people: int
    translate: Figures
    backfill: Figures
    changes: Figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and cost of reading HubSpot.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="people, separated by commas")
    parser.add_argument("--full", action="store_true", help=f"and a town of {FULL:,}; takes an hour and 4 GB")
    asked = parser.parse_args()
    sizes = [int(one) for one in asked.sizes.split(",")] + ([FULL] if asked.full else [])
    found = []
    for people in sizes:
        print(f"a town of {people:,} ...", file=sys.stderr)
        found.append(measured(people))
    console = Console(width=None if sys.stdout.isatty() else 130)
    for table in (pace(found), cost(found), incremental(found)):
        console.print(table)


def measured(people: int) -> Read:
    """Everything as fast as it can be, then again at the quota and the latency, then what a thousand changes take."""
    host = Process("bench.host", str(people))
    card = host.hear()["card"]
    with tempfile.TemporaryDirectory() as directory, httpx.Client(base_url=card["hubspot"]["url"]) as control:
        file = Path(directory) / "card.json"
        file.write_text(json.dumps(card))
        client = Process("bench.hubspot_client", str(file), directory)
        order(control, "/sandbox/quotas", {"on": False, "hubspot_burst": 100_000})
        translate = client.ask("translate")
        order(control, "/sandbox/quotas", {"on": True, "hubspot_burst": 190})
        order(control, "/sandbox/latency", {"ms": LATENCY_MS})
        backfill = client.ask("backfill")
        order(control, "/sandbox/latency", {"ms": 0})
        said = {"do": "change", "crm": "hubspot", "object": "contacts", "count": CHANGES, "values": {"jobtitle": "CFO"}}
        order(control, "/sandbox/actions", said)
        order(control, "/sandbox/latency", {"ms": LATENCY_MS})
        changes = client.ask("changes")
        client.end()
    host.end()
    return Read(people, translate, backfill, changes)


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
        for one in found for told in [one.backfill]
    ])  # fmt: skip


def rates(steady: list[float]) -> tuple[str, str, str]:
    if not steady:
        return "too short", "-", "-"
    middle = statistics.median(steady)
    return f"{middle:.2f}", f"{min(steady):.2f}", f"{middle / CEILING:.1%}"


def cost(found: list[Read]) -> Table:
    title = "The client's own processor time: fetched and translated (contacts, deals, touches); with the store (all)"
    names = (
        "people", "rows", "µs a row", "ratio", "records", "µs a record", "ratio", "µs a row with the store", "peak MB",
    )  # fmt: skip
    return table_of(title, names, [
        (
            f"{one.people:,}", f"{one.translate['rows']:,}",
            f"{micros(one.translate, 'rows'):.1f}", ratio(one, found[0], "translate", "rows"),
            f"{one.backfill['records']:,}",
            f"{micros(one.backfill, 'records'):.1f}", ratio(one, found[0], "backfill", "records"),
            f"{micros(one.backfill, 'rows'):.1f}", f"{one.changes['peak']:.0f}",
        )
        for one in found
    ])  # fmt: skip


def incremental(found: list[Read]) -> Table:
    title = f"{CHANGES:,} contacts changed, at {LATENCY_MS} ms a call; searches are held to 4 a second"
    names = ("people", "rows", "calls", "searches", "seconds", "429s", "waiting on the searches' quota")
    return table_of(title, names, [
        (
            f"{one.people:,}", f"{told['rows']:,}", f"{told['calls']}", f"{told['searches']}", f"{told['seconds']:.1f}",
            f"{told['refused']}", f"{told['searches_waited'] / told['seconds']:.0%}",
        )
        for one in found for told in [one.changes]
    ])  # fmt: skip


def micros(told: Figures, unit: str) -> float:
    return told["cpu"] / max(told[unit], 1) * 1e6


def ratio(one: Read, first: Read, phase: str, unit: str) -> str:
    return f"{micros(getattr(one, phase), unit) / micros(getattr(first, phase), unit):.2f}"


def table_of(title: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
