"""The boards as a web application: one page, its lists, one person, and the same answers as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from crm_sync.clock import host_now
from crm_sync.dashboards.answers import Answers, Shelf, asked_about
from crm_sync.dashboards.deciding import deciding_routes
from crm_sync.dashboards.guard import SafeHeaders
from crm_sync.dashboards.pages import Pages
from crm_sync.engine.base import Engine
from crm_sync.errors import CrmSyncError
from crm_sync.mappings import Vocabulary
from crm_sync.reports.status import STALE_AFTER


def boards(
    store: Shelf,
    engine: Engine,
    vocabulary: Vocabulary,
    *,
    language: str = "en",
    currency: str = "USD",
    now: Callable[[], datetime] = host_now,
    stale_after: timedelta = STALE_AFTER,
    decides: bool = False,
    time_zone: str | None = None,
) -> Starlette:
    """Everything under `/`. `vocabulary` is as the tables have it: which weights were learnt is asked of the store with
    each page, since boards outlive a training. `now` is this machine's clock: it tells what is stale; the rest goes by
    the CRMs'. `time_zone`: whose wall instants are shown on until a reader chooses; where the teams work when None.
    Only where `decides` is on can who is who be decided by whoever reaches these pages."""
    answers = Answers(store, engine, vocabulary, now, stale_after, decides)
    pages = Pages(vocabulary, language, currency, time_zone)
    return Starlette(
        routes=[
            *page_routes(answers, pages),
            *deciding_routes(answers, pages),
            *json_routes(answers),
            *probes(answers),
            static_files(),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: pages.not_found, CrmSyncError: pages.failed},
    )


def page_routes(answers: Answers, pages: Pages) -> list[Route]:
    def board(request: Request) -> Response:
        return pages.board(request, answers.board())

    def people(request: Request) -> Response:
        return pages.people(request, answers.people(request.query_params))

    def deals(request: Request) -> Response:
        return pages.deals(request, answers.deals(request.query_params))

    def handoff(request: Request) -> Response:
        return pages.handoff(request, answers.handoff())

    def compliance(request: Request) -> Response:
        return pages.compliance(request, answers.compliance(request.query_params))

    def escalations(request: Request) -> Response:
        return pages.escalations(request, answers.escalations())

    def person(request: Request) -> Response:
        return pages.person(request, answers.person(request.path_params["id"]))

    def review(request: Request) -> Response:
        about = asked_about(request.query_params)
        weights = answers.weights() if about == "person" else None
        return pages.review(request, about, answers.to_review(about), answers.waiting(), weights, answers.decides)

    def held(request: Request) -> Response:
        about = asked_about(request.query_params)
        return pages.held(request, about, answers.held(about))

    def decisions(request: Request) -> Response:
        return pages.decisions(request, answers.decisions(), answers.decides)

    def company(request: Request) -> Response:
        return pages.company(request, answers.company(request.path_params["id"]))

    def find(request: Request) -> Response:
        answer = answers.find(request.query_params.get("q", ""))
        if answer.explanation:
            return RedirectResponse(pages.link(request)(f"/person/{answer.explanation.known.person_id}"), 303)
        return pages.found(request, answer)

    paths = {
        "/": board, "/people": people, "/deals": deals, "/person/{id}": person, "/company/{id}": company, "/find": find,
        "/review": review, "/held": held, "/decisions": decisions, "/handoff": handoff,
        "/compliance": compliance, "/escalations": escalations,
    }  # fmt: skip
    return [Route(path, endpoint, methods=["GET"]) for path, endpoint in paths.items()]


def json_routes(answers: Answers) -> list[Route]:
    def report(request: Request) -> Response:
        name = request.path_params["report"]
        if name not in answers.by_name:
            return JSONResponse({"error": f"No such report; there are {', '.join(answers.by_name)}."}, 404)
        return JSONResponse(answers.by_name[name](request.query_params))

    return [Route("/api/{report}.json", report)]


def probes(answers: Answers) -> list[Route]:
    def alive(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    def ready(request: Request) -> Response:
        answers.probe()
        return PlainTextResponse("ok\n")

    return [Route("/healthz", alive), Route("/readyz", ready)]


def static_files() -> Mount:
    return Mount("/static", StaticFiles(packages=[("crm_sync.dashboards", "static")]), name="static")
