"""The door of the HubSpot face: token, scope and body are checked here, answers and refusals are put into HTTP here."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from crm_sync.sandbox.hubspot import errors
from crm_sync.sandbox.hubspot.account import SCOPES, Account, account, count_call
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.gateway import Stopped, check_length, check_token
from crm_sync.sandbox.hubspot.limit_headers import limit_headers
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.values import iso
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

#: One line of the tables of paths: method, path, who answers, and what opens it.
Path = tuple[str, str, Callable[[Call], Answer], Needs]


def bounded(name: str, text: object, most: int) -> int:
    if not str(text).isdecimal() or int(str(text)) > most:
        raise Refusal(400, f"{name} must be a whole number from 0 to {most}, not {text!r}")
    return int(str(text))


def at(item: Any, *path: str) -> str:
    """The text at a place in a body; a body without it is refused with the place."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    if not isinstance(item, str | int) or item == "":
        raise Refusal(400, f'Invalid input JSON: "{".".join(path)}" is missing')
    return str(item)


def chosen(body: dict[str, Any], **kinds: type) -> dict[str, Any]:
    """The named keys that a body has, each of its kind; anything else in their place is refused."""
    found = {key: body[key] for key in kinds if body.get(key) is not None}
    for key, value in found.items():
        if not isinstance(value, kinds[key]) or (kinds[key] is int and isinstance(value, bool)):
            raise Refusal(400, f'Invalid input JSON: "{key}" must be {_KINDS[kinds[key]]}')
    return found


def texts_in(body: dict[str, Any], key: str) -> list[str]:
    """A list of texts in a body; nothing there is an empty one."""
    found = body.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, str | int | float) for one in found):
        raise Refusal(400, f'Invalid input JSON: "{key}" must be a list of texts')
    return [str(one) for one in found]


_KINDS: Final = {str: "a text", int: "a whole number", bool: "true or false", dict: "an object", list: "a list"}


def route(
    world: World, method: str, path: str, handle: Callable[[Call], Answer], needs: Needs, *, is_open: bool = False
) -> Route:
    """A Starlette route that lets `handle` see only calls it may answer. `is_open` needs no token.

    The official client sends a slash at the end of some paths: it is taken everywhere."""

    async def endpoint(request: Request) -> Response:
        try:
            check_length(request)
            answer = handle(await _enter(world, request, needs, is_open))
            return _response(world, request, answer.status, answer.body, answer.location)
        except Stopped as stopped:
            return HTMLResponse(stopped.page, stopped.status)
        except Refusal as refusal:
            return _response(world, request, refusal.status, refusal.envelope())

    return Route(f"{path.rstrip('/')}{{_:slash}}", endpoint, methods=[method])


class _Slash(Convertor[str]):
    regex = "/?"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: Any) -> str:
        return str(value)


register_url_convertor("slash", _Slash())


async def _enter(world: World, request: Request, needs: Needs, is_open: bool) -> Call:
    known = account(world)
    count_call(world)
    held = None if is_open else _scopes(world, known, request)
    call = Call(world, known, request, await _body(request))
    wanted = needs(call)
    if wanted and held is not None and held.isdisjoint(wanted):
        raise errors.missing_scopes(wanted)
    return call


def _scopes(world: World, known: Account, request: Request) -> AbstractSet[str]:
    """What the token in the header may do: the private app's, or one that a public app was given. What belongs to an
    app (its event templates) opens to its developer's key, too."""
    if "app" in request.path_params and request.query_params.get("hapikey") == known.developer_key:
        return SCOPES
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token in known.tokens:
        return known.tokens[token]
    given = known.logins.access_tokens.get(token)
    if kind.lower() == "bearer" and given is None:
        check_token(token)
    if kind.lower() != "bearer" or given is None:
        raise errors.no_token()
    ago = world.clock.now_ms() - given.expires_at
    if ago >= 0:
        raise errors.expired(iso(given.expires_at), ago // 60_000)
    return given.scopes


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode("utf-8", "replace")))
    try:
        body = json.loads(raw.decode(errors="replace"))
    except json.JSONDecodeError as error:
        raise errors.bad_json(error) from error
    # Some endpoints take a bare list (the labels of a PUT association, record ids of a list): it comes as "inputs".
    return body if isinstance(body, dict) else {"inputs": body}


def _response(world: World, request: Request, status: int, body: Any, location: str | None = None) -> Response:
    sent = b"" if body is None else as_json(body).encode()
    correlation = body["correlationId"] if isinstance(body, dict) and "correlationId" in body else str(uuid4())
    headers = {"x-hubspot-correlation-id": str(correlation), **limit_headers(world, request)}
    if location:
        headers["location"] = location
    return Response(sent, status, headers, "application/json;charset=utf-8" if sent else None)
