"""Record pages over HTTP: picks the language, hands the template its sheet and its words."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from crm_sync.sandbox.hubspot.account import TIME_ZONE
from crm_sync.sandbox.records.hubspot import hubspot_sheet
from crm_sync.sandbox.records.salesforce import salesforce_sheet
from crm_sync.sandbox.records.sheet import Instant, Link, Sheet, Value
from crm_sync.sandbox.world import World, from_ms

Words = Mapping[str, str]
Read = Callable[[World, str, str], Sheet | None]


def routes(world: World) -> list[BaseRoute]:
    """A page for every record of both CRMs. No token: the sandbox listens on this machine only."""
    return [
        Route("/hubspot/record/{object}/{id}", partial(_page, world, hubspot_sheet), methods=["GET"]),
        Route("/salesforce/record/{object}/{id}", partial(_page, world, salesforce_sheet), methods=["GET"]),
    ]


async def _page(world: World, read: Read, request: Request) -> Response:
    language = _language(request)
    words = _words()[language]
    sheet = read(world, request.path_params["object"], request.path_params["id"])
    html = _template().render(
        sheet=sheet,
        words=words,
        language=language,
        other="en" if language == "es" else "es",
        text=partial(_text, words),
        instant=partial(_instant, words),
        is_link=lambda value: isinstance(value, Link),
    )
    return HTMLResponse(html, 200 if sheet else 404)


def _language(request: Request) -> str:
    """What the address asks for, else what the browser prefers."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "")[:2].lower()
    return asked if asked in _words() else "en"


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("record.html")


def _text(words: Words, value: Value) -> Any:
    """A value in words; a link shows the name of what it leads to."""
    if value is None:
        return words["empty"]
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    if isinstance(value, Instant):
        return _instant(words, value.ms)
    return value.text if isinstance(value, Link) else value


def _instant(words: Words, ms: int) -> str:
    """29 May 2026, 20:00, in the account's time zone."""
    at = from_ms(ms).astimezone(ZoneInfo(TIME_ZONE))
    return f"{at.day} {words['months'].split()[at.month - 1]} {at.year}, {at:%H:%M}"
