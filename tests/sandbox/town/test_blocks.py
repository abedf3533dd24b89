"""A town in blocks: told by any number of processes it is the same town, and every block is as true as the first."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

import pytest
from tests.sandbox.town.conftest import NOW, empty_world
from tests.sandbox.town.exact_keys import groups
from tests.sandbox.town.reading import Told as Read
from tests.sandbox.town.reading import dumped, seconds

from crm_sync.sandbox.town import Truth, build
from crm_sync.sandbox.town.block import tell_block
from crm_sync.sandbox.town.blocks import SIZE, Block, blocks_of
from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.cast import draw_cast
from crm_sync.sandbox.town.course import Setting
from crm_sync.sandbox.town.crew import told_blocks
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.judge import judge, walk
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.people import ROLE_EVERY, draw_person
from crm_sync.sandbox.town.story import BOTH, HUBSPOT, SALESFORCE, Course, Said
from crm_sync.sandbox.town.tell_hubspot import tell_hubspot
from crm_sync.sandbox.town.tell_salesforce import tell_salesforce
from crm_sync.sandbox.town.telling import write_house
from crm_sync.sandbox.town.told import Told
from crm_sync.sandbox.town.truth import sla_of
from crm_sync.sandbox.town.twins import draw_twins
from crm_sync.sandbox.town.writing import write_told, writing
from crm_sync.sandbox.world import Row, World

AT = int(NOW.timestamp())
HUGE = 1_000_000


@pytest.fixture(scope="module")
def far() -> tuple[World, Told, Truth]:
    """A block in the middle of a town of a million, alone in its world."""
    world, told = empty_world(), tell_block(7, HUGE, AT, blocks_of(HUGE)[200])
    write_told(world, told)
    write_house(world, 7, HUGE, AT, Counter(told.reached))
    truth = Truth(7, AT)
    truth.add(told.answers)
    return world, told, truth


@pytest.mark.parametrize("people", [1, SIZE, SIZE + 1, 10 * SIZE + 70])
def test_everybody_lives_in_one_block_and_every_company_stands_in_one(people: int) -> None:
    blocks = blocks_of(people)
    assert [one for block in blocks for one in range(block.first, block.end)] == list(range(people))
    companies = [one for block in blocks for one in block.companies]
    assert len(set(companies)) == len(companies)
    assert all(block.first % ROLE_EVERY == 0 for block in blocks), "the users of one role mailbox are neighbours"


@pytest.mark.slow
def test_by_however_many_processes_it_is_the_same_town() -> None:
    alone, crowd = empty_world(), empty_world()
    truth = build(alone, SIZE + 200, 5, workers=0)
    again = build(crowd, SIZE + 200, 5, workers=2)
    assert dumped(alone) == dumped(crowd)
    assert written(truth) == written(again)


def test_a_block_far_away_is_as_true_as_the_first(far: tuple[World, Told, Truth]) -> None:
    world, _, truth = far
    read, content = Read(world), truth.as_json()
    for person in content["people"]:
        facts = read.facts(person["records"])
        stages = walk(facts)
        assert sla_of(judge(facts, seconds(content["now"]))) == person["sla"], person
        assert (stages[-1][1] if stages else None) == person["stage"], person
    assert groups(read) == {frozenset(one["records"]) for one in content["people"]}


def test_the_most_crowded_block_has_numbers_to_spare(far: tuple[World, Told, Truth]) -> None:
    _, told, _ = far
    room = blocks_of(HUGE)[1].records
    assert all(len(sheet.rows) * 5 < room for sheet in told.sheets)


def test_a_town_of_a_million_has_five_touches_for_everybody(far: tuple[World, Told, Truth]) -> None:
    """Activities, campaign members and visits; a small town sends no list mail and has about three."""
    world, *_ = far
    activities = ("calls", "emails", "meetings", "notes", "tasks", "communications")
    count = sum(world.table("hubspot", name).count() for name in activities)
    count += sum(world.table("salesforce", name).count() for name in ("Task", "Event", "CampaignMember"))
    count += sum(
        world.table("hubspot", "contacts").count(f"{name} IS NOT NULL")
        for name in ("hs_analytics_first_timestamp", "hs_latest_source_timestamp")
    )
    assert 5 * SIZE <= count <= 6 * SIZE


def test_every_row_and_link_stands_in_the_world_as_it_was_told() -> None:
    """With the list mails, whose rows share most of what they say, and with all that the rows leave empty."""
    block = blocks_of(HUGE)[1]
    block = Block(1, block.first, block.first + 120)
    story, world = draw_story(7, HUGE, AT, block), empty_world()
    write_told(world, tell_block(7, HUGE, AT, block))
    hubspot, salesforce = tell_hubspot(story), tell_salesforce(story)
    for ledger in (hubspot, salesforce):
        for name, row in told_rows(ledger):
            table = world.table(ledger.face, name)
            kept = table.get([row["_id"]])[row["_id"]]
            for field, value in row.items():
                switch = ledger.face == SALESFORCE and field in table.fields and table.fields[field].kind == "boolean"
                assert kept[field] == (0 if switch and value is None else value), (name, field)
    links = "SELECT from_object, from_id, to_object, to_id, type_id FROM association"
    assert sorted(world.db.execute(links)) == sorted(hubspot.links)
    reached = world.table("salesforce", "Task").count("TaskSubtype = 'ListEmail' AND Subject LIKE 'List Email%'")
    assert reached > 120, "eleven mails went to those who were known"


def test_whoever_collects_garbage_goes_on_when_the_town_is_written() -> None:
    for on, much in ((True, True), (True, False), (False, True)):
        (gc.enable if on else gc.disable)()
        try:
            with pytest.raises(LookupError), writing(empty_world(), much=much):
                raise LookupError
            assert gc.isenabled() == on
        finally:
            gc.enable()


def test_much_is_written_without_indexes_and_they_are_all_there_again() -> None:
    world = empty_world()
    before = indexes(world)
    with writing(world, much=True):
        assert not indexes(world)
        write_told(world, tell_block(3, 40, AT, blocks_of(40)[0]))
    assert indexes(world) == before


def test_a_worker_that_fails_is_told_and_nobody_waits_for_it(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="a worker ended with code 1"):
        list(told_blocks(1, 20, 10**15, workers=1))
    assert "Error" in capfd.readouterr().err


def test_the_truth_is_one_json_document_with_a_line_for_everybody() -> None:
    truth = build(empty_world(), 90, 4)
    lines = written(truth).decode().splitlines()
    content = truth.as_json()
    assert len(lines) == 3 + len(content["people"]) + len(content["deals"])
    assert content["totals"]["people"] == len(content["people"]) == 90


def test_a_lead_that_nobody_owns_yet_is_not_typed_in_a_second_time() -> None:
    """Qualified in the last minutes of the story: rare enough that only a large town had one."""
    cast = draw_cast(1, 50, AT, blocks_of(50)[0])
    course = Course(BOTH, AT - 9_000, (Said(AT - 9_000, "mql", HUBSPOT),), lead_at=AT - 8_900)
    for seed in range(100):
        dice = Dice(str(seed))
        twins = draw_twins(Setting(dice, cast.reps, AT, 60), draw_person(dice, 1, cast), course)
        assert all(one.face == HUBSPOT for one in twins)


def told_rows(ledger: Ledger) -> Iterator[tuple[str, Row]]:
    for sheet in ledger.sheets():
        for values in sheet.rows:
            yield sheet.table, dict(zip(sheet.columns, values, strict=True)) | sheet.same


def written(truth: Truth) -> bytes:
    out = BytesIO()
    truth.write(out)
    return out.getvalue()


def indexes(world: World) -> set[tuple[str, str]]:
    return set(world.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
