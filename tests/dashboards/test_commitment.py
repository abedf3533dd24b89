"""The board's section on what the quotas ask of marketing, with a quota and without one."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

from tests.dashboards.conftest import SHIPPED, Visit

from crm_sync.mappings import Commitment, Vocabulary

GOAL: dict[str, Any] = {
    "customer": {"average_revenue": 2_500, "lead_to_customer": "0.02"},
    "quotas": [
        {"period": "2026-05", "company": 100_000, "teams": {"North": 50_000}, "reps": {"eva@acme.test": 25_000}}
    ],
    "reps": {"eva@acme.test": {"team": "North"}},
    "segments": [{"name": "<b>mail</b>", "when": {"source": "email"}, "share": "0.2"}],
}


def using(**said: Any) -> Vocabulary:
    table = Commitment.model_validate({**SHIPPED.commitment.model_dump(), **GOAL, **said})
    return replace(SHIPPED, commitment=table)


def rows_of(page: str, id: str) -> list[list[str]]:
    """The cells of every row of a section, as text."""
    section = page.partition(f'id="{id}"')[2].partition("</section>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", section, re.DOTALL)
    return [[as_text(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def as_text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


async def test_every_level_stands_with_its_customers_its_leads_and_what_is_committed(visit: Visit) -> None:
    async with visit(vocabulary=using()) as browser:
        rows = rows_of((await browser.get("/")).text, "commitment")
    for row in (
        ["Company", "100,000.00", "40", "40.00", "2,000", "300", "no"],
        ["North", "50,000.00", "20", "20.00", "1,000", "300", "no"],
        ["eva@acme.test", "25,000.00", "10", "10.00", "500", "300", "no"],
        ["<b>mail</b>", "20,000.00", "8", "8.00", "400"],
        ["Total", "600", "160", "1,600", "2.67", "no", "320", "4", "400.00"],
    ):
        assert row in rows


async def test_without_a_quota_or_a_past_the_page_says_what_is_missing(visit: Visit) -> None:
    async with visit() as browser:
        page = unescape((await browser.get("/")).text)
    assert "No quota stands in commitment.toml yet" in page
    assert "[work] answers: found closed, but 0 leads went on" in page


async def test_a_quota_that_cannot_be_worked_out_leaves_the_rest_of_the_board(visit: Visit) -> None:
    async with visit(vocabulary=using(customer=SHIPPED.commitment.customer.model_dump())) as browser:
        page = unescape((await browser.get("/?lang=es")).text)
    assert "Esto aún no se puede decir: commitment.toml: [customer] average_revenue" in page
    assert "Horas de los vendedores frente a los leads de 2026-05" in page


async def test_the_same_numbers_are_there_as_json(visit: Visit) -> None:
    async with visit(vocabulary=using()) as browser:
        found = (await browser.get("/api/commitment.json")).json()
    assert found["goal"]["company"]["leads"] == {"raw": 2000.0, "whole": 2000}
    assert found["capacity"]["total"]["committed"]["attempts"] == 1600


async def test_what_a_lead_is_worth_comes_with_policies_to_copy(visit: Visit) -> None:
    work = SHIPPED.commitment.work.model_dump() | {"answers": ["0.4", "0.2"], "cost_per_attempt": 12}
    async with visit(vocabulary=using(work=work)) as browser:
        page = unescape((await browser.get("/")).text)
    assert ["other", "2.00 %", "2,500.00", "50.00", "1", "5", "8.00"] in rows_of(page, "commitment")
    assert 'when = { source = ["email"] }' in page


async def test_teams_of_the_table_open_to_their_leads(visit: Visit) -> None:
    async with visit(vocabulary=using()) as browser:
        page = (await browser.get("/")).text
        rows = rows_of(page, "sla")
        assert ["North", "", "2", "1", "1", "300", "0", "1", "1", "behind"] in rows
        found = (await browser.get("/api/people.json?month=2026-05&team=North")).json()
    assert "/people?month=2026-05&amp;team=North" in page
    assert sorted(one["name"] for one in found["people"]) == ["Dora Lang", "Fay Wong"]
