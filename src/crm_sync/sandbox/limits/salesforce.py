"""Salesforce's quotas: calls in 24 hours, and calls that run for long at one time."""

from __future__ import annotations

import re

from starlette.types import Scope

from crm_sync.sandbox.asgi import Spoken, as_bytes, spoken
from crm_sync.sandbox.faults.presets import salesforce_error
from crm_sync.sandbox.limits.quotas import Quotas, Verdict
from crm_sync.sandbox.salesforce.usage import allow, count_call, used

_COUNTED = re.compile(r"/services/(data/v\d\d\.0(/.*)?|async/.*|Soap/.*)")


def salesforce_verdict(quotas: Quotas, scope: Scope) -> Verdict:
    """Calls that run for long are limited at one time; all calls are limited in 24 hours."""
    if not _COUNTED.fullmatch(scope["path"]):
        return None, {}
    limits, spent = quotas.limits, used(quotas.world)
    allow(quotas.world, limits.salesforce_daily, limits.salesforce_per_app)
    if _long_calls(quotas) >= limits.salesforce_long:
        return _exceeded("ConcurrentRequests (Concurrent API Requests) Limit exceeded."), {}
    if spent >= limits.salesforce_daily:
        info = f"api-usage={spent}/{limits.salesforce_daily}" if scope["path"].startswith("/services/data/") else ""
        return _exceeded("TotalRequests Limit exceeded.", info), {}
    count_call(quotas.world, scope)
    return None, {}


def _long_calls(quotas: Quotas) -> int:
    since = quotas.ticks() - quotas.limits.salesforce_long_ms / 1000
    return sum(face == "salesforce" and began <= since for face, began in quotas.running.values())


def _exceeded(message: str, info: str = "") -> Spoken:
    headers = {"sforce-limit-info": info} if info else {}
    return spoken(403, as_bytes(salesforce_error("REQUEST_LIMIT_EXCEEDED", message)), headers)
