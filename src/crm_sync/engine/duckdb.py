"""Answers questions with DuckDB inside this process: memory only, no files, no extensions, UTC."""

from __future__ import annotations

import os

import duckdb
import pyarrow as pa

from crm_sync.engine.base import Tables
from crm_sync.engine.few.few import few
from crm_sync.engine.plans import CLOSED, plans_of
from crm_sync.engine.questions import mentioned, name_of
from crm_sync.errors import Failed


class DuckDB:
    """An engine in the process. `threads` None leaves the number to DuckDB; the answers do not depend on it."""

    def __init__(self, threads: int | None = None) -> None:
        self.home = duckdb.connect(":memory:", config=CLOSED if threads is None else CLOSED | {"threads": threads})

    def ask(self, question: str, tables: Tables) -> pa.Table:
        """The answer to one question; no table outlives it. Raises Failed."""
        asked = mentioned(question, tables)
        found = by_plan(question, asked)
        return self.answered(question, asked) if found is None else found

    def columns(self, question: str, tables: Tables) -> pa.Schema:
        """What the columns of the answer are called, and of which type: asked over no rows. Raises Failed."""
        return self.answered(question, {name: table.schema.empty_table() for name, table in tables.items()}).schema

    def answered(self, question: str, tables: Tables) -> pa.Table:
        with self.home.cursor() as connection:
            try:
                return answer(connection, question, tables)
            except duckdb.Error as problem:
                raise Failed("duckdb", f"question {name_of(question)}", str(problem)) from None


def by_plan(question: str, tables: Tables) -> pa.Table | None:
    """The answer over few rows. What cannot be asked so is asked the long way, which also tells what is wrong."""
    try:
        found = few().ask(question, tables)
        return plans_of(os.getpid()).ask(question, tables) if found is None else found
    except duckdb.Error:
        return None


def answer(connection: duckdb.DuckDBPyConnection, question: str, tables: Tables) -> pa.Table:
    connection.execute("SET TimeZone = 'UTC'")
    for name, table in tables.items():
        connection.register(name, table)
    relation = connection.sql(question)
    if relation is None:
        raise duckdb.InvalidInputException("the text does not ask for rows")
    return relation.to_arrow_table()
