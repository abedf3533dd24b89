"""What DuckDB makes of a question: its plan, with every name bound and every type said."""

from __future__ import annotations

import atexit
import os
from collections.abc import Mapping
from functools import cache

import duckdb
import orjson
import pyarrow as pa

from crm_sync.engine.few.base import Node
from crm_sync.engine.plans import CLOSED, quoted, type_of


def bound(question: str, schemas: Mapping[str, pa.Schema]) -> tuple[Node, pa.Schema]:
    """The plan as DuckDB tells it, and the columns of the answer. Raises duckdb.Error."""
    connection = home(os.getpid())
    connection.execute("BEGIN")
    try:
        for name, schema in schemas.items():
            columns = ", ".join(f"{quoted(field.name)} {column_type(field.type)}" for field in schema)
            connection.execute(f"CREATE TABLE {quoted(name)} ({columns})")
        answer = connection.execute(f"DESCRIBE {question}").fetchall()
        (row,) = connection.execute("SELECT json_serialize_plan(?)", [question]).fetchall()
    finally:
        connection.execute("ROLLBACK")
    plan = orjson.loads(row[0])
    if plan["error"]:
        raise duckdb.InvalidInputException(plan["error_message"])
    columns = ", ".join(f"NULL::{kind} AS {quoted(name)}" for name, kind, *_ in answer)
    empty: pa.Table = connection.execute(f"SELECT {columns} LIMIT 0").to_arrow_table()
    return plan["plans"][0], empty.schema


@cache
def home(process: int) -> duckdb.DuckDBPyConnection:
    """Where questions are read; no row comes there."""
    found = duckdb.connect(":memory:", config=CLOSED | {"threads": 1})
    found.execute("SET TimeZone = 'UTC'")
    atexit.register(found.close)  # else DuckDB counts what is left over when the process ends, and says so
    return found


def column_type(kind: pa.DataType) -> str:
    return "TIMESTAMP" if pa.types.is_timestamp(kind) else type_of(kind)
