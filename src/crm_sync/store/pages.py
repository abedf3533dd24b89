"""Keeps what the CRMs said: a page of records and its cursor in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from crm_sync.records import Record, Ref
from crm_sync.store.database import Database
from crm_sync.store.progress import Progress, advance
from crm_sync.store.shapes import RECORDS, SHAPES, Cells, Shape
from crm_sync.store.statements import batches, upsert

Held = Row[Any]  # the cells that a table holds of a record, then `live`


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
    dead = lost if shape in RECORDS else ()
    told = {key: (*cells, key[0] not in dead) for key, cells in newest(shape, map(shape.cells, items)).items()}
    held = read_held(connection, shape, {key[0] for key in told})
    moved = {key: cells for key, cells in told.items() if differs(shape, cells, held.get(key))}
    upsert(connection, shape.table, [shape.row(cells) for cells in moved.values()])
    return sum(says_more(shape, cells, held.get(key)) for key, cells in moved.items())


def newest(shape: Shape, found: Iterable[Cells]) -> dict[Cells, Cells]:
    """Cells by key; of a record that stands on the page twice, the version that was modified last."""
    told: dict[Cells, Cells] = {}
    for cells in found:
        before = told.get(shape.key(cells))
        if before is None or not is_older(shape, cells, before):
            told[shape.key(cells)] = cells
    return told


def read_held(connection: Connection, shape: Shape, refs: Iterable[str]) -> dict[Cells, Held]:
    found: dict[Cells, Held] = {}
    for some in batches(refs):
        question = select(*shape.columns, shape.table.c.live).where(shape.table.c.ref.in_(some))
        found |= {shape.key(tuple(row)): row for row in connection.execute(question)}
    return found


def is_older(shape: Shape, cells: Cells, held: Cells) -> bool:
    modified_at, before = shape.modified_at(cells), shape.modified_at(held)
    return modified_at is not None and before is not None and modified_at < before


def differs(shape: Shape, cells: Cells, held: Held | None) -> bool:
    """Should the row be written? A record that comes back after it was gone may be as old as it was."""
    if held is None:
        return True
    return cells != tuple(held) and not (held.live and is_older(shape, cells, tuple(held)))


def says_more(shape: Shape, cells: Cells, held: Held | None) -> bool:
    return held is None or held.live != cells[-1] or shape.content(cells) != shape.content(tuple(held))


def bury(connection: Connection, gone: Sequence[str]) -> int:
    """A ref does not say which table it is in, so each is asked by its key."""
    buried = 0
    for some in batches(gone):
        for shape in RECORDS:
            found = update(shape.table).where(shape.table.c.ref.in_(some), shape.table.c.live).values(live=False)
            buried += connection.execute(found).rowcount
    return buried
