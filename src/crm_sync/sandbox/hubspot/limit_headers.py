"""The rate-limit headers of an answer."""

from __future__ import annotations

from starlette.requests import Request

from crm_sync.sandbox.hubspot.account import OAUTH_BURST_LIMIT, account, calls_today
from crm_sync.sandbox.world import World


def limit_headers(world: World, request: Request) -> dict[str, str]:
    """Search answers carry no rate-limit headers; all others do."""
    if request.url.path.endswith("/search"):
        return {}
    if request.headers.get("authorization", "").partition(" ")[2] in account(world).logins.access_tokens:
        return _burst(OAUTH_BURST_LIMIT)  # no daily headers for public apps
    habits, calls = account(world).habits, calls_today(world)
    return {
        **_burst(habits.burst_limit),
        "X-HubSpot-RateLimit-Daily": str(habits.daily_limit),
        "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, habits.daily_limit - calls)),
    }


def _burst(limit: int) -> dict[str, str]:
    return {
        "X-HubSpot-RateLimit-Max": str(limit),
        "X-HubSpot-RateLimit-Remaining": str(limit - 1),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Secondly": str(limit // 10),
        "X-HubSpot-RateLimit-Secondly-Remaining": str(limit // 10 - 1),
    }
