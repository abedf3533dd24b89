"""Sends our properties in batches of 100 and reads a receipt for every row, whatever form the answer has."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from hubspot.crm.contacts import ApiClient, BatchInputSimplePublicObjectBatchInput, SimplePublicObjectBatchInput

from crm_sync.changes import Outcome, Receipt, Write
from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.row import Json, body_of
from crm_sync.connectors.lanes import in_lanes, later
from crm_sync.errors import TryLater
from crm_sync.mappings.fields import OurField

BATCH: Final = 100
LANES: Final = 10  # on their way at once; the limiter decides how soon the next ones follow
REFUSALS: Final = frozenset({400, 404, 409, 413})  # answers about rows; anything else is about us or the CRM

# HubSpot's code, as found in the answer → the class of the refusal. The first that is found decides.
REASONS: Final[Mapping[str, str]] = {
    "PROPERTY_DOESNT_EXIST": "missing",
    "READ_ONLY_VALUE": "permission",
    "INVALID_OPTION": "picklist",
    "MISSING_REQUIRED_PROPERTY": "validation",
    "OBJECT_NOT_FOUND": "missing",
    "CONFLICT": "duplicate",
    "MISSING_SCOPES": "permission",
    "RATE_LIMITS": "transient",
    "RATE_LIMIT": "transient",
    "INTERNAL_ERROR": "transient",
    "VALIDATION_ERROR": "validation",
}
MISSING_FIELD_FIX: Final = "Run `crm-sync schema apply`."


async def push(http: Http, fields: Mapping[str, OurField], writes: Sequence[Write]) -> list[Receipt]:
    """One receipt per write. When HubSpot stops answering midway, what was not sent is receipted as `retry`.
    Raises NeedsLogin, and TryLater when nothing could be sent."""
    kinds: dict[str, list[Write]] = {}
    for write in writes:
        kinds.setdefault(write.ref.kind, []).append(write)
    found: list[Receipt] = []
    for kind, some in kinds.items():
        try:
            found += await in_lanes(some, BATCH, LANES, partial(send, http, fields))
        except TryLater as problem:
            if not found:
                raise
            found += [later(write, f"{kind}: {problem}") for write in some]
    return found


async def send(http: Http, fields: Mapping[str, OurField], batch: Sequence[Write]) -> list[Receipt]:
    """A batch that is refused as a whole is sent again without the rows that its errors name; when they name none, it
    is halved, so that one bad row does not sink the others."""
    path = f"/crm/v3/objects/{batch[0].ref.kind}/batch/update"
    answer = await http.post(path, json=body_for(fields, batch), accept=REFUSALS)
    if answer.status < 300:
        return receipts_of(body_of(answer.json()), batch)
    traced = errors_by_trace(errors_in(answer), batch)
    if len(batch) == 1:
        return [refused(batch[0], traced.get(batch[0].key) or whole_error(answer))]
    if traced:
        others = [write for write in batch if write.key not in traced]
        told = [refused(write, traced[write.key]) for write in batch if write.key in traced]
        return [*told, *(await send(http, fields, others) if others else ())]
    middle = len(batch) // 2
    return [*await send(http, fields, batch[:middle]), *await send(http, fields, batch[middle:])]


def body_for(fields: Mapping[str, OurField], batch: Sequence[Write]) -> Any:
    """The official client's models know how the body is spelt; the key of the write comes back with its error."""
    inputs = [
        SimplePublicObjectBatchInput(id=one.ref.id, object_write_trace_id=one.key, properties=values_of(fields, one))
        for one in batch
    ]
    return ApiClient().sanitize_for_serialization(BatchInputSimplePublicObjectBatchInput(inputs=inputs))


def values_of(fields: Mapping[str, OurField], write: Write) -> dict[str, str]:
    """HubSpot's property → value. Canonical values are HubSpot's own forms; an empty text clears."""
    return {fields[name].hubspot: "" if value is None else value for name, value in write.values.items()}


def receipts_of(body: Json, batch: Sequence[Write]) -> list[Receipt]:
    """200 and 207: rows that were written, rows with an error, and rows that HubSpot says nothing about."""
    written = {str(row.get("id")) for row in body.get("results") or ()}
    traced = errors_by_trace(body.get("errors") or (), batch)
    return [receipt(write, written, traced) for write in batch]


def receipt(write: Write, written: set[str], traced: Mapping[str, Json]) -> Receipt:
    if write.key in traced:
        return refused(write, traced[write.key])
    if write.ref.id in written:
        return Receipt(write.key, "written")
    return Receipt(write.key, "retry", "transient", f"{write.ref}: HubSpot's answer does not tell of this row.")


def errors_by_trace(errors: Sequence[Json], batch: Sequence[Write]) -> dict[str, Json]:
    """Write key → its error, by the trace id or by the record ids that the error names."""
    keys = {write.key: write.key for write in batch} | {write.ref.id: write.key for write in batch}
    found: dict[str, Json] = {}
    for error in errors:
        context = error.get("context") or {}
        names = [*(context.get("objectWriteTraceId") or ()), *(context.get("ids") or ()), *(context.get("id") or ())]
        found |= {keys[str(name)]: error for name in names if str(name) in keys}
    return found


def errors_in(answer: Answer) -> Sequence[Json]:
    body = whole_error(answer)
    return [one for one in body.get("errors") or () if isinstance(one, dict)]


def whole_error(answer: Answer) -> Json:
    try:
        body = json.loads(answer.text)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"message": str(complaint(answer))}


def refused(write: Write, error: Json) -> Receipt:
    reason = reason_of(error)
    outcome: Outcome = "retry" if reason == "transient" else "refused"
    return Receipt(write.key, outcome, reason, f"{write.ref}: {sentence(error)}")


def reason_of(error: Json) -> str:
    """The class of an error, by the codes that stand in it or in its message."""
    codes = {str(error.get("category"))} | {str(one.get("code")) for one in error.get("errors") or ()}
    message = str(error.get("message") or "")
    named = (reason for code, reason in REASONS.items() if code in codes or f'"{code}"' in message)
    if found := next(named, ""):
        return found
    if "not found" in message.lower():
        return "missing"
    return "validation" if any(code.startswith("INVALID_") for code in codes) else "bug"


def sentence(error: Json) -> str:
    parts = [str(one.get("message")) for one in error.get("errors") or () if one.get("message")]
    text = " ".join(parts) or str(error.get("message") or "no reason given")
    fix = f" {MISSING_FIELD_FIX}" if "PROPERTY_DOESNT_EXIST" in json.dumps(dict(error)) else ""
    return f"{text[:300]}{fix}"
