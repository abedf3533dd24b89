"""A whole column at a time, from records to the database and back.

A page has thousands of cells, and one call per cell would cost more than the work in it. The work on a column runs in
one comprehension, and whatever a database holds as it is passes through untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from sys import intern
from typing import Any

from crm_sync.records import DealState, Ref
from crm_sync.store.cells import (
    mapping_of,
    mapping_to_json,
    ref_told,
    refs_of,
    refs_to_json,
    storable,
    texts_of,
    texts_to_json,
)

Values = Sequence[Any]
Work = Callable[[Values], Values]
Codec = tuple[Work, Work]  # to the database, and back


def as_is(values: Values) -> Values:
    return values


def texts(values: Values) -> Values:
    """Nearly every column is clean: that is asked once for all of it."""
    return values if "".join(filter(None, values)).isprintable() else [storable(value) for value in values]


def refs(values: Values) -> Values:
    return [None if ref is None else ":".join(ref) for ref in values]


def refs_told(values: Values) -> Values:
    """As `Ref.parse` would, where all are ours and have three parts. There are few words for CRM and kind: each is one
    object, which takes less memory, and is compared at once."""
    return [
        tuple.__new__(Ref, (intern(crm), intern(kind), record_id))
        for text in values
        for crm, kind, record_id in [text.split(":", 2)]
    ]


def owners_told(values: Values) -> Values:
    """Of whom there are few, each named again and again."""
    return [None if text is None else ref_told(text) for text in values]


def where_any(work: Callable[[Any], Any]) -> Work:
    """`work` on what is not empty; empty lists and mappings are absent."""
    return lambda values: [work(value) if value else None for value in values]


def each(work: Callable[[Any], Any]) -> Work:
    return lambda values: [work(value) for value in values]


CODECS: Mapping[Any, Codec] = {
    str: (texts, as_is),
    str | None: (texts, as_is),
    DealState: (as_is, as_is),
    bool: (as_is, as_is),
    datetime: (as_is, as_is),  # instants and money differ from database to database: see types.py
    datetime | None: (as_is, as_is),
    Decimal | None: (as_is, as_is),
    Ref: (refs, refs_told),
    Ref | None: (refs, owners_told),
    tuple[str, ...]: (where_any(texts_to_json), each(texts_of)),
    tuple[Ref, ...]: (where_any(refs_to_json), each(refs_of)),
    Mapping[str, str]: (where_any(mapping_to_json), each(mapping_of)),
}
