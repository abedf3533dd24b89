"""Where a command speaks: data on stdout, talk on stderr, and one sentence for every error."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TextIO

import structlog
from rich.console import Console, Group, RenderableType
from rich.table import Table

from crm_sync.errors import CrmSyncError

BOUNDLESS = 10_000  # columns: a pipe or a log has no edge at which lines would have to break
CALLS = ("httpx", "urllib3")  # loggers of the HTTP clients: method, URL, status; never a header


def console(stream: TextIO, **named: Any) -> Console:
    """Prints ids as they are: `:Lead:` is a kind of record here, not an emoji."""
    return Console(highlight=False, emoji=False, width=None if stream.isatty() else BOUNDLESS, **named)


out = console(sys.stdout)
talk = console(sys.stderr, stderr=True)
err = console(sys.stderr, stderr=True)


def hush(quiet: bool) -> None:
    """Whether only errors reach stderr from here on."""
    talk.quiet = quiet


def print_json(data: Any) -> None:
    """One JSON document on stdout, for other programs."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")
    sys.stdout.flush()  # a server prints its card and stays


def print_line(data: Any) -> None:
    """One JSON document on one line of stdout, where others follow."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Talk: stderr, so that it never mixes with data."""
    talk.print(text)


def complain(problem: CrmSyncError | str) -> None:
    """The error in one sentence, with its fix."""
    err.print(f"[bold red]crm-sync:[/] {escaped(' '.join(str(problem).split()))}")


def escaped(text: str) -> str:
    """Text that may hold square brackets, safe for rich's markup."""
    return text.replace("[", r"\[")


def table(title: str, columns: Mapping[str, str], rows: list[tuple[Any, ...]]) -> RenderableType:
    """A plain table below its title; `columns` maps a heading to left or right. Blank headings take no line."""
    made = Table(box=None, pad_edge=False, header_style="dim", show_header=any(heading.strip() for heading in columns))
    for heading, justify in columns.items():
        made.add_column(heading, justify="right" if justify == "right" else "left")
    for row in rows:
        made.add_row(*("" if cell is None else escaped(shown(cell)) for cell in row))
    return Group(f"[bold]{escaped(title)}[/]", made)


def nothing(title: str, sentence: str) -> None:
    """Where a table would stand, when there is nothing to list."""
    out.print(f"\n[bold]{escaped(title)}[/]\n{escaped(sentence)}")


def shown(cell: Any) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def count(number: int, thing: str) -> str:
    """`1 attempt`, `2,000 attempts`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def span(length: timedelta) -> str:
    """How long, in the unit that people would use: `12 min`, `5 h`, `177 days`."""
    minutes = abs(length) / timedelta(minutes=1)
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:,.0f} days"


def log_to_stderr(*, debug: bool) -> None:
    """structlog for whoever operates: readable on a terminal, JSON elsewhere. Ids only, never names or mail."""
    readable = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(10 if debug else 30),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log_calls(debug=debug)


def log_calls(*, debug: bool) -> None:
    """Every HTTP call with --debug; without it not even the clients' warnings, whose cause ends in our sentence."""
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
    for name in CALLS:
        logging.getLogger(name).setLevel(logging.DEBUG if debug else logging.CRITICAL)
