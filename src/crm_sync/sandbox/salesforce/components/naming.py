"""Full names of components, and the rows in which the org keeps them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crm_sync.sandbox.salesforce.schema import FACE, Sight, object_types
from crm_sync.sandbox.salesforce.serials import next_id
from crm_sync.sandbox.salesforce.wire import Refusal, not_found
from crm_sync.sandbox.salesforce.writer import see
from crm_sync.sandbox.world import CREATED, MODIFIED, Row, World, quoted

Metadata = Mapping[str, Any]

_FULL_NAME = re.compile(r"(\w+)\.([A-Za-z](?:_?[A-Za-z0-9])*?)(__c)?")


def split(world: World, full_name: str, *, custom: bool = False) -> tuple[Sight, str]:
    """The object and the component's own name, without __c; `custom` ones must have it."""
    found = _FULL_NAME.fullmatch(full_name)
    if found is None or bool(found[3]) != custom:
        message = f"FullName: {full_name!r} must look like Lead.My_{'Field__c' if custom else 'Name'}"
        raise Refusal(400, "INVALID_FULLNAME" if full_name else "REQUIRED_FIELD_MISSING", message, ["FullName"])
    type_ = object_types().get(found[1].lower())
    if type_ is None or not type_.writable:
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", f"Entity of type '{found[1]}' is not available", ["FullName"])
    return see(world, type_.name), found[2]


def keep(world: World, kind: str, row: Row) -> str:
    """A new row of the component's table; its id."""
    now = world.clock.now_ms()
    seen = see(world, kind, tooling=True)
    record_id = next_id(world, seen)
    seen.table.insert([{"_id": record_id, CREATED: now, MODIFIED: now, **row}])
    return record_id


def kept(world: World, kind: str, **values: str) -> Row:
    """The one row with these values, whatever the case of letters."""
    same = " AND ".join(f"{quoted(name)} = ? COLLATE NOCASE" for name in values)
    row = next(world.table(FACE, kind).select(same, list(values.values()), limit=1), None)
    if row is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {'.'.join(values.values())}")
    return row


def change(world: World, kind: str, row: Row, values: Row) -> None:
    world.table(FACE, kind).update(row["_id"], {**values, MODIFIED: world.clock.now_ms()})


def remove(world: World, kind: str, row: Row) -> None:
    world.db.execute(f"DELETE FROM {world.table(FACE, kind).sql_name} WHERE _id = ?", (row["_id"],))


def taken(full_name: str) -> Refusal:
    object_, _, name = full_name.partition(".")
    message = f"There is already a component named {name} on {object_}."
    return Refusal(400, "DUPLICATE_DEVELOPER_NAME", message, ["FullName"])
