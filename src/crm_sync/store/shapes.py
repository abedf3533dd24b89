"""How records become rows and rows records: worked out once from the types in records.py."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, get_type_hints

from sqlalchemy import Column, Table

from crm_sync import records
from crm_sync.records import Record
from crm_sync.store import schema
from crm_sync.store.columns import CODECS, Codec
from crm_sync.store.types import Money, from_database, to_database

Row = tuple[Any, ...]  # the cells of one record as the driver takes and gives them, then whether it is live
STAMPS = ("version", "modified_at")  # say that a record was touched, not what it says


@dataclass(frozen=True)
class Shape:
    """One kind of record and its table. Cells stand in the order of the record's own fields; the key leads."""

    record: type[Record]
    table: Table
    columns: tuple[Column[Any], ...]  # `live` is the last
    codecs: tuple[Codec, ...]
    cells: Callable[[Any], Row]
    key: Callable[[Row], Any]
    content: Callable[[Row], Row]  # what the record says, and whether it is live
    modified_at: Callable[[Row], Any]
    amounts: tuple[int, ...]  # places of money

    @property
    def names_people(self) -> int | None:
        """The place of the people that a record names; None where it names nobody."""
        return next((place for place, column in enumerate(self.columns) if column.name == "people"), None)

    def place(self, name: str) -> int:
        return next(place for place, column in enumerate(self.columns) if column.name == name)

    @property
    def of_change(self) -> bool:
        """Changes stand under the ref of the record that they changed, and live and die with it."""
        return self.record in CHANGES

    def numbers(self, row: Row) -> Row:
        """The row with money as numbers: `1500.10` and `1500.1` are the same."""
        if not self.amounts:
            return row
        cells = list(row)
        for place in self.amounts:
            cells[place] = None if row[place] is None else Decimal(row[place])
        return tuple(cells)

    def rows(self, items: Sequence[Record], dead: Collection[str], dialect: str) -> list[Row]:
        """Rows for the database; not live are those whose ref is in `dead`."""
        told = zip(self.codecs, self.columns[:-1], zip(*map(self.cells, items), strict=True), strict=True)
        found = [to_database(column.type, encode(values), dialect) for (encode, _), column, values in told]
        return list(zip(*found, [ref not in dead for ref in found[0]], strict=True))

    def records(self, rows: Sequence[Row], dialect: str) -> Iterator[Any]:
        """Records from rows of the database."""
        held = zip(self.codecs, self.columns[:-1], [*zip(*rows, strict=True)][:-1], strict=True)
        found = [decode(from_database(column.type, values, dialect)) for (_, decode), column, values in held]
        return map(self.record, *found)


def shape_of(record: type[Record]) -> Shape:
    hints, table = get_type_hints(record), TABLES[record]
    names = tuple(field.name for field in fields(record))
    stamps = {names.index(name) for name in STAMPS if name in names}
    return Shape(
        record,
        table,
        tuple(table.c[name] for name in (*names, "live")),
        tuple(CODECS[hints[name]] for name in names),
        cells=attrgetter(*names),
        key=itemgetter(*range(len(table.primary_key))),
        content=itemgetter(*(place for place in range(len(names) + 1) if place not in stamps)),
        modified_at=itemgetter(names.index("modified_at")) if "modified_at" in names else lambda row: None,
        amounts=tuple(place for place, name in enumerate(names) if isinstance(table.c[name].type, Money)),
    )


TABLES: Mapping[type[Record], Table] = {
    records.Person: schema.people,
    records.Company: schema.companies,
    records.Deal: schema.deals,
    records.Touch: schema.touches,
    records.Owner: schema.owners,
    records.Calendar: schema.calendars,
    records.Campaign: schema.campaigns,
    records.StageChange: schema.stage_changes,
    records.Assignment: schema.assignments,
}
CHANGES = (records.StageChange, records.Assignment)
SHAPES: Mapping[type[Record], Shape] = {record: shape_of(record) for record in TABLES}
RECORDS = tuple(shape for shape in SHAPES.values() if not shape.of_change)
