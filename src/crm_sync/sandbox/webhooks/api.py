"""The webhooks API of apps, v3: settings and subscriptions, opened by the developer's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.routing import BaseRoute

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.errors import Refusal, no_token
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call, route
from crm_sync.sandbox.webhooks.delivery import checked_target
from crm_sync.sandbox.webhooks.events import EVENT_TYPES, Subscription
from crm_sync.sandbox.webhooks.hooks import DEVELOPER_KEY, Hooks, Target, hooks
from crm_sync.sandbox.world import World

_APP = "/webhooks/v3/{app_id}"
_MOST_SUBSCRIPTIONS, _MOST_AT_ONCE = 1_000, 10

Handle = Callable[[Hooks, Call], Answer]


def routes(world: World) -> list[BaseRoute]:
    """The API over one world."""
    paths: tuple[tuple[str, str, Handle], ...] = (
        ("GET", f"{_APP}/settings", read_settings),
        ("PUT", f"{_APP}/settings", write_settings),
        ("DELETE", f"{_APP}/settings", clear_settings),
        ("GET", f"{_APP}/subscriptions", list_subscriptions),
        ("POST", f"{_APP}/subscriptions", create_subscription),
        ("POST", f"{_APP}/subscriptions/batch/update", switch_subscriptions),
        ("GET", f"{_APP}/subscriptions/{{id}}", read_subscription),
        ("PATCH", f"{_APP}/subscriptions/{{id}}", switch_subscription),
        ("DELETE", f"{_APP}/subscriptions/{{id}}", delete_subscription),
    )
    return [
        route(world, method, path, _entered(handle), lambda call: [], is_open=True) for method, path, handle in paths
    ]


def _entered(handle: Handle) -> Callable[[Call], Answer]:
    """The door of this API: the developer's key instead of an account's token."""

    def answered(call: Call) -> Answer:
        if call.query("hapikey") != DEVELOPER_KEY:
            raise no_token()
        if call.part("app_id") != str(account(call.world).app_id):
            raise Refusal(404, f"There is no app {call.part('app_id')}", "OBJECT_NOT_FOUND")
        return handle(hooks(call.world), call)

    return answered


def read_settings(known: Hooks, call: Call) -> Answer:
    if known.target is None:
        raise Refusal(404, "The app has no webhook settings", "OBJECT_NOT_FOUND")
    target = known.target
    throttling = {"maxConcurrentRequests": target.most_at_once}
    stamps = {"createdAt": iso(target.created_ms), "updatedAt": iso(target.updated_ms)}
    return Answer({"targetUrl": target.url, "throttling": throttling, **stamps})


def write_settings(known: Hooks, call: Call) -> Answer:
    throttling = call.body.get("throttling")
    most = throttling.get("maxConcurrentRequests") if isinstance(throttling, dict) else None
    if not isinstance(most, int) or not 1 <= most <= _MOST_AT_ONCE:
        raise Refusal(400, f"throttling.maxConcurrentRequests must be from 1 to {_MOST_AT_ONCE}")
    try:
        url = checked_target(call.body.get("targetUrl"))
    except ValueError as problem:
        raise Refusal(400, str(problem)) from None
    now = call.world.clock.now_ms()
    known.target = Target(url, most, known.target.created_ms if known.target else now, now)
    return read_settings(known, call)


def clear_settings(known: Hooks, call: Call) -> Answer:
    """Nothing is delivered without a target; the subscriptions stay."""
    known.target = None
    return Answer(status=204)


def list_subscriptions(known: Hooks, call: Call) -> Answer:
    return Answer({"results": [_shown(one) for one in known.subscriptions.values()]})


def create_subscription(known: Hooks, call: Call) -> Answer:
    kind, name, type_id = (call.body.get(key) for key in ("eventType", "propertyName", "objectTypeId"))
    if kind not in EVENT_TYPES:
        raise Refusal(400, f"eventType {kind!r} is not one of {', '.join(sorted(EVENT_TYPES))}")
    if kind.endswith(".propertyChange") and not name:
        raise Refusal(400, "propertyName is required for propertyChange subscriptions")
    if kind.startswith("object.") and not type_id:
        raise Refusal(400, "objectTypeId is required for object subscriptions")
    number = max(known.subscriptions, default=1_000_000) + 1
    fresh = Subscription(number, kind, call.body.get("active") is True, call.world.clock.now_ms(), name, type_id)
    _refuse_twin(known, fresh)
    known.subscribe(fresh)
    return Answer(_shown(fresh), 201)


def _refuse_twin(known: Hooks, fresh: Subscription) -> None:
    same = [one for one in known.subscriptions.values() if _wish(one) == _wish(fresh)]
    if same:
        raise Refusal(400, f"A subscription for {fresh.event_type} already exists: {same[0].id}")
    if len(known.subscriptions) >= _MOST_SUBSCRIPTIONS:
        raise Refusal(400, f"An app has at most {_MOST_SUBSCRIPTIONS} subscriptions")


def _wish(one: Subscription) -> Subscription:
    return replace(one, id=0, active=True, created_ms=0, updated_ms=None)


def read_subscription(known: Hooks, call: Call) -> Answer:
    return Answer(_shown(known.subscriptions[_number(known, call.part("id"))]))


def switch_subscription(known: Hooks, call: Call) -> Answer:
    return Answer(_shown(known.switch(_number(known, call.part("id")), call.body.get("active") is True)))


def delete_subscription(known: Hooks, call: Call) -> Answer:
    del known.subscriptions[_number(known, call.part("id"))]
    return Answer(status=204)


def switch_subscriptions(known: Hooks, call: Call) -> Answer:
    """All of them or none: an id that there is not refuses the batch."""
    wanted = [(_number(known, item.get("id")), item.get("active") is True) for item in call.inputs()]
    results = [_shown(known.switch(number, active)) for number, active in wanted]
    now = iso(call.world.clock.now_ms())
    return Answer({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})


def _number(known: Hooks, text: object) -> int:
    if not str(text).isdigit() or int(str(text)) not in known.subscriptions:
        raise Refusal(404, f"There is no subscription {text}", "OBJECT_NOT_FOUND")
    return int(str(text))


def _shown(one: Subscription) -> dict[str, Any]:
    more = {"propertyName": one.property_name, "objectTypeId": one.object_type_id}
    if one.updated_ms is not None:
        more["updatedAt"] = iso(one.updated_ms)
    told = {"id": str(one.id), "eventType": one.event_type, "active": one.active, "createdAt": iso(one.created_ms)}
    return {**told, **{key: value for key, value in more.items() if value is not None}}
