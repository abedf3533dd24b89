"""Parents named by one of their keys instead of their id: {"Account": {"Key__c": "x"}} becomes AccountId."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.sandbox.salesforce.fields import is_key
from crm_sync.sandbox.salesforce.schema import Sight, parents_of
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import ARCHIVED_AT, FieldDef, World, quoted


def with_ids(world: World, seen: Sight, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values, every nested parent replaced by the reference to it."""
    if not any(isinstance(value, Mapping) and name != "attributes" for name, value in given.items()):
        return given
    return dict(_replaced(world, seen, name, value) for name, value in given.items())


def _replaced(world: World, seen: Sight, name: str, value: Any) -> tuple[str, Any]:
    field = seen.parent(name) if isinstance(value, Mapping) and name != "attributes" else None
    return (name, value) if field is None else (field.name, _id_of(world, field, value))


def _id_of(world: World, field: FieldDef, named: Mapping[str, Any]) -> str:
    keys = [(name, value) for name, value in named.items() if name != "attributes"]
    if len(keys) != 1:
        raise Refusal(400, "INVALID_FIELD", f"{field.name}: name the parent by exactly one of its keys", [field.name])
    key, value = keys[0]
    found = [id_ for parent in parents_of(world, field) for id_ in _matching(parent, key, value)]
    if len(found) > 1:
        raise Refusal(400, "DUPLICATE_EXTERNAL_ID", f"{key}: more than one record found for external id field: {value}")
    if not found:
        entity = "/".join(field.about.get("referenceTo", ()))
        message = f"Foreign key external ID: {value} not found for field {key} in entity {entity}"
        raise Refusal(400, "INVALID_FIELD", message, [])
    return found[0]


def _matching(parent: Sight, key: str, value: Any) -> list[str]:
    field = parent.field(key)
    if field is None or not is_key(field):
        return []
    column = "_id" if field.name == "Id" else quoted(field.name)
    where = f"{column} = ? COLLATE NOCASE AND {ARCHIVED_AT} IS NULL"
    return [row["_id"] for row in parent.table.select(where, [value], columns=[])]
