"""Of what a plan concluded, only what differs from the last one is written: most people are as they were.

A person's row carries a `digest` of all that is known of the person and of the form in which this code writes it, and
everything that hangs on the person follows from that: where the digest is the same, nothing is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from importlib.metadata import version

from sqlalchemy import Connection, Table, func, select

from crm_sync.changes import Known
from crm_sync.store import schema
from crm_sync.store.conclusions import (
    Row,
    body_of,
    entry_rows,
    known_row,
    qualification_rows,
    stretch_rows,
    target_rows,
)
from crm_sync.store.history import Chronicle
from crm_sync.store.statements import batches, cells_of, delete_cells, insert_all, numbered, read_whole, upsert_cells
from crm_sync.store.upgrade import HEAD

SOME = 100  # people at once: what is made of many more would not stay in the cache of a processor
FORM = f"{version('crm-sync')} {HEAD}".encode()
OF_PEOPLE: Mapping[Table, Callable[[Iterable[Known]], Iterable[Row]]] = {
    schema.targets: target_rows,
    schema.stretches: stretch_rows,
    schema.stage_entries: entry_rows,
    schema.qualifications: qualification_rows,
}


def replace_people(
    connection: Connection, known: Iterable[Known], chronicle: Chronicle, others: Collection[str] = frozenset()
) -> None:
    """`known` holds these people and no other, and so do the tables that hang on it; `others` stay as they are, where
    they are known. `chronicle` is told who is another than before."""
    held: dict[str, str | None] = dict(read_whole(connection, (schema.known.c.person_id, schema.known.c.digest)))
    gone, first = set(held).difference(others), {table: next_position(connection, table) for table in OF_PEOPLE}
    for some in batches(known, SOME):
        gone.difference_update(one.person_id for one in some)
        told = [(one, body := body_of(one), digest_of(body)) for one in some]
        moved = [one for one in told if held.get(one[0].person_id) != one[2]]
        people = [one for one, _, _ in moved]
        chronicle.tell(people)
        forget(connection, [one.person_id for one in people if one.person_id in held])
        insert_all(connection, schema.known, [known_row(*one) for one in moved])
        for table, rows_of in OF_PEOPLE.items():
            rows = numbered(rows_of(people), first[table])
            insert_all(connection, table, rows)
            first[table] += len(rows)
    chronicle.tell_gone(sorted(gone))
    forget(connection, sorted(gone))


def forget(connection: Connection, people: Iterable[str]) -> None:
    """What hangs on a person goes with the person."""
    delete_cells(connection, (schema.known.c.person_id,), [(one,) for one in people])


def next_position(connection: Connection, table: Table) -> int:
    newest: int | None = connection.execute(select(func.max(table.c.position))).scalar_one()
    return 0 if newest is None else newest + 1


def digest_of(body: str) -> str:
    return blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16, key=FORM[:64]).hexdigest()


def replace_differing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """The table, whose first column is its key, holds these rows and no other."""
    key, *_ = columns = tuple(table.columns)
    held = {cells[0]: cells for cells in read_whole(connection, columns)}
    told = cells_of(columns, rows, connection.dialect.name)
    moved = [cells for cells in told if held.pop(cells[0], None) != cells]
    upsert_cells(connection, columns, moved)
    delete_cells(connection, (key,), [(gone,) for gone in held])
