"""Batches of which some rows fail and the others are written, answered as each CRM does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope

from crm_sync.sandbox.asgi import Spoken, answer_of, as_bytes, body_of, resized, spoken, with_body
from crm_sync.sandbox.faults.order import Fault
from crm_sync.sandbox.faults.paths import face_of
from crm_sync.sandbox.world import from_ms

_HUBSPOT_ERROR: Final = {"status": "error", "category": "VALIDATION_ERROR", "message": "Property values were not valid"}
_SALESFORCE_ERROR: Final = {
    "statusCode": "UNABLE_TO_LOCK_ROW", "fields": [],
    "message": "unable to obtain exclusive access to this record",
}  # fmt: skip
_ROLLED_BACK: Final = {
    "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "fields": [],
    "message": "Record rolled back because not all records were valid and the request was using AllOrNone header",
}  # fmt: skip
_WRITES = re.compile(r".*/batch/(create|update|upsert)/?|.*/composite/sobjects(/\w+/\w+)?/?")

Body = dict[str, Any]


async def half_applied(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, now: int) -> Spoken:
    """Takes out the rows that shall fail, lets the face write the others, and answers for all of them. A call that is
    no batch goes through unharmed."""
    raw = await body_of(receive)
    body = _parsed(raw)
    key = "records" if face_of(scope["path"]) == "salesforce" else "inputs"
    rows = body.get(key)
    if _WRITES.fullmatch(scope["path"]) is None or not isinstance(rows, list) or not rows:
        return await answer_of(app, scope, with_body(raw, receive))
    failing = set(fault.dice.sample(range(len(rows)), max(1, round(len(rows) * fault.share))))
    if key == "records":
        return await _salesforce(app, fault, scope, receive, body, failing)
    return await _hubspot(app, fault, scope, receive, body, failing, now)


def _parsed(raw: bytes) -> Body:
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _inside(app: ASGIApp, scope: Scope, receive: Receive, body: Body, key: str, failing: set[int]) -> Spoken:
    """The face's answer to the rows that do not fail."""
    sent = as_bytes({**body, key: [row for place, row in enumerate(body[key]) if place not in failing]})
    return await answer_of(app, resized(scope, sent), with_body(sent, receive))


async def _hubspot(
    app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, body: Body, failing: set[int], now: int
) -> Spoken:
    """207 with an error per trace id. Without trace ids HubSpot writes a batch whole or not at all."""
    rows = body["inputs"]
    error = {**_HUBSPOT_ERROR, **(fault.row_error or {})}
    if not all(isinstance(row, dict) and row.get("objectWriteTraceId") for row in rows):
        return spoken(400, as_bytes({**error, "correlationId": "0198c0de-0000-7000-8000-000000000400"}), {})
    answer = spoken(207, as_bytes(_complete(now)), {})
    if len(failing) < len(rows):
        answer = await _inside(app, scope, receive, body, "inputs", failing)
        if answer.status >= 300:
            return answer
    told = answer.json()
    told["errors"] = [*told.get("errors", ()), *(_traced(error, rows[place]) for place in sorted(failing))]
    told["numErrors"] = len(told["errors"])
    return answer.saying_json(told, 207)


def _complete(now: int) -> Body:
    at = from_ms(now).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"status": "COMPLETE", "results": [], "startedAt": at, "completedAt": at}


def _traced(error: Mapping[str, Any], row: Body) -> Body:
    return {**error, "context": {**error.get("context", {}), "objectWriteTraceId": [row["objectWriteTraceId"]]}}


async def _salesforce(
    app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, body: Body, failing: set[int]
) -> Spoken:
    """Results in the order of the rows; with allOrNone, no row is written."""
    error = {**_SALESFORCE_ERROR, **(fault.row_error or {})}
    created = {} if scope["path"].rstrip("/").endswith("/composite/sobjects") else {"created": False}
    answer, written = spoken(200, b"[]", {}), []
    if not body.get("allOrNone") and len(failing) < len(body["records"]):
        answer = await _inside(app, scope, receive, body, "records", failing)
        if answer.status >= 300:
            return answer
        written = answer.json()[::-1]
    told = []
    for place in range(len(body["records"])):
        if place not in failing and written:
            told.append(written.pop())
        else:
            reason = error if place in failing else _ROLLED_BACK
            told.append({"success": False, "errors": [reason], **created})
    return answer.saying_json(told)
