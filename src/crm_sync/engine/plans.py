"""Answers questions over few rows with plans that are kept: to plan a question costs many times what its answer costs.

DuckDB plans anew whatever reads a table, since a plan leans on the rows that it was made for. So few rows come as
parameters, one JSON text a table, and a question has one plan for all tables of the same columns.
"""

from __future__ import annotations

import atexit
import re
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Final

import duckdb
import orjson
import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.engine.base import Tables

# Few rows may well be copied once; a relation would run the question twice.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result makes an extra copy")

# A question reads the tables it is handed and nothing else: no file, no network, no Python variable of the caller.
CLOSED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": False,
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
}
CELLS: Final = 60_000  # more than that is told faster as Arrow
MOST: Final = 256  # plans that are kept, those asked last
#: Types that JSON brings over unchanged. An instant comes as the number that it is.
TYPES: Final = {
    pa.string(): "VARCHAR", pa.large_string(): "VARCHAR", pa.bool_(): "BOOLEAN", pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT", pa.int32(): "INTEGER", pa.int64(): "BIGINT", pa.uint8(): "UTINYINT",
    pa.uint16(): "USMALLINT", pa.uint32(): "UINTEGER", pa.uint64(): "UBIGINT", pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE", pa.timestamp("us"): "BIGINT",
}  # fmt: skip
LISTED: Final = frozenset({"VARCHAR", "INTEGER", "BIGINT"})
BEGINNING: Final = re.compile(r"\A(?:\s*--[^\n]*\n)*\s*(WITH(?!\s+RECURSIVE)|SELECT|FROM)\b", re.IGNORECASE)


class Plans:
    """Plans and nothing else: no row outlives its question."""

    def __init__(self) -> None:
        self.home = duckdb.connect(":memory:", config=CLOSED | {"threads": 1})
        self.home.execute("SET TimeZone = 'UTC'")
        self.home.execute("SET enable_progress_bar = false")  # it would stand among the data on stdout
        self.kept: OrderedDict[tuple[str, ...], str] = OrderedDict()
        self.made = 0
        self.one_at_a_time = Lock()

    def ask(self, question: str, tables: Tables) -> pa.Table | None:
        """The answer; nothing where this question or its tables have to go another way. Raises duckdb.Error."""
        begins = BEGINNING.match(question)
        if not begins or ";" in question[begins.start(1) :]:
            return None
        if not tables or not all(map(few_and_plain, tables.values())):
            return None
        rows = ", ".join(f"'{told(table)}'" for table in tables.values())
        with self.one_at_a_time:
            return self.home.execute(f"EXECUTE {self.plan(question, begins, tables)}({rows})").to_arrow_table()

    def plan(self, question: str, begins: re.Match[str], tables: Tables) -> str:
        """The name of a plan, made where there is none yet."""
        key = (question, *(f"{name} {table.schema.to_string()}" for name, table in tables.items()))
        if key not in self.kept:
            name, self.made = f"plan_{self.made}", self.made + 1
            self.home.execute(f"PREPARE {name} AS {over_parameters(question, begins, tables)}")
            self.kept[key] = name
            if len(self.kept) > MOST:
                self.home.execute(f"DEALLOCATE {self.kept.popitem(last=False)[1]}")
        self.kept.move_to_end(key)
        return self.kept[key]


@cache
def plans_of(process: int) -> Plans:
    """One for all engines of a process, since only plans are in it."""
    found = Plans()
    atexit.register(found.home.close)  # else DuckDB counts what is left over when the process ends, and says so
    return found


def few_and_plain(table: pa.Table) -> bool:
    """Whether JSON brings the table over unchanged, and soon."""
    if table.num_rows * table.num_columns > CELLS or not all(type_of(field.type) for field in table.schema):
        return False
    numbers = (column for column in table.columns if pa.types.is_floating(column.type))
    return all(compute.all(compute.is_finite(column), min_count=0).as_py() for column in numbers)


def told(table: pa.Table) -> str:
    """Its columns as JSON, for a literal."""
    columns = dict(zip(table.column_names, map(cells, table.columns), strict=True))
    return orjson.dumps(columns).decode().replace("'", "''")


def cells(column: pa.ChunkedArray) -> list[object]:
    found: list[object] = (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
    return found


def over_parameters(question: str, begins: re.Match[str], tables: Tables) -> str:
    """The question with its tables in front, each unpacked from a parameter."""
    front = "WITH " + ", ".join(unpacked(tables))
    if begins[1].upper() == "WITH":
        return f"{front}, {question[begins.end(1) :]}"
    return f"{front} {question}"


def unpacked(tables: Tables) -> Iterator[str]:
    for place, (name, table) in enumerate(tables.items(), start=1):
        types = {field.name: [type_of(field.type)] for field in table.schema}
        columns = ", ".join(f"{cell(field)} AS {quoted(field.name)}" for field in table.schema)
        form = orjson.dumps(types).decode().replace("'", "''")
        rows = f"SELECT from_json(${place}::VARCHAR, '{form}') AS t"
        yield f"{quoted(name)} AS MATERIALIZED (SELECT {columns} FROM ({rows}))"


def type_of(kind: pa.DataType) -> str:
    """What the engine calls it; nothing where JSON does not bring it over."""
    if pa.types.is_list(kind):
        inner = TYPES.get(kind.value_type, "")
        return f"{inner}[]" if inner in LISTED else ""
    return TYPES.get(kind, "")


def cell(field: pa.Field) -> str:
    found = f"unnest(t.{quoted(field.name)})"
    return f"make_timestamp({found})" if pa.types.is_timestamp(field.type) else found


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
