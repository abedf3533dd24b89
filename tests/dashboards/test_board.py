"""The first page: everything on it opens to its records, and an empty store says what to do."""

from __future__ import annotations

import re
from html import unescape

from tests.dashboards.conftest import Visit

from crm_sync.store import Store

LINK = re.compile(r'<a href="(/(?:people|deals)[^"]*)">([^<]+)</a>')


async def test_every_count_on_the_board_opens_to_as_many_rows(visit: Visit) -> None:
    async with visit() as browser:
        links = {(unescape(href), text.strip()) for href, text in LINK.findall((await browser.get("/")).text)}
        counts = {(href, int(text)) for href, text in links if text.isdigit()}
        assert len(counts) > 30
        for href, count in counts:
            path, _, query = href.partition("?")
            found = (await browser.get(f"/api{path}.json?{query}")).json()
            assert found["count"] == count, href


async def test_every_count_of_the_handoff_opens_to_as_many_rows(visit: Visit) -> None:
    async with visit() as browser:
        links = LINK.findall((await browser.get("/handoff")).text)
        counts = {(unescape(href), int(text)) for href, text in links if text.strip().isdigit()}
        assert len(counts) >= 4
        for href, count in counts:
            found = (await browser.get("/api/people.json?" + href.partition("?")[2])).json()
            assert found["count"] == count, href


async def test_every_revenue_on_the_board_opens_to_deals_that_sum_to_it(visit: Visit) -> None:
    async with visit() as browser:
        links = LINK.findall((await browser.get("/")).text)
        amounts = {(unescape(href), text) for href, text in links if href.startswith("/deals")}
        assert amounts
        for href, text in amounts:
            deals = (await browser.get("/api/deals.json?" + href.partition("?")[2])).json()["deals"]
            assert round(sum(float(deal["credited"]) for deal in deals), 2) == float(text.replace(",", ""))


async def test_an_empty_store_says_which_command_fills_it(visit: Visit, empty: Store) -> None:
    async with visit(empty) as browser:
        page = await browser.get("/")
    assert page.status_code == 200
    assert "Nothing has been synced yet" in page.text
    assert "crm-sync sync" in page.text
    assert "<table" not in page.text


async def test_old_numbers_carry_a_warning(visit: Visit) -> None:
    async with visit() as fresh, visit(hours=5) as old:
        assert 'class="warn"' not in (await fresh.get("/")).text
        assert "not fresh" in (await old.get("/")).text


async def test_names_from_a_crm_are_text_never_markup(visit: Visit) -> None:
    async with visit() as browser:
        for path in ("/people", "/deals", "/person/p-3", "/find?q=%3Cscript%3E", "/people?stage=%3Cscript%3E"):
            text = (await browser.get(path)).text
            assert "<b>Sol" not in text, path
            assert "<script" not in text, path


async def test_every_table_has_a_caption_and_every_header_a_scope(visit: Visit) -> None:
    async with visit() as browser:
        for path in ("/", "/people", "/deals", "/person/p-1", "/handoff", "/compliance", "/escalations"):
            text = (await browser.get(path)).text
            assert text.count("<table") == text.count("<caption") > 0
            assert not re.findall(r"<th(?![a-z])(?![^>]*scope=)", text), path


async def test_pages_work_without_scripts_and_without_inline_style(visit: Visit) -> None:
    async with visit() as browser:
        for path in (
            "/",
            "/people",
            "/deals",
            "/person/p-1",
            "/handoff",
            "/compliance",
            "/escalations",
            "/nothing-here",
        ):
            text = (await browser.get(path)).text
            assert "<script" not in text
            assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text), path
            assert not re.search(r'(?:src|href)="(?:https?:)?//', text), path


async def test_every_row_of_a_table_is_as_wide_as_its_heads(visit: Visit) -> None:
    async with visit() as browser:
        for path in ("/", "/handoff", "/people", "/deals", "/held", "/compliance?by=rep", "/escalations"):
            tables = re.findall(r"<table.*?</table>", (await browser.get(path)).text, re.DOTALL)
            for rows in (re.findall(r"<tr>.*?</tr>", table, re.DOTALL) for table in tables):
                below = [width(row) for row in rows if 'scope="col' not in row and 'class="none"' not in row]
                widest = max(below, default=width(rows[0]))  # others stand beside a cell of several rows
                assert widest == width(rows[0]), (path, rows[0])


def width(row: str) -> int:
    """Columns, those of cells that span several included."""
    cells = re.findall(r"<t[hd]\b[^>]*>", row)
    return sum(int(found[1]) if (found := re.search(r'colspan="(\d+)"', cell)) else 1 for cell in cells)
