"""The control API under /sandbox/: the clock, faults, latency, scopes, index lag, and what has been called."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from crm_sync.sandbox.faults import Fault, Trouble
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import World, WorldClock

_HERE = {
    "GET /sandbox/clock": "the world's now",
    "POST /sandbox/clock": '{"now": ISO 8601} and/or {"speed": times real time, 0 stands still}',
    "GET /sandbox/calls": "calls per face, method and path",
    "POST /sandbox/calls/reset": "count from zero",
    "GET /sandbox/faults": "faults still on order",
    "POST /sandbox/faults": '{"match": "POST /path/prefix", "status", "body", "times", "after", "delay_ms", "then"}',
    "DELETE /sandbox/faults": "take all orders back",
    "POST /sandbox/latency": '{"ms": wait before every answer}',
    "POST /sandbox/hubspot/scopes": '{"remove": [...], "add": [...]}',
    "POST /sandbox/hubspot/lag": '{"ms": how long changes stay unknown to search}',
}

Said = dict[str, Any]


def routes(world: World, trouble: Trouble) -> list[BaseRoute]:
    """The control API over one world."""
    return [
        _route("GET", "/sandbox/", lambda said: {"paths": _HERE, "records": _records(world), **_clock(world)}),
        _route("GET", "/sandbox/clock", lambda said: _clock(world)),
        _route("POST", "/sandbox/clock", lambda said: _set_clock(world, said)),
        _route("GET", "/sandbox/calls", lambda said: _calls(trouble)),
        _route("POST", "/sandbox/calls/reset", lambda said: _reset(trouble)),
        _route("GET", "/sandbox/faults", lambda said: _faults(trouble)),
        _route("POST", "/sandbox/faults", lambda said: _order(trouble, said)),
        _route("DELETE", "/sandbox/faults", lambda said: _take_back(trouble)),
        _route("POST", "/sandbox/latency", lambda said: _set_latency(trouble, said)),
        _route("POST", "/sandbox/hubspot/scopes", lambda said: _set_scopes(world, said)),
        _route("POST", "/sandbox/hubspot/lag", lambda said: _set_lag(world, said)),
    ]


def _route(method: str, path: str, handle: Callable[[Said], Said]) -> Route:
    """A JSON endpoint; what it cannot take is answered with 400 and one sentence."""

    async def endpoint(request: Request) -> Response:
        try:
            said = json.loads(await request.body() or b"{}")
            if not isinstance(said, dict):
                raise TypeError("the body must be a JSON object")
            return JSONResponse(handle(said))
        except (ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"error": f"{method} {path}: {problem}"}, 400)

    return Route(path, endpoint, methods=[method])


def _records(world: World) -> Said:
    found: Said = {}
    for (face, name), table in world.tables.items():
        found.setdefault(face, {})[name] = table.count()
    return found


def _clock(world: World) -> Said:
    return {"now": world.clock.now().isoformat()}


def _set_clock(world: World, said: Said) -> Said:
    if "now" in said:
        now = datetime.fromisoformat(said["now"])
        if now.tzinfo is None:
            raise ValueError(f'"now" is {said["now"]!r}; it must say its offset, as in 2026-05-30T02:00:00+00:00')
        world.clock.set(now.astimezone(UTC))
    if "speed" in said:
        world.clock = WorldClock(world.clock.now(), float(said["speed"]))
    return _clock(world)


def _calls(trouble: Trouble) -> Said:
    found: Said = {"hubspot": {}, "salesforce": {}}
    for (face, call), count in sorted(trouble.calls.items()):
        found[face][call] = count
    return found


def _reset(trouble: Trouble) -> Said:
    trouble.calls.clear()
    return _calls(trouble)


def _faults(trouble: Trouble) -> Said:
    return {"faults": [asdict(fault) for fault in trouble.faults if fault.times > 0]}


def _order(trouble: Trouble, said: Said) -> Said:
    trouble.faults.append(Fault(**said))
    return _faults(trouble)


def _take_back(trouble: Trouble) -> Said:
    trouble.faults.clear()
    return _faults(trouble)


def _set_latency(trouble: Trouble, said: Said) -> Said:
    trouble.latency_ms = int(said["ms"])
    return {"ms": trouble.latency_ms}


def _set_scopes(world: World, said: Said) -> Said:
    for scopes in account(world).tokens.values():
        scopes.difference_update(said.get("remove", ()))
        scopes.update(said.get("add", ()))
    return {"scopes": {token: sorted(scopes) for token, scopes in account(world).tokens.items()}}


def _set_lag(world: World, said: Said) -> Said:
    world.notes["hubspot_index_lag_ms"] = int(said["ms"])
    return {"ms": world.notes["hubspot_index_lag_ms"]}
