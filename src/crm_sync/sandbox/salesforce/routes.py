"""Every door of the face: logins, SOAP, and the REST requests that paths.py sends on."""

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

from crm_sync.sandbox.salesforce import auth, describe
from crm_sync.sandbox.salesforce.bulk_v1.door import bulk_v1_routes
from crm_sync.sandbox.salesforce.paths import dispatch
from crm_sync.sandbox.salesforce.soap.metadata import metadata
from crm_sync.sandbox.salesforce.soap.partner import partner
from crm_sync.sandbox.salesforce.streaming.cometd import streaming_routes
from crm_sync.sandbox.salesforce.usage import count_call, usage_told
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found
from crm_sync.sandbox.world import World, as_json

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
_LARGEST_HEAD = 16_384
_TOO_LONG = "<html><body><h1>Bad Message 414</h1><pre>reason: URI Too Long</pre></body></html>"
_JSON = "application/json;charset=UTF-8"
_VERSION = re.compile(r"v(\d\d)\.0(?:/(.*))?")


def routes(world: World) -> list[BaseRoute]:
    """What the face adds to the sandbox's app."""
    return [
        Route("/services/oauth2/token", partial(_token, world), methods=["POST"]),
        Route("/services/oauth2/userinfo", partial(_userinfo, world), methods=["GET", "POST"]),
        Route("/services/Soap/u/{version}", partial(_soap, partner, world), methods=["POST"]),
        Route("/services/Soap/u/{version}/{organization}", partial(_soap, partner, world), methods=["POST"]),
        Route("/services/Soap/m/{version}", partial(_soap, metadata, world), methods=["POST"]),
        Route("/services/Soap/m/{version}/{organization:path}", partial(_soap, metadata, world), methods=["POST"]),
        *streaming_routes(world),
        *bulk_v1_routes(world),
        Route("/services/data", partial(_versions, world), methods=["GET"]),
        Route("/services/data/", partial(_versions, world), methods=["GET"]),
        Route("/services/data/{rest:path}", partial(_rest, world), methods=_METHODS),
    ]


async def _rest(world: World, request: Request) -> Response:
    body = await request.body()
    if _size(request) > _LARGEST_HEAD:
        return Response(_TOO_LONG, 414, media_type="text/html")
    try:
        auth.authorized(world, request.headers.get("authorization"))
        count_call(world, request.scope)
        reply = dispatch(_call(world, request, body))
    except Refusal as refusal:
        reply = refusal.reply()
    return _response(reply, {"Sforce-Limit-Info": usage_told(world)})


def _size(request: Request) -> int:
    """Bytes of the URI and the headers together."""
    uri = len(request.scope["raw_path"]) + len(request.scope["query_string"])
    return uri + sum(len(name) + len(value) for name, value in request.scope["headers"])


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
    if kind == "text/csv":
        return body.decode("utf-8", errors="replace")
    if kind != "application/json":
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"Content type {kind} not supported.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise Refusal(400, "JSON_PARSER_ERROR", str(error)) from None


def _response(reply: Reply, headers: Mapping[str, str]) -> Response:
    text = reply.body if isinstance(reply.body, str) else as_json(reply.body)
    content = b"" if reply.body is None else text.encode()
    kind = None if "Content-Type" in reply.headers or not content else _JSON
    return Response(content, reply.status, {**headers, **reply.headers}, kind)


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


async def _soap(
    answer: Callable[[World, bytes, str, str], tuple[int, str]], world: World, request: Request
) -> Response:
    count_call(world, request.scope)
    status, text = answer(world, await request.body(), request.path_params["version"], _origin(request))
    return Response(text, status, media_type="text/xml")


async def _versions(world: World, request: Request) -> Response:
    return _response(Reply(body=describe.versions()), {})
