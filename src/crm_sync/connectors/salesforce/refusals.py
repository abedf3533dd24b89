"""What Salesforce says about a row that it did not write, as a receipt."""

from __future__ import annotations

from crm_sync.changes import Outcome, Receipt, Write
from crm_sync.connectors.salesforce.values import Row

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
    "FIELD_INTEGRITY_EXCEPTION": "association",
    "INVALID_SESSION_ID": "auth",
    "LIMIT_EXCEEDED": "limit",
    "STORAGE_LIMIT_EXCEEDED": "limit",
}
FIXES = {
    "INVALID_FIELD": "Run `crm-sync schema apply`.",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "Run `crm-sync schema apply`: it grants the fields to our user.",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Run `crm-sync schema apply`: it adds the options that are missing.",
}


def receipt(write: Write, error: Row) -> Receipt:
    """What one error means for one row. A code that we have never seen is ours to look at."""
    code = str(error.get("statusCode") or "")
    reason = "transient" if code in TRANSIENT else REASONS.get(code, "bug")
    outcome: Outcome = "retry" if code in TRANSIENT else "refused"
    message = f"{write.ref}: {code}: {error.get('message', 'no reason given')} {FIXES.get(code, '')}"
    return Receipt(write.key, outcome, reason, message.strip())


def from_sheet(error: str) -> Row:
    """`CODE:message:fields --`, as a Bulk job writes it into its results."""
    code, _, rest = error.partition(":")
    return {"statusCode": code, "message": rest.rpartition(":")[0] or rest}
