"""Where calls are counted, wait as ordered, and meet the faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_sync.sandbox.asgi import answer_of, body_of, spoken
from crm_sync.sandbox.faults.order import Fault, Trouble
from crm_sync.sandbox.faults.pages import repeated, shuffled
from crm_sync.sandbox.faults.paths import face_of, is_ours, template
from crm_sync.sandbox.faults.rows import half_applied
from crm_sync.sandbox.world import World

_ORDERED = "crm_sync.sandbox.ordered"

Spoil = Callable[[ASGIApp, Fault, Scope, Receive, Send], Awaitable[None]]


class Counted:
    """Counts every call of a face, refused ones too."""

    def __init__(self, app: ASGIApp, trouble: Trouble) -> None:
        self.app, self.trouble = app, trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_ours(scope["path"]):
            self.trouble.calls[face_of(scope["path"]), f"{scope['method']} {template(scope['path'])}"] += 1
        await self.app(scope, receive, send)


class Troubled:
    """Lets a call of a face wait as ordered, and lets faults answer in its place."""

    def __init__(self, app: ASGIApp, trouble: Trouble, world: World) -> None:
        self.app, self.trouble, self.world = app, trouble, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_ours(scope["path"]):
            return await self.app(scope, receive, send)
        fault = self.trouble.strike(scope["method"], scope["path"])
        if self.trouble.latency_ms:
            await asyncio.sleep(self.trouble.latency_ms / 1000)
        if fault is None:
            return await self.app(scope, receive, send)
        scope[_ORDERED] = True
        if fault.then == "half":
            answer = await half_applied(self.app, fault, scope, receive, self.world.clock.now_ms())
            return await answer.send(_delayed(send, fault))
        return await _SPOILS[fault.then](self.app, fault, scope, receive, _delayed(send, fault))


def is_ordered(scope: Scope) -> bool:
    """Whether the answer to this call comes from a fault."""
    return _ORDERED in scope


def _delayed(send: Send, fault: Fault) -> Send:
    """What is applied is applied at once; only the answer comes late."""

    async def late(message: Message) -> None:
        if message["type"] == "http.response.start" and fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        await send(message)

    return late


async def _refuse(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    await body_of(receive)  # a client that is still sending would see a broken connection instead of the answer
    await spoken(fault.status, fault.content(), fault.headers).send(send)


async def _handle(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    await answer_of(app, scope, receive)
    await spoken(fault.status, fault.content(), fault.headers).send(send)


async def _hang(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    """Until the client gives up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _handle_and_hang(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    await answer_of(app, scope, receive)
    await _hang(app, fault, scope, receive, send)


async def _truncate(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    """The head promises the whole body; the server closes the connection because it never comes."""
    answer = await answer_of(app, scope, receive)
    if not answer.body:
        return await answer.send(send)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})


async def _garble(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    answer = await answer_of(app, scope, receive)
    await answer.saying(answer.body[: len(answer.body) // 2]).send(send)


async def _shuffle(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    await shuffled(fault, await answer_of(app, scope, receive)).send(send)


async def _repeat(app: ASGIApp, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
    await repeated(fault, scope["path"], await answer_of(app, scope, receive)).send(send)


_SPOILS: dict[str, Spoil] = {
    "refuse": _refuse,
    "handle": _handle,
    "hang": _hang,
    "handle-and-hang": _handle_and_hang,
    "truncate": _truncate,
    "garble": _garble,
    "shuffle": _shuffle,
    "repeat": _repeat,
}
