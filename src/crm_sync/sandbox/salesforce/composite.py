"""Several requests in one: /composite in order with references between them, /composite/batch independently."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crm_sync.sandbox.jsontext import plain
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found
from crm_sync.sandbox.salesforce.writer import Writer

Answers = dict[Any, Any]
Dispatch = Callable[[Call], Reply]

_MOST = 25
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_ROOT = re.compile(r"/?(?:services/data/)?v(\d+\.\d)/?(.*)")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."


def composite(call: Call, dispatch: Dispatch, most: int = _MOST) -> Reply:
    """POST composite: a subrequest may use what an earlier one answered as @{referenceId.field}."""
    parts, together = _parts(call.record().get("compositeRequest"), most), bool(call.record().get("allOrNone"))
    writer = Writer(call)
    answers: Answers = {}
    replies: list[Reply] = []
    for part in parts:
        broken = together and any(_failed(one) for one in replies)
        replies.append(_halted() if broken else _answer(call, part, part.get("body"), answers, dispatch))
        answers[part.get("referenceId")] = replies[-1].body
    if together and any(_failed(one) for one in replies):
        writer.undo()
        replies = [one if _failed(one) else _halted() for one in replies]
    rows = [_row(part.get("referenceId"), reply) for part, reply in zip(parts, replies, strict=True)]
    return Reply(body={"compositeResponse": rows})


def batch(call: Call, dispatch: Dispatch) -> Reply:
    """POST composite/batch: URLs begin with the version."""
    results: list[dict[str, Any]] = []
    halt = bool(call.record().get("haltOnError"))
    for part in _parts(call.record().get("batchRequests")):
        failed = halt and any(one["statusCode"] >= 400 for one in results)
        reply = _halted() if failed else _answer(call, part, part.get("richInput"), {}, dispatch)
        results.append({"statusCode": reply.status, "result": reply.body})
    return Reply(body={"hasErrors": any(one["statusCode"] >= 400 for one in results), "results": results})


def _parts(parts: Any, most: int = _MOST) -> list[dict[str, Any]]:
    if not isinstance(parts, list) or not all(
        isinstance(one, dict) and {"method", "url"} <= one.keys() for one in parts
    ):
        raise Refusal(400, "JSON_PARSER_ERROR", "The subrequests must be a list of objects with method and url")
    if len(parts) > most:
        raise Refusal(400, "LIMIT_EXCEEDED", f"The limit of {most} subrequests was exceeded")
    return parts


def _answer(call: Call, part: dict[str, Any], body: Any, answers: Answers, dispatch: Dispatch) -> Reply:
    try:
        reply = dispatch(_subrequest(call, part, body, answers))
        return replace(reply, body=plain(reply.body))
    except Refusal as refusal:
        return refusal.reply()


def _subrequest(call: Call, part: dict[str, Any], body: Any, answers: Answers) -> Call:
    url = urlsplit(str(_fill(part["url"], answers)))
    found = _ROOT.fullmatch(url.path)
    path = found[2].strip("/") if found else ""
    if found is None or path in ("composite", "composite/batch", "composite/graph"):
        raise not_found()
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    method = str(part["method"]).upper()
    given = part.get("httpHeaders")
    headers = {str(name).lower(): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    return replace(
        call, method=method, version=found[1], path=path, query=query, headers=headers, body=_fill(body, answers)
    )


def _fill(value: Any, answers: Answers) -> Any:
    """Every @{reference} in a text, list or object, replaced by what it points to."""
    if isinstance(value, dict):
        return {name: _fill(one, answers) for name, one in value.items()}
    if isinstance(value, list):
        return [_fill(one, answers) for one in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    return _found(whole, answers) if whole else _REFERENCE.sub(lambda one: str(_found(one, answers)), value)


def _found(reference: re.Match[str], answers: Answers) -> Any:
    at: Any = answers.get(reference[1])
    for name, index in _STEP.findall(reference[2]):
        try:
            at = at[name] if name else at[int(index)]
        except (KeyError, IndexError, TypeError):
            message = f"Invalid reference specified. No value for {reference[0]} found in {reference[1]}"
            raise Refusal(400, "PROCESSING_HALTED", message) from None
    return at


def _halted() -> Reply:
    return Refusal(400, "PROCESSING_HALTED", _HALTED).reply()


def _failed(reply: Reply) -> bool:
    return reply.status >= 300


def _row(name: str | None, reply: Reply) -> dict[str, Any]:
    return {"body": reply.body, "httpHeaders": dict(reply.headers), "httpStatusCode": reply.status, "referenceId": name}
