"""Where calls meet the quotas."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_sync.sandbox.asgi import body_of
from crm_sync.sandbox.faults import face_of, is_ours
from crm_sync.sandbox.limits.hubspot import hubspot_verdict
from crm_sync.sandbox.limits.quotas import Quotas
from crm_sync.sandbox.limits.salesforce import salesforce_verdict

_TOLD_BY_US = "x-hubspot-ratelimit"


class Limited:
    """Refuses what is too much, and says in the headers what is left."""

    def __init__(self, app: ASGIApp, quotas: Quotas) -> None:
        self.app, self.quotas = app, quotas

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_ours(scope["path"]) or not self.quotas.on:
            return await self.app(scope, receive, send)
        verdict = _VERDICTS[face_of(scope["path"])]
        refusal, headers = verdict(self.quotas, scope)
        if refusal is not None:
            await body_of(receive)
            return await refusal.send(send)
        key = object()
        self.quotas.running[key] = face_of(scope["path"]), self.quotas.ticks()
        try:
            await self.app(scope, receive, _with(send, headers))
        finally:
            del self.quotas.running[key]


def _with(send: Send, headers: Mapping[str, str]) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = MutableHeaders(scope=message)
            for name in [one for one in said if one.startswith(_TOLD_BY_US)]:
                del said[name]
            said.update(headers)
        await send(message)

    return told


_VERDICTS = {"hubspot": hubspot_verdict, "salesforce": salesforce_verdict}
