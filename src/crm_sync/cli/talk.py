"""Where a command speaks: data on stdout, talk on stderr, and one sentence for every error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table

from crm_sync.errors import CrmSyncError

out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


def print_json(data: Any) -> None:
    """One JSON object on stdout, for other programs."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")


def say(text: str) -> None:
    """Talk: stderr, so that it never mixes with data."""
    err.print(text)


def complain(problem: CrmSyncError) -> None:
    """The error in one sentence, with its fix."""
    err.print(f"[bold red]crm-sync:[/] {escaped(str(problem))}")


def escaped(text: str) -> str:
    """Text that may hold square brackets, safe for rich's markup."""
    return text.replace("[", r"\[")


def table(title: str, columns: Mapping[str, str], rows: list[tuple[Any, ...]]) -> Table:
    """A plain table; `columns` maps a heading to left or right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for heading, justify in columns.items():
        made.add_column(heading, justify="right" if justify == "right" else "left")
    for row in rows:
        made.add_row(*("" if cell is None else escaped(shown(cell)) for cell in row))
    return made


def shown(cell: Any) -> str:
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


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
