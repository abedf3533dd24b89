"""The control API under /sandbox/: the clock, faults, quotas, orders, reset, and what has been called."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from crm_sync.sandbox.actions import DEEDS
from crm_sync.sandbox.control_account import set_habits, set_lag, set_scopes
from crm_sync.sandbox.faults import KINDS, PRESETS, Fault, Trouble
from crm_sync.sandbox.faults.presets import preset
from crm_sync.sandbox.helm import Helm
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.limits import Quotas
from crm_sync.sandbox.salesforce.usage import DAILY_CALLS, allow
from crm_sync.sandbox.town.life import Life
from crm_sync.sandbox.webhooks import hooks
from crm_sync.sandbox.world import World

_HERE = {
    "GET /sandbox/clock": "the world's now and its speed",
    "POST /sandbox/clock": '{"now": ISO 8601} or {"advance": "90m"}, and/or {"speed": times real time, 0 stands still}',
    "POST /sandbox/reset": '{"people", "seed"}: back to the first day, with another town if you like',
    "GET /sandbox/life": "the latest events of the town, and when the next one comes",
    "POST /sandbox/life": '{"on": false}: the town stands still',
    "GET /sandbox/truth": "what is true now, as the truth file says it of the first evening",
    "GET /sandbox/calls": "calls per face, method and path",
    "POST /sandbox/calls/reset": "count from zero",
    "GET /sandbox/faults": "faults still on order",
    "POST /sandbox/faults": '{"preset"} and/or {"match": "POST /path/prefix", "then", "status", "body", "headers", '
    '"times", "after", "chance", "seed", "share", "row_error", "delay_ms"}',
    "DELETE /sandbox/faults": "take all orders for faults back",
    "GET /sandbox/faults/kinds": "what `then` may be, and the presets",
    "POST /sandbox/latency": '{"ms": wait before every answer}',
    "GET /sandbox/quotas": "the switch, the limits and the use",
    "POST /sandbox/quotas": '{"on": true, "hubspot_burst": 190, ...}',
    "GET /sandbox/actions": "orders that wait, and what has been done",
    "POST /sandbox/actions": '{"do": "merge", "crm", "object", ...} at once; with "match" and "after" later',
    "DELETE /sandbox/actions": "take all waiting orders back",
    "GET /sandbox/hubspot/account": "the account's habits, and the tier of its subscription",
    "POST /sandbox/hubspot/account": '{"deal_moves_contact": true, "tier": "starter", ...}',
    "POST /sandbox/hubspot/scopes": '{"remove": [...], "add": [...]}',
    "POST /sandbox/hubspot/lag": '{"ms": how long changes stay unknown to search}',
    "GET /sandbox/webhooks": "keys, what waits, and the deliveries so far",
    "POST /sandbox/webhooks": '{"wait_ms", "retry_ms", "shuffle", "repeat", "seed"}: how they are delivered',
}

Said = dict[str, Any]
Handle = Callable[[Said], Said | Response | Awaitable[Said]]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def routes(helm: Helm) -> list[BaseRoute]:
    """The control API over one world."""
    world, trouble = helm.world, helm.trouble
    paths: tuple[tuple[str, str, Handle], ...] = (
        (
            "GET",
            "/",
            lambda said: {"paths": _HERE, "records": _records(world), **_clock(world), "life": helm.life.told()},
        ),
        ("GET", "/clock", lambda said: _clock(world)),
        ("POST", "/clock", lambda said: _set_clock(helm, said)),
        ("POST", "/reset", lambda said: _reset(helm, said)),
        ("GET", "/life", lambda said: helm.life.told()),
        ("POST", "/life", lambda said: _switch_life(helm.life, said)),
        ("GET", "/truth", lambda said: StreamingResponse(helm.life.truth().pieces(), media_type="application/json")),
        ("GET", "/calls", lambda said: _calls(trouble)),
        ("POST", "/calls/reset", lambda said: _count_anew(trouble)),
        ("GET", "/faults", lambda said: _faults(trouble)),
        ("POST", "/faults", lambda said: _order(trouble, said)),
        ("DELETE", "/faults", lambda said: _take_back(trouble)),
        ("GET", "/faults/kinds", lambda said: {"then": KINDS, "presets": PRESETS, "actions": sorted(DEEDS)}),
        ("POST", "/latency", lambda said: _set_latency(trouble, said)),
        ("GET", "/quotas", lambda said: helm.quotas.told()),
        ("POST", "/quotas", lambda said: _set_quotas(helm.quotas, said)),
        ("GET", "/actions", lambda said: helm.actions.told()),
        ("POST", "/actions", lambda said: helm.actions.take(said)),
        ("DELETE", "/actions", lambda said: _stand_down(helm)),
        ("GET", "/hubspot/account", lambda said: account(world).habits.told()),
        ("POST", "/hubspot/account", lambda said: set_habits(helm, said)),
        ("POST", "/hubspot/scopes", lambda said: set_scopes(world, said)),
        ("POST", "/hubspot/lag", lambda said: set_lag(world, said)),
        ("GET", "/webhooks", lambda said: hooks(world).told()),
        ("POST", "/webhooks", lambda said: _set_manner(world, said)),
    )
    return [_route(method, f"/sandbox{path}", handle) for method, path, handle in paths]


def _route(method: str, path: str, handle: Handle) -> Route:
    """A JSON endpoint; what it cannot take is answered with 400 and one sentence."""

    async def endpoint(request: Request) -> Response:
        try:
            said = json.loads(await request.body() or b"{}")
            if not isinstance(said, dict):
                raise TypeError("the body must be a JSON object")
            told = handle(said)
            if isinstance(told, Response):
                return told
            return JSONResponse(await told if isawaitable(told) else told)
        except (ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"error": f"{method} {path}: {problem}"}, 400)

    return Route(path, endpoint, methods=[method])


def _records(world: World) -> Said:
    found: Said = {}
    for (face, name), table in world.tables.items():
        found.setdefault(face, {})[name] = table.count()
    return found


def _clock(world: World) -> Said:
    return {"now": world.clock.now().isoformat(), "speed": world.clock.speed}


def _set_clock(helm: Helm, said: Said) -> Said:
    clock = helm.world.clock
    if "now" in said:
        now = datetime.fromisoformat(said["now"])
        if now.tzinfo is None:
            raise ValueError(f'"now" is {said["now"]!r}; it must say its offset, as in 2026-05-30T02:00:00+00:00')
        clock.set(now.astimezone(UTC))
    if "advance" in said:
        clock.advance(_length(said["advance"]))
    if "speed" in said:
        clock.run_at(float(said["speed"]))
    helm.life.catch_up()
    return _clock(helm.world)


def _length(text: object) -> timedelta:
    """90s, 15m, 2h, 3d."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", str(text))
    if found is None:
        raise ValueError(f'"advance" is {text!r}; it must be a number with its unit: 90s, 15m, 2h or 3d')
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _reset(helm: Helm, said: Said) -> Said:
    for name in said:
        if name not in ("people", "seed"):
            raise ValueError(f'{name!r} is not known; "people" and "seed" are')
        if not isinstance(said[name], int) or isinstance(said[name], bool) or said[name] < 0:
            raise ValueError(f'"{name}" is {said[name]!r}; it must be a whole number, 0 or more')
    helm.reset(said.get("people"), said.get("seed"))
    return {"records": _records(helm.world), **_clock(helm.world)}


def _switch_life(life: Life, said: Said) -> Said:
    on = said.get("on")
    if not isinstance(on, bool):
        raise ValueError(f'"on" is {on!r}; it must be true or false')
    life.switch(on)
    return life.told()


def _calls(trouble: Trouble) -> Said:
    found: Said = {"hubspot": {}, "salesforce": {}}
    for (face, call), count in sorted(trouble.calls.items()):
        found[face][call] = count
    return found


def _count_anew(trouble: Trouble) -> Said:
    trouble.calls.clear()
    return _calls(trouble)


def _faults(trouble: Trouble) -> Said:
    return {"faults": [fault.told() for fault in trouble.faults if fault.times > 0]}


def _order(trouble: Trouble, said: Mapping[str, Any]) -> Said:
    rest = {name: value for name, value in said.items() if name != "preset"}
    known = preset(str(said["preset"])) if "preset" in said else {}
    trouble.faults.append(Fault(**{**known, **rest}))
    return _faults(trouble)


def _take_back(trouble: Trouble) -> Said:
    trouble.faults.clear()
    return _faults(trouble)


def _set_latency(trouble: Trouble, said: Said) -> Said:
    trouble.latency_ms = int(said["ms"])
    return {"ms": trouble.latency_ms}


def _set_quotas(quotas: Quotas, said: Said) -> Said:
    on = said.pop("on", quotas.on)
    if not isinstance(on, bool):
        raise ValueError(f'"on" is {on!r}; it must be true or false')
    quotas.limits.set(said)
    quotas.on = on
    allow(quotas.world, quotas.limits.salesforce_daily if on else DAILY_CALLS)
    return quotas.told()


def _stand_down(helm: Helm) -> Said:
    helm.actions.waiting.clear()
    return helm.actions.told()


def _set_manner(world: World, said: Said) -> Said:
    hooks(world).manner.set(said)
    return hooks(world).told()
