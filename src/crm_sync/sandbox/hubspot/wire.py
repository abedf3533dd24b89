"""The door of the HubSpot face: token, scope and body are checked here, answers and refusals are put into HTTP here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm_sync.sandbox.hubspot import errors
from crm_sync.sandbox.hubspot.account import BURST_LIMIT, DAILY_LIMIT, Account, account
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.world import Table, World, as_json


@dataclass(frozen=True, slots=True)
class Call:
    """One request that passed the door."""

    world: World
    account: Account
    request: Request
    body: dict[str, Any]

    def part(self, name: str) -> str:
        """A segment of the path."""
        return str(self.request.path_params[name])

    def crm_object(self, part: str = "object") -> CrmObject:
        """The object type that the path names."""
        found = BY_NAME.get(self.part(part))
        if found is None:
            raise Refusal(400, f"Unable to infer object type from: {self.part(part)}")
        return found

    def table(self, part: str = "object") -> Table:
        return self.world.table("hubspot", self.crm_object(part).name)

    def query(self, name: str, otherwise: str = "") -> str:
        return str(self.request.query_params.get(name, otherwise))

    def names(self, name: str) -> list[str]:
        """A list parameter: repeated, comma-joined or both."""
        joined = ",".join(self.request.query_params.getlist(name))
        return [one.strip() for one in joined.split(",") if one.strip()]

    def flag(self, name: str) -> bool:
        return self.query(name).lower() == "true"

    def number(self, name: str, otherwise: int, most: int) -> int:
        """A whole number from the query, within HubSpot's bounds."""
        return bounded(name, self.query(name, str(otherwise)), most)

    def inputs(self, most: int = 100) -> list[dict[str, Any]]:
        """The inputs of a batch, no more than HubSpot takes."""
        found = self.body.get("inputs")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise Refusal(400, 'Invalid input JSON: "inputs" must be a list of objects')
        if len(found) > most:
            raise Refusal(400, f"The maximum number of inputs supported in a batch request is {most}. Got {len(found)}")
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx: its body as JSON (none for 204) and headers beyond the usual ones."""

    body: Any = None
    status: int = 200
    location: str | None = None


#: Which scopes open a call: any one of them is enough. An empty list needs only the token.
Needs = Callable[[Call], list[str]]


def bounded(name: str, text: object, most: int) -> int:
    if not str(text).isdigit() or int(str(text)) > most:
        raise Refusal(400, f"{name} must be a whole number from 0 to {most}, not {text!r}")
    return int(str(text))


def at(item: Any, *path: str) -> str:
    """The text at a place in a body; a body without it is refused with the place."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    if not isinstance(item, str | int) or item == "":
        raise Refusal(400, f'Invalid input JSON: "{".".join(path)}" is missing')
    return str(item)


def route(
    world: World, methods: str, path: str, handle: Callable[[Call], Answer], needs: Needs, *, is_open: bool = False
) -> Route:
    """A Starlette route that lets `handle` see only calls it may answer. `is_open` needs no token."""

    async def endpoint(request: Request) -> Response:
        try:
            answer = handle(await _enter(world, request, needs, is_open))
            return _response(world, request, answer.status, answer.body, answer.location)
        except Refusal as refusal:
            return _response(world, request, refusal.status, refusal.envelope())

    return Route(path, endpoint, methods=methods.split())


async def _enter(world: World, request: Request, needs: Needs, is_open: bool) -> Call:
    known = account(world)
    known.calls_today += 1
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if not is_open and (kind.lower() != "bearer" or token not in known.tokens):
        raise errors.no_token()
    call = Call(world, known, request, await _body(request))
    wanted = needs(call)
    if wanted and not is_open and known.tokens[token].isdisjoint(wanted):
        raise errors.missing_scopes(wanted)
    return call


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except json.JSONDecodeError as error:
        raise errors.bad_json(error) from error
    # One endpoint takes a bare list (the labels of a PUT association): it finds it under "inputs".
    return body if isinstance(body, dict) else {"inputs": body}


def _response(world: World, request: Request, status: int, body: Any, location: str | None = None) -> Response:
    sent = b"" if body is None else as_json(body).encode()
    correlation = body["correlationId"] if isinstance(body, dict) and "correlationId" in body else str(uuid4())
    headers = {"x-hubspot-correlation-id": str(correlation), **_limits(world, request)}
    if location:
        headers["location"] = location
    return Response(sent, status, headers, "application/json;charset=utf-8" if sent else None)


def _limits(world: World, request: Request) -> dict[str, str]:
    """Search answers carry no rate-limit headers; all others do."""
    if request.url.path.endswith("/search"):
        return {}
    left = max(0, DAILY_LIMIT - account(world).calls_today)
    return {
        "X-HubSpot-RateLimit-Max": str(BURST_LIMIT),
        "X-HubSpot-RateLimit-Remaining": str(BURST_LIMIT - 1),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Daily": str(DAILY_LIMIT),
        "X-HubSpot-RateLimit-Daily-Remaining": str(left),
        "X-HubSpot-RateLimit-Secondly": str(BURST_LIMIT // 10),
        "X-HubSpot-RateLimit-Secondly-Remaining": str(BURST_LIMIT // 10 - 1),
    }
