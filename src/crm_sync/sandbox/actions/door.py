"""Where calls meet the orders: what is due before a call is done before it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from crm_sync.sandbox.actions.order import Actions
from crm_sync.sandbox.faults import is_ours


class Acting:
    """Lets the actions know what lies behind this door, and tells them of every call."""

    def __init__(self, app: ASGIApp, actions: Actions) -> None:
        self.app, self.actions = app, actions
        actions.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_ours(scope["path"]) and self.actions.waiting:
            await self.actions.meet(scope["method"], scope["path"])
        await self.app(scope, receive, send)
