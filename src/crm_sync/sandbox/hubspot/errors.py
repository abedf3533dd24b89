"""Refusals of the HubSpot face: every answer that is not 2xx, in HubSpot's error envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from crm_sync.sandbox.world import as_json

_SCOPES_PAGE = "https://developers.hubspot.com/scopes"


@dataclass(frozen=True)
class Refusal(Exception):
    """What HubSpot says no with. `category` is absent from a few real answers, so it may be None here."""

    status: int
    message: str
    category: str | None = "VALIDATION_ERROR"
    more: Mapping[str, Any] = field(default_factory=dict)

    def envelope(self) -> dict[str, Any]:
        """The body of the answer, with a correlation id of its own."""
        category = {} if self.category is None else {"category": self.category}
        body = {"status": "error", "message": self.message, "correlationId": str(uuid4())}
        return {**body, **self.more, **category}

    def row(self, trace_id: str | None = None) -> dict[str, Any]:
        """The same refusal as one entry of `errors` in a 207 answer."""
        context = {**self.more.get("context", {}), **({"objectWriteTraceId": [trace_id]} if trace_id else {})}
        more = {key: value for key, value in self.more.items() if key in ("errors", "subCategory")}
        return {"status": "error", "category": self.category, "message": self.message, "context": context, **more}


class OAuthRefusal(Refusal):
    """A refusal of the token endpoints: RFC 6749's `error` with HubSpot's `status` beside it."""

    def __init__(self, error: str, status: str, message: str) -> None:
        more = {"error": error, "error_description": message, "status": status}
        super().__init__(400, message, None, more)


def expired(at_iso: str, minutes: int) -> Refusal:
    """401 for an OAuth token that has been good once."""
    message = f"The OAuth token used to make this call expired {minutes} minute(s) ago."
    return Refusal(401, message, "EXPIRED_AUTHENTICATION", {"context": {"expire time": [at_iso]}})


@dataclass(frozen=True, slots=True)
class BadValue:
    """One property that cannot be written, with HubSpot's code for why."""

    name: str
    code: str
    message: str
    value: str | None = None


def invalid(bad: Sequence[BadValue], portal_id: int) -> Refusal:
    """400 for one write: all its bad properties at once, in the message and again in `errors`."""
    told = [
        {
            "isValid": False, "message": one.message, "error": one.code, "name": one.name,
            **({} if one.value is None else {"propertyValue": one.value}),
            "localizedErrorMessage": one.message, "portalId": portal_id,
        }
        for one in bad
    ]  # fmt: skip
    errors = [{"message": one.message, "code": one.code, "context": {"propertyName": [one.name]}} for one in bad]
    return Refusal(400, f"Property values were not valid: {as_json(told)}", more={"errors": errors})


def no_token() -> Refusal:
    return Refusal(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    )


def missing_scopes(scopes: Sequence[str]) -> Refusal:
    detail = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    return Refusal(
        403,
        "This app hasn't been granted all required scopes to make this call. "
        f"Read more about required scopes here: {_SCOPES_PAGE}.",
        "MISSING_SCOPES",
        {"errors": [detail], "links": {"scopes": _SCOPES_PAGE}},
    )


def no_record(record_id: str) -> Refusal:
    """404; HubSpot words it differently for ids that cannot be ids."""
    if record_id.isdigit():
        return Refusal(404, "resource not found", None)
    message = "Object not found.  objectId are usually numeric."
    return Refusal(404, message, "OBJECT_NOT_FOUND", {"context": {"id": [record_id]}})


def missing_records(label: str, ids: Sequence[str], status: int = 400) -> Refusal:
    """Ids of a batch that lead nowhere."""
    message = f"Could not get some {label.upper()} objects, they may be deleted or not exist. Check that ids are valid."
    return Refusal(status, message, "OBJECT_NOT_FOUND", {"context": {"ids": list(ids)}})


def bad_json(error: json.JSONDecodeError) -> Refusal:
    return Refusal(400, f"Invalid input JSON on line {error.lineno}, column {error.colno}: {error.msg}", None)
