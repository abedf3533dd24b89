"""One application with both faces and the control API, on the world's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_sync.sandbox import control, hubspot, records, salesforce, webhooks
from crm_sync.sandbox.actions import Acting
from crm_sync.sandbox.contract import Checked
from crm_sync.sandbox.faults import Counted, Troubled
from crm_sync.sandbox.helm import Helm, install
from crm_sync.sandbox.limits import Limited
from crm_sync.sandbox.town.life import Life
from crm_sync.sandbox.world import World, WorldClock

#: When a world begins: a Friday evening in Mexico City, after hours, so that nothing changes while one looks.
START = datetime(2026, 5, 30, 2, tzinfo=UTC)


def new_world(start: datetime = START, speed: float = 1.0) -> World:
    """Both CRMs, installed and without a single record."""
    world = World(WorldClock(start, speed))
    with world.clock.from_the_start():
        install(world)
    return world


def build_app(world: World, helm: Helm | None = None) -> Starlette:
    """Both faces over one world. A call passes the doors in this order: date, life, count, contract, quotas, faults,
    orders."""
    helm = helm or Helm.of(world)
    return Starlette(
        routes=[
            *control.routes(helm),
            *records.routes(world),
            *webhooks.routes(world),
            *hubspot.routes(world),
            *salesforce.routes(world),
        ],
        exception_handlers={ClientDisconnect: _gone},
        middleware=[
            Middleware(Dated, world=world),
            Middleware(Living, life=helm.life),
            Middleware(Counted, trouble=helm.trouble),
            Middleware(Checked),
            Middleware(Limited, quotas=helm.quotas),
            Middleware(Troubled, trouble=helm.trouble, world=world),
            Middleware(Acting, actions=helm.actions),
        ],
    )


async def _gone(request: Request, problem: Exception) -> Response:
    """A client that hung up before it had sent its body waits for no answer."""
    return Response(status_code=499)


class Dated:
    """Puts the world's time into the Date header: clients take a CRM's now from there."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app, self.world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = self.world.clock.now().replace(microsecond=0)
                MutableHeaders(scope=message)["date"] = format_datetime(now, usegmt=True)
            await send(message)

        await self.app(scope, receive, dated)


class Living:
    """Lets happen whatever is due before anybody looks."""

    def __init__(self, app: ASGIApp, life: Life) -> None:
        self.app, self.life = app, life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.life.catch_up()
        await self.app(scope, receive, send)
