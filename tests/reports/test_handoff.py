"""The handoff: what leads brought, who was lost, how long they were on their way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.reports.handing import EVA, LUIS, NOW, QUEUE, call, contact, form, june, lead, status, told, touch, visit

from crm_sync.changes import Receipt
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.records import Assignment, Owner, Record, Ref
from crm_sync.reports.handoff import Handoff, handed_tables, handoff
from crm_sync.reports.lists import people
from crm_sync.reports.misses import Gap
from crm_sync.reports.relations import rows
from crm_sync.store import Store

Tell = Callable[..., Handoff]


@pytest.fixture
def tell(fresh: Store, engine: DuckDB, vocabulary: Vocabulary) -> Tell:
    def tell(*records: Iterable[Record], **how: Any) -> Handoff:
        told(fresh, engine, vocabulary, *records, **how)
        return handoff(fresh, engine, vocabulary, NOW)

    return tell


def names(found: Handoff) -> list[str]:
    return [one.person.split()[0] for one in found.black_hole.leads]


def test_a_lead_is_complete_with_source_campaign_content_and_history(tell: Tell) -> None:
    found = tell(
        lead(1, "Ana", june(8), campaign="Spring"), [visit(1, june(2)), form(1, june(3))],
        lead(2, "Bruno", june(8)), [visit(2, june(2))],
        lead(3, "Carla", june(8)),
    ).completeness  # fmt: skip
    assert (found.leads, found.complete, found.share) == (3, 1, None)
    assert [(one.person.split()[0], one.score, one.missing) for one in found.incomplete] == [
        ("Carla", 0, ("source", "campaign", "content", "history")),
        ("Bruno", 25, ("campaign", "content", "history")),
    ]
    assert found.missing == {"source": 1, "campaign": 2, "content": 2, "history": 2}
    assert found.score == pytest.approx((100 + 25 + 0) / 3)
    assert found.incomplete[0].refs == ("hubspot:contacts:3",)


def test_of_two_contents_in_one_instant_the_last_one_is_the_same_in_whatever_order_they_are_read(
    fresh: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    twins = [replace(touch(1, "conversion", f"f{n}", june(3)), subject=f"Form {n}") for n in range(5)]
    told(fresh, engine, vocabulary, lead(1, "Ana", june(8)), twins)
    tables = handed_tables(fresh, engine, vocabulary, NOW)
    touches = tables["touches"]
    for order in (range(5), reversed(range(5)), (2, 4, 0, 1, 3)):
        tables["touches"] = touches.take(list(order))
        [row] = rows(engine, "handoff", "leads", tables)
        assert (row["last_content"], row["content_at"], row["history"]) == ("Form 4", june(3), True)


def test_what_the_person_did_after_the_handoff_was_not_brought(tell: Tell) -> None:
    found = tell(lead(1, "Ana", june(8), campaign="Spring"), [visit(1, june(2)), form(1, june(9))]).completeness
    assert found.incomplete[0].missing == ("content", "history")


def test_who_came_by_a_source_without_campaigns_needs_none(tell: Tell) -> None:
    found = tell(lead(1, "Ana", june(8)), [visit(1, june(2), "ORGANIC_SEARCH"), form(1, june(3))]).completeness
    assert found.complete == 1


def test_leads_of_before_the_window_do_not_count(tell: Tell, vocabulary: Vocabulary) -> None:
    long_ago = june(1).replace(year=2025)
    found = tell(lead(1, "Ana", long_ago, created_at=long_ago))
    assert found.days == vocabulary.handoff.days
    assert found.completeness.leads == 0
    assert names(found) == ["Ana"]  # but nobody has heard of her since


def test_who_was_handed_off_and_never_heard_of_again_is_in_the_black_hole(tell: Tell) -> None:
    """Handed off on Monday; on Friday afternoon more than three business days are over."""
    found = tell(lead(1, "Ana", june(8)), lead(2, "Bruno", june(10))).black_hole
    assert [(one.person.split()[0], one.days, one.rep_name) for one in found.leads] == [("Ana", 4, "Luis Mora")]
    assert (found.after, found.open, found.judged_until) == ("3bd", 2, NOW)


SIGNS = {
    "an attempt": [call(1, june(9))],
    "an attempt of a colleague": [call(1, june(9), EVA)],
    "a note": [touch(1, "notes", "n1", june(9), LUIS)],
    "another status": [status(1, june(9), "ATTEMPTED_TO_CONTACT")],
    "another stage": [status(1, june(9), "salesqualifiedlead", "lifecyclestage")],
}


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_of_life_takes_a_lead_out_of_the_black_hole(tell: Tell, sign: str) -> None:
    assert names(tell(lead(1, "Ana", june(8)), SIGNS[sign])) == []


def test_a_reason_or_an_opt_out_is_a_sign_too(tell: Tell) -> None:
    found = tell(lead(1, "Ana", june(8), close_reason="no budget"), lead(2, "Bruno", june(8), opted_out=True))
    assert names(found) == []


NO_SIGNS = {
    "what the person does": [form(1, june(9)), visit(1, june(9))],
    "a robot's touch": [touch(1, "notes", "n1", june(9), QUEUE)],
    "a word that comes by itself": [status(1, june(8, 17), "NEW")],
    "the word of the handoff itself, later": [status(1, june(8, 17), "marketingqualifiedlead", "other")],
    "a touch of before": [touch(1, "notes", "n1", june(5), EVA)],
}


@pytest.mark.parametrize("sign", NO_SIGNS)
def test_what_is_no_answer_of_sales_leaves_it_there(tell: Tell, sign: str) -> None:
    assert names(tell(lead(1, "Ana", june(8)), NO_SIGNS[sign])) == ["Ana"]


def test_a_lead_that_nobody_owns_is_lost_as_well(tell: Tell) -> None:
    (lost,) = tell(lead(1, "Ana", june(8), owner=None)).black_hole.leads
    assert (lost.rep, lost.rep_name) == (None, None)


def test_silence_proves_nothing_before_everything_was_read(tell: Tell) -> None:
    found = tell(lead(1, "Ana", june(8)), horizon=None).black_hole
    assert (found.judged_until, found.leads, found.open) == (None, (), 1)


def test_the_way_of_a_lead_is_measured_step_by_step(tell: Tell) -> None:
    """Five leads had an owner 1, 2, 3, 4 and 5 hours after they were qualified; one has none yet."""
    owned = [
        (*lead(number, f"Ana{number}", june(8, 10), created_at=june(7)),
         Assignment(contact(number), "1", june(8, 10 + number), LUIS.ref, QUEUE.ref))
        for number in range(1, 6)
    ]  # fmt: skip
    found = tell(*owned, lead(6, "Bruno", june(8, 10), owner=QUEUE), [call(1, june(8, 20))])
    steps = {one.step: one for one in found.steps}
    assert (steps["owner"].leads, steps["owner"].waiting) == (5, 1)
    assert (steps["owner"].half, steps["owner"].most) == (3.0, 4.8)
    assert (steps["record"].half, steps["record"].most) == (0.0, 0.0)
    assert (steps["contact"].leads, steps["contact"].half) == (1, None)  # one says nothing about all
    assert [one.person.split()[0] for one in found.slowest][:2] == ["Ana5", "Ana4"]
    assert found.slowest[-1].contact == 10.0


def test_our_properties_count_from_the_event_to_the_answer_of_the_crm(
    fresh: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Five leads are qualified at 22:00 and planned at 23:00; the CRM confirms 90 s after the run began."""
    first = told(fresh, engine, vocabulary, lead(9, "Before", june(8)))
    assert {one.step: one for one in handoff(first, engine, vocabulary, NOW).steps}["properties"].waiting == 0
    told(fresh, engine, vocabulary, *(lead(number, f"Ana{number}", NOW) for number in range(1, 6)))
    waiting = {one.step: one for one in handoff(fresh, engine, vocabulary, NOW).steps}["properties"]
    assert (waiting.leads, waiting.waiting, waiting.half) == (0, 5, None)
    answered = NOW.replace(minute=1, second=30)
    writes = fresh.pending("hubspot", 100, NOW)
    fresh.settle([Receipt(one.key, "written") for one in writes], answered)
    written = {one.step: one for one in handoff(fresh, engine, vocabulary, NOW).steps}["properties"]
    assert (written.leads, written.waiting) == (5, 0)
    assert (written.half, written.most) == (0.03, 0.03)


def test_every_number_opens_to_its_people(fresh: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    told(
        fresh, engine, vocabulary,
        lead(1, "Ana", june(8), campaign="Spring"), [visit(1, june(2)), form(1, june(3)), call(1, june(8, 17))],
        lead(2, "Bruno", june(8)), [visit(2, june(2))],
        lead(3, "Carla", june(11)),
    )  # fmt: skip

    def behind(mark: str) -> set[str]:
        found = people(fresh, engine, vocabulary, {"mark": mark}, NOW)
        return {one.name.split()[0] for one in found.people}

    assert behind("handed") == {"Ana", "Bruno", "Carla"}
    assert behind("complete") == {"Ana"}
    assert behind("incomplete") == behind("no_campaign") == {"Bruno", "Carla"}
    assert behind("no_source") == {"Carla"}
    assert behind("black_hole") == {"Bruno"}
    assert behind("anything else") == set()


def test_who_is_owned_by_another_team_than_the_stages_is_an_exception(
    fresh: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Ana is for sales and marketing has her; Bruno is where he belongs; Carla's owner is of a team nobody knows."""
    finance = replace(LUIS, ref=LUIS.ref._replace(id="3"), email="fay@acme.test", name="Fay Wong", team="Finance")
    told(
        fresh, engine, vocabulary, [finance],
        lead(1, "Ana", june(8), owner=EVA), lead(2, "Bruno", june(8)), lead(3, "Carla", june(8), owner=finance),
        lead(4, "Dora", june(8), owner=None),
    )  # fmt: skip
    found = handoff(fresh, engine, vocabulary, NOW).teams
    assert [(one.stage, one.team, one.owned, one.strays) for one in found.stages] == [("mql", "sales", 2, 1)]
    (stray,) = found.strays
    assert (stray.person, stray.stage_team, stray.team, stray.rep_name) == (
        "Ana Ruiz1",
        "sales",
        "marketing",
        "Eva Stone",
    )
    assert stray.refs == ("hubspot:contacts:1",)
    assert found.unknown == {"Finance": 1}
    listed = people(fresh, engine, vocabulary, {"mark": "stray", "stage": "mql"}, NOW).people
    assert [one.name for one in listed] == ["Ana Ruiz1"]


def test_a_rep_whose_team_one_crm_does_not_name_has_the_others(
    fresh: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    twin = Owner(Ref("salesforce", "User", "005"), "1", NOW, name="Eva Stone", email="EVA@acme.test")
    told(fresh, engine, vocabulary, [twin], lead(1, "Ana", june(8), owner=twin))
    assert [one.team for one in handoff(fresh, engine, vocabulary, NOW).teams.strays] == ["marketing"]


def test_every_miss_has_the_first_cause_that_holds(fresh: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    """Ana waited a day for an owner, who then was in time for the first attempt; Bruno was sent back as unfit after the
    due; Carla has no address; Dora was just forgotten, and Emil is answered in time."""
    told(
        fresh, engine, vocabulary,
        lead(1, "Ana", june(10)), [Assignment(contact(1), "1", june(11), LUIS.ref, QUEUE.ref), call(1, june(11, 17))],
        lead(2, "Bruno", june(10), close_reason="No fit"), [status(2, june(12), "UNQUALIFIED")],
        lead(3, "Carla", june(10), email=None),
        lead(4, "Dora", june(10)),
        lead(5, "Emil", june(10)), [call(5, june(10, 17))],
    )  # fmt: skip
    found = handoff(fresh, engine, vocabulary, NOW).misses
    causes = {one.cause: (one.missed, [some.person.split()[0] for some in one.examples]) for one in found.causes}
    assert causes == {
        "system_delay": (1, ["Ana"]),
        "quality": (3, ["Bruno", "Carla"]),  # Bruno's first attempt and cadence, Carla's first attempt
        "volume": (0, []),
        "follow_up": (1, ["Dora"]),
    }
    assert (found.missed, found.leads) == (5, 4)
    assert {one.cause: one.targets for one in found.causes}["system_delay"] == {"assignment": 1}
    for one in found.causes:
        listed = people(fresh, engine, vocabulary, {"mark": one.cause}, NOW).people
        assert {some.name.split()[0] for some in listed} == {some.person.split()[0] for some in one.examples}


def test_a_reason_that_says_nothing_about_the_lead_excuses_nobody(tell: Tell) -> None:
    found = tell(lead(1, "Ana", june(10), close_reason="no_answer"), [status(1, june(12), "UNQUALIFIED")]).misses
    assert [one.cause for one in found.causes if one.missed] == ["follow_up"]


def test_more_leads_in_seven_days_than_a_rep_can_work_are_volume(tell: Tell, vocabulary: Vocabulary) -> None:
    """The first ones, up to what can be worked, are follow-up still; who came after them is too many."""
    many = vocabulary.handoff.leads_in_a_week
    start = june(8)
    found = tell(*(lead(one, f"Ana{one}", start + timedelta(minutes=one)) for one in range(1, many + 3))).misses
    assert {one.cause: one.missed for one in found.causes if one.missed} == {"volume": 2, "follow_up": many}


def test_marketing_misses_by_leads_not_delivered_and_by_leads_sent_back() -> None:
    gap = Gap("2026-06", expected=10, delivered=7, rejected=2)
    assert (gap.volume, gap.quality) == (3, 2)
    beyond = Gap("2026-06", expected=10, delivered=11, rejected=3)
    assert (beyond.volume, beyond.quality) == (0, 2)
    assert (Gap("2026-06", 10, 15, 3).volume, Gap("2026-06", 10, 15, 3).quality) == (0, 0)
