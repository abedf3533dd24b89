"""Puts a told town into the world's tables: few statements, whole sheets at a time, indexes last when there is much."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from crm_sync.sandbox.town.ledger import NOTHING, Sheet
from crm_sync.sandbox.town.told import Told
from crm_sync.sandbox.world import FieldDef, Table, World, quoted

_KEPT = ("_id", "_created", "_modified", "_archived_at")
_SALESFORCE: Final = "salesforce"

_MARK: Final = f"nullif(?, {NOTHING})"

_LINK: Final = """
    INSERT INTO association ({0}_id, {1}_id, {0}_object, {1}_object, type_id, category)
    VALUES (?, ?, '{2}', '{3}', {4}, 'HUBSPOT_DEFINED')
"""

#: What Salesforce never leaves empty.
_CURRENCY: Final = "CurrencyIsoCode"


@contextmanager
def writing(world: World, *, much: bool) -> Iterator[None]:
    """One transaction. Much is faster without indexes, which are made again at the end, and without anybody who looks
    for garbage among the rows."""
    world.db.execute("BEGIN")
    with _untidied() if much else nullcontext():
        indexes = _dropped(world) if much else []
        yield
        for sql in indexes:
            world.db.execute(sql)
    world.db.execute("COMMIT")


@contextmanager
def _untidied() -> Iterator[None]:
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def write_told(world: World, told: Told) -> None:
    """One block."""
    for sheet in told.sheets:
        write_sheet(world, sheet)
    changes = "INSERT INTO history VALUES ('hubspot', ?, ?, ?, ?, ?, 'CRM_UI', NULL)"  # Salesforce's are records
    world.db.executemany(changes, told.changes)
    for (one, other, types), pairs in told.pairs.items():
        for way, back in types:
            world.db.executemany(_LINK.format("from", "to", one, other, way), pairs)
            world.db.executemany(_LINK.format("to", "from", one, other, back), pairs)


def write_sheet(world: World, sheet: Sheet) -> None:
    table = world.table(sheet.face, sheet.table)
    for name in (*sheet.columns, *sheet.same):
        if name not in table.fields and name not in _KEPT:
            table.add_field(FieldDef(name, about={"name": name, "label": name, "type": "string"}))
    fixed = _never_empty(table) if sheet.face == _SALESFORCE else {}
    values = {name: f"coalesce({_MARK}, {fixed[name]})" if name in fixed else _MARK for name in sheet.columns}
    values |= {name: _literal(value) for name, value in sheet.same.items()}
    values |= {name: value for name, value in fixed.items() if name not in values}
    columns = ", ".join(map(quoted, values))
    world.db.executemany(f"INSERT INTO {table.sql_name} ({columns}) VALUES ({', '.join(values.values())})", sheet.rows)


def _literal(value: Any) -> str:
    """Text or a number as SQL."""
    return str(value) if isinstance(value, int | float) else "'" + value.replace("'", "''") + "'"


def _never_empty(table: Table) -> dict[str, str]:
    """Fields with what stands in them when nothing is said."""
    found = {one.name: "0" for one in table.fields.values() if one.kind == "boolean"}
    return found | ({_CURRENCY: "'USD'"} if _CURRENCY in table.fields else {})


def _dropped(world: World) -> list[str]:
    """Takes every index away; returns the statements that made them."""
    made = world.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in made:
        world.db.execute(f"DROP INDEX {quoted(name)}")
    return [sql for _, sql in made]
