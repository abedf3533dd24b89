"""Owners and calendars as they were from time to time, which no CRM keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from crm_sync.records import Calendar, Edition, Owner, Ref
from crm_sync.store.schema import editions
from crm_sync.store.statements import replace_all

KINDS: Mapping[str, msgspec.json.Decoder[Any]] = {
    one.__name__: msgspec.json.Decoder(one) for one in (Owner, Calendar)
}  # fmt: skip
Cells = tuple[str, datetime, str, str | None]


def read_editions(connection: Connection) -> tuple[Edition, ...]:
    """In order of time."""
    return tuple(edition_of(*cells) for cells in held(connection))


def replace_editions(connection: Connection, now: Sequence[Edition]) -> None:
    """There are these and no others. Most plans have seen nothing new."""
    told = [cells_of(one) for one in now]
    if told != held(connection):
        names = editions.columns.keys()
        replace_all(connection, editions, [dict(zip(names, cells, strict=True)) for cells in told])


def held(connection: Connection) -> list[Cells]:
    found = [tuple(row) for row in connection.execute(select(editions))]
    return sorted(found, key=lambda cells: (cells[1], cells[0]))


def cells_of(one: Edition) -> Cells:
    kind = type(one.record).__name__ if one.record else ""
    return str(one.ref), one.since, kind, msgspec.json.encode(one.record).decode() if one.record else None


def edition_of(ref: str, since: datetime, kind: str, body: str | None) -> Edition:
    return Edition(Ref.parse(ref), since, KINDS[kind].decode(body) if body else None)
