"""The Bayeux protocol by long polling: handshake, subscribe with a place to start from, connect again and again."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from crm_sync.sandbox.salesforce.auth import authorized
from crm_sync.sandbox.salesforce.changes import bus
from crm_sync.sandbox.salesforce.streaming.events import ALL, channel_of, event
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import World, as_json

Message = dict[str, Any]

#: How long a connect waits for news, in real seconds; a test may shorten it in notes["salesforce_poll_seconds"].
POLL_SECONDS = 110.0
_LOOK_EVERY, _BATCH = 0.05, 500
_NEW_ONLY, _ALL_KEPT = -1, -2


@dataclass(slots=True)
class Listener:
    """A client between handshake and disconnect: each channel with the last event that it has been sent."""

    id: str
    channels: dict[str, int] = field(default_factory=dict)


class Rejected(Exception):
    """A message that is answered with successful=false."""

    def __init__(self, error: str, advice: str | None = None) -> None:
        super().__init__(error)
        self.error, self.advice = error, advice


def streaming_routes(world: World) -> list[BaseRoute]:
    """/cometd/{version} and, as some clients call it, the same with a path behind it."""
    answer = partial(_answer, world)
    paths = ("/cometd/{version}", "/cometd/{version}/", "/cometd/{version}/{meta:path}")
    return [Route(one, answer, methods=["POST"]) for one in paths]


async def _answer(world: World, request: Request) -> Response:
    try:
        authorized(world, request.headers.get("authorization"))
        said = json.loads(await request.body())
    except Refusal:
        return _response([_failed({"channel": "/meta/handshake"}, "401::Authentication invalid", "none")], 401)
    except ValueError:
        return Response("", 400)
    messages = said if isinstance(said, list) else [said]
    replies = [one for message in messages if isinstance(message, dict) for one in await _handled(world, message)]
    return _response(replies)


async def _handled(world: World, message: Message) -> list[Message]:
    channel = str(message.get("channel"))
    try:
        if channel == "/meta/connect":
            return await _connect(world, message)
        act = _META.get(channel)
        if act is None:
            raise Rejected(f"403:{channel}:Publishing to this channel is not possible")
        return [_reply(message) | act(world, message)]
    except Rejected as rejected:
        return [_failed(message, rejected.error, rejected.advice)]


def _handshake(world: World, message: Message) -> Message:
    listener = Listener(secrets.token_hex(14))
    _listeners(world)[listener.id] = listener
    return {
        "version": "1.0",
        "minimumVersion": "1.0",
        "clientId": listener.id,
        "supportedConnectionTypes": ["long-polling"],
        "ext": {"replay": True, "payload.format": True},
        "advice": {"reconnect": "retry", "interval": 0, "timeout": int(POLL_SECONDS * 1000)},
    }


def _subscribe(world: World, message: Message) -> Message:
    """`ext.replay` says after which event each channel begins: -1 new ones only, -2 all that are kept."""
    listener = _listener(world, message)
    wanted = message.get("subscription")
    for channel in wanted if isinstance(wanted, list) else [wanted]:
        listener.channels[_known(world, str(channel))] = _start(world, message, str(channel))
    return {"clientId": listener.id, "subscription": wanted}


def _unsubscribe(world: World, message: Message) -> Message:
    listener = _listener(world, message)
    listener.channels.pop(str(message.get("subscription")), None)
    return {"clientId": listener.id, "subscription": message.get("subscription")}


def _disconnect(world: World, message: Message) -> Message:
    listener = _listener(world, message)
    del _listeners(world)[listener.id]
    return {"clientId": listener.id}


_META: dict[str, Callable[[World, Message], Message]] = {
    "/meta/handshake": _handshake,
    "/meta/subscribe": _subscribe,
    "/meta/unsubscribe": _unsubscribe,
    "/meta/disconnect": _disconnect,
}


async def _connect(world: World, message: Message) -> list[Message]:
    """News, as soon as there are any; the reply of the connect itself comes last."""
    listener = _listener(world, message)
    asked = (message.get("advice") or {}).get("timeout")
    patience = float(world.notes.get("salesforce_poll_seconds", POLL_SECONDS)) if asked is None else int(asked) / 1000
    until = time.monotonic() + patience
    news = _news(world, listener)
    while not news and time.monotonic() < until and listener.id in _listeners(world):
        await asyncio.sleep(_LOOK_EVERY)
        news = _news(world, listener)
    return [*news, _reply(message) | {"clientId": listener.id}]


def _news(world: World, listener: Listener) -> list[Message]:
    """What each channel has not been sent yet, at most a batch of it."""
    lane, now = bus(world), world.clock.now_ms()
    news: list[Message] = []
    for channel, seen in listener.channels.items():
        fresh = lane.after(seen, now)
        mine = [one for one in fresh if channel in (ALL, channel_of(one.object))][:_BATCH]
        if fresh:
            listener.channels[channel] = mine[-1].replay_id if len(mine) == _BATCH else fresh[-1].replay_id
        news += [{"data": event(world, one), "channel": channel} for one in mine]
    return news


def _start(world: World, message: Message, channel: str) -> int:
    """The id after which to begin; one that is too old or was never given is refused."""
    lane = bus(world)
    said = ((message.get("ext") or {}).get("replay") or {}).get(channel, _NEW_ONLY)
    if said == _ALL_KEPT:
        return 0
    oldest = lane.changes[0].replay_id if lane.changes else lane.last + 1
    if said == _NEW_ONLY:
        return lane.last
    if not isinstance(said, int) or not oldest - 1 <= said <= lane.last:
        raise Rejected(f"400::The replayId {{{said}}} you provided was invalid.  Please provide a valid ID, -2 or -1.")
    return said


def _known(world: World, channel: str) -> str:
    channels = {ALL, *(channel_of(one) for one in bus(world).selected)}
    if channel not in channels:
        raise Rejected(f"404:{channel}:The channel you requested to subscribe to does not exist {{{channel}}}")
    return channel


def _listener(world: World, message: Message) -> Listener:
    found = _listeners(world).get(str(message.get("clientId")))
    if found is None:
        raise Rejected("403::Unknown client", "handshake")
    return found


def _listeners(world: World) -> dict[str, Listener]:
    found: dict[str, Listener] = world.notes.setdefault("salesforce_listeners", {})
    return found


def _reply(message: Message) -> Message:
    named = {"id": message["id"]} if "id" in message else {}
    return {"channel": message["channel"], "successful": True, **named}


def _failed(message: Message, error: str, advice: str | None) -> Message:
    named = {"id": message["id"]} if "id" in message else {}
    advised = {"advice": {"reconnect": advice, "interval": 0}} if advice else {}
    return {"channel": message.get("channel"), "successful": False, "error": error, **named, **advised}


def _response(replies: list[Message], status: int = 200) -> Response:
    return Response(as_json(replies), status, media_type="application/json")
