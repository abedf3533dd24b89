"""sObject rows one at a time: create, read, update, delete, upsert by a key, and what changed in a window of time."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.schema import KEPT, Sight
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, instant, not_found, read_instant
from crm_sync.sandbox.salesforce.writer import Writer, see
from crm_sync.sandbox.world import ARCHIVED_AT, MODIFIED, Row

_KEPT_COLUMNS = {**KEPT, "IsDeleted": ARCHIVED_AT}
_DAY_MS, _MAX_DAYS = 86_400_000, 30


def create(call: Call, object_: str) -> Reply:
    record_id = Writer(call).create(object_, call.record())
    return _created(call, object_, record_id, 201, {})


def read(call: Call, object_: str, record_id: str) -> Reply:
    """GET by id; `fields` names some."""
    seen = see(call.world, object_)
    row = found_row(seen, record_id)
    named = [one.strip() for one in call.query.get("fields", "").split(",") if one.strip()]
    return Reply(
        body=shown(call, seen, row, named or None),
        headers={"Last-Modified": formatdate(row[MODIFIED] // 1000, usegmt=True)},
    )


def update(call: Call, object_: str, record_id: str) -> Reply:
    found_row(see(call.world, object_), record_id)
    if any(name.lower() == "id" for name in call.record()):
        raise Refusal(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")
    Writer(call).update(object_, record_id, call.record())
    return Reply(204)


def delete(call: Call, object_: str, record_id: str) -> Reply:
    found_row(see(call.world, object_), record_id)
    Writer(call).delete(object_, record_id)
    return Reply(204)


def read_by_key(call: Call, object_: str, key: str, value: str) -> Reply:
    seen = see(call.world, object_)
    found = Writer(call).matching(seen, key, value)
    if not found:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {value}")
    if len(found) > 1:
        return _several(call, seen, found)
    return read(call, object_, found[0])


def upsert(call: Call, object_: str, key: str, value: str) -> Reply:
    """PATCH by key: 201 when the record is new, 200 when it was there, 300 when several have the key."""
    seen = see(call.world, object_)
    found = Writer(call).matching(seen, key, value)
    if len(found) > 1:
        return _several(call, seen, found)
    written = Writer(call).upsert(object_, key, value, call.record(), update_only=call.flag("updateOnly"))
    record_id, is_new = written
    return _created(call, object_, record_id, 201 if is_new else 200, {"created": is_new})


def updated(call: Call, object_: str) -> Reply:
    """GET updated: ids of the records created or changed in the window."""
    seen = see(call.world, object_)
    start, end = _window(call)
    rows = seen.table.select(f"{MODIFIED} >= ? AND {MODIFIED} < ? AND {ARCHIVED_AT} IS NULL", [start, end], columns=[])
    return Reply(body={"ids": [row["_id"] for row in rows], "latestDateCovered": instant(end)})


def deleted(call: Call, object_: str) -> Reply:
    """GET deleted: what went to the recycle bin in the window."""
    seen = see(call.world, object_)
    start, end = _window(call)
    rows = seen.table.select(f"{ARCHIVED_AT} >= ? AND {ARCHIVED_AT} < ?", [start, end], columns=[])
    gone = [{"id": row["_id"], "deletedDate": instant(row[ARCHIVED_AT])} for row in rows]
    earliest = instant(call.world.clock.now_ms() - _MAX_DAYS * _DAY_MS)
    return Reply(body={"deletedRecords": gone, "earliestDateAvailable": earliest, "latestDateCovered": instant(end)})


def found_row(seen: Sight, record_id: str) -> Row:
    """The living record of a path, or the 404 that says whether it never was or was deleted."""
    whole = full_id(record_id)
    row = seen.table.get([whole]).get(whole) if whole else None
    if row is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    if row[ARCHIVED_AT] is not None:
        raise Refusal(404, "ENTITY_IS_DELETED", "entity is deleted", [])
    return row


def shown(call: Call, seen: Sight, row: Row, names: list[str] | None) -> dict[str, Any]:
    """The record as JSON: all fields the user sees, or the named ones."""
    fields = list(seen.fields.values()) if names is None else [one for name in names if (one := seen.field(name))]
    if names is not None and len(fields) < len(names):
        missing = next(name for name in names if seen.field(name) is None)
        raise Refusal(400, "INVALID_FIELD", f"No such column '{missing}' on sobject of type {seen.type.name}")
    record: dict[str, Any] = {"attributes": _attributes(call, seen, row["_id"])}
    for one in fields:
        record[one.name] = _value(type_of(one), row[_KEPT_COLUMNS.get(one.name, one.name)])
    return record


def _value(type_: str, stored: Any) -> Any:
    if type_ == "boolean":
        return bool(stored)
    return instant(stored) if type_ == "datetime" and stored is not None else stored


def _attributes(call: Call, seen: Sight, record_id: str) -> dict[str, str]:
    return {"type": seen.type.name, "url": f"{call.root}/sobjects/{seen.type.name}/{record_id}"}


def _created(call: Call, object_: str, record_id: str, status: int, more: dict[str, Any]) -> Reply:
    location = f"{call.root}/sobjects/{object_}/{record_id}"
    return Reply(status, {"id": record_id, "success": True, "errors": [], **more}, {"Location": location})


def _several(call: Call, seen: Sight, ids: list[str]) -> Reply:
    return Reply(300, [_attributes(call, seen, one)["url"] for one in ids])


def _window(call: Call) -> tuple[int, int]:
    """Start and end, without their seconds."""
    found = [read_instant(call.query.get(name, "").replace(" ", "+")) for name in ("start", "end")]
    start, end = found
    if start is None or end is None:
        raise Refusal(400, "INVALID_FIELD", "start and end must be dates such as 2026-01-05T10:00:00+00:00")
    if end <= start or start < call.world.clock.now_ms() - _MAX_DAYS * _DAY_MS:
        raise Refusal(400, "INVALID_REPLICATION_DATE", f"start must be before end and within the last {_MAX_DAYS} days")
    return start // 60_000 * 60_000, end // 60_000 * 60_000
