"""The Tooling API's custom fields: made, read, changed, dropped; unseen by others until a permission set shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from crm_sync.sandbox.salesforce.fields import field_def, label_of, picklist
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.indexes import index, unindex
from crm_sync.sandbox.salesforce.schema import FACE, object_types
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found
from crm_sync.sandbox.salesforce.writer import next_id, see
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, FieldDef, Row, Table, quoted

_FULL_NAME = re.compile(r"(\w+)\.([A-Za-z](?:_?[A-Za-z0-9])*)__c")
_LONGEST_TEXT = 255

Metadata = Mapping[str, Any]


def create(call: Call) -> Reply:
    """POST tooling/sobjects/CustomField {FullName, Metadata}."""
    said = call.record()
    table, name = _named(call, str(said.get("FullName", "")))
    if f"{name}__c".lower() in (one.lower() for one in table.fields):
        message = f"There is already a field named {name} on {table.name}."
        raise Refusal(400, "DUPLICATE_DEVELOPER_NAME", message, ["FullName"])
    metadata = said.get("Metadata") or {}
    table.add_field(field := _field(f"{name}__c", metadata))
    index(table, field)
    record_id = _remember(call, table, name, metadata)
    location = f"{call.root}/tooling/sobjects/CustomField/{record_id}"
    return Reply(
        201, {"id": record_id, "success": True, "errors": [], "warnings": [], "infos": []}, {"Location": location}
    )


def read(call: Call, record_id: str) -> Reply:
    row = _row(call, record_id)
    url = f"{call.root}/tooling/sobjects/CustomField/{row['_id']}"
    names = {one: row[one] for one in ("DeveloperName", "TableEnumOrId", "NamespacePrefix")}
    about = {"attributes": {"type": "CustomField", "url": url}, "Id": row["_id"], **names}
    return Reply(body={**about, "FullName": _full_name(row), "Metadata": json.loads(row["Metadata"])})


def update(call: Call, record_id: str) -> Reply:
    """PATCH {Metadata}: the definition changes, its values stay."""
    row, metadata = _row(call, record_id), call.record().get("Metadata") or {}
    table, field = call.world.table(FACE, row["TableEnumOrId"]), _field(f"{row['DeveloperName']}__c", metadata)
    if field.kind != table.fields[field.name].kind:
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", f"Cannot change type of {_full_name(row)}", ["type"])
    table.add_field(field)
    index(table, field)
    _table(call).update(row["_id"], {"Metadata": json.dumps(metadata), MODIFIED: call.world.clock.now_ms()})
    return Reply(204)


def delete(call: Call, record_id: str) -> Reply:
    """The column, its values and its permissions are gone."""
    row = _row(call, record_id)
    table, name = call.world.table(FACE, row["TableEnumOrId"]), f"{row['DeveloperName']}__c"
    unindex(table, name)
    table.drop_field(name)
    call.world.db.execute(f"DELETE FROM {_table(call).sql_name} WHERE _id = ?", (row["_id"],))
    permissions = call.world.table(FACE, "FieldPermissions").sql_name
    call.world.db.execute(f"DELETE FROM {permissions} WHERE {quoted('Field')} = ?", (_full_name(row),))
    call.world.notes["salesforce_cursors"].clear()
    return Reply(204)


def _table(call: Call) -> Table:
    return call.world.table(FACE, "CustomField")


def _row(call: Call, record_id: str) -> Row:
    found = _table(call).get([full_id(record_id) or ""]).get(full_id(record_id) or "")
    if found is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    return found


def _full_name(row: Row) -> str:
    return f"{row['TableEnumOrId']}.{row['DeveloperName']}__c"


def _named(call: Call, full_name: str) -> tuple[Table, str]:
    found = _FULL_NAME.fullmatch(full_name)
    if found is None:
        message = f"FullName: {full_name!r} must look like Lead.My_Field__c"
        raise Refusal(400, "INVALID_FULLNAME" if full_name else "REQUIRED_FIELD_MISSING", message, ["FullName"])
    type_ = object_types().get(found[1].lower())
    if type_ is None or not type_.writable:
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", f"Entity of type '{found[1]}' is not available", ["FullName"])
    return see(call.world, type_.name).table, found[2]


def _remember(call: Call, table: Table, name: str, metadata: Metadata) -> str:
    now = call.world.clock.now_ms()
    stamps = {CREATED: now, MODIFIED: now, ARCHIVED_AT: None}
    fields = _table(call)
    numbered = next_id(call.world, see(call.world, "CustomField", tooling=True))
    fields.insert(
        [
            {
                "_id": numbered,
                **stamps,
                "DeveloperName": name,
                "TableEnumOrId": table.name,
                "Metadata": json.dumps(metadata),
            }
        ]
    )
    return numbered


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
