"""Merging two records of one object: the survivor takes what it lacks, and the other's id leads to it from then on."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.association_types import PRIMARY
from crm_sync.sandbox.hubspot.changes import tell
from crm_sync.sandbox.hubspot.derived import following
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.history import remember
from crm_sync.sandbox.hubspot.objects import STAGE_OF, CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of
from crm_sync.sandbox.hubspot.versions import keep
from crm_sync.sandbox.hubspot.writing import next_id
from crm_sync.sandbox.world import CREATED, MODIFIED, Row, World, quoted

MERGED: Final = "hs_merged_object_ids"

#: A record that stands for more than this many cannot take another one.
MOST_IDENTITIES: Final = 250

_OWN: Final = frozenset({"_id", CREATED, MODIFIED, "_archived_at", MERGED, "hs_calculated_merged_vids"})


def merge(world: World, one: CrmObject, primary: Row, loser: Row) -> Row:
    """Merges `loser` into `primary` and returns the survivor whole."""
    now, table = world.clock.now_ms(), world.table("hubspot", one.name)
    identities = merged_ids(primary) + merged_ids(loser) + [primary["_id"], loser["_id"]]
    if len(identities) > MOST_IDENTITIES:
        raise Refusal(414, f"A record takes at most {MOST_IDENTITIES} merges")
    values = _values(world, one, primary, loser, now)
    values = following(account(world), table, one, primary, values, now) | values
    survivor = _survivor(world, one, primary, now)
    gone = [row for row in (primary, loser) if row["_id"] != survivor]
    for row in (primary, loser):
        keep(world, one.name, row)
    values |= _traces(one, survivor, [*merged_ids(primary), *merged_ids(loser)], gone, now) | _addresses(primary, loser)
    known = {name: value for name, value in values.items() if name in table.fields or name.startswith("_")}
    table.update(survivor, {**known, MODIFIED: now})
    for row in gone:
        _leave(world, one, row["_id"], survivor)
    after = table.get([survivor])[survivor]
    remember(world, one, primary if survivor == primary["_id"] else None, after, known, now, "MERGE_OBJECTS")
    _tell(world, one, primary["_id"], loser["_id"], survivor, len(known))
    return after


def merged_ids(row: Row) -> list[str]:
    """The ids that have been merged into the record."""
    return [part for part in str(row.get(MERGED) or "").split(";") if part]


def _values(world: World, one: CrmObject, primary: Row, loser: Row, now: int) -> Row:
    """What the primary lacks comes from the loser; the stage is the furthest of both, the birth the earlier one."""
    found: Row = {
        name: value
        for name, value in loser.items()
        if name not in _OWN and value not in (None, "") and primary.get(name) in (None, "")
    }
    found[CREATED] = min(primary[CREATED], loser[CREATED])
    stage = STAGE_OF.get(one.name)
    if stage == "lifecyclestage":
        order = [option["value"] for option in (definition_of(world, one, stage) or {"options": ()})["options"]]
        here, there = primary.get(stage), loser.get(stage)
        if here in order and there in order and order.index(there) > order.index(here):
            found[stage] = there
    return found


def _addresses(primary: Row, loser: Row) -> Row:
    """The loser's addresses become additional ones, unless the primary had none."""
    if not primary.get("email") or "email" not in loser:
        return {}
    listed = f"{primary.get('hs_additional_emails') or ''};{loser.get('email') or ''};"
    listed += str(loser.get("hs_additional_emails") or "")
    emails = [part for part in dict.fromkeys(listed.split(";")) if part and part != primary["email"]]
    return {"hs_additional_emails": ";".join(emails) or None}


def _survivor(world: World, one: CrmObject, primary: Row, now: int) -> str:
    """The id that goes on: the primary's, or that of a new record holding all the primary held."""
    if not account(world).habits.merge_makes_new_id:
        return str(primary["_id"])
    fresh = next_id(world, one)
    table = world.table("hubspot", one.name)
    table.insert([{**primary, "_id": fresh, MODIFIED: now}])
    return fresh


def _traces(one: CrmObject, survivor: str, older: list[str], gone: list[Row], now: int) -> Row:
    """What tells a reader which ids a record has swallowed."""
    ids = list(dict.fromkeys([*older, *(row["_id"] for row in gone)]))
    traces: Row = {MERGED: ";".join(ids)}
    if one.name == "contacts":
        stamped = [part for row in gone for part in str(row.get("hs_calculated_merged_vids") or "").split(";") if part]
        stamped += [f"{row['_id']}:{now}" for row in gone]
        traces["hs_calculated_merged_vids"] = ";".join(dict.fromkeys(stamped))
        traces["hs_all_contact_vids"] = ";".join([survivor, *ids])
    return traces


def _leave(world: World, one: CrmObject, record_id: str, survivor: str) -> None:
    """The row goes, its links move over, and its id answers with the survivor from now on."""
    known = account(world)
    for key, target in list(known.merged.items()):
        if key[0] == one.name and target == record_id:
            known.merged[key] = survivor
    known.merged[one.name, record_id] = survivor
    _move_links(world, one, record_id, survivor)
    for made in known.lists.values():
        if made.object_type_id == one.type_id and record_id in made.members:
            made.members.setdefault(survivor, made.members.pop(record_id))
    erase(world, one, record_id)


def _move_links(world: World, one: CrmObject, record_id: str, survivor: str) -> None:
    """The links of a record become the survivor's; a primary company gives way to one the survivor has already."""
    for kind in (kind for (start, _), kind in PRIMARY.items() if start == one.name):
        sql = "FROM association WHERE from_object = ? AND from_id = ? AND type_id = ?"
        if world.db.execute(f"SELECT 1 {sql}", (one.name, survivor, kind.type_id)).fetchone():
            world.db.execute(f"DELETE {sql}", (one.name, record_id, kind.type_id))
            back = "DELETE FROM association WHERE to_object = ? AND to_id = ? AND type_id = ?"
            world.db.execute(back, (one.name, record_id, kind.inverse))
    for here in ("from", "to"):
        sql = f"UPDATE OR REPLACE association SET {here}_id = ? WHERE {here}_object = ? AND {here}_id = ?"
        world.db.execute(sql, (survivor, one.name, record_id))
    itself = "DELETE FROM association WHERE from_object = to_object AND from_id = to_id AND from_object = ?"
    world.db.execute(f"{itself} AND from_id = ?", (one.name, survivor))


def erase(world: World, one: CrmObject, record_id: str) -> None:
    """The row and everything it has held are gone; the archived pass does not show it."""
    erased = account(world).erased
    erased[one.name] = max(erased.get(one.name, 0), int(record_id))
    table = quoted(f"hubspot_{one.name}")
    world.db.execute(f"DELETE FROM {table} WHERE _id = ?", (record_id,))
    sql = "DELETE FROM history WHERE face = 'hubspot' AND object = ? AND record_id = ?"
    world.db.execute(sql, (one.name, record_id))


def _tell(world: World, one: CrmObject, primary: str, loser: str, survivor: str, moved: int) -> None:
    more: dict[str, Any] = {"primaryObjectId": int(primary), "mergedObjectIds": [int(loser)]}
    tell(
        world, one, "merge", survivor, changeSource="INTEGRATION", changeFlag="MERGED",
        newObjectId=int(survivor), numberOfPropertiesMoved=moved, **more,
    )  # fmt: skip
