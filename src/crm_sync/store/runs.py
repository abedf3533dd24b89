"""The log of runs: what started, how it ended, what it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from crm_sync.store.cells import dumps
from crm_sync.store.database import Database
from crm_sync.store.schema import runs


@dataclass(frozen=True, slots=True)
class Run:
    """`outcome` is None while the run is at work; `interrupted` when the next one found it unfinished."""

    id: int
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)


def start_run(database: Database, kind: str, now: datetime) -> int:
    """The id of a new run."""
    with database.writing(fenced=True) as connection:
        unfinished = update(runs).where(runs.c.finished_at.is_(None))
        connection.execute(unfinished.values(finished_at=now, outcome="interrupted"))
        new = insert(runs).values(kind=kind, started_at=now).returning(runs.c.id)
        return int(connection.execute(new).scalar_one())


def finish_run(database: Database, run_id: int, outcome: str, summary: Mapping[str, Any], now: datetime) -> None:
    with database.writing() as connection:
        values = {"finished_at": now, "outcome": outcome, "summary": dumps(summary)}
        connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def resume_run(database: Database, run_id: int) -> None:
    """A run that another one found unfinished is at work again."""
    with database.writing(fenced=True) as connection:
        connection.execute(update(runs).where(runs.c.id == run_id).values(finished_at=None, outcome=None))


def read_runs(database: Database, limit: int) -> list[Run]:
    """The newest first."""
    with database.reading() as connection:
        return [as_run(row) for row in connection.execute(select(runs).order_by(runs.c.id.desc()).limit(limit))]


def read_last_run(database: Database, kind: str) -> Run | None:
    question = select(runs).where(runs.c.kind == kind).order_by(runs.c.id.desc()).limit(1)
    with database.reading() as connection:
        row = connection.execute(question).first()
    return as_run(row) if row else None


def as_run(row: Row[Any]) -> Run:
    return Run(row.id, row.kind, row.started_at, row.finished_at, row.outcome, json.loads(row.summary or "{}"))
