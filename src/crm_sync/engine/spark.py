"""Answers questions with Apache Spark: for sets that one machine does not hold, by the same questions as DuckDB."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any, Final

import pyarrow as pa
from sqlglot.errors import SqlglotError

from crm_sync.engine import lacking
from crm_sync.engine.base import Tables
from crm_sync.engine.duckdb import DuckDB
from crm_sync.engine.questions import mentioned, name_of
from crm_sync.engine.translation import translated
from crm_sync.errors import Failed

#: Instants in UTC. What is not there is NULL, as in DuckDB: an item beyond the end of a list, the length of no list.
#: Only a division by zero differs (NULL, there infinite): no question divides by what may be zero.
SPEAKS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.legacy.sizeOfNull": "false",
}
QUIET: Final = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
#: On this machine nothing listens but on loopback, and a shuffle has no more parts than somebody to work on them.
HERE: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
}
#: Types that Spark does not have, and those that hold them. Of 64 bits only marks are unsigned: they keep their bits.
HELD: Final = {
    pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(), pa.null(): pa.int32(),
}  # fmt: skip


class Spark:
    """An engine on a cluster, or on the cores of this machine (`local[*]`). `options` are Spark's own. Where no table
    of a question has `least_rows`, DuckDB answers it in this process: Spark would need longer to begin. It starts with
    the first question that is large enough, which takes some seconds."""

    def __init__(self, master: str, options: Mapping[str, str], least_rows: int = 0) -> None:
        self.master, self.options, self.least_rows = master, dict(options), least_rows
        self.near, self.one_at_a_time = DuckDB(), Lock()

    def ask(self, question: str, tables: Tables) -> pa.Table:
        """The answer to one question; no table outlives it. Raises Failed."""
        asked = mentioned(question, tables)
        if max(map(len, asked.values()), default=0) < self.least_rows:
            return self.near.ask(question, asked)
        schema = self.near.columns(question, asked)
        with self.one_at_a_time, failing(question), self.views(asked):
            return as_told(self.session.sql(translated(question)).toArrow(), schema)

    @cached_property
    def session(self) -> Any:
        """Started once a process. Raises Failed where Java or pyspark is missing."""
        from pyspark.sql import SparkSession

        local = self.master.startswith("local")
        if local:
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else whatever python3 the path finds
            os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
        building = SparkSession.builder.appName("crm-sync").master(self.master)
        for key, value in (QUIET | (HERE if local else {}) | self.options | SPEAKS).items():
            building = building.config(key, value)
        session = building.getOrCreate()
        lacking.register(session)
        logging.getLogger("SQLQueryContextLogger").disabled = True  # says again what the exception says
        return session

    @contextmanager
    def views(self, tables: Tables) -> Iterator[None]:
        """The tables under their names, as long as one question is answered."""
        try:
            for name, table in tables.items():
                self.session.createDataFrame(as_held(table)).createOrReplaceTempView(name)
            yield
        finally:
            for name in tables:
                self.session.catalog.dropTempView(name)


@contextmanager
def failing(question: str) -> Iterator[None]:
    """What goes wrong inside, told with the question's name."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (SqlglotError, PySparkException, Py4JError, pa.ArrowInvalid) as problem:
        what, _, _ = str(problem).partition(";\n")  # after that, pages of plan
        raise Failed("spark", f"question {name_of(question)}", what) from None


def as_held(table: pa.Table) -> pa.Table:
    """The table in types that Spark has."""
    columns = [
        with_type(column, pa.int64() if column.type == pa.uint64() else HELD.get(column.type, column.type))
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def as_told(found: pa.Table, schema: pa.Schema) -> pa.Table:
    """The answer with the columns that DuckDB's would have, in its order: after `USING`, Spark has another one."""
    if sorted(found.column_names) != sorted(schema.names):
        raise pa.ArrowInvalid(f"the columns are called {found.column_names}, and not {schema.names}")
    columns = [with_type(found[name], kind) for name, kind in zip(schema.names, schema.types, strict=True)]
    return pa.table(columns, schema=schema)


def with_type(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """The column in another type; between numbers of 64 bits, signed and unsigned, the bits stay."""
    if {column.type, kind} == {pa.int64(), pa.uint64()}:
        return pa.chunked_array([chunk.view(kind) for chunk in column.chunks], kind)
    return column.cast(kind)
