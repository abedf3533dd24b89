"""What stops a call before any API sees it: a URI that is too long, a token that cannot be one."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

_LONGEST: Final = 16_384
_TOKEN: Final = re.compile(r"[\w.~+/=-]+", re.ASCII)
_PAGE: Final = "<html><head><title>{0} {1}</title></head><body><center><h1>{0} {1}</h1></center></body></html>"


class Stopped(Exception):
    """Refused before any API has seen the call: a page for people, from the gateway."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status, self.page = status, _PAGE.format(status, title)


def check_length(request: Request) -> None:
    """Properties by the hundred belong into a body."""
    if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > _LONGEST:
        raise Stopped(414, "Request-URI Too Large")


def check_token(token: str) -> None:
    """Signs that no token has."""
    if not _TOKEN.fullmatch(token):
        raise Stopped(530, "Malformed token")
