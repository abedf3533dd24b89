"""List views: columns, filters and a scope, read as SOQL when somebody asks for their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crm_sync.sandbox.salesforce.components.naming import Metadata, change, keep, kept, remove, split, taken
from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.schema import FACE, Sight
from crm_sync.sandbox.salesforce.soql.parse import parse
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import Row, World

_KIND = "ListView"
_SCOPES = ("Everything", "Mine", "Queue")
_OPERATIONS = {
    "equals": "=",
    "notEqual": "!=",
    "lessThan": "<",
    "greaterThan": ">",
    "lessOrEqual": "<=",
    "greaterOrEqual": ">=",
    "contains": "LIKE",
    "notContain": "LIKE",
    "startsWith": "LIKE",
}
#: Names of columns that the Metadata API spells in its own way; others are LEAD.EMAIL or the field's own name.
_COLUMNS = {
    "FULL_NAME": "Name",
    "NAME": "Name",
    "CORE.USERS.ALIAS": "Owner.Alias",
    "CORE.USERS.FULL_NAME": "Owner.Name",
    "ACCOUNT.NAME": "Account.Name",
    "CREATED_DATE": "CreatedDate",
    "LAST_UPDATE": "LastModifiedDate",
}
_UNQUOTED = ("boolean", "int", "double", "currency", "percent", "date", "datetime")


def create(world: World, full_name: str, metadata: Metadata) -> str:
    seen, name = split(world, full_name)
    _check(seen, metadata)
    if full_name.lower() in (one.lower() for one in names(world)):
        raise taken(full_name)
    row = {"Name": metadata["label"], "DeveloperName": name, "SobjectType": seen.type.name, "IsSoqlCompatible": 1}
    record_id = keep(world, _KIND, row)
    _notes(world)[record_id] = dict(metadata)
    return record_id


def read(world: World, full_name: str) -> Metadata:
    return _notes(world)[_row(world, full_name)["_id"]]


def update(world: World, full_name: str, metadata: Metadata) -> None:
    row = _row(world, full_name)
    _check(split(world, full_name)[0], metadata)
    change(world, _KIND, row, {"Name": metadata["label"]})
    _notes(world)[row["_id"]] = dict(metadata)


def delete(world: World, full_name: str) -> None:
    row = _row(world, full_name)
    remove(world, _KIND, row)
    del _notes(world)[row["_id"]]


def names(world: World) -> Iterator[str]:
    return (f"{row['SobjectType']}.{row['DeveloperName']}" for row in world.table(FACE, _KIND).select())


def metadata_of(world: World, view: Row) -> Metadata:
    return _notes(world)[view["_id"]]


def columns(seen: Sight, metadata: Metadata) -> list[str]:
    """The columns as paths of SOQL; without any a view shows the name."""
    return [path(seen, one) for one in metadata.get("columns") or ["NAME"]]


def soql(seen: Sight, metadata: Metadata, user: str) -> str:
    """The statement behind a view."""
    terms = [_term(seen, one) for one in metadata.get("filters") or ()]
    joined = _joined(terms, str(metadata.get("booleanFilter") or ""))
    mine = [f"OwnerId = '{user}'"] if metadata.get("filterScope") == "Mine" else []
    where = " AND ".join([*mine, *([f"({joined})"] if joined else [])])
    chosen = ", ".join(dict.fromkeys(["Id", *columns(seen, metadata)]))
    return f"SELECT {chosen} FROM {seen.type.name}{' WHERE ' + where if where else ''} ORDER BY Id"


def path(seen: Sight, column: str) -> str:
    """LEAD.STATUS, CREATED_DATE and My_Field__c as SOQL spells them."""
    name = column.upper().removeprefix(f"{seen.type.name.upper()}.")
    if name in _COLUMNS or column.upper() in _COLUMNS:
        return _COLUMNS.get(column.upper()) or _COLUMNS[name]
    plain = name.replace("_", "").lower()
    field = next((one for one in seen.fields.values() if one.name.lower() in (column.lower(), plain)), None)
    if field is None:
        raise Refusal(400, "INVALID_FIELD", f"Could not resolve list view column: {column}", ["columns"])
    return field.name


def _check(seen: Sight, metadata: Metadata) -> None:
    if not metadata.get("label"):
        raise Refusal(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [label]", ["label"])
    if metadata.get("filterScope", "Everything") not in _SCOPES:
        message = f"filterScope: {metadata['filterScope']!r} is not one of {', '.join(_SCOPES)}"
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, ["filterScope"])
    parse(soql(seen, metadata, ""))


def _term(seen: Sight, one: Metadata) -> str:
    said = str(one.get("operation"))
    if said not in _OPERATIONS:
        message = f"filters: operation {said!r} is not one of {', '.join(_OPERATIONS)}"
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, ["filters"])
    name = path(seen, str(one.get("field")))
    text = str(one.get("value") or "")
    values = [_literal(seen, name, said, part.strip()) for part in text.split(",")]
    denied = said in ("notEqual", "notContain")
    each = [f"{'NOT ' if said == 'notContain' else ''}{name} {_OPERATIONS[said]} {value}" for value in values]
    wrapped = [f"({one})" for one in each] if said == "notContain" else each
    return f"({(' AND ' if denied else ' OR ').join(wrapped)})"


def _literal(seen: Sight, name: str, said: str, text: str) -> str:
    field = seen.field(name)
    if text == "":
        return "null"
    if field is not None and type_of(field) in _UNQUOTED:
        return {"1": "true", "0": "false"}.get(text, text) if type_of(field) == "boolean" else text
    safe = text.replace("\\", "\\\\").replace("'", "\\'")
    return {"contains": f"'%{safe}%'", "notContain": f"'%{safe}%'", "startsWith": f"'{safe}%'"}.get(said, f"'{safe}'")


def _joined(terms: list[str], logic: str) -> str:
    """`1 AND (2 OR 3)`, or all of them."""
    if not logic:
        return " AND ".join(terms)
    if any(not 1 <= int(one) <= len(terms) for one in re.findall(r"\d+", logic)):
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", f"booleanFilter: {logic!r} names a filter that is not there")
    return re.sub(r"\d+", lambda found: terms[int(found[0]) - 1], logic)


def _row(world: World, full_name: str) -> Row:
    seen, name = split(world, full_name)
    return kept(world, _KIND, SobjectType=seen.type.name, DeveloperName=name)


def _notes(world: World) -> dict[str, dict[str, Any]]:
    notes: dict[str, dict[str, Any]] = world.notes.setdefault("salesforce_list_views", {})
    return notes
