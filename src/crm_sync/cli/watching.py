"""Who watches a run: live bars on a terminal, plain lines elsewhere, nobody with --quiet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from crm_sync.cli.talk import talk
from crm_sync.sync.progress import Progress as Watcher
from crm_sync.sync.progress import Silent

STAGES = {
    "wait": "Waiting for a backfill to come to the end of its page",
    "pull": "Reading the CRMs",
    "plan": "Working out what is true",
    "push": "Writing back",
    "verify": "Comparing the store with the CRMs",
}


class Lines:
    """One line per finished object: for logs and pipes."""

    def started(self, stage: str) -> None:
        talk.print(STAGES[stage])

    def pulled(self, crm: str, name: str, fetched: int, done: bool) -> None:
        if done:
            talk.print(f"  {crm} {name}: {fetched:,}")

    def pushed(self, crm: str, done: int, total: int) -> None:
        if total and done == total:
            talk.print(f"  {crm}: {done:,} properties")


class Bars:
    """One bar per CRM and object while reading, one per CRM while writing; none for what was nothing."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def started(self, stage: str) -> None:
        self.bars.console.print(f"[bold]{STAGES[stage]}[/]")

    def pulled(self, crm: str, name: str, fetched: int, done: bool) -> None:
        task = self.task(f"{crm} {name}")
        self.bars.update(task, completed=fetched, total=fetched if done else None, visible=not done or fetched > 0)
        if done:
            self.bars.stop_task(task)

    def pushed(self, crm: str, done: int, total: int) -> None:
        self.bars.update(self.task(f"{crm} ← our properties"), completed=done, total=total, visible=total > 0)

    def task(self, label: str) -> TaskID:
        if label not in self.tasks:
            self.tasks[label] = self.bars.add_task(label, total=None)
        return self.tasks[label]


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watcher]:
    """The watcher that fits where stderr goes."""
    if quiet:
        yield Silent()
    elif not talk.is_terminal:
        yield Lines()
    else:
        columns = (TextColumn("  {task.description:<28}"), BarColumn(28), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=talk) as bars:
            yield Bars(bars)
