"""Statements that SQLite and PostgreSQL say differently, and questions with many keys.

What every page asks is turned into text once per table and database, and goes to the driver with plain tuples: to build
and bind it anew for a page of a hundred records would cost more than the database does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement, FromClause

from crm_sync.store.cells import dumps
from crm_sync.store.types import POSTGRESQL, to_database

AT_ONCE = 5_000  # keys in one question; both databases limit how many parameters it may have
PLAIN: Mapping[str, Dialect] = {  # with parameters by place
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    POSTGRESQL: PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
}
Cells = tuple[Any, ...]
Columns = tuple[Column[Any], ...]
Insert = Any  # of either database: SQLAlchemy has no type for both
Item = TypeVar("Item")


def read_cells(connection: Connection, columns: Columns, keys: Collection[str]) -> Iterator[Cells]:
    """Cells as the driver gives them, of the rows whose first column is among `keys`."""
    dialect = connection.dialect.name
    wanted = list(keys) if dialect == POSTGRESQL else dumps(list(keys))  # one parameter, however many keys there are
    return asked(connection, reading(columns, dialect), (wanted,))


def read_live_cells(connection: Connection, columns: Columns) -> Iterator[Cells]:
    """Cells as the driver gives them, of the rows whose last column is true."""
    return asked(connection, reading_live(columns, connection.dialect.name), ())


def read_whole(connection: Connection, columns: Columns) -> Iterator[Cells]:
    """Cells as the driver gives them, of all rows."""
    return asked(connection, reading_whole(columns, connection.dialect.name), ())


def read_naming_cells(
    connection: Connection, columns: Columns, named: Columns, refs: Collection[str]
) -> Iterator[Cells]:
    """Cells as the driver gives them, of the live rows that name one of `refs`. `named`: who, and the ref by whom."""
    dialect = connection.dialect.name
    wanted = list(refs) if dialect == POSTGRESQL else dumps(list(refs))
    return asked(connection, reading_naming(columns, named, dialect), (wanted,))


def read_unnamed_cells(connection: Connection, columns: Columns, named: Columns, known: Columns) -> Iterator[Cells]:
    """Cells as the driver gives them, of the live rows that name nobody. `named`: who, and the ref by whom; `known`:
    who there is, and whether they are still."""
    return asked(connection, reading_unnamed(columns, named, known, connection.dialect.name), ())


def asked(connection: Connection, text: str, parameters: Cells) -> Iterator[Cells]:
    """Straight from the driver's cursor: a row that is compared and thrown away needs no names."""
    cursor: Any = connection.exec_driver_sql(text, parameters).cursor
    return iter(cursor)


def upsert_cells(connection: Connection, columns: Columns, rows: Sequence[Cells]) -> None:
    """Inserts rows of cells as the driver takes them, or overwrites the ones with the same primary key."""
    if rows:
        connection.exec_driver_sql(upserting_cells(columns, connection.dialect.name), list(rows))


def insert_cells(connection: Connection, columns: Columns, rows: Sequence[Cells]) -> None:
    """Inserts rows of cells as the driver takes them."""
    if rows:
        connection.exec_driver_sql(inserting_cells(columns, connection.dialect.name), list(rows))


def delete_cells(connection: Connection, columns: Columns, rows: Sequence[Cells]) -> None:
    """Deletes the rows that hold these cells."""
    if rows:
        connection.exec_driver_sql(deleting_cells(columns, connection.dialect.name), list(rows))


@cache
def reading(columns: Columns, dialect: str) -> str:
    return as_text(select(*columns).where(is_among(columns[0], dialect)), dialect)


def is_among(key: Column[Any], dialect: str) -> ColumnElement[bool]:
    if dialect == POSTGRESQL:
        return key == any_(bindparam("keys", type_=ARRAY(Text)))
    return key.in_(select(func.json_each(bindparam("keys", type_=Text)).table_valued("value").c.value))


@cache
def reading_live(columns: Columns, dialect: str) -> str:
    return as_text(select(*columns).where(columns[-1]), dialect)


@cache
def reading_whole(columns: Columns, dialect: str) -> str:
    return as_text(select(*columns), dialect)


@cache
def reading_naming(columns: Columns, named: Columns, dialect: str) -> str:
    person, ref = named
    found = select(ref).where(is_among(person, dialect))
    return as_text(select(*columns).where(columns[0].in_(found), columns[-1]), dialect)


@cache
def reading_unnamed(columns: Columns, named: Columns, known: Columns, dialect: str) -> str:
    person, ref = named
    here, live = known
    naming = select(ref).join(here.table, here == person).where(live)
    found = select(columns[0]).where(columns[-1]).except_(naming)  # PostgreSQL would ask a long NOT IN row by row
    return as_text(select(*columns).where(columns[0].in_(found)), dialect)


@cache
def upserting_cells(columns: Columns, dialect: str) -> str:
    values = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    return as_text(upserting(columns[0].table, dialect).values(values), dialect)


@cache
def deleting_cells(columns: Columns, dialect: str) -> str:
    same = (column == bindparam(column.name, type_=column.type) for column in columns)
    return as_text(columns[0].table.delete().where(*same), dialect)


def as_text(statement: ClauseElement, dialect: str) -> str:
    return str(statement.compile(dialect=PLAIN[dialect]))


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows, or overwrites the ones with the same primary key."""
    if rows:
        connection.execute(upserting(table, connection.dialect.name), list(rows))


def upserting(table: FromClause, dialect: str) -> Insert:
    insert = inserting(table, dialect)
    rest = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)


def inserting(table: Any, dialect: str) -> Insert:
    """Into a table of which some rows may be there."""
    return (postgresql.insert if dialect == POSTGRESQL else sqlite.insert)(table)


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """All rows name the same columns. A column is converted at a time: bound one by one, a plan's rows took longer than
    the plan."""
    if not rows:
        return
    columns = tuple(column for column in table.columns if column.name in rows[0])
    insert_cells(connection, columns, cells_of(columns, rows, connection.dialect.name))


def cells_of(columns: Columns, rows: Sequence[Mapping[str, Any]], dialect: str) -> list[Cells]:
    """Rows as the driver takes them."""
    cells = [to_database(column.type, [*map(itemgetter(column.name), rows)], dialect) for column in columns]
    return list(zip(*cells, strict=True))


@cache
def inserting_cells(columns: Columns, dialect: str) -> str:
    values = {column.name: bindparam(column.name, type_=column.type) for column in columns}
    return as_text(columns[0].table.insert().inline().values(values), dialect)


def replace_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The table holds these rows and no other."""
    connection.execute(table.delete())
    insert_all(connection, table, rows)


def numbered(rows: Iterable[Mapping[str, Any]], first: int = 0) -> list[dict[str, Any]]:
    """Rows with their `position`, from `first` on: the order that the plan gave them."""
    return [{"position": position, **row} for position, row in enumerate(rows, first)]


def batches(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
