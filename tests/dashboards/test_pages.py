"""Lists, persons, languages, headers, JSON: what stands around the first page."""

from __future__ import annotations

import pytest
from tests.dashboards.conftest import Visit

from crm_sync.dashboards import pages
from crm_sync.errors import Failed
from crm_sync.store import Store


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("", "", "en"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("", "fr,en;q=0.5,es;q=0.7", "es"),
        ("", "de", "en"),
        ("", "es;q=much", "es"),
        ("?lang=es", "en", "es"),
        ("?lang=xx", "en", "en"),
    ],
)
async def test_the_language_is_asked_for_or_preferred_or_set(
    visit: Visit, query: str, accept: str, language: str
) -> None:
    async with visit() as browser:
        page = await browser.get(f"/{query}", headers={"Accept-Language": accept})
    assert f'<html lang="{language}">' in page.text
    assert page.headers["content-language"] == language


async def test_a_chosen_language_stays_on_the_way(visit: Visit) -> None:
    async with visit() as browser:
        text = (await browser.get("/?lang=es")).text
        assert 'href="/people?stage=mql&amp;lang=es"' in text
        assert 'hreflang="en"' in text
        assert 'name="lang" value="es"' in text


async def test_a_person_page_shows_records_of_both_crms_and_the_reasons(visit: Visit) -> None:
    async with visit() as browser:
        text = (await browser.get("/person/p-1")).text
    for expected in ("Ana Ruiz", "00Q1", "HubSpot names this Salesforce lead", "an outbound call", "Organic search"):
        assert expected in text


async def test_search_leads_to_the_one_person_or_lists_several_or_nobody(visit: Visit) -> None:
    async with visit() as browser:
        one = await browser.get("/find?q=person2@example.com&lang=es")
        assert (one.status_code, one.headers["location"]) == (303, "/person/p-2?lang=es")
        several = await browser.get("/find?q=a")
        assert several.status_code == 200
        assert "/person/p-1" in several.text
        nobody = await browser.get("/find?q=zzz")
        assert nobody.status_code == 404
        assert "Nobody answers to “zzz”" in nobody.text


async def test_an_unknown_address_is_a_page_with_a_way_back(visit: Visit) -> None:
    async with visit() as browser:
        for path in ("/nothing-here", "/person/p-99"):
            page = await browser.get(path)
            assert page.status_code == 404
            assert "Back to the board" in page.text


async def test_a_long_list_has_pages(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LEAF", 4)
    async with visit() as browser:
        first, second = (await browser.get("/people")).text, (await browser.get("/people?page=2")).text
        beyond = (await browser.get("/people?page=99")).text
    assert [text.count('href="/person/') for text in (first, second, beyond)] == [4, 2, 2]
    assert "Page 1 of 2" in first
    assert 'rel="prev"' not in first


async def test_every_answer_keeps_foreign_code_out_and_is_not_cached(visit: Visit) -> None:
    async with visit() as browser:
        for path in ("/", "/people", "/api/sla.json", "/nothing-here", "/static/board.css"):
            headers = (await browser.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'self'")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == ("max-age=300" if path.startswith("/static") else "no-store")


async def test_json_serves_every_report(visit: Visit) -> None:
    async with visit() as browser:
        for name in ("funnel", "sla", "sources", "status", "people", "deals", "compliance", "escalations"):
            assert (await browser.get(f"/api/{name}.json")).json()
        person = (await browser.get("/api/person.json?q=p-1")).json()
        assert person["person"]["name"] == "Ana Ruiz"
        unknown = await browser.get("/api/nothing.json")
        assert unknown.status_code == 404
        assert "funnel" in unknown.json()["error"]


async def test_probes_answer(visit: Visit) -> None:
    async with visit() as browser:
        for path in ("/healthz", "/readyz"):
            assert (await browser.get(path)).text == "ok\n"


async def test_a_report_that_fails_is_told_in_one_sentence(
    visit: Visit, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tables(*names: str) -> None:
        raise Failed("store", "tables", "the disk is full")

    monkeypatch.setattr(store, "tables", tables)
    async with visit() as browser:
        page = await browser.get("/")
    assert page.status_code == 503
    assert "the disk is full" in page.text
