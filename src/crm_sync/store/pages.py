"""Keeps what the CRMs said: a page of records and its cursor in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from crm_sync.records import Record, Ref
from crm_sync.store.cells import texts_of
from crm_sync.store.database import Database
from crm_sync.store.moved import mark_gone, mark_rows
from crm_sync.store.progress import Progress, advance
from crm_sync.store.schema import mentions
from crm_sync.store.shapes import RECORDS, SHAPES, Row, Shape
from crm_sync.store.statements import Cells, batches, delete_cells, insert_cells, read_cells, upsert_cells

MENTIONS = (mentions.c.person, mentions.c.ref)


def save_page(
    database: Database,
    crm: str,
    name: str,
    records: Iterable[Record],
    *,
    cursor: str,
    gone: Iterable[Ref] = (),
    horizon: datetime | None = None,
    fetched: int = 0,
) -> int:
    """Stores a page and its cursor, all or nothing, and returns how many records are new, say something else than
    before, or are gone now. What was modified before the version that we hold is passed over."""
    lost = frozenset(map(str, gone))
    with database.writing(fenced=True) as connection:
        news = sum(keep(connection, shape, items, lost) for shape, items in by_shape(records))
        news += bury(connection, sorted(lost))
        advance(connection, Progress(crm, name, cursor, horizon, fetched))
        return news


def by_shape(records: Iterable[Record]) -> Iterator[tuple[Shape, list[Record]]]:
    found: dict[type[Record], list[Record]] = {}
    for record in records:
        found.setdefault(type(record), []).append(record)
    return ((SHAPES[kind], items) for kind, items in found.items())


def keep(connection: Connection, shape: Shape, items: Sequence[Record], lost: Collection[str]) -> int:
    """Rows of records that are lost are kept dead: they say what became of them."""
    rows = shape.rows(items, () if shape.of_change else lost, connection.dialect.name)
    told = newest(shape, rows)
    held = {shape.key(row): row for row in read_cells(connection, shape.columns, {row[0] for row in rows})}
    moved = {key: row for key, row in told.items() if replaces(shape, row, held.get(key))}
    upsert_cells(connection, shape.columns, list(moved.values()))
    if shape.names_people is not None:
        mention(connection, shape.names_people, moved, held)
    news = [(row, was) for key, row in moved.items() if says_more(shape, row, was := held.get(key))]
    mark_rows(connection, shape, news)
    return len(news)


def mention(connection: Connection, place: int, moved: Mapping[Any, Row], held: Mapping[Any, Row]) -> None:
    """Keeps whom these rows name, the other way round; `place` is that of the names."""
    news = [(row, held.get(key)) for key, row in moved.items()]
    others = [(row, was) for row, was in news if was is None or row[place] != was[place]]
    delete_cells(connection, MENTIONS, [pair for _, was in others if was for pair in pairs_of(was, place)])
    insert_cells(connection, MENTIONS, [pair for row, _ in others for pair in pairs_of(row, place)])


def pairs_of(row: Row, place: int) -> list[Cells]:
    return [(person, row[0]) for person in dict.fromkeys(texts_of(row[place]))]


def newest(shape: Shape, rows: Sequence[Row]) -> dict[Any, Row]:
    """Rows by key; of a record that stands on the page twice, the version that was modified last."""
    told = dict(zip(map(shape.key, rows), rows, strict=True))
    if len(told) < len(rows):
        told = {}
        for row in rows:
            before = told.get(shape.key(row))
            if before is None or not is_older(shape, row, before):
                told[shape.key(row)] = row
    return told


def replaces(shape: Shape, row: Row, held: Row | None) -> bool:
    """Should the row be written? A record that comes back after it was gone may be as old as it was."""
    if held is None:
        return True
    if row == held or shape.numbers(row) == shape.numbers(held):
        return False
    return not (held[-1] and is_older(shape, row, held))


def is_older(shape: Shape, row: Row, held: Row) -> bool:
    modified_at, before = shape.modified_at(row), shape.modified_at(held)
    return modified_at is not None and before is not None and bool(modified_at < before)


def says_more(shape: Shape, row: Row, held: Row | None) -> bool:
    return held is None or shape.content(shape.numbers(row)) != shape.content(shape.numbers(held))


def bury(connection: Connection, gone: Sequence[str]) -> int:
    """A ref does not say which table it is in, so each is asked by its key."""
    buried = 0
    for some in batches(gone):
        mark_gone(connection, some)
        for shape in RECORDS:
            found = update(shape.table).where(shape.table.c.ref.in_(some), shape.table.c.live).values(live=False)
            buried += connection.execute(found).rowcount
    return buried
