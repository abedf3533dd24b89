"""Marketing campaigns over HTTP: made, read, changed and deleted, one by one and in batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from crm_sync.sandbox.hubspot.campaign_parts import assets_of
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.reading import batch_answer
from crm_sync.sandbox.hubspot.values import iso, said
from crm_sync.sandbox.hubspot.wire import Answer, Call

#: What may be written; the rest is HubSpot's own.
_PROPERTIES: Final = frozenset(
    {
        "hs_name", "hs_start_date", "hs_end_date", "hs_notes", "hs_audience", "hs_currency_code", "hs_goal",
        "hs_owner", "hs_color_hex", "hs_campaign_status", "hs_utm",
    }
)  # fmt: skip
_STATUSES: Final = ("planned", "in_progress", "active", "paused", "completed")

Campaign = dict[str, Any]


def list_campaigns(call: Call) -> Answer:
    """A page, by name part and sort; `properties` chooses what is shown."""
    limit, after = call.number("limit", 50, 100), call.number("after", 0, 10**9)
    words, sort = call.query("name").casefold(), call.query("sort", "hs_name")
    found = [one for one in call.account.campaigns.values() if words in one["properties"]["hs_name"].casefold()]
    key, down = sort.lstrip("-"), sort.startswith("-")
    if key not in ("hs_name", "createdAt", "updatedAt"):
        raise Refusal(400, f"sort must be hs_name, createdAt or updatedAt, with - before it to turn it, not {sort}")
    found.sort(key=lambda one: str(one.get(key) or one["properties"].get(key)), reverse=down)
    body: dict[str, Any] = {"total": len(found), "results": [_shown(call, one) for one in found[after : after + limit]]}
    if after + limit < len(found):
        body["paging"] = {"next": {"after": str(after + limit)}}
    return Answer(body)


def get_campaign(call: Call) -> Answer:
    return Answer(_with_assets(call, known_campaign(call, call.part("id"))))


def create_campaign(call: Call) -> Answer:
    return Answer(_create(call, call.body), 201)


def update_campaign(call: Call) -> Answer:
    return Answer(_update(call, known_campaign(call, call.part("id")), call.body))


def delete_campaign(call: Call) -> Answer:
    call.account.campaigns.pop(call.part("id"), None)
    return Answer(status=204)


def batch_create_campaigns(call: Call) -> Answer:
    return batch_answer(call, [_create(call, item) for item in call.inputs(50)][::-1], [], 201)


def batch_update_campaigns(call: Call) -> Answer:
    return _each(call, lambda item: _update(call, known_campaign(call, str(item.get("id"))), item))


def batch_read_campaigns(call: Call) -> Answer:
    return _each(call, lambda item: _with_assets(call, known_campaign(call, str(item.get("id")))))


def batch_archive_campaigns(call: Call) -> Answer:
    for item in call.inputs(50):
        call.account.campaigns.pop(str(item.get("id")), None)
    return Answer(status=204)


def _each(call: Call, handle: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    """Unknown ids make it a 207."""
    results, errors = [], []
    for item in call.inputs(50):
        try:
            results.append(handle(item))
        except Refusal as refusal:
            errors.append({**refusal.row(), "context": {"ids": [str(item.get("id"))]}})
    return batch_answer(call, results[::-1], errors)


def known_campaign(call: Call, key: str) -> Campaign:
    found = call.account.campaigns.get(key)
    if found is None:
        raise Refusal(404, f"Campaign {key} does not exist", "OBJECT_NOT_FOUND")
    return found


def _create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    values, now = _checked(body), iso(call.world.clock.now_ms())
    if not values.get("hs_name"):
        raise Refusal(400, "Campaign property hs_name is missing")
    key = str(uuid5(NAMESPACE_URL, f"hubspot campaign {call.account.next_number('campaign')}"))
    own = {"hs_object_id": str(call.account.counted["campaign"]), "hs_origin_asset_type": ""}
    made = {"id": key, "properties": {**values, **own}, "createdAt": now, "updatedAt": now, "assets": {}}
    call.account.campaigns[key] = made
    return _whole(made)


def _update(call: Call, campaign: Campaign, body: dict[str, Any]) -> dict[str, Any]:
    campaign["properties"] |= _checked(body)
    campaign["updatedAt"] = iso(call.world.clock.now_ms())
    return _whole(campaign)


def _checked(body: dict[str, Any]) -> dict[str, str]:
    given = body.get("properties")
    if not isinstance(given, dict):
        raise Refusal(400, 'Invalid input JSON: "properties" must be an object')
    values = {str(name): said(value) for name, value in given.items()}
    unknown = sorted(set(values) - _PROPERTIES)
    if unknown:
        raise Refusal(400, f"Campaign properties that do not exist or are read only: {', '.join(unknown)}")
    if values.get("hs_campaign_status", _STATUSES[0]) not in _STATUSES:
        raise Refusal(400, f"hs_campaign_status must be one of {', '.join(_STATUSES)}")
    for name in ("hs_start_date", "hs_end_date"):
        if values.get(name) and not _is_day(values[name]):
            raise Refusal(400, f"{name} must be YYYY-MM-DD, not {values[name]}")
    return values


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _whole(campaign: Campaign) -> dict[str, Any]:
    shown = {key: campaign[key] for key in ("id", "properties", "createdAt", "updatedAt")}
    return {**shown, "businessUnits": [{"id": 0}]}


def _shown(call: Call, campaign: Campaign) -> dict[str, Any]:
    """Without `properties` none are shown; the name is what most ask for."""
    asked = call.names("properties")
    told = {name: value for name, value in campaign["properties"].items() if name in asked}
    return {**_whole(campaign), "properties": told}


def _with_assets(call: Call, campaign: Campaign) -> dict[str, Any]:
    return {**_shown(call, campaign), "assets": {kind: assets_of(campaign, kind) for kind in campaign["assets"]}}
