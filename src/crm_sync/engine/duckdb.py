"""Answers questions with DuckDB inside this process: memory only, no files, no extensions, UTC."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from crm_sync.engine.base import Tables
from crm_sync.engine.questions import name_of
from crm_sync.errors import Failed

# A question reads the tables it is handed and nothing else: no file, no network, no Python variable of the caller.
CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
}


class DuckDB:
    """An engine in the process. `threads` None leaves the number to DuckDB; the answers do not depend on it."""

    def __init__(self, threads: int | None = None) -> None:
        self.home = duckdb.connect(":memory:", config=CLOSED if threads is None else CLOSED | {"threads": threads})

    def ask(self, question: str, tables: Tables) -> pa.Table:
        """The answer to one question. Each has a connection of its own, so that no table outlives it. Raises Failed."""
        with self.home.cursor() as connection:
            try:
                return answer(connection, question, tables)
            except duckdb.Error as problem:
                raise Failed("duckdb", f"question {name_of(question)}", str(problem)) from None


def answer(connection: duckdb.DuckDBPyConnection, question: str, tables: Tables) -> pa.Table:
    connection.execute("SET TimeZone = 'UTC'")
    for name, table in tables.items():
        connection.register(name, table)
    relation = connection.sql(question)
    if relation is None:
        raise duckdb.InvalidInputException("the text does not ask for rows")
    return relation.to_arrow_table()
