"""Times on the wall of whoever reads, with the zone's name; UTC in JSON."""

from __future__ import annotations

import re

from tests.dashboards.conftest import Visit

UTC = re.compile(r">[^<]*\d{4}-\d\d-\d\dT\d\d:\d\d")  # outside of tags


async def test_a_page_names_the_zone_where_the_teams_work(visit: Visit) -> None:
    async with visit() as browser:
        text = (await browser.get("/person/p-1")).text
    assert "Times in America/Mexico_City" in text
    behind = 'datetime="2026-05-04T12:00:00Z" title="2026-05-04 06:00:00 CST (America/Mexico_City)"'
    assert f"<time {behind}>2026-05-04 06:00</time>" in text


async def test_a_reader_chooses_another_zone_and_keeps_it(visit: Visit) -> None:
    async with visit() as browser:
        chosen = (await browser.get("/person/p-1?zone=Europe/Madrid&lang=es")).text
        kept = (await browser.get("/person/p-1")).text
        odd = (await browser.get("/person/p-1?zone=Nowhere/../etc")).text
    assert "2026-05-04 14:00</time>" in chosen
    assert "Horas de Europe/Madrid" in chosen
    assert '<input type="hidden" name="lang" value="es">' in chosen
    for text in (kept, odd):
        assert "Times in Europe/Madrid" in text
        assert "2026-05-04 06:00" not in text


async def test_no_page_tells_an_instant_in_another_zone_than_its_own(visit: Visit) -> None:
    async with visit() as browser:
        for path in (
            "/",
            "/person/p-1",
            "/person/p-2",
            "/handoff",
            "/deals",
            "/escalations",
            "/compliance",
            "/decisions",
        ):
            assert UTC.findall((await browser.get(path)).text) == [], path


async def test_json_tells_instants_in_utc_whatever_a_reader_chose(visit: Visit) -> None:
    async with visit() as browser:
        found = (await browser.get("/api/person.json?q=p-1&zone=Europe/Madrid")).json()
    assert found["person"]["verdict"]["started_at"] == "2026-05-04T12:00:00Z"
