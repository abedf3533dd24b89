"""What both hands share: a record is left alone once a client has had a hand in it."""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.sandbox.town.ledger import Sheet
from crm_sync.sandbox.town.life.thread import Delta, Moved
from crm_sync.sandbox.town.writing import write_sheet
from crm_sync.sandbox.world import ARCHIVED_AT, Row, World

#: What decides whose record it is: once somebody else has converted a lead, its story is theirs.
_DECIDES = "IsConverted"


def stands(world: World, delta: Delta) -> bool:
    """False when a client has deleted, merged or converted the human's record: then nothing more happens to it."""
    for table, told in delta.stands:
        row = alive(world, delta.face, table, told["_id"])
        if row is None or not same(row.get(_DECIDES), told.get(_DECIDES)):
            return False
    return True


def alive(world: World, face: str, table: str, record_id: str) -> Row | None:
    row = world.table(face, table).get([record_id]).get(record_id)
    return row if row is not None and row[ARCHIVED_AT] is None else None


def insert(world: World, face: str, table: str, row: Row) -> bool:
    """False when it is there already: a company and an account belong to all who work there."""
    if world.table(face, table).get([row["_id"]], ()):
        return False
    write_sheet(world, Sheet(face, table, tuple(row), [tuple(row.values())]))
    return True


def ours(before: Row, moved: Moved) -> Row:
    """The new values of fields that still hold what was told last: what a client has changed since stays."""
    return {
        name: value
        for name, value in moved.new.items()
        if same(before.get(name), moved.old[name]) and not same(before.get(name), value)
    }


def same(one: object, other: object) -> bool:
    """As columns keep values: numbers may have become text, or text a number, and an unset switch is off."""
    if one == other:
        return True
    if None in (one, other):
        return (one or other) == 0
    try:
        return float(str(one)) == float(str(other))
    except ValueError:
        return False


def said(row: Mapping[str, object]) -> list[str]:
    """The fields of a row that have a value."""
    return [name for name, value in row.items() if value is not None and not name.startswith("_")]
