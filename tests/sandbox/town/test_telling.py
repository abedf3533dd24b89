"""Both CRMs together say what the truth says: read back from the tables, every human gets the same answers."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.sandbox.town.conftest import town
from tests.sandbox.town.exact_keys import groups
from tests.sandbox.town.reading import Told, as_text, dumped, seconds

from crm_sync.sandbox.salesforce.ids import number_of
from crm_sync.sandbox.salesforce.install import FIRST
from crm_sync.sandbox.town.judge import judge, walk
from crm_sync.sandbox.town.truth import Truth, sla_of

Large = tuple[Told, Truth]


def test_verdict_stage_and_owner_read_from_both_crms_are_those_of_the_truth(large: Large) -> None:
    told, truth = large
    content = truth.as_json()
    for person in content["people"]:
        facts = told.facts(person["records"])
        stages, owners = walk(facts), sorted(facts.owners, key=lambda one: one[0])
        assert sla_of(judge(facts, seconds(content["now"]))) == person["sla"], person
        assert (stages[-1][1] if stages else None) == person["stage"], person
        assert (owners[-1][1] if owners else None) == person["owner_email"], person


def test_exact_keys_join_exactly_the_records_of_one_human(large: Large) -> None:
    told, truth = large
    assert groups(told) == {frozenset(one["records"]) for one in truth.as_json()["people"]}


def test_every_verdict_of_the_decision_log_occurs(large: Large) -> None:
    judged = [one["sla"] for one in large[1].as_json()["people"] if one["sla"]]
    states = {"on_track", "at_risk", "met", "met_late", "breached", "pending", "exempt"}
    assert {one["status"] for one in judged} == states
    assert {one["first_attempt"]["state"] for one in judged} == states | {"closed_untouched"}
    assert {one["cadence"]["state"] for one in judged} == states | {"closed_untouched"}
    assert {one["target"] for one in judged} == {"first_attempt", "cadence", "none"}
    assert {one["breach_count"] for one in judged} >= {0, 1, 2}


def test_more_than_a_third_of_the_town_becomes_a_qualified_lead(large: Large) -> None:
    told, truth = large
    people = truth.as_json()["people"]
    qualified = [one for one in people if "mql" in {what for _, what in told.facts(one["records"]).stages}]
    assert 0.33 <= len(qualified) / len(people) <= 0.42


def test_nothing_is_told_that_has_not_happened_yet(large: Large) -> None:
    told, truth = large
    quiet = (seconds(truth.as_json()["now"]) - 2 * 3600) * 1000
    for (_, name), rows in told.rows.items():
        for key, row in rows.items():
            orgs_own = key.startswith("0") and number_of(key) >= FIRST
            assert orgs_own or max(row["_created"], row["_modified"]) <= quiet, (name, key)
    assert told.world.db.execute("SELECT max(at) FROM history").fetchone()[0] <= quiet


def test_dirty_values_and_traps_are_there(large: Large) -> None:
    told = large[0]
    leads, contacts = told.of("salesforce", "Lead").values(), told.of("hubspot", "contacts").values()
    assert any(one["Status"] == "Contacto" for one in leads)
    assert any(one["Email"] and one["Email"] != one["Email"].strip().lower() for one in leads)
    assert {"other", "148201733"} <= {one["lifecyclestage"] for one in contacts}
    assert {one["TaskSubtype"] for one in told.of("salesforce", "Task").values()} == {
        "Call",
        "Email",
        "ListEmail",
        "Task",
    }
    mailboxes = Counter(one["Email"] for one in leads if one["Email"] and one["Email"].startswith(("info@", "ventas@")))
    assert {one["email"] for one in contacts} & set(mailboxes)


@pytest.mark.parametrize(("people", "seed"), [(50, 1), (333, 2)])
def test_the_same_seed_is_the_same_town_to_the_byte(people: int, seed: int) -> None:
    (one, truth), (other, again) = town(people, seed), town(people, seed)
    assert len(truth.as_json()["people"]) == people
    assert dumped(one) == dumped(other)
    assert as_text(truth) == as_text(again)


def test_another_seed_is_another_town() -> None:
    assert as_text(town(50, 1)[1]) != as_text(town(50, 2)[1])


def test_a_town_without_people_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        town(0, 1)


def test_everybody_who_owns_records_has_hours_and_the_company_one_default_week(large: Large) -> None:
    told, _ = large
    users = told.of("hubspot", "users")
    assert {row["hubspot_owner_id"] for row in users.values()} == set(told.of("hubspot", "owners"))
    assert all(row["hs_standard_time_zone"] and "startMinute" in row["hs_working_hours"] for row in users.values())
    assert len({row["hs_working_hours"] for row in users.values()}) == 3
    assert [row["IsDefault"] for row in told.of("salesforce", "BusinessHours").values()] == [1]
    assert {row["IsRecurrence"] for row in told.of("salesforce", "Holiday").values()} == {0, 1}


def test_an_enhanced_note_hangs_on_a_person_and_on_its_author(large: Large) -> None:
    told, _ = large
    notes = told.of("salesforce", "ContentNote")
    links = Counter(
        (row["ContentDocumentId"], row["LinkedEntityId"][:3])
        for row in told.of("salesforce", "ContentDocumentLink").values()
    )
    assert notes
    for note in notes:
        assert links[note, "005"] == 1
        assert links[note, "00Q"] + links[note, "003"] == 1
