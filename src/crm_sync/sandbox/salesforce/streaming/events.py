"""A change as a subscriber reads it: header, the fields that it is about, and its place in the stream."""

from __future__ import annotations

import hashlib
from typing import Any

from crm_sync.sandbox.salesforce.changes import Change
from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.ids import base62
from crm_sync.sandbox.salesforce.schema import Sight, sight
from crm_sync.sandbox.world import World, from_ms

ALL = "/data/ChangeEvents"


def channel_of(object_: str) -> str:
    """/data/LeadChangeEvent; custom objects are spelled /data/Name__ChangeEvent."""
    return f"/data/{object_.removesuffix('c')}ChangeEvent" if object_.endswith("__c") else f"/data/{object_}ChangeEvent"


def event(world: World, change: Change) -> dict[str, Any]:
    """The `data` of a message: fields that the API user may not see are left out."""
    seen = sight(world, change.object)
    values = _values(seen, change) if seen else {}
    payload = {"ChangeEventHeader": _header(change, list(values)), **values}
    return {"schema": _schema(change.object), "payload": payload, "event": {"replayId": change.replay_id}}


def _header(change: Change, fields: list[str]) -> dict[str, Any]:
    return {
        "commitNumber": change.replay_id,
        "commitUser": change.user,
        "sequenceNumber": change.sequence,
        "entityName": change.object,
        "changeType": change.kind,
        "changedFields": fields if change.kind == "UPDATE" else [],
        "changeOrigin": f"com/salesforce/api/rest/{change.version}",
        "transactionKey": change.transaction,
        "commitTimestamp": change.at_ms,
        "recordIds": [change.record_id],
    }


def _values(seen: Sight, change: Change) -> dict[str, Any]:
    """New values; an update that clears a field names it with null. Every write moves LastModifiedDate."""
    values = {}
    for name, stored in change.values.items():
        field = seen.field(name)
        if field is not None and name != "LastModifiedById":
            values[field.name] = _value(type_of(field), stored)
    if change.kind == "DELETE":
        return {}
    dates = ("CreatedDate", "LastModifiedDate") if change.kind == "CREATE" else ("LastModifiedDate",)
    return values | dict.fromkeys(dates, _instant(change.at_ms))


def _value(type_: str, stored: Any) -> Any:
    if stored is None:
        return None
    if type_ == "boolean":
        return bool(stored)
    return _instant(stored) if type_ == "datetime" else stored


def _instant(ms: int) -> str:
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _schema(object_: str) -> str:
    """22 characters that stay the same for an object."""
    return base62(int.from_bytes(hashlib.sha256(object_.encode()).digest()[:16], "big")).rjust(22, "0")
