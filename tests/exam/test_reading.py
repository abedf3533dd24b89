"""What is read: everything, once, and whatever happens to it afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_sync.connectors.base import Window
from tests.exam.examinee import KINDS
from tests.exam.sitting import Sitting


async def populate(sitting: Sitting, people: int = 45) -> dict[str, list[str]]:
    """More than two pages of people, and a few of the rest."""
    counts = {"person": people, "deal": 5, "touch": 8}
    return {kind: [await sitting.one.create(kind, number) for number in range(counts[kind])] for kind in KINDS}


@pytest.mark.promise("everything")
async def test_the_first_read_brings_everything_and_the_next_one_nothing(sitting: Sitting) -> None:
    await populate(sitting)
    assert await sitting.read() >= 58
    assert sitting.differences() == []
    sitting.one.wait(40)
    assert await sitting.read() == 0


@pytest.mark.promise("changes")
async def test_changes_deletions_and_restored_records_are_followed(sitting: Sitting) -> None:
    ids = await populate(sitting)
    await sitting.read()
    for kind in KINDS:
        sitting.one.wait(1)
        await sitting.one.edit(kind, ids[kind][0], "Edited")
        await sitting.one.delete(kind, ids[kind][1])
        await sitting.one.create(kind, 900)
    await sitting.settle()
    assert sitting.differences() == []
    for kind in KINDS:
        await sitting.one.restore(kind, ids[kind][1])
    await sitting.settle()
    assert sitting.differences() == []
    assert sitting.stored()["person"][ids["person"][0]][1] == "Edited"


@pytest.mark.promise("merges")
async def test_a_merged_person_leaves_no_ghost(sitting: Sitting) -> None:
    ids = (await populate(sitting))["person"]
    await sitting.read()
    sitting.one.wait(1)
    await sitting.one.merge(ids[0], ids[1])
    await sitting.settle()
    assert sitting.differences() == []
    assert ids[1] not in sitting.stored()["person"]


@pytest.mark.promise("late stamps")
async def test_a_change_whose_stamp_comes_late_is_not_missed(sitting: Sitting) -> None:
    ids = await populate(sitting)
    await sitting.read()
    sitting.one.wait(5)
    await sitting.read()
    for kind in KINDS:
        await sitting.one.edit_late(kind, ids[kind][2], "Stamped before the last read")
    sitting.one.wait(1)
    await sitting.read()
    assert sitting.differences() == []


@pytest.mark.slow
@pytest.mark.promise("ties")
async def test_more_than_ten_thousand_equal_stamps_come_once_each(sitting: Sitting) -> None:
    """A bulk update at the month's end gives one stamp to more records than any search pages through."""
    sitting.one.wait(60)
    await sitting.read()
    sitting.one.wait(60)
    ids = sitting.one.fill("touch", 10_500)
    assert await sitting.read() == 10_500
    assert sitting.differences() == []
    assert sitting.stored()["touch"].keys() == set(ids)


@pytest.mark.promise("interruption")
async def test_every_page_is_a_safe_place_to_stop(sitting: Sitting) -> None:
    """Stopped after each page in turn, by another process each time: everything comes, nothing is read twice."""
    await populate(sitting, people=70)
    kind, crm, rows = sitting.one.objects["person"], sitting.one.crm, 0
    for _ in range(50):
        pages = sitting.one.connector.pull(kind, sitting.store.progress(crm, kind).cursor)
        page = await anext(pages)
        await pages.aclose()
        with sitting.store.lease("exam", sitting.one.connector.now()):
            sitting.store.save_page(crm, kind, page.records, cursor=page.cursor, gone=page.gone)
        rows += page.fetched
        if page.horizon is not None:
            break
    assert page.horizon is not None
    assert rows == 70
    await sitting.read()
    assert sitting.differences() == []


@pytest.mark.promise("horizon")
async def test_the_horizon_is_the_crms_time_when_the_read_began(sitting: Sitting) -> None:
    await populate(sitting)
    await sitting.read()
    known = sitting.store.progress(sitting.one.crm, sitting.one.objects["person"]).horizon
    assert known is not None
    assert abs(known - sitting.one.connector.now()) < timedelta(seconds=5)


@pytest.mark.promise("windows")
async def test_a_window_is_read_again_without_moving_the_horizon(sitting: Sitting) -> None:
    await populate(sitting)
    since = sitting.one.connector.now() - timedelta(days=1000)
    await sitting.read(Window(since, sitting.one.connector.now() + timedelta(days=1)))
    assert sitting.differences() == []
    known = sitting.store.progress(sitting.one.crm, sitting.one.objects["person"])
    assert (known.horizon, known.cursor) == (None, None)
