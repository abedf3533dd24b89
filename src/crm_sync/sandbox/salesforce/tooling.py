"""The Tooling API's components: custom fields and validation rules, made, read, changed and dropped one at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from crm_sync.sandbox.salesforce.components import custom_field, validation_rule
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.schema import FACE
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found
from crm_sync.sandbox.world import Row

_KINDS: dict[str, ModuleType] = {"CustomField": custom_field, "ValidationRule": validation_rule}


def create(call: Call, kind: str) -> Reply:
    """POST tooling/sobjects/{kind} {FullName, Metadata}."""
    said = call.record()
    record_id = _KINDS[kind].create(call.world, str(said.get("FullName", "")), _metadata(said))
    location = f"{call.root}/tooling/sobjects/{kind}/{record_id}"
    body = {"id": record_id, "success": True, "errors": [], "warnings": [], "infos": []}
    return Reply(201, body, {"Location": location})


def read(call: Call, kind: str, record_id: str) -> Reply:
    row = _row(call, kind, record_id)
    url = f"{call.root}/tooling/sobjects/{kind}/{row['_id']}"
    own = {name: value for name, value in row.items() if not name.startswith("_") and not name.endswith("ById")}
    about = {"attributes": {"type": kind, "url": url}, "Id": row["_id"], **own}
    named = {"FullName": _KINDS[kind].full_name(row), "Metadata": json.loads(row["Metadata"])}
    return Reply(body=about | ({"Active": bool(row["Active"])} if "Active" in row else {}) | named)


def update(call: Call, kind: str, record_id: str) -> Reply:
    """PATCH {Metadata}."""
    row = _row(call, kind, record_id)
    _KINDS[kind].update(call.world, _KINDS[kind].full_name(row), _metadata(call.record()))
    return Reply(204)


def delete(call: Call, kind: str, record_id: str) -> Reply:
    _KINDS[kind].delete(call.world, _KINDS[kind].full_name(_row(call, kind, record_id)))
    return Reply(204)


def _metadata(said: Mapping[str, Any]) -> Mapping[str, Any]:
    found = said.get("Metadata") or {}
    if not isinstance(found, dict):
        raise Refusal(400, "JSON_PARSER_ERROR", "Metadata must be an object")
    return found


def _row(call: Call, kind: str, record_id: str) -> Row:
    whole = full_id(record_id) or ""
    found = call.world.table(FACE, kind).get([whole]).get(whole)
    if found is None:
        raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")
    return found
