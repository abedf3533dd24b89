"""What people decide on the boards: forms without scripts, taken from our own pages only."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crm_sync.dashboards.answers import Answers
from crm_sync.dashboards.pages import WHO, YEAR, Pages, of
from crm_sync.errors import ConfigError
from crm_sync.records import Ref, Subject

LONGEST = 4_000  # bytes of a form
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


def deciding_routes(answers: Answers, pages: Pages) -> list[Route]:
    """Takes decisions back and forth. Where `answers.decides` is off they answer 403."""

    async def decide(request: Request) -> Response:
        said = await form_of(request, answers)
        pair, about = (ref_in(said, "one"), ref_in(said, "other")), subject_in(said)
        try:
            made = answers.decide(*pair, said.get("answer") == "same", *signed(said), about)
        except ConfigError:
            raise HTTPException(409, "these are no two records that have been read") from None
        queue = {"of": of(about), "done": str(made.number), "skip": said.get("skip")}
        return onward(pages.link(request)("/review", **queue), said)

    async def undo(request: Request) -> Response:
        said = await form_of(request, answers)
        number, by = said.get("number", ""), signed(said)[0]
        try:
            answers.undo(int(number) if number.isdecimal() else -1, by)
        except ConfigError:
            raise HTTPException(409, "no such decision is in force") from None
        return onward(pages.link(request)("/decisions"), said)

    return [Route("/review", decide, methods=["POST"]), Route("/decisions", undo, methods=["POST"])]


async def form_of(request: Request, answers: Answers) -> Mapping[str, str]:
    """What our own form says. Raises HTTPException for anything else."""
    if not answers.decides or not from_our_page(request):
        raise HTTPException(403, "decisions are not taken here")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            raise HTTPException(413, "too much was said")
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def from_our_page(request: Request) -> bool:
    """Browsers tell where a form comes from. On a machine's own address its name counts as well, since anybody's name
    can be made to lead there."""
    host = request.headers.get("host", "")
    client_is_here = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    named = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    own_name = named in HERE or not client_is_here
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "")
    return own_name and (site == "same-origin" if site else urlsplit(origin).netloc == host != "")


def ref_in(said: Mapping[str, str], name: str) -> Ref:
    try:
        return Ref.parse(said.get(name, ""))
    except ValueError:
        raise HTTPException(400, f"{name} is no record") from None


def subject_in(said: Mapping[str, str]) -> Subject:
    return "company" if said.get("about") == "company" else "person"


def signed(said: Mapping[str, str]) -> tuple[str, str | None]:
    """Who decides, and why."""
    return said.get("by", "").strip()[:80] or "boards", said.get("note", "").strip()[:500] or None


def onward(path: str, said: Mapping[str, str]) -> Response:
    answer = RedirectResponse(path, 303)
    answer.set_cookie(WHO, quote(signed(said)[0]), max_age=YEAR, httponly=True, samesite="strict")
    return answer
