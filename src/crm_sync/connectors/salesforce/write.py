"""Sends our fields in batches and reads one receipt per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.changes import Outcome, Receipt, Write
from crm_sync.connectors.complaints import complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.values import Row, ours_to
from crm_sync.errors import TryLater
from crm_sync.mappings.fields import OurField

BATCH = 200
WRITABLE = ("Lead", "Contact")

#: Salesforce's words for a row that was not written: shall we ask again, and what class of refusal it is.
TRANSIENT = frozenset(
    {
        "UNABLE_TO_LOCK_ROW",
        "SERVER_UNAVAILABLE",
        "API_TEMPORARILY_UNAVAILABLE",
        "UNKNOWN_EXCEPTION",
        "REQUEST_RUNNING_TOO_LONG",
        "QUERY_TIMEOUT",
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "PROCESSING_HALTED",
    }
)
REASONS = {
    "REQUIRED_FIELD_MISSING": "validation",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "validation",
    "FIELD_FILTER_VALIDATION_EXCEPTION": "validation",
    "STRING_TOO_LONG": "validation",
    "NUMBER_OUTSIDE_VALID_RANGE": "validation",
    "INVALID_EMAIL_ADDRESS": "validation",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "validation",
    "CANNOT_EXECUTE_FLOW_TRIGGER": "validation",
    "CANNOT_UPDATE_CONVERTED_LEAD": "validation",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "picklist",
    "BAD_VALUE_FOR_RESTRICTED_PICKLIST": "picklist",
    "DUPLICATE_VALUE": "duplicate",
    "DUPLICATES_DETECTED": "duplicate",
    "INSUFFICIENT_ACCESS": "permission",
    "INSUFFICIENT_ACCESS_OR_READONLY": "permission",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "permission",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "permission",
    "INVALID_FIELD": "missing",
    "ENTITY_IS_DELETED": "missing",
    "NOT_FOUND": "missing",
    "INVALID_CROSS_REFERENCE_KEY": "missing",
    "LIMIT_EXCEEDED": "limit",
    "STORAGE_LIMIT_EXCEEDED": "limit",
}
FIXES = {
    "INVALID_FIELD": "Run `crm-sync schema apply`.",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "Run `crm-sync schema apply`: it grants the fields to our user.",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Run `crm-sync schema apply`: it adds the options that are missing.",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """`root` is the REST path with its version."""

    http: Http
    root: str
    ours: Mapping[str, OurField]

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        """One receipt per write. Raises TryLater when the CRM is gone from the start; later, the rest waits."""
        found = [misdirected(write) for write in writes if write.ref.kind not in WRITABLE]
        # Of one kind after the other: a call may mix objects, but only in a few runs.
        fine = sorted((write for write in writes if write.ref.kind in WRITABLE), key=lambda write: write.ref)
        for start in range(0, len(fine), BATCH):
            try:
                found += await self.batch(fine[start : start + BATCH])
            except TryLater as busy:
                if not found:
                    raise
                return found + [later(write, str(busy)) for write in fine[start:]]
        return found

    async def batch(self, writes: Sequence[Write]) -> list[Receipt]:
        """A batch that is refused as a whole is halved until the row is found that spoils it."""
        body = {"allOrNone": False, "records": [to_row(write, self.ours) for write in writes]}
        answer = await self.http.patch(f"{self.root}/composite/sobjects", json=body, accept=frozenset({400}))
        if answer.status == 400 and len(writes) > 1:
            middle = len(writes) // 2
            return await self.batch(writes[:middle]) + await self.batch(writes[middle:])
        if answer.status == 400:
            said = complaint(answer)
            return [receipt(writes[0], {"statusCode": said.code, "message": said.message})]
        return receipts(writes, answer.json())


def to_row(write: Write, ours: Mapping[str, OurField]) -> dict[str, Any]:
    """Our field names and values as Salesforce takes them; null clears a field."""
    values = {ours[name].salesforce: ours_to(ours[name], value) for name, value in write.values.items()}
    return {"attributes": {"type": write.ref.kind}, "id": write.ref.id, **values}


def receipts(writes: Sequence[Write], results: Sequence[Row]) -> list[Receipt]:
    """Results come in the order of the rows; a row without one is sent again."""
    found = [
        Receipt(write.key, "written") if result.get("success") else receipt(write, first_error(result))
        for write, result in zip(writes, results, strict=False)
    ]
    return found + [later(write, "no answer for this row") for write in writes[len(results) :]]


def first_error(result: Row) -> Row:
    errors = result.get("errors") or [{}]
    error: Row = errors[0]
    return error


def receipt(write: Write, error: Row) -> Receipt:
    """What one error means for one row. A code that we have never seen is ours to look at."""
    code = str(error.get("statusCode") or "")
    reason = "transient" if code in TRANSIENT else REASONS.get(code, "bug")
    outcome: Outcome = "retry" if code in TRANSIENT else "refused"
    message = f"{write.ref}: {code}: {error.get('message', 'no reason given')} {FIXES.get(code, '')}"
    return Receipt(write.key, outcome, reason, message.strip())


def later(write: Write, message: str) -> Receipt:
    return Receipt(write.key, "retry", "transient", message)


def misdirected(write: Write) -> Receipt:
    return Receipt(write.key, "refused", "bug", f"{write.ref}: only {' and '.join(WRITABLE)} records are written.")
