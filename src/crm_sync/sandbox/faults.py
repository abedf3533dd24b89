"""Trouble on order: calls that fail, hang or lose their answer, and a count of every call made."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_IDS = re.compile(r"\d+|(?=\w{0,2}\d)\w{15,18}(?:-\d+)?")


@dataclass(slots=True)
class Fault:
    """Answers `times` calls that match, after letting `after` of them pass. `then="handle"` applies the call and
    loses its answer; `then="refuse"` never lets it in."""

    match: str
    status: int = 503
    body: Any = None
    times: int = 1
    after: int = 0
    delay_ms: int = 0
    then: str = "refuse"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.then not in ("refuse", "handle"):
            raise ValueError(f'"then" is {self.then!r}; allowed are "refuse" and "handle"')
        if len(self.match.split()) != 2:
            raise ValueError(f'"match" is {self.match!r}; it must be a method (or *) and the start of a path')

    def strikes(self, method: str, path: str) -> bool:
        """Whether this call is one of those to fail; counts it when it matches at all."""
        wanted, prefix = self.match.split()
        if wanted not in ("*", method) or not path.startswith(prefix) or self.times <= 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True

    def content(self) -> bytes:
        if isinstance(self.body, str):
            return self.body.encode()
        body = {"status": "error", "message": "fault on order"} if self.body is None else self.body
        return json.dumps(body).encode()


@dataclass(slots=True)
class Trouble:
    """What is ordered, and what has been called so far."""

    faults: list[Fault] = field(default_factory=list)
    latency_ms: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def strike(self, method: str, path: str) -> Fault | None:
        """The first fault that takes this call."""
        return next((fault for fault in self.faults if fault.strikes(method, path)), None)


def face_of(path: str) -> str:
    return "salesforce" if path.startswith("/services") else "hubspot"


def template(path: str) -> str:
    """A path with its ids made equal: /crm/v3/objects/contacts/512 and /513 are one."""
    return "/".join("{id}" if _IDS.fullmatch(part) else part for part in path.split("/"))


class Troubled:
    """Counts every call of a face, waits as ordered, and lets faults answer in its place."""

    def __init__(self, app: ASGIApp, trouble: Trouble) -> None:
        self.app, self.trouble = app, trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/sandbox"):
            return await self.app(scope, receive, send)
        method, path = scope["method"], scope["path"]
        self.trouble.calls[face_of(path), f"{method} {template(path)}"] += 1
        fault = self.trouble.strike(method, path)
        await asyncio.sleep(self.trouble.latency_ms / 1000)
        if fault is None:
            return await self.app(scope, receive, send)
        if fault.then == "handle":
            await self.app(scope, receive, _lost)
        await asyncio.sleep(fault.delay_ms / 1000)
        await _answer(fault, send)
        return None


async def _lost(message: Message) -> None:
    """Where the answer of an applied call goes."""


async def _answer(fault: Fault, send: Send) -> None:
    headers = {"content-type": "application/json;charset=utf-8", **fault.headers}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    content = fault.content()
    raw.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": raw})
    await send({"type": "http.response.body", "body": content})
