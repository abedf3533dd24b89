"""What a property has held: read for a page of records at once, written with every change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import iso, shown
from crm_sync.sandbox.world import CREATED, HistoryItem, Row, World

Histories = dict[str, dict[str, list[dict[str, Any]]]]


def histories(world: World, one: CrmObject, rows: Sequence[Row], names: Sequence[str]) -> Histories:
    """`propertiesWithHistory` of each record, newest value first; `[]` for a property that was never set."""
    known = [name for name in names if definition_of(world, one, name) is not None]
    kept = _kept(world, one, [row["_id"] for row in rows], known)
    return {
        row["_id"]: {name: kept.get((row["_id"], name)) or _first(world, one, row, name) for name in known}
        for row in rows
    }


def _kept(
    world: World, one: CrmObject, ids: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    sql = (
        f"SELECT record_id, field, value, at, source, source_id FROM history WHERE face = 'hubspot' AND object = ?"
        f" AND record_id IN ({_marks(ids)}) AND field IN ({_marks(names)}) ORDER BY at DESC, rowid DESC"
    )
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for record_id, name, value, at, source, source_id in world.db.execute(sql, (one.name, *ids, *names)):
        found[record_id, name].append(_item(value, at, source, source_id))
    return found


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


def _item(value: str | None, at: int, source: str, source_id: str | None) -> dict[str, Any]:
    more = {} if source_id is None else {"sourceId": source_id}
    return {"value": value or "", "timestamp": iso(at), "sourceType": source, **more}


def _first(world: World, one: CrmObject, row: Row, name: str) -> list[dict[str, Any]]:
    """A value nobody has changed was there since the record was made."""
    value = _value(world, one, row, name)
    return [] if value is None else [_item(value, row[CREATED], "CRM_UI", None)]


def _value(world: World, one: CrmObject, row: Row, name: str) -> str | None:
    about = definition_of(world, one, name)
    return shown(row.get(derived_column(name) or name), about["type"]) if about else None


def remember(
    world: World,
    one: CrmObject,
    before: Row | None,
    after: Row,
    names: Iterable[str],
    at: int,
    source: str = "INTEGRATION",
) -> None:
    """Keeps a new value of each named property, and the one before it when that was never kept."""
    source_id = str(account(world).app_id) if source != "CRM_UI" else None
    items: list[HistoryItem] = []
    for name in names:
        if name.startswith("_"):
            continue
        old = _value(world, one, before, name) if before else None
        if before and old is not None and not world.history("hubspot", one.name, before["_id"], name):
            items.append(HistoryItem(before["_id"], name, old, before[CREATED]))
        items.append(HistoryItem(after["_id"], name, _value(world, one, after, name), at, source, source_id))
    world.add_history("hubspot", one.name, items)
