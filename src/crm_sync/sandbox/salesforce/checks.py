"""What a client may write: every value of a row is checked and brought to the form in which tables store it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import time
from typing import Any

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.schema import FACE, Sight, object_types
from crm_sync.sandbox.salesforce.wire import Refusal, read_date, read_instant
from crm_sync.sandbox.world import ARCHIVED_AT, FieldDef, Row, World, quoted

_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s.,;<>()]{2,}")

#: Fields that together may stand only once, beside every field described as unique.
_ONCE = {
    "PermissionSet": ("Name",),
    "PermissionSetAssignment": ("PermissionSetId", "AssigneeId"),
    "FieldPermissions": ("ParentId", "Field"),
    "CampaignMember": ("CampaignId", "LeadId", "ContactId"),
    "User": ("Username",),
}


def checked(world: World, sight: Sight, given: Mapping[str, Any], *, creating: bool) -> Row:
    """The columns to set. The first thing that is wrong refuses the row, in Salesforce's order."""
    named = dict(_fields(sight, given))
    _check_writable(sight, [one for one, _ in named.values()], creating=creating)
    row = {name: _stored(world, one, value) for name, (one, value) in named.items()}
    _check_required(sight, row, creating=creating)
    return row


def check_unique(sight: Sight, before: Row, changes: Row) -> None:
    """No other record may have the same key; only keys that change are looked up."""
    row = before | changes
    groups: list[tuple[str, ...]] = [(name,) for name, one in sight.table.fields.items() if one.about.get("unique")]
    groups += [_ONCE[sight.type.name]] if sight.type.name in _ONCE else []
    for names in groups:
        if any(row.get(name) is not None and row[name] != before.get(name) for name in names):
            _check_once(sight, names, row)


def _check_once(sight: Sight, names: tuple[str, ...], row: Row) -> None:
    same = " AND ".join(f"{quoted(name)} IS ? COLLATE NOCASE" for name in names)
    values = [row.get(name) for name in names]
    for other in sight.table.select(f"{same} AND {ARCHIVED_AT} IS NULL", values, columns=[]):
        if other["_id"] != row.get("_id"):
            message = f"duplicate value found: {names[0]} duplicates value on record with id: {other['_id'][:15]}"
            raise Refusal(400, "DUPLICATE_VALUE", message, [])


def _fields(sight: Sight, given: Mapping[str, Any]) -> Iterator[tuple[str, tuple[FieldDef, Any]]]:
    for name, value in given.items():
        if name == "attributes":
            continue
        found = sight.field(name)
        if found is None:
            raise Refusal(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sight.type.name}")
        yield found.name, (found, value)


def _check_writable(sight: Sight, fields: list[FieldDef], *, creating: bool) -> None:
    right = "createable" if creating else "updateable"
    closed = [one.name for one in fields if not one.about.get(right, True) or one.name in sight.fixed]
    if closed or not sight.type.writable:
        message = (
            f"Unable to create/update fields: {', '.join(closed)}. Please check the security settings of this field and"
            " verify that it is read/write for your profile or permission set."
        )
        raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, closed)


def _check_required(sight: Sight, row: Row, *, creating: bool) -> None:
    missing = [
        one.name
        for one in sight.table.fields.values()
        if one.about.get("createable", True)
        and not one.about.get("nillable", True)
        and not one.about.get("defaultedOnCreate")
        if row.get(one.name) is None and (creating or one.name in row)
    ]
    if missing:
        raise Refusal(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)


def _stored(world: World, field: FieldDef, value: Any) -> Any:
    """The value as the column holds it; empty text is null, except that a checkbox is never null."""
    type_ = type_of(field)
    if type_ == "boolean":
        return int(_boolean(field, False if value is None else value))
    if value is None or value == "":
        return None
    return _read(type_)(world, field, value)


def _read(type_: str) -> Callable[[World, FieldDef, Any], Any]:
    readers: dict[str, Callable[[World, FieldDef, Any], Any]] = {
        "int": lambda _, field, value: int(_number(field, value)),
        "double": lambda _, field, value: _number(field, value),
        "date": lambda _, field, value: _parsed(field, value, read_date),
        "datetime": lambda _, field, value: _parsed(field, value, _whole_second),
        "time": lambda _, field, value: _parsed(field, value, _time_of_day),
        "reference": _reference,
        "email": lambda _, field, value: _email(field, value),
        "picklist": lambda _, field, value: _picklist(field, value),
    }
    readers["currency"] = readers["percent"] = readers["double"]
    return readers.get(type_, lambda _, field, value: _text(field, value))


def _unreadable(type_: str, value: Any) -> Refusal:
    kind = {str: "STRING", bool: "BOOLEAN", int: "NUMBER_INT", float: "NUMBER_FLOAT"}.get(type(value), "OBJECT")
    said = f"Cannot deserialize instance of {type_} from VALUE_{kind} value {value}"
    message = f"{said} or request may be missing a required field"
    return Refusal(400, "JSON_PARSER_ERROR", message)


def _boolean(field: FieldDef, value: Any) -> bool:
    said = str(value).lower()
    if said not in ("true", "false"):
        raise _unreadable("boolean", value)
    return said == "true"


def _number(field: FieldDef, value: Any) -> float:
    try:
        number = None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = None
    if number is None or number in (float("inf"), float("-inf")) or number != number:
        raise _unreadable(type_of(field), value)
    return round(number, int(field.about.get("scale") or 0))


def _whole_second(text: str) -> int | None:
    ms = read_instant(text)
    return None if ms is None else ms // 1000 * 1000


def _time_of_day(text: str) -> str | None:
    """`09:00:00.000Z`, as times are told: of a clock on the wall, in spite of the Z."""
    try:
        return f"{time.fromisoformat(text).isoformat('milliseconds')[:12]}Z"
    except ValueError:
        return None


def _parsed(field: FieldDef, value: Any, read: Callable[[str], str | int | None]) -> str | int:
    found = read(value) if isinstance(value, str) else None
    if found is None:
        raise _unreadable(type_of(field), value)
    return found


def _text(field: FieldDef, value: Any) -> str:
    if not isinstance(value, str):
        raise _unreadable("string", value)
    text, longest = value.strip(), int(field.about.get("length") or 0)
    if longest and len(text) > longest:
        label = field.about.get("label", field.name)
        raise Refusal(
            400, "STRING_TOO_LONG", f"{label}: data value too large: {text} (max length={longest})", [field.name]
        )
    return text


def _email(field: FieldDef, value: Any) -> str:
    text = _text(field, value)
    if not _EMAIL.fullmatch(text):
        raise Refusal(
            400, "INVALID_EMAIL_ADDRESS", f"{field.about.get('label')}: invalid email address: {text}", [field.name]
        )
    return text


def _picklist(field: FieldDef, value: Any) -> str:
    text = _text(field, value)
    allowed = {one["value"] for one in field.about.get("picklistValues", ())}
    if field.about.get("restrictedPicklist") and text not in allowed:
        message = f"{field.about['label']}: bad value for restricted picklist field: {text}"
        raise Refusal(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
    return text


def _reference(world: World, field: FieldDef, value: Any) -> str:
    """An id of a record that exists and is of a kind that the field may point to."""
    found = full_id(value)
    targets = [one for name in field.about.get("referenceTo", ()) if (one := object_types().get(name.lower()))]
    parent = next((one for one in targets if found and found.startswith(one.prefix)), None)
    if found is None or (targets and parent is None):
        message = f"{field.about.get('label', field.name)}: id value of incorrect type: {value}"
        raise Refusal(400, "MALFORMED_ID", message, [field.name])
    row = world.table(FACE, parent.name).get([found], []).get(found) if parent else {ARCHIVED_AT: None}
    if row is None:
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if row[ARCHIVED_AT] is not None:
        raise Refusal(400, "ENTITY_IS_DELETED", "entity is deleted", [])
    return found
