"""Events over HTTP: the unified read API, custom events sent in, and the older read API of e-mail events."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.event_store import EMAIL_TYPES, Happened, add_events, event_types, find_events
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.reading import find, holder
from crm_sync.sandbox.hubspot.values import instant, iso, said
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, chosen

_BATCH: Final = 500
_LEGACY_NAMES: Final = {event_type: name for name, event_type in EMAIL_TYPES.items()}


def list_events(call: Call) -> Answer:
    """Events of one record or of a type, newest first unless `sort=occurredAt` turns it."""
    limit, after = call.number("limit", 20, 500), call.number("after", 0, 10**9)
    where, params = _conditions(call)
    newest = call.query("sort", "-occurredAt").startswith("-")
    found = find_events(call.world, where, params, newest_first=newest, limit=limit + 1, offset=after)
    body: dict[str, Any] = {"results": [_event(one) for one in found[:limit]]}
    if len(found) > limit:
        link = str(call.request.url.include_query_params(after=after + limit))
        body["paging"] = {"next": {"after": str(after + limit), "link": link}}
    return Answer(body)


def list_event_types(call: Call) -> Answer:
    return Answer({"eventTypes": event_types(call.world)})


def send_event(call: Call) -> Answer:
    """204: taken, and readable at once."""
    add_events(call.world, [_sent(call, call.body)])
    return Answer(status=204)


def send_events(call: Call) -> Answer:
    add_events(call.world, [_sent(call, item) for item in call.inputs(_BATCH)])
    return Answer(status=204)


def list_email_events(call: Call) -> Answer:
    """The older API: by campaign, recipient, type and time; `offset` leads on while `hasMore` is true."""
    limit, offset = call.number("limit", 100, 1000), call.number("offset", 0, 10**9)
    kinds = [EMAIL_TYPES.get(call.query("eventType"))] if call.query("eventType") else list(EMAIL_TYPES.values())
    where, params = [f"event_type IN ({', '.join('?' for _ in kinds)})"], list[Any](kinds)
    for name, path in (("campaignId", "$.hs_email_campaign_id"), ("recipient", "$.recipient")):
        if call.query(name):
            where.append(f"CAST(properties ->> '{path}' AS TEXT) = ? COLLATE NOCASE")
            params.append(call.query(name))
    for name, operator in (("startTimestamp", ">="), ("endTimestamp", "<=")):
        if call.query(name):
            where.append(f"at {operator} ?")
            params.append(call.number(name, 0, 10**15))
    found = find_events(call.world, " AND ".join(where), params, newest_first=True, limit=limit + 1, offset=offset)
    events = [_email_event(call, one) for one in found[:limit]]
    return Answer({"hasMore": len(found) > limit, "offset": str(offset + len(events)), "events": events})


def _conditions(call: Call) -> tuple[str, list[Any]]:
    where: list[str] = ["1"]
    params: list[Any] = []
    if call.query("objectType"):
        where.append("object = ?")
        params.append(_object(call.query("objectType")).name)
    for name, column in (("objectId", "record_id"), ("eventType", "event_type")):
        if call.query(name):
            where.append(f"{column} = ?")
            params.append(call.query(name))
    for name, operator in (("occurredAfter", ">="), ("occurredBefore", "<=")):
        if call.query(name):
            where.append(f"at {operator} ?")
            params.append(_instant(call.query(name)))
    return " AND ".join(where), params


def _object(name: str) -> CrmObject:
    found = BY_NAME.get(name.lower())
    if found is None:
        raise Refusal(400, f"Unable to infer object type from: {name}")
    return found


def _instant(text: str) -> int:
    found = instant(text)
    if found is None:
        raise Refusal(400, f"{text!r} is not an instant; ISO 8601 is")
    return found


def _sent(call: Call, item: dict[str, Any]) -> Happened:
    """A custom event belongs to a contact by id or by address, and to nobody yet by its cookie alone."""
    name = at(item, "eventName")
    sent = chosen(item, properties=dict)
    contacts, record_id = BY_NAME["contacts"], ""
    if item.get("objectId"):
        record_id = find(call.world, contacts, str(item["objectId"]))["_id"]
    elif item.get("email"):
        row = holder(call.world, contacts, "email", str(item["email"]))
        record_id = row["_id"] if row else ""
    elif not item.get("utk"):
        raise Refusal(400, "An event needs an objectId, an email or a utk")
    when = _instant(str(item["occurredAt"])) if item.get("occurredAt") else call.world.clock.now_ms()
    told = {key: said(value) for key, value in sent.get("properties", {}).items()}
    return Happened(name, "contacts", record_id, when, told)


def _event(one: Happened) -> dict[str, Any]:
    return {
        "id": one.event_id, "eventType": one.event_type, "objectType": BY_NAME[one.object_name].singular.upper(),
        "objectId": one.record_id, "occurredAt": iso(one.at),
        "properties": {key: str(value) for key, value in one.properties.items()},
    }  # fmt: skip


def _email_event(call: Call, one: Happened) -> dict[str, Any]:
    campaign = str(one.properties.get("hs_email_campaign_id") or 0)
    return {
        "id": one.event_id, "created": one.at, "type": _LEGACY_NAMES[one.event_type],
        "recipient": one.properties.get("recipient") or "", "portalId": call.account.portal_id,
        "appId": call.account.app_id, "appName": "Batch",
        "emailCampaignId": int(campaign) if campaign.isdecimal() else 0,
        **{key: one.properties[key] for key in ("url", "response", "category") if key in one.properties},
    }  # fmt: skip
