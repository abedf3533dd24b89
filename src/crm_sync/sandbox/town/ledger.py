"""Rows on their way into one face of the world: gathered while the story is told, written table by table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.sandbox.world import FieldDef, HistoryItem, Row, World

_KEPT = ("_id", "_created", "_modified", "_archived_at")

#: What Salesforce never leaves empty.
_DEFAULTS = {"CurrencyIsoCode": "USD"}


class Ledger:
    """Instants come in as epoch seconds and are kept as the world keeps them, in milliseconds."""

    def __init__(self, face: str) -> None:
        self.face = face
        self.rows: dict[str, list[Row]] = {}
        self.items: dict[str, list[HistoryItem]] = {}
        self.links: list[tuple[str, str, str, str, int, str]] = []

    def add(self, table: str, record_id: str, created: int, modified: int, values: Mapping[str, Any]) -> None:
        stamps = {"_id": record_id, "_created": created * 1000, "_modified": max(created, modified) * 1000}
        self.rows.setdefault(table, []).append({**stamps, **values})

    def changed(self, table: str, record_id: str, field: str, steps: list[tuple[int, str]]) -> None:
        """The values that a field has held, each with the instant it came."""
        items = [HistoryItem(record_id, field, value, at * 1000) for at, value in steps]
        self.items.setdefault(table, []).extend(items)

    def join(self, one: tuple[str, str], other: tuple[str, str], types: Mapping[int, int]) -> None:
        """Associates two records both ways; `types` maps each type to its inverse."""
        for there, back in types.items():
            self.links.append((*one, *other, there, "HUBSPOT_DEFINED"))
            self.links.append((*other, *one, back, "HUBSPOT_DEFINED"))

    def write(self, world: World) -> None:
        """Puts everything into the world in one transaction."""
        world.db.execute("BEGIN")
        for table, rows in self.rows.items():
            world.table(self.face, table).insert(_completed(world, self.face, table, rows))
        for table, items in self.items.items():
            world.add_history(self.face, table, items)
        world.associate(self.links)
        world.db.execute("COMMIT")


def _completed(world: World, face: str, name: str, rows: list[Row]) -> list[Row]:
    """Every row with the same columns, so that one statement inserts them all."""
    table = world.table(face, name)
    used = dict.fromkeys(key for row in rows for key in row)
    for key in used:
        if key not in table.fields and key not in _KEPT:
            table.add_field(FieldDef(key, about={"name": key, "label": key, "type": "string"}))
    flags = {one.name: 0 for one in table.fields.values() if face == "salesforce" and one.kind == "boolean"}
    defaults = {key: value for key, value in _DEFAULTS.items() if key in table.fields}
    blank: Row = dict.fromkeys(used) | flags | defaults
    return [blank | row for row in rows]
