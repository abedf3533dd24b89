"""Puts a told town into the world's tables: few statements, whole sheets at a time, indexes last when there is much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from crm_sync.sandbox.town.ledger import Sheet
from crm_sync.sandbox.town.told import Told
from crm_sync.sandbox.world import FieldDef, Table, World, quoted

_KEPT = ("_id", "_created", "_modified", "_archived_at")
_SALESFORCE: Final = "salesforce"

#: What Salesforce never leaves empty.
_CURRENCY: Final = "CurrencyIsoCode"


@contextmanager
def writing(world: World, *, much: bool) -> Iterator[None]:
    """One transaction. Much is faster without indexes, which are made again at the end."""
    world.db.execute("BEGIN")
    indexes = _dropped(world) if much else []
    yield
    for sql in indexes:
        world.db.execute(sql)
    world.db.execute("COMMIT")


def write_told(world: World, told: Told) -> None:
    """One block."""
    for sheet in told.sheets:
        write_sheet(world, sheet)
    changes = "INSERT INTO history VALUES ('hubspot', ?, ?, ?, ?, ?, 'CRM_UI', NULL)"  # Salesforce's are records
    world.db.executemany(changes, told.changes)
    world.db.executemany("INSERT INTO association VALUES (?, ?, ?, ?, ?, 'HUBSPOT_DEFINED')", told.links)


def write_sheet(world: World, sheet: Sheet) -> None:
    table = world.table(sheet.face, sheet.table)
    for name in sheet.columns:
        if name not in table.fields and name not in _KEPT:
            table.add_field(FieldDef(name, about={"name": name, "label": name, "type": "string"}))
    fixed = _never_empty(table) if sheet.face == _SALESFORCE else {}
    marks = [f"coalesce(?, {fixed[name]})" if name in fixed else "?" for name in sheet.columns]
    more = {name: value for name, value in fixed.items() if name not in sheet.columns}
    columns = ", ".join(map(quoted, (*sheet.columns, *more)))
    values = ", ".join((*marks, *more.values()))
    world.db.executemany(f"INSERT INTO {table.sql_name} ({columns}) VALUES ({values})", sheet.rows)


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
