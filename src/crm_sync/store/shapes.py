"""How a record becomes a row and a row a record: worked out once from the types in records.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, get_type_hints

from sqlalchemy import Column, Table

from crm_sync import records
from crm_sync.records import NOTHING, DealState, Record, Ref
from crm_sync.store import schema

Cells = tuple[Any, ...]
Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
STAMPS = ("version", "modified_at")  # say that a record was touched, not what it says


def same(value: Any) -> Any:
    return value


def storable(text: str | None) -> str | None:
    """Without what a database cannot hold: NUL, and halves of characters that a CRM has cut in the middle."""
    if text is None or text.isprintable():
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def ref_text(ref: Ref | None) -> str | None:
    return None if ref is None else f"{ref[0]}:{ref[1]}:{ref[2]}"


def ref_of(text: str | None) -> Ref | None:
    return None if text is None else Ref.parse(text)


def texts_to_json(values: tuple[str, ...]) -> str | None:
    return dumps([storable(value) for value in values]) if values else None


def texts_of(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def refs_to_json(refs: tuple[Ref, ...]) -> str | None:
    return dumps([ref_text(ref) for ref in refs]) if refs else None


def refs_of(text: str | None) -> tuple[Ref, ...]:
    return tuple(map(Ref.parse, json.loads(text))) if text else ()


def mapping_to_json(values: Mapping[str, str | None]) -> str | None:
    return dumps({key: storable(value) for key, value in values.items()}) if values else None


def mapping_of(text: str | None) -> Mapping[str, str]:
    return json.loads(text) if text else NOTHING


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


CODECS: Mapping[Any, Codec] = {
    str: (storable, same),
    str | None: (storable, same),
    DealState: (same, same),
    bool: (same, same),
    datetime: (same, same),
    datetime | None: (same, same),
    Decimal | None: (same, same),
    Ref: (ref_text, ref_of),
    Ref | None: (ref_text, ref_of),
    tuple[str, ...]: (texts_to_json, texts_of),
    tuple[Ref, ...]: (refs_to_json, refs_of),
    Mapping[str, str]: (mapping_to_json, mapping_of),
}


@dataclass(frozen=True)
class Shape:
    """One kind of record and its table. Cells stand in the order of `names`, the record's own fields; the key leads."""

    table: Table
    names: tuple[str, ...]
    cells: Callable[[Any], Cells]
    record: Callable[[Cells], Any]
    content: Callable[[Cells], Cells]  # what the record says
    modified_at: Callable[[Cells], datetime | None]

    @property
    def columns(self) -> list[Column[Any]]:
        return [self.table.c[name] for name in self.names]

    def key(self, cells: Cells) -> Cells:
        return cells[: len(self.table.primary_key)]

    def row(self, cells: Cells) -> dict[str, Any]:
        """The row for cells that end with whether the record is live."""
        return dict(zip((*self.names, "live"), cells, strict=True))


def shape_of(record: type[Record], table: Table) -> Shape:
    hints = get_type_hints(record)
    names = tuple(field.name for field in fields(record))
    read, codecs = attrgetter(*names), [CODECS[hints[name]] for name in names]
    return Shape(
        table,
        names,
        cells=lambda item: tuple(codec[0](value) for codec, value in zip(codecs, read(item), strict=True)),
        record=lambda cells: record(*(codec[1](value) for codec, value in zip(codecs, cells, strict=True))),
        content=itemgetter(*(place for place, name in enumerate(names) if name not in STAMPS)),
        modified_at=itemgetter(names.index("modified_at")) if "modified_at" in names else lambda cells: None,
    )


SHAPES: Mapping[type[Record], Shape] = {
    record: shape_of(record, table)
    for record, table in (
        (records.Person, schema.people),
        (records.Company, schema.companies),
        (records.Deal, schema.deals),
        (records.Touch, schema.touches),
        (records.Owner, schema.owners),
        (records.Campaign, schema.campaigns),
        (records.StageChange, schema.stage_changes),
        (records.Assignment, schema.assignments),
    )
}
CHANGES = (records.StageChange, records.Assignment)  # stand under the ref of the record that they changed
RECORDS = tuple(shape for record, shape in SHAPES.items() if record not in CHANGES)
