"""HubSpot's quotas: calls per token in 10 seconds, searches per account in one, calls per account and day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import uuid4

from starlette.types import Scope

from crm_sync.sandbox.asgi import Spoken, as_bytes, spoken
from crm_sync.sandbox.faults.presets import hubspot_limit
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.limits.quotas import Quotas, Verdict, Window

_SEARCH = re.compile(r"/crm/(v3/objects|objects/\d{4}-\d\d)/[^/]+/search/?")
_ASSOCIATIONS = re.compile(r"/crm/(v\d/associations|associations/).*|/crm/(v\d/)?objects/(.*/)?associations/.*")
_OPEN = re.compile(r"/(oauth|submissions|webhooks)/")  # no token, or one of another kind


def hubspot_verdict(quotas: Quotas, scope: Scope) -> Verdict:
    token, path, now = _token(scope), scope["path"], quotas.real_ms()
    if not token or _OPEN.match(path):
        return None, {}
    limits, daily_left = quotas.limits, quotas.limits.hubspot_daily - quotas.used_today()
    if daily_left <= 0:
        return _too_many(quotas, "DAILY", {}, 0, requestId=str(uuid4())), {}
    if _SEARCH.fullmatch(path):
        return _counted(quotas, quotas.search, limits.hubspot_search, "SECONDLY", {}, now)
    if _ASSOCIATIONS.fullmatch(path) and quotas.associations.used(now) >= limits.hubspot_associations:
        wait = quotas.associations.wait_ms(now)
        return _too_many(quotas, "TEN_SECONDLY_ROLLING", {}, wait, groupName="publicapi:associations"), {}
    if _ASSOCIATIONS.fullmatch(path):
        quotas.associations.calls.append(now)
    window = quotas.burst(token)
    most = limits.hubspot_burst if token.startswith("pat-") else limits.hubspot_oauth_burst
    headers = _left(most, most - window.used(now) - 1)
    if token.startswith("pat-"):
        headers |= _daily(limits.hubspot_daily, daily_left - 1)
    return _counted(quotas, window, most, "TEN_SECONDLY_ROLLING", headers, now)


def _counted(quotas: Quotas, window: Window, most: int, policy: str, headers: Mapping[str, str], now: int) -> Verdict:
    if window.used(now) >= most:
        known = account(quotas.world)
        group = f"publicapi:private_app-api-calls-ten-secondly:{known.app_id}:{known.portal_id}"
        more = {"groupName": group} if policy == "TEN_SECONDLY_ROLLING" else {}
        return _too_many(quotas, policy, headers, window.wait_ms(now), **more), {}
    window.calls.append(now)
    quotas.count_today()
    return None, headers


def _left(most: int, left: int) -> dict[str, str]:
    """The deprecated pair per second is the burst, divided."""
    return {
        "X-HubSpot-RateLimit-Max": str(most),
        "X-HubSpot-RateLimit-Remaining": str(max(0, left)),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Secondly": str(most // 10),
        "X-HubSpot-RateLimit-Secondly-Remaining": str(max(0, min(most // 10, left))),
    }


def _daily(most: int, left: int) -> dict[str, str]:
    return {"X-HubSpot-RateLimit-Daily": str(most), "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, left))}


def _too_many(quotas: Quotas, policy: str, headers: Mapping[str, str], wait_ms: int, **more: str) -> Spoken:
    correlation = str(uuid4())
    told = {**headers, "x-hubspot-correlation-id": correlation}
    if quotas.limits.hubspot_retry_after:
        told["retry-after"] = str(max(1, -(-wait_ms // 1000)))
    return spoken(429, as_bytes(hubspot_limit(policy, correlation, **more)), told)


def _token(scope: Scope) -> str:
    headers = dict(scope["headers"])
    return str(headers.get(b"authorization", b"").decode("latin-1").partition(" ")[2].strip())
