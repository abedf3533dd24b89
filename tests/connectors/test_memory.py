"""The connector in memory keeps the promises of base.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_sync.changes import Write
from crm_sync.connectors.base import Window
from crm_sync.connectors.memory import START, Memory
from crm_sync.records import Person, Ref, StageChange


def person(number, **more):
    return Person(Ref("memory", "contacts", str(number)), "1", START, START + timedelta(days=number), **more)


async def pages(crm, cursor=None, window=None):
    return [page async for page in crm.pull("contacts", cursor, window)]


@pytest.fixture
def crm():
    return Memory("memory", *(person(number) for number in range(1, 6)), page=2)


async def test_the_first_read_brings_everything_and_the_second_nothing(crm):
    first = await pages(crm)
    assert [len(page.records) for page in first] == [2, 2, 1]
    assert [page.horizon for page in first] == [None, None, crm.now()]
    assert [page.records for page in await pages(crm, first[-1].cursor)] == [()]


async def test_every_cursor_is_safe_to_stop_at(crm):
    first, *_ = await pages(crm)
    rest = [record.ref.id for page in await pages(crm, first.cursor) for record in page.records]
    assert rest == ["3", "4", "5"]


async def test_what_changed_and_what_is_gone_comes_next_time(crm):
    cursor = (await pages(crm))[-1].cursor
    crm.put(person(2, email="b@example.com"), StageChange(Ref("memory", "contacts", "2"), "s/1", START, "lead"))
    crm.remove(Ref("memory", "contacts", "3"))
    [page] = await pages(crm, cursor)
    assert {type(record) for record in page.records} == {Person, StageChange}
    assert page.gone == (Ref("memory", "contacts", "3"),)


async def test_a_window_brings_what_was_modified_inside_and_no_horizon(crm):
    [page] = await pages(crm, window=Window(START + timedelta(days=2), START + timedelta(days=4)))
    assert ([record.ref.id for record in page.records], page.horizon) == (["2", "3"], None)


async def test_a_write_changes_the_record_and_clears_with_none(crm):
    ref = Ref("memory", "contacts", "1")
    await crm.push([Write("k1", ref, {"stage": "mql", "campaign": "x"})])
    [receipt] = await crm.push([Write("k2", ref, {"campaign": None})])
    assert receipt.outcome == "written"
    assert crm.person(ref).ours == {"stage": "mql"}


async def test_rows_that_cannot_be_written_are_refused_with_their_reason(crm):
    crm.put(person(9, writable=False))
    writes = [Write("a", Ref("memory", "contacts", "77"), {}), Write("b", Ref("memory", "contacts", "9"), {})]
    assert [(one.outcome, one.reason) for one in await crm.push(writes)] == [
        ("refused", "missing"), ("refused", "permission"),
    ]  # fmt: skip


async def test_it_needs_no_schema_and_no_login(crm):
    assert (await crm.look()).crm == "memory"
    assert await crm.plan_schema() == await crm.apply_schema() == []
    assert crm.objects == ("contacts",)
    await crm.close()
