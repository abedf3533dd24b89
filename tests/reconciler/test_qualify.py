"""Which criteria a lead met: as of its qualifying event, in the version of that day."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.reconciler.made import at, contact, visit

from crm_sync.changes import Known
from crm_sync.engine.base import Engine
from crm_sync.mappings import Criteria, Vocabulary
from crm_sync.mappings.policies import promise_of
from crm_sync.mappings.vocabulary import SHIPPED
from crm_sync.reconciler import make_plan
from crm_sync.records import Campaign, Person, Ref, Snapshot, StageChange, Touch

NOW = at("2026-05-30 02:00")
ANA = contact(1, email="ana@acme.mx", title="Marketing Director", stage=("marketingqualifiedlead",))
EVENT = "2026-05-04 15:00"
PERSONA = {"name": "marketing", "when": {"title": "marketing"}, "label": {"en": "Marketing", "es": "Marketing"}}


def judged(
    vocabulary: Vocabulary, engine: Engine, *touches: Touch, person: Person = ANA, events: tuple[str, ...] = (EVENT,)
) -> Known:
    words = ("marketingqualifiedlead", "UNQUALIFIED")
    stages = tuple(StageChange(person.ref, str(n), at(when), words[n % 2]) for n, when in enumerate(events))
    snapshot = Snapshot(people=(person,), touches=touches, stage_changes=stages)
    [known] = make_plan(snapshot, vocabulary, engine, NOW, NOW, profile=vocabulary.fields.profile(False)).known
    return known


def test_a_lead_keeps_the_version_the_rules_that_held_and_those_that_did_not(
    vocabulary: Vocabulary, engine: Engine
) -> None:
    visits = (visit(ANA.ref, f"2026-05-0{day} 10:00", "ORGANIC_SEARCH") for day in (1, 2, 3))
    [found] = judged(vocabulary, engine, *visits).qualifications
    assert (found.version, found.at, found.started_at) == ("2026-1", at(EVENT), None)
    assert (found.rules, found.missed) == (
        ("came_back", "decides"), ("asked", "answered_a_campaign", "has_a_company"),
    )  # fmt: skip
    assert (found.points, found.needed, found.band, found.met) == (15, 10, "B", True)


@pytest.mark.parametrize(
    ("when", "counts"),
    [
        (EVENT, True),
        ("2026-05-04 15:00:01", False),  # after the event: it was not known then
        ("2026-04-04 15:00", True),  # thirty days before, to the second
        ("2026-04-04 14:59:59", False),
    ],
)
def test_what_was_done_counts_up_to_the_event_and_not_longer_ago_than_said(
    vocabulary: Vocabulary, engine: Engine, when: str, counts: bool
) -> None:
    made = [{"name": "seen", "points": 10, "did": ["visit"], "within": "30d", "label": {"en": "Seen", "es": "Visto"}}]
    table = using(vocabulary, {"version": "v", "qualifies_at": 10, "rules": made})
    [found] = judged(table, engine, visit(ANA.ref, when, "EMAIL_MARKETING")).qualifications
    assert found.met is counts


def using(vocabulary: Vocabulary, *versions: dict[str, Any], **more: Any) -> Vocabulary:
    return replace(vocabulary, criteria=Criteria.model_validate({"criteria": versions, **more}))


def rule(name: str, points: int, **said: Any) -> dict[str, Any]:
    return {"name": name, "points": points, "label": {"en": name, "es": name}, **said}


def test_a_lead_that_a_crm_calls_qualified_without_the_points_is_told_of(
    vocabulary: Vocabulary, engine: Engine
) -> None:
    [found] = judged(vocabulary, engine, person=replace(ANA, title=None)).qualifications
    assert (found.points, found.band, found.met) == (0, None, False)


def test_each_event_goes_by_the_version_of_its_own_day_on_the_wall_of_the_house(
    vocabulary: Vocabulary, engine: Engine
) -> None:
    """The second event is on May 10th at 23:00 in Mexico City, an hour before the new version."""
    rules = [rule("decides", 10, when={"title": ["director"]})]
    table = using(
        vocabulary,
        {"version": "old", "qualifies_at": 10, "rules": rules},
        {"version": "new", "from": "2026-05-11", "qualifies_at": 20, "rules": rules},
    )
    events = ("2026-05-04 15:00", "2026-05-06 15:00", "2026-05-11 05:00", "2026-05-13 15:00", "2026-05-18 15:00")
    found = judged(table, engine, events=events).qualifications
    assert [(one.version, one.met) for one in found] == [("old", True), ("old", True), ("new", False)]


@pytest.mark.parametrize(
    ("when", "counts"),
    [
        ({"title": ["director"]}, True),
        ({"title": "direct"}, False),  # whole words
        ({"email": "acme.mx"}, True),
        ({"email": ["mx"]}, False),
        ({"company": "*"}, False),
        ({"source": ["unknown"], "title": "marketing"}, True),
        ({"source": ["email"], "title": "marketing"}, False),  # all conditions
        ({"country": ["mexico", "mx"]}, False),
    ],
)
def test_facts_are_looked_at_one_by_one(
    vocabulary: Vocabulary, engine: Engine, when: dict[str, Any], counts: bool
) -> None:
    table = using(vocabulary, {"version": "v", "qualifies_at": 1, "rules": [rule("fits", 1, when=when)]})
    [found] = judged(table, engine).qualifications
    assert found.met is counts


def test_the_source_is_the_one_of_the_time(vocabulary: Vocabulary, engine: Engine) -> None:
    rules = [rule("mail", 1, when={"last_source": "email"}), rule("search", 1, when={"source": "organic_search"})]
    table = using(vocabulary, {"version": "v", "qualifies_at": 1, "rules": rules})
    visits = [
        visit(ANA.ref, "2026-05-01 10:00", "ORGANIC_SEARCH"), visit(ANA.ref, "2026-05-20 10:00", "EMAIL_MARKETING"),
    ]  # fmt: skip
    [found] = judged(table, engine, *visits).qualifications
    assert (found.rules, found.missed) == (("search",), ("mail",))


@pytest.mark.parametrize(
    ("score", "when", "counts"),
    [
        ("50", ">= 50", True),
        ("49.9", ">= 50", False),
        ("50", "> 50", False),
        ("-3", ["< 0", "> 90"], True),
        ("50", ["< 0", "> 90"], False),
        ("7.0", "=7", True),
        ("7", "*", True),
        (None, "*", False),
        (None, "< 50", False),
    ],
)
def test_the_crms_own_score_is_compared(
    vocabulary: Vocabulary, engine: Engine, score: str | None, when: str | list[str], counts: bool
) -> None:
    table = using(vocabulary, {"version": "v", "qualifies_at": 1, "rules": [rule("hot", 1, when={"crm_score": when})]})
    [found] = judged(table, engine, person=replace(ANA, score=Decimal(score) if score else None)).qualifications
    assert found.met is counts


def test_the_crms_own_persona_is_looked_at(vocabulary: Vocabulary, engine: Engine) -> None:
    rules = [rule("head", 1, when={"crm_persona": ["Persona_2"]})]
    table = using(vocabulary, {"version": "v", "qualifies_at": 1, "rules": rules})
    found = [judged(table, engine, person=replace(ANA, persona=one)).qualifications[0] for one in ("persona_2", None)]
    assert [one.met for one in found] == [True, False]


def test_the_campaign_is_the_one_that_was_answered_up_to_the_event(vocabulary: Vocabulary, engine: Engine) -> None:
    """Ana answered the webinar before she was qualified, and the fair when it was done."""
    rules = [rule("webinar", 1, when={"campaign": "webinar"}), rule("fair", 1, when={"campaign": "fair"})]
    table = using(vocabulary, {"version": "v", "qualifies_at": 1, "rules": rules})
    campaigns = tuple(
        Campaign(Ref("salesforce", "Campaign", name), "1", at("2026-01-01"), at("2026-01-01"), name=name.title())
        for name in ("webinar", "fair")
    )
    answers = tuple(
        Touch(Ref("salesforce", "CampaignMember", str(day)), "1", *[at(f"2026-05-{day} 10:00")] * 3, people=(ANA.ref,),
              campaign=one.ref, facts={"HasResponded": "true"})
        for day, one in zip(("02", "20"), campaigns, strict=True)
    )  # fmt: skip
    stages = (StageChange(ANA.ref, "1", at(EVENT), "marketingqualifiedlead"),)
    snapshot = Snapshot(people=(ANA,), touches=answers, stage_changes=stages, campaigns=campaigns)
    [known] = make_plan(snapshot, table, engine, NOW, NOW, profile=vocabulary.fields.profile(False)).known
    assert known.qualifications[0].rules == ("webinar",)
    assert known.campaign == "Fair"


def test_points_may_be_taken_away_and_a_persona_is_told(vocabulary: Vocabulary, engine: Engine) -> None:
    rules = [rule("decides", 10, when={"title": "director"}), rule("ours", -10, when={"email": ["acme.mx"]})]
    table = using(vocabulary, {"version": "v", "qualifies_at": 1, "rules": rules}, personas=[PERSONA])
    [found] = judged(table, engine).qualifications
    assert (found.points, found.rules, found.persona) == (0, ("decides", "ours"), "marketing")


def test_who_never_was_a_qualified_lead_has_none(vocabulary: Vocabulary, engine: Engine) -> None:
    assert judged(vocabulary, engine, person=replace(ANA, stage=("lead",)), events=()).qualifications == ()


def test_a_policy_may_ask_for_the_band_and_the_persona(vocabulary: Vocabulary, engine: Engine) -> None:
    texts = {
        name: (SHIPPED / name).read_text(encoding="utf-8") for name in ("sla.toml", "calendars.toml", "holidays.toml")
    }
    policy = '[[policies]]\nname = "best"\nwhen = { score_band = "B", persona = "marketing" }\n'
    policy += 'targets = { first_attempt = "1bh" }\n'
    texts["sla.toml"] = texts["sla.toml"].replace("[[policies]]", f"{policy}[[policies]]", 1)
    criteria = Criteria.model_validate({**vocabulary.criteria.model_dump(by_alias=True), "personas": [PERSONA]})
    asking = replace(vocabulary, promise=promise_of(texts), criteria=criteria)
    visits = [visit(ANA.ref, f"2026-05-0{day} 10:00", "ORGANIC_SEARCH") for day in (1, 2, 3)]
    policies = [judged(asking, engine, *some).verdict for some in (visits, [])]
    assert [one and one.policy for one in policies] == ["best", "standard"]
