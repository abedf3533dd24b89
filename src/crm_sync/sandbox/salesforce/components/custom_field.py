"""Custom fields: a column and its definition; unseen by others until a permission set shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from crm_sync.sandbox.salesforce.components.naming import Metadata, change, keep, kept, remove, split
from crm_sync.sandbox.salesforce.fields import field_def, label_of, picklist
from crm_sync.sandbox.salesforce.indexes import index, unindex
from crm_sync.sandbox.salesforce.schema import FACE
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import FieldDef, Row, World, quoted

_LONGEST_TEXT = 255
_KIND = "CustomField"


def create(world: World, full_name: str, metadata: Metadata) -> str:
    seen, name = split(world, full_name, custom=True)
    if f"{name}__c".lower() in (one.lower() for one in seen.table.fields):
        message = f"There is already a field named {name} on {seen.type.name}."
        raise Refusal(400, "DUPLICATE_DEVELOPER_NAME", message, ["FullName"])
    seen.table.add_field(field := _field(f"{name}__c", metadata))
    index(seen.table, field)
    return keep(
        world, _KIND, {"DeveloperName": name, "TableEnumOrId": seen.type.name, "Metadata": json.dumps(metadata)}
    )


def read(world: World, full_name: str) -> Metadata:
    metadata: Metadata = json.loads(_row(world, full_name)["Metadata"])
    return metadata


def update(world: World, full_name: str, metadata: Metadata) -> None:
    """The definition changes, its values stay."""
    row = _row(world, full_name)
    table, field = world.table(FACE, row["TableEnumOrId"]), _field(f"{row['DeveloperName']}__c", metadata)
    if field.kind != table.fields[field.name].kind:
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", f"Cannot change type of {full_name}", ["type"])
    table.add_field(field)
    index(table, field)
    change(world, _KIND, row, {"Metadata": json.dumps(metadata)})


def delete(world: World, full_name: str) -> None:
    """The column, its values and its permissions are gone."""
    row = _row(world, full_name)
    table, name = world.table(FACE, row["TableEnumOrId"]), f"{row['DeveloperName']}__c"
    unindex(table, name)
    table.drop_field(name)
    remove(world, _KIND, row)
    permissions = world.table(FACE, "FieldPermissions").sql_name
    world.db.execute(f"DELETE FROM {permissions} WHERE {quoted('Field')} = ?", (f"{table.name}.{name}",))
    world.notes["salesforce_cursors"].clear()


def names(world: World) -> Iterator[str]:
    return (full_name(row) for row in world.table(FACE, _KIND).select())


def full_name(row: Row) -> str:
    return f"{row['TableEnumOrId']}.{row['DeveloperName']}__c"


def _row(world: World, full_name: str) -> Row:
    seen, name = split(world, full_name, custom=True)
    return kept(world, _KIND, TableEnumOrId=seen.type.name, DeveloperName=name)


def _field(name: str, metadata: Metadata) -> FieldDef:
    """The column that a definition asks for, by its Metadata.type."""
    make = _TYPES.get(str(metadata.get("type")))
    if make is None:
        message = f"Metadata.type: {metadata.get('type')!r} is not one of {', '.join(_TYPES)}"
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, ["type"])
    words = {"custom"} | {word for key, word in _WORDS.items() if metadata.get(key)}
    type_, facts = make(metadata)
    more = facts.pop("words", set())
    return field_def(name, type_, label=metadata.get("label") or label_of(name), words=words | more, **facts)


_WORDS = {"externalId": "external", "unique": "unique", "required": "required"}


def _whole(metadata: Metadata, key: str, least: int, most: int) -> int:
    value = metadata.get(key)
    if not isinstance(value, int) or not least <= value <= most:
        wanted = f"needs a whole number from {least} to {most}, not {value!r}"
        message = f"Metadata.{key}: a field of type {metadata['type']} {wanted}"
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, [key])
    return value


def _number(metadata: Metadata) -> tuple[str, dict[str, Any]]:
    return "double", {"precision": _whole(metadata, "precision", 1, 18), "scale": _whole(metadata, "scale", 0, 17)}


def _picklist(metadata: Metadata) -> tuple[str, dict[str, Any]]:
    definition = metadata.get("valueSet") or {}
    values = (definition.get("valueSetDefinition") or {}).get("value") or []
    pairs = [(str(one["fullName"]), str(one.get("label") or one["fullName"])) for one in values if "fullName" in one]
    if not pairs:
        message = "Metadata.valueSet.valueSetDefinition.value: a Picklist needs at least one value with a fullName"
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, ["valueSet"])
    return "picklist", {
        "length": _LONGEST_TEXT,
        "values": picklist(pairs),
        "words": {"restricted"} if definition.get("restricted") else set(),
    }


_TYPES: dict[str, Callable[[Metadata], tuple[str, dict[str, Any]]]] = {
    "Text": lambda metadata: ("string", {"length": _whole(metadata, "length", 1, _LONGEST_TEXT)}),
    "LongTextArea": lambda metadata: ("textarea", {"length": _whole(metadata, "length", 256, 131_072)}),
    "Number": _number,
    "DateTime": lambda _: ("datetime", {}),
    "Date": lambda _: ("date", {}),
    "Checkbox": lambda _: ("boolean", {}),
    "Picklist": _picklist,
}
