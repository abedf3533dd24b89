"""Timeline events over HTTP: an app's templates with their tokens, and the events made from them."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import BY_NAME
from crm_sync.sandbox.hubspot.reading import find, holder
from crm_sync.sandbox.hubspot.values import instant, iso, said
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, chosen

_TOKEN_TYPES: Final = ("date", "enumeration", "number", "string")

Template = dict[str, Any]


def list_templates(call: Call) -> Answer:
    _check_app(call)
    return Answer({"results": list(call.account.templates.values())})


def get_template(call: Call) -> Answer:
    return Answer(_template(call))


def create_template(call: Call) -> Answer:
    _check_app(call)
    name, kind = at(call.body, "name"), at(call.body, "objectType")
    one = BY_NAME.get(kind.lower())
    if one is None or one.name not in ("contacts", "companies", "deals"):
        raise Refusal(400, f"objectType must be contacts, companies or deals, not {kind}")
    key, now = str(1_000_000 + call.account.next_number("template")), iso(call.world.clock.now_ms())
    sent = chosen(call.body, headerTemplate=str, detailTemplate=str)
    tokens = [_token(item, now) for item in chosen(call.body, tokens=list).get("tokens", ())]
    made = {"id": key, "name": name, "objectType": one.name, "tokens": tokens, "createdAt": now, "updatedAt": now}
    call.account.templates[key] = {**made, **sent}
    return Answer(call.account.templates[key], 201)


def update_template(call: Call) -> Answer:
    """The body is the whole template; its object type stays."""
    made, now = _template(call), iso(call.world.clock.now_ms())
    tokens = [_token(item, now) for item in chosen(call.body, tokens=list).get("tokens", ())]
    made |= {"name": at(call.body, "name"), "tokens": tokens, "updatedAt": now}
    made |= chosen(call.body, headerTemplate=str, detailTemplate=str)
    return Answer(made)


def delete_template(call: Call) -> Answer:
    _check_app(call)
    call.account.templates.pop(call.part("template"), None)
    return Answer(status=204)


def create_token(call: Call) -> Answer:
    made, token = _template(call), _token(call.body, iso(call.world.clock.now_ms()))
    if any(one["name"] == token["name"] for one in made["tokens"]):
        raise Refusal(409, f"A token named '{token['name']}' already exists", "CONFLICT")
    made["tokens"].append(token)
    return Answer(token)


def update_token(call: Call) -> Answer:
    token = _known_token(call)
    token |= {**chosen(call.body, label=str, options=list, objectPropertyName=str)}
    token["updatedAt"] = iso(call.world.clock.now_ms())
    return Answer(token)


def delete_token(call: Call) -> Answer:
    made = _template(call)
    made["tokens"] = [one for one in made["tokens"] if one["name"] != call.part("token")]
    return Answer(status=204)


def create_event(call: Call) -> Answer:
    return Answer(_create(call, call.body), 201)


def create_events(call: Call) -> Answer:
    """204 when all were taken; the first that cannot be refuses the batch."""
    for item in call.inputs(500):
        _create(call, item)
    return Answer(status=204)


def get_event(call: Call) -> Answer:
    return Answer(_event(call))


def get_detail(call: Call) -> Answer:
    """The detail template with the event's tokens in it."""
    event = _event(call)
    template = call.account.templates.get(event["eventTemplateId"], {})
    return Answer({"details": filled(str(template.get("detailTemplate") or ""), event["tokens"])})


def filled(template: str, tokens: dict[str, str]) -> str:
    """`{{token}}` replaced by its value; other expressions of the template language are left as they stand."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: tokens.get(found[1], ""), template)


def _check_app(call: Call) -> None:
    if call.part("app") != str(call.account.app_id):
        raise Refusal(403, f"This token does not belong to app {call.part('app')}", "FORBIDDEN")


def _template(call: Call) -> Template:
    _check_app(call)
    found = call.account.templates.get(call.part("template"))
    if found is None:
        raise Refusal(404, f"Event template {call.part('template')} does not exist", "OBJECT_NOT_FOUND")
    return found


def _token(item: object, now: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Refusal(400, "Invalid input JSON: a token must be an object with name, label and type")
    name, label, kind = at(item, "name"), at(item, "label"), at(item, "type")
    if kind not in _TOKEN_TYPES or not re.fullmatch(r"\w+", name):
        raise Refusal(400, f"Token {name} must have a name of letters and a type of {', '.join(_TOKEN_TYPES)}")
    more = chosen(item, options=list, objectPropertyName=str)
    return {"name": name, "label": label, "type": kind, "createdAt": now, "updatedAt": now, "options": [], **more}


def _known_token(call: Call) -> dict[str, Any]:
    for token in _template(call)["tokens"]:
        if token["name"] == call.part("token"):
            found: dict[str, Any] = token
            return found
    raise Refusal(404, f"Token {call.part('token')} does not exist", "OBJECT_NOT_FOUND")


def _create(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    """An event with an id that is there already replaces it."""
    template = call.account.templates.get(at(item, "eventTemplateId"))
    if template is None:
        raise Refusal(400, f"Event template {item['eventTemplateId']} does not exist")
    tokens = {str(key): said(value) for key, value in chosen(item, tokens=dict).get("tokens", {}).items()}
    unknown = sorted(set(tokens) - {one["name"] for one in template["tokens"]})
    if unknown:
        raise Refusal(400, f"Tokens that template {template['id']} does not have: {', '.join(unknown)}")
    when = instant(str(item["timestamp"])) if item.get("timestamp") else call.world.clock.now_ms()
    if when is None:
        raise Refusal(400, f"timestamp {item['timestamp']!r} is not an instant")
    key = str(item.get("id") or uuid5(NAMESPACE_URL, f"hubspot timeline {call.account.next_number('timeline')}"))
    more = {name: item[name] for name in ("email", "utk", "domain", "extraData", "timelineIFrame") if item.get(name)}
    event = {
        "id": key, "eventTemplateId": template["id"], "objectType": template["objectType"], "tokens": tokens,
        "objectId": _target(call, template, item), "timestamp": iso(when), "createdAt": iso(call.world.clock.now_ms()),
        **more,
    }  # fmt: skip
    call.account.timeline[template["id"], key] = event
    return event


def _target(call: Call, template: Template, item: dict[str, Any]) -> str:
    """The record an event stands on: by id, a contact by its address, a company by its domain."""
    one = BY_NAME[template["objectType"]]
    if item.get("objectId"):
        return str(find(call.world, one, str(item["objectId"]))["_id"])
    name = {"contacts": "email", "companies": "domain"}.get(one.name)
    if name is None or not item.get(name):
        raise Refusal(400, f"An event on {one.name} needs an objectId" + (f" or a {name}" if name else ""))
    row = holder(call.world, one, name, str(item[name]))
    if row is None:
        raise Refusal(404, f"No {one.singular} has the {name} {item[name]}", "OBJECT_NOT_FOUND")
    return str(row["_id"])


def _event(call: Call) -> dict[str, Any]:
    found = call.account.timeline.get((call.part("template"), call.part("event")))
    if found is None:
        raise Refusal(404, f"Event {call.part('event')} does not exist", "OBJECT_NOT_FOUND")
    return found
