"""Size and speed of the sandbox as tables: `python -m bench.sandbox [--full] [--sizes 2000,20000]`.

Times on the clock depend on what else this machine does; processor seconds hardly do. A ratio says how much the figure
has grown while the town grew from the first size: 1.0 means that size does not matter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from bench.kit import command, ratio, running, say, show, sizes_of, table_of
from bench.serving import hubspot_calls, list_pages, paced, rows, soql

SIZES: Final = (2_000, 20_000, 100_000)
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
    asked = command("Size and speed of the sandbox.", SIZES, "people", full="minutes and 3 GB").parse_args()
    found = [measured(people) for people in sizes_of(asked)]
    show(filling(found), serving(found), *asking(found))


def measured(people: int) -> Figures:
    """Starts a host, asks it everything, ends it."""
    say(f"a town of {people:,}")
    with running("bench.host", str(people)) as host:
        told = host.hear()
        card = told.pop("card")
        asyncio.run(list_pages(card, people, 2 * _CONNECTIONS, _CONNECTIONS))  # what is made once, is made now
        pace, page = paced(host.ask, lambda: list_pages(card, people, _PAGES, _CONNECTIONS))
        calls = asyncio.run(hubspot_calls(card, people, host.ask))
        statements, per_row = asyncio.run(soql(card, host.ask)), asyncio.run(rows(card, host.ask))
        return Figures(people, told, pace, page, calls, statements, per_row)


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
    return table_of("Filling the world", names, [
        (
            f"{one.people:,}", f"{one.filling['records']:,.0f}", f"{one.filling['touches']:,.0f}",
            f"{one.filling['seconds']:.1f}", f"{one.filling['cpu']:.1f}", f"{one.filling['own_cpu']:.1f}",
            f"{one.per_person:.0f}", ratio(one.per_person, found[0].per_person), f"{one.filling['peak']:.0f}",
            f"{one.memory:.0f}",
        )
        for one in found
    ])  # fmt: skip


def serving(found: list[Figures]) -> Table:
    names = ("people", "pages/s", "cpu ms a page", "ratio", "pages/s on one core")
    title = f"List pages of 100 contacts with 40 properties, {_CONNECTIONS} connections"
    return table_of(title, names, [
        (
            f"{one.people:,}", f"{one.pages_per_second:.0f}", f"{one.page_ms:.2f}",
            ratio(one.page_ms, found[0].page_ms), f"{1_000 / one.page_ms:.0f}",
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
        (name, *(f"{one[name]:.1f}" for one in told), ratio(told[-1][name], told[0][name])) for name in told[0]
    ]  # fmt: skip
    return table_of(title, names, lines, words=1)


if __name__ == "__main__":
    main()
