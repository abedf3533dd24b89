"""Faults by name, each with the status, body and headers that the CRM sends when this happens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_CORRELATION = "0198c0de-0000-7000-8000-000000000429"


def page(title: str) -> dict[str, Any]:
    """What something between us and the CRM answers in its place: a page for people."""
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return {"body": body, "headers": {"content-type": "text/html"}}


def hubspot_limit(policy: str, correlation: str = _CORRELATION, **more: str) -> dict[str, Any]:
    """HubSpot's body for one call too many; `policy` is TEN_SECONDLY_ROLLING, SECONDLY or DAILY."""
    return {
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": correlation,
        "policyName": policy,
        **more,
    }


def salesforce_error(code: str, message: str) -> list[dict[str, str]]:
    """Salesforce's list of one error."""
    return [{"message": message, "errorCode": code}]


Preset = Mapping[str, Any]

PRESETS: Final[Mapping[str, Preset]] = {
    "hubspot-storm": {
        "match": "* /crm/", "status": 429, "times": 40, "chance": 0.5, "body": hubspot_limit("TEN_SECONDLY_ROLLING"),
    },
    "hubspot-search-limit": {
        "match": "POST /crm/v3/objects/*/search", "status": 429, "times": 5, "body": hubspot_limit("SECONDLY"),
    },
    "hubspot-daily-limit": {"match": "* /crm/", "status": 429, "times": 1000, "body": hubspot_limit("DAILY")},
    "hubspot-down": {
        "match": "* /crm/", "status": 502, "times": 3, **page("502 Bad Gateway"),
    },
    "hubspot-locked": {
        "match": "POST /crm/v3/objects/*/batch/", "status": 423, "times": 2,
        "body": {"status": "error", "message": "The resource is locked.", "correlationId": _CORRELATION},
    },
    "hubspot-moving": {
        "match": "* /crm/", "status": 477, "times": 3, "headers": {"retry-after": "1"},
        "body": {"status": "error", "message": "The account is being migrated.", "correlationId": _CORRELATION},
    },
    "hubspot-timeout": {"match": "* /crm/", "then": "hang"},
    "hubspot-lost-answer": {
        "match": "POST /crm/v3/objects/*/batch/update", "status": 504, "then": "handle", **page("504 Gateway Time-out"),
    },
    "hubspot-silent-write": {"match": "POST /crm/v3/objects/*/batch/update", "then": "handle-and-hang"},
    "hubspot-truncated": {"match": "* /crm/", "then": "truncate"},
    "hubspot-malformed": {"match": "* /crm/", "then": "garble"},
    "hubspot-half-batch": {"match": "POST /crm/v3/objects/*/batch/", "then": "half"},
    "hubspot-shuffled": {"match": "* /crm/v3/objects/", "then": "shuffle", "times": 1000},
    "hubspot-repeated": {"match": "* /crm/v3/objects/", "then": "repeat", "times": 1000, "share": 0.1},
    "salesforce-storm": {
        "match": "* /services/data/v", "status": 403, "times": 40, "chance": 0.5,
        "body": salesforce_error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    },
    "salesforce-down": {
        "match": "* /services/data/v", "status": 503, "times": 3,
        "body": salesforce_error("SERVER_UNAVAILABLE", "We are down for maintenance."),
    },
    "salesforce-error": {
        "match": "* /services/data/v", "status": 500, "times": 3,
        "body": salesforce_error("UNKNOWN_EXCEPTION", "An unexpected error occurred."),
    },
    # Seen by those who read orgs for years: both pass when asked again.
    "salesforce-not-acceptable": {
        "match": "* /services/data/v", "status": 406, "times": 2, **page("406 Not Acceptable"),
    },
    "salesforce-calm-down": {
        "match": "* /services/data/v", "status": 420, "times": 2, **page("420 Enhance Your Calm"),
    },
    "salesforce-query-timeout": {
        "match": "GET /services/data/*/query", "status": 400,
        "body": salesforce_error("QUERY_TIMEOUT", "Your query request was running for too long."),
    },
    "salesforce-timeout": {"match": "* /services/data/v", "then": "hang"},
    "salesforce-lost-answer": {
        "match": "* /services/data/*/composite/", "status": 503, "then": "handle",
        "body": salesforce_error("SERVER_UNAVAILABLE", "We are down for maintenance."),
    },
    "salesforce-silent-write": {"match": "* /services/data/*/composite/", "then": "handle-and-hang"},
    "salesforce-truncated": {"match": "* /services/data/v", "then": "truncate"},
    "salesforce-malformed": {"match": "* /services/data/v", "then": "garble"},
    "salesforce-half-batch": {"match": "* /services/data/*/composite/sobjects", "then": "half"},
    "salesforce-row-locks": {
        "match": "* /services/data/*/composite/sobjects", "then": "half", "times": 3, "share": 0.3,
        "row_error": {
            "statusCode": "UNABLE_TO_LOCK_ROW", "fields": [],
            "message": "unable to obtain exclusive access to this record or 1 records: 00Q",
        },
    },
    "salesforce-shuffled": {"match": "GET /services/data/*/query", "then": "shuffle", "times": 1000},
    "salesforce-repeated": {"match": "GET /services/data/*/query", "then": "repeat", "times": 1000, "share": 0.1},
}  # fmt: skip


def preset(name: str) -> Preset:
    """The fault of that name."""
    if name not in PRESETS:
        raise ValueError(f'"preset" is {name!r}; allowed are {", ".join(PRESETS)}')
    return PRESETS[name]
