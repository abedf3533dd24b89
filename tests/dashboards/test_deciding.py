"""Pairs side by side, decided by forms of our own pages only, and taken back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.reports.story import NOW, tell

from crm_sync.changes import CompanyLink, Compared, KnownCompany, Plan, Reason, Review
from crm_sync.dashboards import boards
from crm_sync.dashboards.waterfall import waterfall_of
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Company, Ref
from crm_sync.store import Store, open_store
from crm_sync.store.schema import reviews
from crm_sync.store.trainings import Trained

EVIDENCE = [["same e-mail", 3.0], ["another phone", -2.0]]
OURS = {"origin": "http://boards", "host": "boards"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two records of the story may be one person."""
    store = tell(open_store(f"sqlite:///{tmp_path}/story.db"))
    one, other = (str(person.ref) for person in store.snapshot().people[:2])
    with store.database.writing() as connection:
        row = {"position": 0, "one": one, "other": other, "score": 0.5, "evidence": json.dumps(EVIDENCE)}
        connection.execute(reviews.insert().values(row))
    yield store
    store.close()


@pytest.fixture
async def browser(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(store, decides=True) as browser:
        yield browser


def client_of(store: Store, *, decides: bool) -> httpx.AsyncClient:
    app = boards(store, DuckDB(threads=1), load_vocabulary(), now=lambda: NOW, decides=decides)
    transport = httpx.ASGITransport(app=app, client=("10.0.0.7", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://boards")


def form(store: Store, **more: str) -> dict[str, str]:
    (row,) = store.tables("reviews")["reviews"].to_pylist()
    return {"one": row["one"], "other": row["other"], "answer": "apart", "by": "ana", "skip": "0", **more}


@pytest.mark.parametrize(
    ("language", "words", "found"), [("en", "one person: 62 %.", "same e-mail"), ("es", "Dos personas", "mismo correo")]
)
async def test_a_pair_is_shown_side_by_side_with_its_waterfall(
    browser: httpx.AsyncClient, store: Store, language: str, words: str, found: str
) -> None:
    page = (await browser.get("/review", params={"lang": language})).text
    for side in ("one", "other"):
        assert f'name="{side}" value="{form(store)[side]}"' in page
    assert found in page
    assert page.count('class="for"') == page.count('class="against"') == 1
    assert words.strip() in page


async def test_a_decision_is_kept_and_the_pair_asked_no_more(browser: httpx.AsyncClient, store: Store) -> None:
    answer = await browser.post("/review", data=form(store, note="brothers"), headers=OURS)
    assert (answer.status_code, answer.headers["location"].split("&")[0]) == (303, "/review?done=1")
    (made,) = store.decisions()
    assert (made.decision.same, made.decision.by, made.decision.note) == (False, "ana", "brothers")
    page = (await browser.get(answer.headers["location"])).text
    assert "Nothing waits to be looked at." in page
    assert "Decision 1 is kept" in page


async def test_a_decision_is_taken_back(browser: httpx.AsyncClient, store: Store) -> None:
    await browser.post("/review", data=form(store), headers=OURS)
    assert (await browser.post("/decisions", data={"number": "1", "by": "luis"}, headers=OURS)).status_code == 303
    assert store.snapshot().decisions == ()
    assert "taken back by luis" in (await browser.get("/decisions")).text
    assert (await browser.post("/decisions", data={"number": "1"}, headers=OURS)).status_code == 409
    assert (await browser.get("/api/review.json")).json()["pairs"][0]["chance"] == 0.6225


@pytest.mark.parametrize("name", ["José Ñúñez", "Łukasz", "Ольга", "🦊; a=b, c"])
async def test_whatever_alphabet_a_name_is_in_it_stands_in_the_next_form(
    browser: httpx.AsyncClient, store: Store, name: str
) -> None:
    assert (await browser.post("/review", data=form(store, by=name), headers=OURS)).status_code == 303
    (made,) = store.decisions()
    assert made.decision.by == name
    assert f'value="{name}"' in (await browser.get("/decisions")).text


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "2", "x", ""])
async def test_a_number_that_no_decision_has_takes_nothing_back(
    browser: httpx.AsyncClient, store: Store, number: str
) -> None:
    await browser.post("/review", data=form(store), headers=OURS)
    assert (await browser.post("/decisions", data={"number": number}, headers=OURS)).status_code == 409
    assert len(store.snapshot().decisions) == 1


async def test_only_two_records_that_have_been_read_are_decided_upon(browser: httpx.AsyncClient, store: Store) -> None:
    told = form(store)
    for wrong in ({"other": told["one"]}, {"one": "hubspot:contacts:999"}, {"about": "company"}):
        assert (await browser.post("/review", data=told | wrong, headers=OURS)).status_code == 409
    assert store.decisions() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://elsewhere"},
        {"origin": "null"},
        {"origin": "http://boards", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_decides_nothing(
    browser: httpx.AsyncClient, store: Store, headers: dict[str, str]
) -> None:
    assert (await browser.post("/review", data=form(store), headers=headers)).status_code == 403
    assert store.decisions() == []


async def test_on_this_machine_a_foreign_name_decides_nothing(store: Store) -> None:
    app = boards(store, DuckDB(threads=1), load_vocabulary(), now=lambda: NOW, decides=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost:8642") as browser:
        lured = {"origin": "http://evil.example:8642", "host": "evil.example:8642"}
        assert (await browser.post("/review", data=form(store), headers=lured)).status_code == 403
        own = {"origin": "http://localhost:8642"}
        assert (await browser.post("/review", data=form(store), headers=own)).status_code == 303


async def test_where_nothing_may_be_decided_no_form_is_shown_and_none_is_taken(store: Store) -> None:
    async with client_of(store, decides=False) as browser:
        page = (await browser.get("/review")).text
        assert 'method="post"' not in page
        assert "crm-sync dupes review" in page
        assert (await browser.post("/review", data=form(store), headers=OURS)).status_code == 403


@pytest.mark.parametrize(
    ("said", "status"), [({"one": "nonsense"}, 400), ({"note": "x" * 5_000}, 413)], ids=["no record", "too long"]
)
async def test_what_is_no_form_of_ours_is_refused(
    browser: httpx.AsyncClient, store: Store, said: dict[str, str], status: int
) -> None:
    assert (await browser.post("/review", data=form(store, **said), headers=OURS)).status_code == status
    assert store.decisions() == []


@pytest.fixture
def firms(store: Store) -> dict[str, str]:
    """Three records are two companies, and these may be one."""
    records = [
        Company(Ref("hubspot", "companies", str(number)), "1", NOW, NOW, name=name, domain="acme.test")
        for number, name in enumerate(("Acme", "Acme S.A.", "Kalinka"), 1)
    ]
    refs = [record.ref for record in records]
    store.save_page("hubspot", "companies", records, cursor="1")
    same, other = Reason("same domain", 5.0), Reason("another name", -2.0)
    links = [
        CompanyLink(refs[0], "c-1"),
        CompanyLink(refs[1], "c-1", "same company as HubSpot company 1", refs[0], Compared(1.0, (same,))),
        CompanyLink(refs[2], "c-2"),
    ]
    none = dict.fromkeys(("links", "known", "credits", "changes", "unmapped", "set_aside"), ())
    companies = KnownCompany("c-1", tuple(refs[:2]), "Acme", ()), KnownCompany("c-2", (refs[2],), "Kalinka", ())
    doubt = Review(refs[1], refs[2], Compared(0.5, (same, other)))
    plan = Plan(
        NOW, NOW, **none, duplicates=0, companies=companies, company_links=tuple(links), company_reviews=(doubt,)
    )
    store.save_plan(store.start_run("sync", NOW), plan)
    return {"about": "company", "one": str(refs[1]), "other": str(refs[2]), "answer": "same", "by": "ana", "skip": "0"}


@pytest.mark.parametrize(("language", "words"), [("en", "one company: 62 %."), ("es", "Dos empresas")])
async def test_companies_are_shown_side_by_side_with_their_waterfall(
    browser: httpx.AsyncClient, firms: dict[str, str], language: str, words: str
) -> None:
    page = (await browser.get("/review", params={"of": "companies", "lang": language})).text
    assert all(f'name="{side}" value="{firms[side]}"' in page for side in ("one", "other"))
    assert page.count('class="for"') == page.count('class="against"') == 1
    assert words in page
    assert ("Companies (1)" if language == "en" else "Empresas (1)") in page


async def test_a_decision_about_companies_is_kept_and_taken_back(
    browser: httpx.AsyncClient, store: Store, firms: dict[str, str]
) -> None:
    answer = await browser.post("/review", data=firms, headers=OURS)
    assert answer.headers["location"].startswith("/review?of=companies&done=1")
    (made,) = store.snapshot().company_decisions
    assert (made.same, made.about) == (True, "company")
    assert store.snapshot().decisions == ()
    assert "Nothing waits to be looked at." in (await browser.get(answer.headers["location"])).text
    assert "is the same company as" in (await browser.get("/decisions")).text
    assert (await browser.post("/decisions", data={"number": "1"}, headers=OURS)).status_code == 303
    assert store.snapshot().company_decisions == ()
    assert (await browser.get("/api/review.json?of=companies")).json()["pairs"][0]["chance"] == 0.6225


async def test_companies_with_several_records_are_listed_with_reasons(browser: httpx.AsyncClient, store: Store) -> None:
    found = (await browser.get("/api/held.json?of=companies")).json()["companies"]
    page = (await browser.get("/held?of=companies")).text
    assert all(record["ref"] in page for one in found for record in one["records"])
    assert f"{len(found)} companies have more than one record" in page


@pytest.mark.parametrize(
    "path", ["/review", "/held", "/decisions", "/review?of=companies", "/held?of=companies&lang=es"]
)
async def test_an_empty_store_is_told_in_a_sentence(tmp_path: Path, path: str) -> None:
    store = open_store(f"sqlite:///{tmp_path}/empty.db")
    async with client_of(store, decides=True) as browser:
        page = (await browser.get(path)).text
    store.close()
    assert 'class="none"' in page
    assert "<table" not in page


async def test_people_with_several_records_are_listed_with_reasons(browser: httpx.AsyncClient, store: Store) -> None:
    page = (await browser.get("/held")).text
    found = (await browser.get("/api/held.json")).json()["people"]
    assert found
    assert all(record["ref"] in page for one in found for record in one["records"])


async def test_the_board_says_how_many_wait(browser: httpx.AsyncClient) -> None:
    assert "One person or two? (1)" in (await browser.get("/")).text


def test_a_waterfall_ends_where_the_odds_are() -> None:
    found = waterfall_of(Compared(0.5, (Reason("up", 3.0), Reason("down", -2.0))))
    assert (found.before, found.after) == (-0.5, 0.5)
    assert [round(step.level, 6) for step in found.steps] == [2.5, 0.5]
    assert all(0 <= step.left <= step.left + step.width <= 100.7 for step in found.steps)
    assert round(found.zero, 3) == round(100 * 0.5 / 3.0, 3)


TABLES = load_vocabulary().identity.model


def trained(begun_with: str) -> Trained:
    at = datetime(2026, 6, 3, 3, tzinfo=UTC)
    return Trained(0, at, "ana", begun_with, 12_345, 67, {"phone_same": (6.0, 5.0)}, ())


@pytest.mark.parametrize(
    ("made", "english", "spanish", "state"),
    [
        (None, "matched by the weights of the tables.", "se comparan con los pesos de las tablas.", "tables"),
        (
            trained(TABLES.digest),
            "weights that were trained on 2026-06-02 on 12,345 records of this company.",
            "pesos entrenados el 2026-06-02 con 12,345 registros de esta empresa.",
            "trained",
        ),
        (trained("others"), "Train again: crm-sync dupes train", "entrenar de nuevo: crm-sync dupes train", "outdated"),
    ],
)
async def test_the_queue_says_by_which_weights_people_are_matched(
    browser: httpx.AsyncClient, store: Store, made: Trained | None, english: str, spanish: str, state: str
) -> None:
    if made:  # while the boards are open
        store.keep_training(made)
    assert english in (await browser.get("/review", params={"lang": "en"})).text
    assert spanish in (await browser.get("/review", params={"lang": "es"})).text
    assert (await browser.get("/api/review.json")).json()["matching"]["weights"] == state
    assert "weights" not in (await browser.get("/review", params={"of": "companies"})).text, "companies have no such"
