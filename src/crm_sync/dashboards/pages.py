"""Results into pages: picks the language, hands the template its words and its formats, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crm_sync.dashboards.answers import KINDS, Board, Held, Pair, Waiting
from crm_sync.dashboards.formats import Formats, filters
from crm_sync.dashboards.reader import ZONE, language_of, zone_of, zones
from crm_sync.dashboards.reasons import reasons_in
from crm_sync.dashboards.telling import whom
from crm_sync.dashboards.trend import trend_of
from crm_sync.dashboards.waterfall import waterfall_of
from crm_sync.dashboards.words import LANGUAGES, Words, load_words
from crm_sync.mappings import Vocabulary
from crm_sync.records import Subject
from crm_sync.reports.companies import CompanyAnswer
from crm_sync.reports.compliance import Compliance
from crm_sync.reports.escalations import Escalations
from crm_sync.reports.handoff import Handoff
from crm_sync.reports.lists import Deals, People
from crm_sync.reports.people import Answer
from crm_sync.reports.who import Made
from crm_sync.store.trainings import InForce

Link = Callable[..., str]
LEAF = 250  # rows on one page of a list
YEAR = 365 * 24 * 3600
WHO = "decides"  # the cookie that remembers who decides


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for."""

    asked: Mapping[str, str]


def of(about: Subject) -> str | None:
    """What `?of=` says for it."""
    return None if about == "person" else KINDS[about]


class Pages:
    """Every page as a function of a request and a result."""

    def __init__(self, vocabulary: Vocabulary, language: str, currency: str, zone: str | None = None) -> None:
        self.vocabulary, self.language, self.currency = vocabulary, language, currency
        self.zone = ZoneInfo(zone) if zone else vocabulary.promise.working_time.zone_now
        words = load_words(vocabulary)
        self.words = {language: Words(words, language) for language in LANGUAGES}
        self.reasons = {language: reasons_in(say, vocabulary) for language, say in self.words.items()}
        self.templates = Environment(
            loader=PackageLoader("crm_sync.dashboards"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters.update({**filters(), "trend": trend_of})

    def board(self, request: Request, board: Board) -> Response:
        return self.page(request, "board.html", board=board)

    def people(self, request: Request, found: People) -> Response:
        return self.page(request, "people.html", found=found, leaf=leaf_of(request, found.people))

    def deals(self, request: Request, found: Deals) -> Response:
        return self.page(request, "deals.html", found=found, leaf=leaf_of(request, found.deals))

    def person(self, request: Request, answer: Answer) -> Response:
        if answer.explanation is None:
            return self.found(request, answer)
        return self.page(request, "person.html", person=answer.explanation)

    def review(
        self, request: Request, about: Subject, pairs: Sequence[Pair], waiting: Waiting, weights: InForce | None,
        decides: bool,
    ) -> Response:  # fmt: skip
        """The likeliest pair that was not put off; `?skip=` is how many were. `weights`: those that people go by."""
        skipped = number_in(request, "skip", 0)
        pair = pairs[min(skipped, len(pairs) - 1)] if pairs else None
        steps = waterfall_of(pair.compared) if pair else None
        who, done = who_decides(request), request.query_params.get("done", "")
        return self.page(
            request, "review.html", about=about, pair=pair, steps=steps, skipped=skipped, waiting=len(pairs),
            queues=waiting, weights=weights, decides=decides, who=who, done=done if done.isdecimal() else "",
        )  # fmt: skip

    def held(self, request: Request, about: Subject, held: Sequence[Held]) -> Response:
        asked = Asked({name: kind for name, kind in (("of", of(about)),) if kind})
        return self.page(request, "held.html", about=about, held=held, leaf=leaf_of(request, held), found=asked)

    def decisions(self, request: Request, made: Sequence[Made], decides: bool) -> Response:
        return self.page(request, "decisions.html", made=made, decides=decides, who=who_decides(request))

    def handoff(self, request: Request, found: Handoff) -> Response:
        return self.page(request, "handoff.html", found=found)

    def compliance(self, request: Request, found: Compliance) -> Response:
        return self.page(request, "compliance.html", found=found)

    def escalations(self, request: Request, found: Escalations) -> Response:
        return self.page(
            request, "escalations.html", escalated=found, leaf=leaf_of(request, found.due), found=Asked({}), whom=whom
        )

    def company(self, request: Request, answer: CompanyAnswer) -> Response:
        if answer.company is None:
            return self.page(request, "message.html", 404, title="no_page", text="")
        return self.page(request, "company.html", answer=answer)

    def found(self, request: Request, answer: Answer) -> Response:
        return self.page(request, "found.html", 200 if answer.matches else 404, answer=answer)

    async def not_found(self, request: Request, problem: Exception) -> Response:
        return self.page(request, "message.html", getattr(problem, "status_code", 404), title="no_page", text="")

    async def failed(self, request: Request, problem: Exception) -> Response:
        return self.page(request, "message.html", 503, title="no_answer", text=str(problem))

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        language = language_of(request, self.language)
        formats = Formats(zone_of(request, self.zone))
        around = {
            "say": self.words[language],
            "reasons": self.reasons[language],
            "language": language,
            "others": self.others(request, language),
            "link": self.link(request),
            "currency": self.currency,
            "of": of,
            "formats": formats,
            "zone": formats.zone.key,
            "zones": self.zones_at_hand,
            "query": [(key, value) for key, value in request.query_params.multi_items() if key != ZONE],
            "vocabulary": self.vocabulary,
        }
        text = self.templates.get_template(template).render(**around, **values)
        answer = HTMLResponse(text, status, headers={"Content-Language": language, "Vary": "Accept-Language, Cookie"})
        if request.query_params.get(ZONE) in zones():
            answer.set_cookie(ZONE, formats.zone.key, max_age=YEAR, httponly=True, samesite="lax")
        return answer

    @property
    def zones_at_hand(self) -> list[str]:
        """Where the teams work; any other zone can be typed."""
        teams = {one.zone_now.key for one in self.vocabulary.promise.calendars.values()}
        return sorted({self.zone.key, "UTC", *teams})

    def link(self, request: Request) -> Link:
        """Makes links inside the boards that keep a language which was asked for."""
        chosen = request.query_params.get("lang")

        def link(path: str, **query: str | None) -> str:
            kept = {key: value for key, value in query.items() if value is not None}
            if chosen in LANGUAGES:
                kept["lang"] = chosen
            return f"{path}?{urlencode(kept)}" if kept else path

        return link

    def others(self, request: Request, language: str) -> dict[str, str]:
        """This page in the other languages."""
        query = dict(request.query_params)
        return {
            other: f"{request.url.path}?{urlencode(query | {'lang': other})}"
            for other in LANGUAGES
            if other != language
        }


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a long list; `before` and `after` are the neighbours' numbers."""

    rows: Sequence[Any]
    number: int
    of: int

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.of else None


def leaf_of(request: Request, rows: Sequence[Any]) -> Leaf:
    """The page that `?page=` asks for, or the nearest one that there is."""
    last = max(1, -(-len(rows) // LEAF))
    number = min(max(1, number_in(request, "page", 1)), last)
    return Leaf(rows[(number - 1) * LEAF : number * LEAF], number, last)


def who_decides(request: Request) -> str:
    """As this browser's last form had it; cookies hold letters of English alone."""
    return unquote(request.cookies.get(WHO, ""))


def number_in(request: Request, name: str, otherwise: int) -> int:
    wanted = request.query_params.get(name, "")
    return int(wanted) if wanted.isdecimal() and len(wanted) < 10 else otherwise
