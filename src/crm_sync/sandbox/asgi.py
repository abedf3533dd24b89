"""Requests and answers as whole things, for what stands between the server and the faces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer, held back until somebody decides what becomes of it."""

    status: int
    headers: Headers
    body: bytes

    def json(self) -> Any:
        """The body parsed; None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def saying(self, body: bytes, status: int | None = None) -> Spoken:
        """The same answer with another body, and a content-length that fits it."""
        kept = [(name, value) for name, value in self.headers if name != b"content-length"]
        kept.append((b"content-length", str(len(body)).encode()))
        return replace(self, status=status or self.status, headers=kept, body=body)

    def saying_json(self, body: Any, status: int | None = None) -> Spoken:
        return self.saying(as_bytes(body), status)

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def spoken(status: int, body: bytes, headers: Mapping[str, str]) -> Spoken:
    """An answer of our own. JSON, unless the headers say otherwise."""
    told = {"content-type": "application/json;charset=utf-8", **{key.lower(): value for key, value in headers.items()}}
    return Spoken(status, [(key.encode(), value.encode()) for key, value in told.items()], b"").saying(body)


async def body_of(receive: Receive) -> bytes:
    """The whole body of a request."""
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(found)


def with_body(body: bytes, receive: Receive) -> Receive:
    """A request that brings this body, and afterwards whatever the real one brings."""
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again


def resized(scope: Scope, body: bytes) -> Scope:
    """The scope of a request whose body has become another one."""
    kept = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
    return {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}


async def answer_of(app: ASGIApp, scope: Scope, receive: Receive) -> Spoken:
    """What the app says, instead of sending it."""
    start: Message = {}
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, keep)
    return Spoken(start["status"], [(name.lower(), value) for name, value in start["headers"]], b"".join(parts))


async def ask(app: ASGIApp, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Spoken:
    """A request from inside this process; `body` is JSON, or text as it stands."""
    sent = body.encode() if isinstance(body, str) else b"" if body is None else as_bytes(body)
    kind = {} if isinstance(body, str) else {"content-type": "application/json"}
    parts = urlsplit(url)
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 0),
        "headers": [(k.lower().encode(), v.encode()) for k, v in {"host": "127.0.0.1", **kind, **headers}.items()],
    }  # fmt: skip
    return await answer_of(app, scope, with_body(sent, _gone))


async def _gone() -> Message:
    return {"type": "http.disconnect"}


def as_bytes(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
