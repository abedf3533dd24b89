"""Reads what a CRM says when it says no: HubSpot's envelope, Salesforce's list, OAuth's object, or a page of HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from crm_sync.errors import Failed

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `status`, `headers` (names in lower case), `content`, and the call that it answers."""

    crm: str
    call: str  # "GET /crm/v3/owners", without the query
    status: int
    content: bytes | str = field(repr=False)  # of a login it holds tokens
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else self.content.decode("utf-8", "replace")

    def json(self, **reading: Any) -> Any:
        """The body as JSON; `reading` goes to json.loads. Raises Failed for a body that is something else."""
        try:
            return json.loads(self.text, **reading) if reading else parsed(self.content)
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            raise Failed(
                self.crm, self.call, f"HTTP {self.status} without JSON ({kind})", fix="Check the URL in the settings."
            ) from None


def parsed(content: bytes | str) -> Any:
    """JSON, quickly; what the quick reader is too strict for (halves of characters) is read by the patient one."""
    try:
        return orjson.loads(content)
    except ValueError:
        return json.loads(content)


@dataclass(frozen=True, slots=True)
class Complaint:
    """The CRM's own words: `code` is its class of error; `scopes` are permissions that it misses."""

    message: str
    code: str = ""
    scopes: tuple[str, ...] = ()
    correlation: str = ""

    def __str__(self) -> str:
        return f"{self.message} (correlation id {self.correlation})" if self.correlation else self.message


def complaint(answer: Answer) -> Complaint:
    """What the body says; never raises, whatever the body is."""
    try:
        body = parsed(answer.content)
    except ValueError:
        body = None
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, dict):
        kind = answer.headers.get("content-type", "").partition(";")[0] or "no content type"
        return Complaint(f"an answer that is not JSON ({kind})")
    return from_object(body)


def from_object(body: Mapping[str, Any]) -> Complaint:
    message = first_text(body, "message", "error_description", "error") or "no reason given"
    code = first_text(body, "policyName", "category", "errorType", "errorCode", "error")
    return Complaint(message[:LONGEST], code, scopes_in(body), first_text(body, "correlationId"))


def first_text(body: Mapping[str, Any], *names: str) -> str:
    return next((body[name] for name in names if isinstance(body.get(name), str) and body[name]), "")


def scopes_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """HubSpot names the missing scopes in the context of the answer or of one of its errors."""
    found: dict[str, None] = {}
    errors = body.get("errors")
    for part in (body, *(errors if isinstance(errors, list) else ())):
        context = part.get("context") if isinstance(part, dict) else None
        for name in ("requiredGranularScopes", "requiredScopes"):
            scopes = context.get(name) if isinstance(context, dict) else None
            found.update(dict.fromkeys(scopes if isinstance(scopes, list) else ()))
    return tuple(found)


def retry_after(answer: Answer) -> float | None:
    """Seconds that the CRM asks us to wait, when it says so as a number or as a date beside its own Date."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(answer.headers["date"])).total_seconds())
    except (KeyError, ValueError, TypeError):
        return None
