"""What the reports ask with: relations of the store, small tables made of the vocabulary, and answers as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from crm_sync.engine.base import Engine, Tables
from crm_sync.engine.questions import read_questions
from crm_sync.mappings import Lifecycle

UNKNOWN_STAGE = "unknown"
INSTANT = pa.timestamp("us", tz="UTC")
Row = dict[str, Any]


class Relations(Protocol):
    """The store, as reports see it."""

    def tables(self, *names: str) -> Mapping[str, pa.Table]:
        """Arrow snapshots of relations by name."""


def rows(engine: Engine, file: str, question: str, tables: Tables) -> list[Row]:
    """The answer to one question of a file, row by row."""
    return list(table(engine, file, question, tables).to_pylist())


def table(engine: Engine, file: str, question: str, tables: Tables) -> pa.Table:
    """The answer to one question of a file, to be asked about in turn."""
    return engine.ask(read_questions(__package__, f"{file}.sql")[question], tables)


def stages_of(lifecycle: Lifecycle) -> pa.Table:
    """Our stages in the order of the table, the ladder first, and `unknown` last."""
    ladder = sorted(lifecycle.stages.values(), key=lambda stage: (stage.rank is None, stage.rank or 0))
    names = [stage.name for stage in ladder] + [UNKNOWN_STAGE]
    ranks = [stage.rank for stage in ladder] + [None]
    columns = {"stage": pa.array(names), "rank": pa.array(ranks, pa.int32()), "position": pa.array(range(len(names)))}
    return pa.table(columns)


def months_of(spans: Sequence[tuple[str, datetime, datetime]]) -> pa.Table:
    """Months by name, each from its first instant up to the next one's."""
    names, begins, ends = zip(*spans, strict=True)
    return pa.table({"month": list(names), "begins": pa.array(begins, INSTANT), "ends": pa.array(ends, INSTANT)})


def asked(values: Mapping[str, str | None]) -> pa.Table:
    """One row of what is asked for; a cell is null where nothing is."""
    return pa.table({name: pa.array([value], pa.string()) for name, value in values.items()})


def as_of(store: Relations, now: datetime) -> datetime:
    """Up to when the CRMs have been read by their own clock; `now` when nothing was read yet."""
    horizons = [at for at in store.tables("progress")["progress"].column("horizon").to_pylist() if at is not None]
    return max(horizons, default=now)


def read_until(store: Relations) -> datetime | None:
    """Up to when everything in every CRM has been read; None while anything was not read to its end. What a backfill
    left half done does not matter: it looks at a window of the past."""
    progress = store.tables("progress")["progress"].to_pylist()
    horizons: list[datetime | None] = [row["horizon"] for row in progress if "@" not in row["name"]]
    read = [at for at in horizons if at is not None]
    return min(read) if read and len(read) == len(horizons) else None
