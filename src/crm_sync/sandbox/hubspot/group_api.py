"""Property groups over HTTP: the headings that properties stand under."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.schema import definitions
from crm_sync.sandbox.hubspot.wire import Answer, Call, chosen


def list_groups(call: Call) -> Answer:
    return Answer({"results": list(call.account.groups[call.crm_object().name].values())})


def get_group(call: Call) -> Answer:
    return Answer(_group(call))


def create_group(call: Call) -> Answer:
    groups, name = call.account.groups[call.crm_object().name], str(call.body.get("name") or "")
    if not name or not call.body.get("label"):
        raise Refusal(400, "Invalid input JSON: some required fields were not set: [name, label]")
    if name in groups:
        raise Refusal(409, f"A property group named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
    said = {"displayOrder": -1} | chosen(call.body, label=str, displayOrder=int)
    groups[name] = {"name": name, **said, "archived": False}
    return Answer(groups[name], 201)


def update_group(call: Call) -> Answer:
    found = _group(call)
    found |= chosen(call.body, label=str, displayOrder=int)
    return Answer(found)


def archive_group(call: Call) -> Answer:
    one, name = call.crm_object(), _group(call)["name"]
    used = [about["name"] for about in definitions(call.world, one) if about["groupName"] == name]
    if used:
        more = {"subCategory": "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"}
        raise Refusal(400, f"Group '{name}' still has active properties: {used}", "VALIDATION_ERROR", more)
    del call.account.groups[one.name][name]
    return Answer(status=204)


def _group(call: Call) -> dict[str, Any]:
    found = call.account.groups[call.crm_object().name].get(call.part("name"))
    if found is None:
        raise Refusal(404, f'Property group "{call.part("name")}" does not exist', "OBJECT_NOT_FOUND")
    return found
