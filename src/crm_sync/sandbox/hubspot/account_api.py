"""The account over HTTP: its details and usage, what its token may do, and its pipelines."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_sync.sandbox.hubspot.account import TIME_ZONE, calls_today
from crm_sync.sandbox.hubspot.errors import no_token
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call
from crm_sync.sandbox.world import to_ms


def details(call: Call) -> Answer:
    offset = call.world.clock.now().astimezone(ZoneInfo(TIME_ZONE)).strftime("%z")
    sign = -1 if offset.startswith("-") else 1
    minutes = sign * (int(offset[1:3]) * 60 + int(offset[3:5]))
    return Answer(
        {
            "portalId": call.account.portal_id, "accountType": "STANDARD", "timeZone": TIME_ZONE,
            "companyCurrency": "USD", "additionalCurrencies": [],
            "utcOffset": f"{offset[:3]}:{offset[3:5]}", "utcOffsetMilliseconds": minutes * 60_000,
            "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
        }
    )  # fmt: skip


def usage(call: Call) -> Answer:
    """Calls of today; the day ends at midnight of the account's time zone."""
    zone, now = ZoneInfo(TIME_ZONE), call.world.clock.now()
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return Answer(
        {
            "results": [
                {
                    "name": "private-apps-api-calls-daily", "usageLimit": call.account.habits.daily_limit,
                    "currentUsage": calls_today(call.world), "collectedAt": iso(to_ms(now)),
                    "fetchStatus": "SUCCESS", "resetsAt": iso(to_ms(midnight.astimezone(UTC))),
                }
            ]
        }
    )  # fmt: skip


def token_info(call: Call) -> Answer:
    """What the token in the body may do: the one call that needs no header."""
    scopes = call.account.tokens.get(str(call.body.get("tokenKey")))
    if scopes is None:
        raise no_token()
    known = call.account
    info = {"userId": known.user_id, "hubId": known.portal_id, "appId": known.app_id, "scopes": sorted(scopes)}
    return Answer(info)
