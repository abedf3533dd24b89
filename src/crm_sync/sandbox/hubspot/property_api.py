"""Property definitions over HTTP: read, made, changed and archived; a new property is a new column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.property_uses import used_in
from crm_sync.sandbox.hubspot.reading import batch_answer
from crm_sync.sandbox.hubspot.schema import definition_of, definitions
from crm_sync.sandbox.hubspot.standard import definition, field_of
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, chosen

_FIELD_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset({"text", "textarea", "html", "file", "phonenumber", "calculation_equation"}),
    "number": frozenset({"number", "calculation_equation"}),
    "bool": frozenset({"booleancheckbox", "calculation_equation"}),
    "enumeration": frozenset({"select", "radio", "checkbox", "booleancheckbox", "calculation_equation"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date"}),
}

#: What may be said of a property, and of an option beside its label and value; other keys are left out.
_KINDS: Final = {
    "name": str, "label": str, "description": str, "groupName": str, "type": str, "fieldType": str, "options": list,
    "displayOrder": int, "hidden": bool, "formField": bool, "hasUniqueValue": bool, "externalOptions": bool,
    "referencedObjectType": str,
}  # fmt: skip
_OPTION: Final = {"description": str, "displayOrder": int, "hidden": bool}

_REQUIRED = ("name", "label", "type", "fieldType", "groupName")
_CHANGEABLE = ("label", "description", "groupName", "fieldType", "options", "displayOrder", "hidden", "formField")
_MADE_WITH = ("description", "displayOrder", "hidden", "formField", "externalOptions", "referencedObjectType")


def list_properties(call: Call) -> Answer:
    one = call.crm_object()
    archived = call.account.archived_properties.get(one.name, {})
    found = list(archived.values()) if call.flag("archived") else definitions(call.world, one)
    return Answer({"results": found})


def get_property(call: Call) -> Answer:
    return Answer(_known(call, call.part("name"), archived=call.flag("archived")))


def create_property(call: Call) -> Answer:
    return Answer(_create(call, call.body), 201)


def update_property(call: Call) -> Answer:
    """Changes what may change; `options` replaces the whole list. A type is for ever."""
    one, about = call.crm_object(), _known(call, call.part("name"))
    if call.body.get("type", about["type"]) != about["type"]:
        raise Refusal(400, f"The type of property '{about['name']}' is {about['type']} and cannot be changed")
    sent = chosen(call.body, **{key: _KINDS[key] for key in _CHANGEABLE})
    changed = {**about, **sent, "options": _options({**about, **sent}), "updatedAt": iso(call.world.clock.now_ms())}
    _check(call, one, changed)
    if about["name"] in call.account.derived[one.name]:
        call.account.derived[one.name][about["name"]] = changed
    else:
        call.table().fields[about["name"]] = field_of(changed)
    return Answer(changed)


def archive_property(call: Call) -> Answer:
    _archive(call, call.part("name"))
    return Answer(status=204)


def batch_read_properties(call: Call) -> Answer:
    archived = bool(call.body.get("archived"))
    return _each(call, lambda item: _known(call, str(item.get("name")), archived=archived), 200)


def batch_create_properties(call: Call) -> Answer:
    return _each(call, lambda item: _create(call, item), 201)


def batch_archive_properties(call: Call) -> Answer:
    for item in call.inputs():
        if definition_of(call.world, call.crm_object(), str(item.get("name"))):
            _archive(call, str(item.get("name")))
    return Answer(status=204)


def _each(call: Call, handle: Callable[[dict[str, Any]], Mapping[str, Any]], status: int) -> Answer:
    results, errors = [], []
    for item in call.inputs():
        try:
            results.append(dict(handle(item)))
        except Refusal as refusal:
            errors.append({**refusal.row(), "context": {"name": [str(item.get("name"))]}})
    return batch_answer(call, results, errors, status)


def _known(call: Call, name: str, *, archived: bool = False) -> Mapping[str, Any]:
    one = call.crm_object()
    gone = call.account.archived_properties.get(one.name, {})
    found = gone.get(name) if archived else definition_of(call.world, one, name)
    if found is None:
        raise Refusal(404, f'Property "{name}" does not exist', "OBJECT_NOT_FOUND")
    return found


def _create(call: Call, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new column; the name of an archived property brings that property back, as old as it was."""
    one, body = call.crm_object(), chosen(dict(body), **_KINDS)
    missing = [key for key in _REQUIRED if not body.get(key)]
    if missing:
        raise Refusal(400, f"Invalid input JSON: some required fields were not set: {missing}")
    name, body = body["name"], {**body, "options": _options(body)}
    if definition_of(call.world, one, name):
        more = {"subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS"}
        raise Refusal(409, f"A property named '{name}' already exists.", "OBJECT_ALREADY_EXISTS", more)
    _check(call, one, body)
    made = _made(call, one, body)
    call.account.archived_properties.get(one.name, {}).pop(name, None)
    call.table().add_field(field_of(made))
    return made


def _made(call: Call, one: CrmObject, body: Mapping[str, Any]) -> dict[str, Any]:
    gone = call.account.archived_properties.get(one.name, {}).get(body["name"], {})
    now, user = iso(call.world.clock.now_ms()), str(call.account.user_id)
    base = definition(
        body["name"], body["label"], body["type"], body["fieldType"], body["groupName"],
        options=body["options"], unique=bool(body.get("hasUniqueValue")), custom=True,
    )  # fmt: skip
    sent = {"formField": False, **{key: body[key] for key in _MADE_WITH if body.get(key) is not None}}
    stamps = {"createdAt": gone.get("createdAt", now), "updatedAt": now, "createdUserId": user, "updatedUserId": user}
    return {**base, **sent, **stamps}


def _check(call: Call, one: CrmObject, body: Mapping[str, Any]) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(body["name"])):
        raise Refusal(400, f"Property name '{body['name']}' must be lower case letters, digits and _, a letter first")
    if body["fieldType"] not in _FIELD_TYPES.get(body["type"], {body["fieldType"]}) or body["type"] not in _FIELD_TYPES:
        allowed = sorted(_FIELD_TYPES.get(body["type"], _FIELD_TYPES))
        raise Refusal(400, f"Type {body['type']} with fieldType {body['fieldType']} is not valid. Allowed: {allowed}")
    if body["groupName"] not in call.account.groups[one.name]:
        raise Refusal(400, f"Property group {body['groupName']} does not exist")
    values = [one["value"] for one in body["options"]]
    if len(set(values)) != len(values):
        raise Refusal(400, f"Property options of '{body['name']}' must have distinct values")


def _options(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = body.get("options") or (_YES_NO if body["type"] == "bool" else ())
    return [_option(one, number) for number, one in enumerate(given)]


def _option(said: Any, number: int) -> dict[str, Any]:
    told = {"label": at(said, "label"), "value": at(said, "value")}
    return {"description": "", "displayOrder": number, "hidden": False, **chosen(said, **_OPTION), **told}


_YES_NO: Final = ({"label": "Yes", "value": "true"}, {"label": "No", "value": "false"})


def _archive(call: Call, name: str) -> None:
    """The definition can come back, what the column held cannot."""
    one, about = call.crm_object(), _known(call, name)
    if about["hubspotDefined"]:
        raise Refusal(400, f"Property '{name}' is defined by HubSpot and cannot be deleted")
    uses = used_in(call.account, one, name)
    if uses:
        more = {"subCategory": "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"}
        message = f"Property '{name}' is currently used in {uses} places and cannot be deleted"
        raise Refusal(400, message, "VALIDATION_ERROR", more)
    gone = {**about, "archived": True, "archivedAt": iso(call.world.clock.now_ms())}
    call.account.archived_properties.setdefault(one.name, {})[name] = gone
    call.world.db.execute("DELETE FROM history WHERE face = 'hubspot' AND object = ? AND field = ?", (one.name, name))
    call.table().drop_field(name)
