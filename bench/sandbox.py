"""Size and speed of the sandbox as tables: `python -m bench.sandbox [--full] [--sizes 2000,20000]`.

Times on the clock depend on what else this machine does; processor seconds hardly do. A ratio says how much the figure
has grown while the town grew from the first size: 1.0 means that size does not matter.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.serving import hubspot_calls, list_pages, paced, rows, soql

SIZES: Final = (2_000, 20_000, 100_000)
FULL: Final = 1_000_000
_PAGES, _CONNECTIONS = 400, 8


@dataclass(frozen=True, slots=True)
class Figures:
    """One town. Memory in megabytes, `filling` as its host reports it."""

    people: int
    filling: dict[str, float]
    pages_per_second: float
    page_ms: float  # of the server's processor
    call_ms: dict[str, float]
    soql_ms: dict[str, float]
    row_us: dict[str, float]

    @property
    def per_person(self) -> float:
        return self.filling["cpu"] / self.people * 1e6

    @property
    def memory(self) -> float:
        return self.filling["peak"] + 2 * self.filling["helper_peak"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Size and speed of the sandbox.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="people, separated by commas")
    parser.add_argument("--full", action="store_true", help=f"and a town of {FULL:,}; takes minutes and 3 GB")
    asked = parser.parse_args()
    sizes = [int(one) for one in asked.sizes.split(",")] + ([FULL] if asked.full else [])
    found = []
    for people in sizes:
        print(f"a town of {people:,} ...", file=sys.stderr)
        found.append(measured(people))
    console = Console(width=None if sys.stdout.isatty() else 120)
    for table in (filling(found), serving(found), *asking(found)):
        console.print(table)


def measured(people: int) -> Figures:
    """Starts a host, asks it everything, ends it."""
    host = subprocess.Popen(
        [sys.executable, "-m", "bench.host", str(people)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert host.stdin is not None  # both were ordered
    assert host.stdout is not None
    told = json.loads(host.stdout.readline())
    card = told.pop("card")

    def usage() -> float:
        print(file=host.stdin, flush=True)
        return float(host.stdout.readline()) if host.stdout else 0.0

    asyncio.run(list_pages(card, people, 2 * _CONNECTIONS, _CONNECTIONS))  # what is made once, is made now
    pace, page = paced(usage, lambda: list_pages(card, people, _PAGES, _CONNECTIONS))
    calls = asyncio.run(hubspot_calls(card, people, usage))
    statements, per_row = asyncio.run(soql(card, usage)), asyncio.run(rows(card, usage))
    found = Figures(people, told, pace, page, calls, statements, per_row)
    host.stdin.close()
    host.wait()
    return found


def filling(found: list[Figures]) -> Table:
    names = (
        "people",
        "records",
        "touches",
        "seconds",
        "cpu seconds",
        "of the host",
        "µs a person",
        "ratio",
        "peak MB",
        "with helpers",
    )
    return _table("Filling the world", names, [
        (
            f"{one.people:,}", f"{one.filling['records']:,.0f}", f"{one.filling['touches']:,.0f}",
            f"{one.filling['seconds']:.1f}", f"{one.filling['cpu']:.1f}", f"{one.filling['own_cpu']:.1f}",
            f"{one.per_person:.0f}", _ratio(one.per_person, found[0].per_person), f"{one.filling['peak']:.0f}",
            f"{one.memory:.0f}",
        )
        for one in found
    ])  # fmt: skip


def serving(found: list[Figures]) -> Table:
    names = ("people", "pages/s", "cpu ms a page", "ratio", "pages/s on one core")
    title = f"List pages of 100 contacts with 40 properties, {_CONNECTIONS} connections"
    return _table(title, names, [
        (
            f"{one.people:,}", f"{one.pages_per_second:.0f}", f"{one.page_ms:.2f}",
            _ratio(one.page_ms, found[0].page_ms), f"{1_000 / one.page_ms:.0f}",
        )
        for one in found
    ])  # fmt: skip


def asking(found: list[Figures]) -> Iterator[Table]:
    """The processor's part of single calls, a column per town."""
    calls, statements, per_row = ([getattr(one, name) for one in found] for name in ("call_ms", "soql_ms", "row_us"))
    yield _compared("HubSpot, 40 properties, searches of 200", "cpu ms a call", found, calls)
    yield _compared("First page of a statement, the first time", "cpu ms", found, statements)
    yield _compared("Leads with 18 fields", "cpu µs a row", found, per_row)


def _compared(title: str, unit: str, found: list[Figures], told: list[dict[str, float]]) -> Table:
    names = (unit, *(f"{one.people:,}" for one in found), "ratio")
    lines = [
        (name, *(f"{one[name]:.1f}" for one in told), _ratio(told[-1][name], told[0][name])) for name in told[0]
    ]  # fmt: skip
    return _table(title, names, lines)


def _table(title: str, names: tuple[str, ...], rows: list[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(name, justify="left" if name.startswith("cpu ") and not table.columns else "right")
    for row in rows:
        table.add_row(*row)
    return table


def _ratio(value: float, first: float) -> str:
    return f"{value / first:.1f}" if first else "-"


if __name__ == "__main__":
    main()
