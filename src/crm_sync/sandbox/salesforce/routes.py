"""Every path of the face: logins by Starlette, and one table for all that lies below /services/data/v{version}/."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from crm_sync.sandbox.salesforce import auth, collections, composite, describe, querying, records, soap, tooling
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found
from crm_sync.sandbox.world import World, as_json

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
_JSON = "application/json;charset=UTF-8"
_VERSION = re.compile(r"v(\d\d)\.0(?:/(.*))?")

_OBJECT, _ID = r"(?P<object_>\w+)", r"(?P<record_id>[^/]+)"
_KEYED = rf"sobjects/{_OBJECT}/(?P<key>\w+)/(?P<value>.+)"
_CUSTOM_FIELD = r"tooling/sobjects/CustomField"


def _table() -> list[tuple[str, str, Callable[..., Reply]]]:
    """Method, path below the version, and who answers; the first match counts."""
    return [
        ("GET", "", describe.resources),
        ("GET", "limits", describe.limits),
        ("GET", "query", querying.query),
        ("GET", "query/(?P<locator>.+)", querying.query_more),
        ("GET", "queryAll", querying.query_all),
        ("GET", "queryAll/(?P<locator>.+)", querying.query_more),
        ("GET", "tooling/query", querying.tooling_query),
        ("GET", "tooling/query/(?P<locator>.+)", querying.query_more),
        ("POST", _CUSTOM_FIELD, tooling.create),
        ("GET", rf"{_CUSTOM_FIELD}/{_ID}", tooling.read),
        ("PATCH", rf"{_CUSTOM_FIELD}/{_ID}", tooling.update),
        ("DELETE", rf"{_CUSTOM_FIELD}/{_ID}", tooling.delete),
        ("GET", "sobjects", describe.global_describe),
        ("GET", f"sobjects/{_OBJECT}", describe.object_info),
        ("POST", f"sobjects/{_OBJECT}", records.create),
        ("GET", f"sobjects/{_OBJECT}/describe", describe.describe),
        ("GET", f"sobjects/{_OBJECT}/updated", records.updated),
        ("GET", f"sobjects/{_OBJECT}/deleted", records.deleted),
        ("GET", f"sobjects/{_OBJECT}/{_ID}", records.read),
        ("PATCH", f"sobjects/{_OBJECT}/{_ID}", records.update),
        ("DELETE", f"sobjects/{_OBJECT}/{_ID}", records.delete),
        ("GET", _KEYED, records.read_by_key),
        ("PATCH", _KEYED, records.upsert),
        ("POST", "composite", partial(composite.composite, dispatch=dispatch)),
        ("POST", "composite/batch", partial(composite.batch, dispatch=dispatch)),
        ("POST", "composite/sobjects", collections.create),
        ("PATCH", "composite/sobjects", collections.update),
        ("DELETE", "composite/sobjects", collections.delete),
        ("GET", f"composite/sobjects/{_OBJECT}", collections.retrieve),
        ("POST", f"composite/sobjects/{_OBJECT}", collections.retrieve),
        ("PATCH", rf"composite/sobjects/{_OBJECT}/(?P<key>\w+)", collections.upsert),
    ]


def routes(world: World) -> list[BaseRoute]:
    """What the face adds to the sandbox's app."""
    return [
        Route("/services/oauth2/token", partial(_token, world), methods=["POST"]),
        Route("/services/oauth2/userinfo", partial(_userinfo, world), methods=["GET", "POST"]),
        Route("/services/Soap/u/{version}", partial(_soap_login, world), methods=["POST"]),
        Route("/services/data", partial(_versions, world), methods=["GET"]),
        Route("/services/data/", partial(_versions, world), methods=["GET"]),
        Route("/services/data/{rest:path}", partial(_rest, world), methods=_METHODS),
    ]


def dispatch(call: Call) -> Reply:
    """Finds who answers the call's path; composite requests come here again."""
    allowed = []
    for method, pattern, answer in _TABLE:
        found = pattern.fullmatch(call.path)
        if found and method == call.method:
            return answer(call, **found.groupdict())
        allowed += [method] if found else []
    if allowed:
        message = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(['HEAD', *allowed])}"
        raise Refusal(405, "METHOD_NOT_ALLOWED", message)
    raise not_found()


_TABLE = [(method, re.compile(pattern), answer) for method, pattern, answer in _table()]


async def _rest(world: World, request: Request) -> Response:
    body = await request.body()
    try:
        auth.authorized(world, request.headers.get("authorization"))
        world.notes["salesforce_calls"] = world.notes.get("salesforce_calls", 0) + 1
        reply = dispatch(_call(world, request, body))
    except Refusal as refusal:
        reply = refusal.reply()
    return _response(
        reply, {"Sforce-Limit-Info": f"api-usage={world.notes.get('salesforce_calls', 0)}/{describe.DAILY_CALLS}"}
    )


def _call(world: World, request: Request, body: bytes) -> Call:
    found = _VERSION.fullmatch(request.path_params["rest"])
    if found is None or not describe.OLDEST <= int(found[1]) <= describe.NEWEST:
        raise not_found()
    path = (found[2] or "").strip("/")
    return Call(
        world,
        request.method,
        f"{found[1]}.0",
        path,
        dict(request.query_params),
        request.headers,
        _parsed(request, body),
        _origin(request),
    )


def _parsed(request: Request, body: bytes) -> Any:
    if not body:
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"Content type {kind} not supported.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise Refusal(400, "JSON_PARSER_ERROR", str(error)) from None


def _response(reply: Reply, headers: Mapping[str, str]) -> Response:
    content = b"" if reply.status == 204 else as_json(reply.body).encode()
    return Response(content, reply.status, {**headers, **reply.headers}, _JSON if content else None)


def _origin(request: Request) -> str:
    """The URL that the client used, since clients go on with what `instance_url` says."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"


async def _token(world: World, request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode(errors="replace")))
    try:
        return _response(
            Reply(body=auth.grant(world, form, request.headers.get("authorization"), _origin(request))), {}
        )
    except auth.Denied as denied:
        return _response(Reply(400, denied.body), {})


async def _userinfo(world: World, request: Request) -> Response:
    try:
        user_id = auth.authorized(world, request.headers.get("authorization"))
    except Refusal:
        return Response("Bad_OAuth_Token", 403, media_type="text/html")
    return _response(Reply(body=auth.userinfo(world, user_id, _origin(request))), {})


async def _soap_login(world: World, request: Request) -> Response:
    status, text = soap.login(world, await request.body(), request.path_params["version"], _origin(request))
    return Response(text, status, media_type="text/xml")


async def _versions(world: World, request: Request) -> Response:
    return _response(Reply(body=describe.versions()), {})
