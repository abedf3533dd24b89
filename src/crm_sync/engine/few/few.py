"""Questions over few rows, answered in this process: to set DuckDB in motion costs many times what such an answer does.

DuckDB reads the question, binds it and tells its plan, once for all tables of the same columns. What such a plan asks
for that is not done here, or whose cells are of a kind for which the answer may be another one, goes another way.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Final

import pyarrow as pa

from crm_sync.engine.base import Tables
from crm_sync.engine.few.base import Beyond, Unknown
from crm_sync.engine.few.operators import Given, Step, step
from crm_sync.engine.few.reading import bound
from crm_sync.engine.plans import BEGINNING, type_of

ROWS: Final = 600  # of any table: more of them are answered sooner by DuckDB
MOST: Final = 256  # plans that are kept, those asked last
#: What a cell may be that is not of the kind that it was taken for.
ODD: Final = (Beyond, TypeError, ValueError, ArithmeticError, pa.ArrowInvalid)

Planned = tuple[Step, pa.Schema]
Key = tuple[str, tuple[str, ...], tuple[pa.Schema, ...]]


class Few:
    """Plans and nothing else: no row outlives its question."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Key, Planned | None] = OrderedDict()
        self.seen: set[Key] = set()
        self.one_at_a_time = Lock()

    def ask(self, question: str, tables: Tables) -> pa.Table | None:
        """The answer; nothing where this question or its tables have to go another way. Raises duckdb.Error."""
        if not tables or any(table.num_rows > ROWS for table in tables.values()):
            return None
        if (planned := self.plan(question, tables)) is None:
            return None
        found, schema = planned
        try:
            return told(found(Given(tables)), schema)
        except ODD:
            return None

    def plan(self, question: str, tables: Tables) -> Planned | None:
        """Made when a question comes again: most programs ask it once."""
        key = (question, tuple(tables), tuple(table.schema for table in tables.values()))
        with self.one_at_a_time:
            if key not in self.kept:
                if key not in self.seen:
                    self.seen = {*self.seen, key} if len(self.seen) < MOST else {key}
                    return None
                self.kept[key] = planned(question, {name: table.schema for name, table in tables.items()})
                if len(self.kept) > MOST:
                    self.kept.popitem(last=False)
            self.kept.move_to_end(key)
            return self.kept[key]


@cache
def few() -> Few:
    """One a process, since only plans are in it."""
    return Few()


def told(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table([pa.array(cells, kind) for cells, kind in zip(columns, schema.types, strict=True)], schema)


def planned(question: str, schemas: Mapping[str, pa.Schema]) -> Planned | None:
    """How the answer is found, and its columns; nothing where it is not found here. Raises duckdb.Error."""
    if BEGINNING.match(question) is None or not all(type_of(kind) for one in schemas.values() for kind in one.types):
        return None
    plan, schema = bound(question, schemas)
    try:
        found, width = step(plan)
    except (Unknown, KeyError, *ODD):
        return None
    return (found, schema) if width == len(schema) else None
