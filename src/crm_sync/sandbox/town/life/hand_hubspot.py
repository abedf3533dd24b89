"""Puts an event of the town's life into HubSpot: records, history and links, and news for whoever listens."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.changes import tell, tell_link, tell_properties
from crm_sync.sandbox.hubspot.history import remember
from crm_sync.sandbox.hubspot.objects import BY_NAME
from crm_sync.sandbox.hubspot.versions import keep
from crm_sync.sandbox.town.life.hand import alive, insert, ours, said
from crm_sync.sandbox.town.life.thread import Delta, Moved
from crm_sync.sandbox.town.story import HUBSPOT
from crm_sync.sandbox.world import MODIFIED, HistoryItem, Row, World

_BY: Final = "CRM_UI"
_PRIMARY: Final = (1, 5)  # contact to company, deal to company

#: Ids that clients' records get begin here, above those that the living will ever have.
_FREE: Final = {"contacts": 18_000_000, "companies": 23_000_000, "deals": 33_000_000} | dict.fromkeys(
    ("calls", "emails", "meetings", "notes", "tasks", "communications"), 61_000_000_000
)

Field = tuple[str, str, str]  # table, record, field


def make_room(world: World) -> None:
    for name, highest in _FREE.items():
        erased = account(world).erased
        erased[name] = max(erased.get(name, 0), highest)


def write_hubspot(world: World, delta: Delta) -> None:
    """To be called while the clock stands at the event."""
    refused = {one for table, row in delta.made for one in _insert(world, table, row)}
    for moved in delta.moved:
        refused |= _update(world, moved, delta)
    items = [one for one in delta.changes if one[:3] not in refused and one[:2] not in refused]
    for table, record_id, field, value, at in items:
        world.add_history(HUBSPOT, table, [HistoryItem(record_id, field, value, at, _BY)])
    for table, row in delta.made:
        if (table, row["_id"]) not in refused:
            _announce(world, table, row)
    _link(world, delta)


def _insert(world: World, table: str, row: Row) -> list[tuple[str, ...]]:
    """What is refused: the record, when it is there already."""
    return [] if insert(world, HUBSPOT, table, row) else [(table, row["_id"])]


def _update(world: World, moved: Moved, delta: Delta) -> set[tuple[str, ...]]:
    """Returns the fields that stay as a client has left them."""
    row = alive(world, HUBSPOT, moved.table, moved.record_id)
    if row is None:
        return {(moved.table, moved.record_id)}
    values, table, one = ours(row, moved), world.table(HUBSPOT, moved.table), BY_NAME[moved.table]
    if values:
        keep(world, moved.table, row)
        table.update(moved.record_id, {**values, MODIFIED: delta.at * 1000})
        after = row | values
        told = {field for name, record_id, field, _, _ in delta.changes if (name, record_id) == moved.row}
        remember(world, one, row, after, [name for name in values if name not in told], delta.at * 1000, _BY)
        tell_properties(world, one, after, values, _BY)
    return {(moved.table, moved.record_id, name) for name in moved.new if name not in values}


def _announce(world: World, table: str, row: Row) -> None:
    one = BY_NAME[table]
    tell(world, one, "creation", row["_id"], changeSource=_BY, changeFlag="NEW")
    tell_properties(world, one, row, said(row), _BY)


def _link(world: World, delta: Delta) -> None:
    """Between records that live; told once for each pair, though it is kept in both directions."""
    links = [one for one in delta.links if alive(world, HUBSPOT, *one[:2]) and alive(world, HUBSPOT, one[2], one[3])]
    world.associate((*one, "HUBSPOT_DEFINED") for one in links)
    pairs = dict.fromkeys(one[:4] for one in links if one[:2] < one[2:4])
    types = {(one[:4], one[4]) for one in links}
    for one, from_id, other, to_id in pairs:
        primary = any(((one, from_id, other, to_id), kind) in types for kind in _PRIMARY)
        tell_link(
            world, BY_NAME[one], from_id, BY_NAME[other], to_id,
            changeSource=_BY, associationRemoved=False, isPrimaryAssociation=primary,
        )  # fmt: skip
