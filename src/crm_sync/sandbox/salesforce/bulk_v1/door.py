"""The way into Bulk v1: the version, the session in X-SFDC-Session, and answers in XML or JSON."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from crm_sync.sandbox.salesforce.auth import authorized
from crm_sync.sandbox.salesforce.bulk_v1.answers import TABLE, Answer
from crm_sync.sandbox.salesforce.bulk_v1.content import KINDS, document, is_json
from crm_sync.sandbox.salesforce.bulk_v1.job import Batch, Job, Wrong, jobs
from crm_sync.sandbox.salesforce.usage import count_call
from crm_sync.sandbox.salesforce.wire import Call, Refusal
from crm_sync.sandbox.world import World, as_json

_VERSION = re.compile(r"v?(\d\d)\.0")


def bulk_v1_routes(world: World) -> list[BaseRoute]:
    answer = partial(_endpoint, world)
    return [Route("/services/async/{version}/{rest:path}", answer, methods=["GET", "POST"])]


async def _endpoint(world: World, request: Request) -> Response:
    text = (await request.body()).decode("utf-8", errors="replace")
    rest = request.path_params["rest"].strip("/")
    try:
        call = _call(world, request, text)
        count_call(world, request.scope)
        status, said = _dispatch(call, rest)
    except Wrong as wrong:
        return _document(400, "error", wrong.told, json=is_json(request.headers))
    return _answered(status, said, _job_of(world, rest), request)


def _call(world: World, request: Request, text: str) -> Call:
    version = _VERSION.fullmatch(request.path_params["version"])
    if version is None:
        raise Wrong("InvalidVersion", f"Unsupported version: {request.path_params['version']}")
    try:
        authorized(world, f"Bearer {request.headers.get('x-sfdc-session', '')}")
    except Refusal:
        raise Wrong("InvalidSessionId", "Invalid session id") from None
    return Call(world, request.method, f"{version[1]}.0", "", headers=request.headers, body=text)


def _dispatch(call: Call, rest: str) -> Answer:
    for method, pattern, answer in TABLE:
        found = pattern.fullmatch(rest)
        if found and method == call.method:
            return answer(call, *found.groups())
    raise Wrong("InvalidUrl", f"Nothing is known as {call.method} {rest}")


def _job_of(world: World, rest: str) -> Job | None:
    """The job in a path, whose content type is the format of results."""
    return jobs(world).get(rest.partition("job/")[2][:15])


def _answered(status: int, said: Any, job: Job | None, request: Request) -> Response:
    """A job is told in the format of the request, and what it holds in the job's own: rows in CSV, the rest of such a
    job in XML."""
    content = job.content if job else "XML"
    json = content == "JSON"
    match said:
        case str():
            return Response(said, status, {"content-type": KINDS[content]})
        case Job():
            return _document(status, "jobInfo", said.about(), json=is_json(request.headers, otherwise=json))
        case Batch():
            return _document(status, "batchInfo", said.about(), json=json)
        case [str(), *_]:
            return _document(status, "result-list", {"result": said}, json=json, bare=True)
        case _:
            return _document(status, "batchInfoList", {"batchInfo": [one.about() for one in said]}, json=json)


def _document(status: int, name: str, said: dict[str, Any], *, json: bool, bare: bool = False) -> Response:
    """JSON has its keys in the order of the alphabet, and a `bare` list without its name; XML has no nulls, and its
    instants end in Z."""
    if json:
        text = as_json(next(iter(said.values())) if bare else dict(sorted(said.items())))
    else:
        text = document(name, said).replace(".000+0000<", ".000Z<")
    return Response(text, status, {"content-type": KINDS["JSON" if json else "XML"]})
