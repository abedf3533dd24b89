"""What every bench needs: sizes from the command line, programs that answer lines, what this process used, tables."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.table import Table

FULL: Final = 1_000_000
LATENCY_MS: Final = 150
CHANGES: Final = 1_000  # records that somebody edits before an incremental read
WIDTH: Final = 130  # of tables that go into a file

Figures = dict[str, Any]
Line = Sequence[str]


def command(description: str, sizes: Sequence[int], unit: str, full: str = "") -> argparse.ArgumentParser:
    """`full` says what the largest size takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--sizes", default=",".join(map(str, sizes)), help=f"{unit}, separated by commas")
    if full:
        parser.add_argument("--full", action="store_true", help=f"and {FULL:,}; takes {full}")
    return parser


def sizes_of(asked: argparse.Namespace) -> list[int]:
    return [int(one) for one in asked.sizes.split(",")] + ([FULL] if getattr(asked, "full", False) else [])


class Process:
    """A program that answers each line with a line of JSON."""

    def __init__(self, *words: str) -> None:
        self._run = subprocess.Popen(
            [sys.executable, "-m", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> Any:
        assert self._run.stdout is not None  # it was ordered
        return json.loads(self._run.stdout.readline())

    def ask(self, line: str = "") -> Any:
        print(line, file=self._run.stdin, flush=True)
        return self.hear()

    def end(self) -> None:
        assert self._run.stdin is not None  # it was ordered
        self._run.stdin.close()
        self._run.wait()


@contextmanager
def running(*words: str) -> Iterator[Process]:
    process = Process(*words)
    try:
        yield process
    finally:
        process.end()


def own_cpu() -> float:
    """Seconds of the processor, user and system, that this process used itself."""
    return _seconds(resource.RUSAGE_SELF)


def cpu() -> float:
    """The same, with what it has waited for."""
    return own_cpu() + _seconds(resource.RUSAGE_CHILDREN)


def _seconds(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def peak(who: int = resource.RUSAGE_SELF) -> float:
    """Megabytes of memory at the peak."""
    return resource.getrusage(who).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))


def say(text: str) -> None:
    """For whoever waits; figures go to standard output."""
    print(f"{text} ...", file=sys.stderr, flush=True)


def show(*tables: Table) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    for table in tables:
        console.print(table)


def table_of(title: str, names: Line, rows: Sequence[Line], words: int = 0) -> Table:
    """`words` columns hold words, the others numbers."""
    table = Table(title=title, title_justify="left")
    for place, name in enumerate(names):
        table.add_column(name, justify="left" if place < words else "right")
    for row in rows:
        table.add_row(*row)
    return table


def micros(told: Figures, unit: str) -> float:
    """Microseconds of the processor for each row or record."""
    return float(told["cpu"] / max(told[unit], 1) * 1e6)


def ratio(value: float, first: float) -> str:
    return f"{value / first:.2f}" if first else "-"
