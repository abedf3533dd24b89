"""The town lives on: the same days from the same seed, each event at its own time, and nobody's work undone."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from tests.sandbox.town.conftest import NOW
from tests.sandbox.town.exact_keys import groups
from tests.sandbox.town.living import Living, changed_later, living
from tests.sandbox.town.reading import Told, seconds

from crm_sync.sandbox.salesforce.changes import bus
from crm_sync.sandbox.town.blocks import blocks_of
from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.calendar import worked
from crm_sync.sandbox.town.judge import judge, walk
from crm_sync.sandbox.town.life.cut import cut
from crm_sync.sandbox.town.life.going_on import gone_on
from crm_sync.sandbox.town.life.newcomers import dawn_of
from crm_sync.sandbox.town.tell_hubspot import tell_hubspot
from crm_sync.sandbox.town.tell_salesforce import tell_salesforce
from crm_sync.sandbox.town.truth import sla_of

START = int(NOW.timestamp())


@pytest.fixture(scope="module")
def later() -> Living:
    """Nine days after the first evening, at night."""
    town = living(people=600)
    town.leap(days=9, hours=5)
    return town


def test_one_leap_and_many_small_steps_end_in_the_same_records() -> None:
    leap, steps = living(), living()
    leap.leap(days=6)
    for _ in range(6 * 24 * 4):
        steps.leap(minutes=15)
    assert steps.everything() == leap.everything()


def test_a_story_with_a_future_is_the_same_story_on_the_first_evening() -> None:
    story = draw_story(7, 1_000, START, blocks_of(1_000)[0])
    later = gone_on(story, dawn_of(START, 0))
    assert later != story
    for tell in (tell_hubspot, tell_salesforce):
        told, again = tell(story), tell(cut(later, START))
        assert (again.sheets(), again.changes, again.links) == (told.sheets(), told.changes, told.links)


def test_nothing_happens_on_the_first_evening() -> None:
    town = living()
    before = town.everything()
    town.leap(hours=5, minutes=59)
    assert town.everything() == before


@pytest.mark.parametrize(("people", "seed"), [(300, 7), pytest.param(700, 23, marks=pytest.mark.slow)])
def test_both_crms_say_what_the_truth_says_on_every_day(people: int, seed: int) -> None:
    town = living(people, seed)
    town.leap(hours=5)
    for _ in range(6):
        town.leap(days=5)
        told, truth = Told(town.world), town.life.truth().as_json()
        assert groups(told) == {frozenset(one["records"]) for one in truth["people"]}
        for person in truth["people"]:
            facts = told.facts(person["records"])
            stages, owners = walk(facts), sorted(facts.owners, key=lambda one: one[0])
            assert sla_of(judge(facts, seconds(truth["now"]))) == person["sla"], person
            assert (stages[-1][1] if stages else None) == person["stage"], person
            assert (owners[-1][1] if owners else None) == person["owner_email"], person


def test_people_come_at_all_hours_to_both_crms_and_in_proportion_to_the_town(later: Living) -> None:
    born = [row["_created"] // 1000 for row in later.rows("hubspot", "contacts").values()]
    born += [row["_created"] // 1000 for row in later.rows("salesforce", "Lead").values()]
    new = [at for at in born if at > START]
    at_work = [at for at in new if worked(at, at + 1)]
    assert 25 <= later.life.truth().as_json()["totals"]["people"] - 600 <= 65
    assert len(new) / 4 < len(at_work) < len(new)
    assert len({datetime.fromtimestamp(at, UTC).date() for at in new}) >= 8


def test_reps_call_write_meet_move_stages_and_win_deals(later: Living) -> None:
    for face, name in (
        ("hubspot", "calls"), ("hubspot", "emails"), ("hubspot", "meetings"), ("hubspot", "deals"),
        ("salesforce", "Task"), ("salesforce", "LeadHistory"), ("salesforce", "Opportunity"), ("salesforce", "Contact"),
    ):  # fmt: skip
        assert any(row["_created"] > START * 1000 for row in later.rows(face, name).values()), name
    steps = [row for row in later.rows("salesforce", "OpportunityHistory").values() if row["_created"] > START * 1000]
    assert {"Closed Won", "Qualification"} <= {row["StageName"] for row in steps}
    asked = "SELECT DISTINCT field FROM history WHERE at > ? AND object = 'contacts'"
    fields = {field for (field,) in later.world.db.execute(asked, [START * 1000])}
    assert {"lifecyclestage", "hubspot_owner_id", "hs_lead_status"} <= fields


def test_every_stamp_is_that_of_its_event_and_not_of_the_leap(later: Living) -> None:
    stamps = [
        row["_modified"]
        for (face, name), table in later.world.tables.items()
        if face == "hubspot" or name in ("Lead", "Task", "Opportunity")
        for row in table.select("_modified > ?", [START * 1000])
    ]
    assert max(stamps) <= later.now_ms
    old = set(living(people=600).rows("hubspot", "companies"))
    assert all(
        row["_created"] > START * 1000 for key, row in later.rows("hubspot", "companies").items() if key not in old
    )
    assert max(Counter(one // 3_600_000 for one in stamps).values()) < len(stamps) / 10
    for key, row in later.rows("hubspot", "contacts").items():
        held = later.world.history("hubspot", "contacts", key, "lifecyclestage")
        assert not held or held[0].value == row["lifecyclestage"]
        assert not held or held[0].at <= row["_modified"]


def test_activities_of_a_lead_go_to_the_contact_that_it_becomes() -> None:
    town = living()
    leads = {key for key, row in town.rows("salesforce", "Lead").items() if not row["IsConverted"]}
    town.leap(days=20)
    converted = {key for key, row in town.rows("salesforce", "Lead").items() if row["IsConverted"]} & leads
    contacts = {town.rows("salesforce", "Lead")[key]["ConvertedContactId"] for key in converted}
    whom = {row["WhoId"] for row in town.rows("salesforce", "Task").values()}
    assert len(converted) > 3
    assert contacts <= set(town.rows("salesforce", "Contact"))
    assert not converted & whom
    assert contacts & whom


def test_the_clock_set_back_undoes_nothing_and_repeats_nothing() -> None:
    town = living()
    town.leap(days=4)
    after = town.everything()
    town.leap(days=-3)
    town.leap(days=2, hours=23)
    assert town.everything() == after


def test_a_town_that_stood_still_makes_up_for_it_when_it_is_switched_on_again() -> None:
    awake, still = living(), living()
    before = still.everything()
    still.life.switch(False)
    awake.leap(days=4)
    still.leap(days=4)
    assert still.everything() == before
    assert len(still.life.truth().as_json()["people"]) == 300
    still.life.switch(True)
    assert still.everything() == awake.everything()


async def test_what_a_client_has_changed_stays_and_the_rest_of_the_record_lives_on() -> None:
    moved = changed_later(days=6)
    contact_id = next(key for key, fields in moved.items() if {"lifecyclestage", "hs_lead_status"} <= set(fields))
    town = living()
    async with town.client() as client:
        said = {"properties": {"hs_lead_status": "ATTEMPTED_TO_CONTACT", "jobtitle": "Fundadora"}}
        (await client.patch(f"/crm/v3/objects/contacts/{contact_id}", json=said)).raise_for_status()
        (await client.post("/sandbox/clock", json={"advance": "6d"})).raise_for_status()
    row = town.rows("hubspot", "contacts")[contact_id]
    assert (row["hs_lead_status"], row["jobtitle"]) == ("ATTEMPTED_TO_CONTACT", "Fundadora")
    assert row["lifecyclestage"] == moved[contact_id]["lifecyclestage"]
    held = town.world.history("hubspot", "contacts", contact_id, "hs_lead_status")
    assert held[0].value == "ATTEMPTED_TO_CONTACT"


async def test_nothing_more_happens_to_a_record_that_a_client_has_deleted() -> None:
    undisturbed, town = living(), living()
    undisturbed.leap(days=6)
    contact_id, calls = max(new_calls(undisturbed).items(), key=lambda one: len(one[1]))
    async with town.client() as client:
        (await client.delete(f"/crm/v3/objects/contacts/{contact_id}")).raise_for_status()
    gone = town.rows("hubspot", "contacts")[contact_id]
    town.leap(days=6)
    assert town.rows("hubspot", "contacts")[contact_id] == gone
    assert set(undisturbed.rows("hubspot", "calls")) - set(town.rows("hubspot", "calls")) == calls


def test_a_lead_that_somebody_else_has_converted_is_not_converted_again() -> None:
    town = living()
    leads = {key for key, row in town.rows("salesforce", "Lead").items() if not row["IsConverted"]}
    town.leap(days=20)
    lead, row = next((k, r) for k, r in town.rows("salesforce", "Lead").items() if k in leads and r["IsConverted"])
    again = living()
    again.world.table("salesforce", "Lead").update(lead, {"IsConverted": 1, "Status": "Closed - Converted"})
    again.leap(days=20)
    assert again.rows("salesforce", "Lead")[lead]["ConvertedContactId"] is None
    assert row["ConvertedContactId"] in town.rows("salesforce", "Contact")
    assert row["ConvertedContactId"] not in again.rows("salesforce", "Contact")


async def test_records_that_a_client_makes_and_those_who_come_get_out_of_each_others_way() -> None:
    undisturbed, town = living(), living()
    undisturbed.leap(days=6)
    made: set[str] = set()
    async with town.client() as client:
        for _ in range(72):
            said = {"properties": {"hs_timestamp": "2026-06-01T00:00:00Z", "hs_call_title": "by a client"}}
            made.add((await client.post("/crm/v3/objects/calls", json=said)).raise_for_status().json()["id"])
            (await client.post("/sandbox/clock", json={"advance": "2h"})).raise_for_status()
    calls = town.rows("hubspot", "calls")
    assert {key for key, row in calls.items() if row["hs_call_title"] == "by a client"} == made
    assert {key: row for key, row in calls.items() if key not in made} == undisturbed.rows("hubspot", "calls")


def new_calls(town: Living) -> dict[str, set[str]]:
    """The calls since the first evening, by the contact that was called."""
    found: dict[str, set[str]] = defaultdict(set)
    asked = "SELECT to_id, from_id FROM association WHERE from_object = 'calls' AND to_object = 'contacts'"
    for contact_id, call_id in town.world.db.execute(asked):
        if town.rows("hubspot", "calls")[call_id]["_created"] > START * 1000:
            found[contact_id].add(call_id)
    return found


async def test_those_who_look_see_what_is_due_without_asking_for_it() -> None:
    town = living()
    async with town.client() as client:
        town.world.clock.advance(timedelta(days=4))
        asked = {"limit": 1, "sorts": [{"propertyName": "createdate", "direction": "DESCENDING"}]}
        newest = (await client.post("/crm/v3/objects/contacts/search", json=asked)).json()["results"][0]
        told = (await client.get("/sandbox/")).json()["life"]
    assert newest["createdAt"] > "2026-06-02"
    assert told["events"] > 0
    assert told["last"][-1]["at"] < "2026-06-03T02:00:00Z" < told["next_at"]


async def test_webhooks_and_change_events_tell_it_with_the_time_at_which_it_happened() -> None:
    town, heard = living(), []
    town.world.notes["hubspot_listeners"] = [heard.append]
    town.leap(days=4)
    born = {one.object_id: one.occurred_at for one in heard if one.kind == "contact.creation"}
    contacts = town.rows("hubspot", "contacts")
    assert born == {key: row["_created"] for key, row in contacts.items() if row["_created"] > START * 1000}
    stages = [one for one in heard if one.more.get("propertyName") == "lifecyclestage"]
    assert {one.more["propertyValue"] for one in stages} >= {"lead", "marketingqualifiedlead", "salesqualifiedlead"}
    assert any(one.kind == "contact.associationChange" for one in heard)
    made = {one.record_id: one.at_ms for one in bus(town.world).changes if (one.kind, one.object) == ("CREATE", "Lead")}
    leads = town.rows("salesforce", "Lead")
    assert made == {key: row["_created"] for key, row in leads.items() if row["_created"] > START * 1000}
    assert any(one.kind == "UPDATE" and "Status" in one.values for one in bus(town.world).changes)


async def test_a_lagging_index_finds_the_living_late() -> None:
    town = living()
    town.world.notes["hubspot_index_lag_ms"] = 60_000
    async with town.client() as client:
        at = _first_change(town)
        asked = {"filterGroups": [{"filters": [
            {"propertyName": "lastmodifieddate", "operator": "GT", "value": str(START * 1000)}
        ]}]}  # fmt: skip
        found = [(await client.post("/crm/v3/objects/contacts/search", json=asked)).json()["total"]]
        town.world.clock.set(datetime.fromtimestamp(at, UTC) + timedelta(seconds=61))
        found.append((await client.post("/crm/v3/objects/contacts/search", json=asked)).json()["total"])
    assert found == [0, 1]


def _first_change(town: Living) -> int:
    """Lives until a second after the first change of a contact; the instant of the change."""
    while not any("contacts" in key for one in town.life.told()["last"] for key in (*one["new"], *one["changed"])):
        town.world.clock.set(datetime.fromisoformat(town.life.told()["next_at"]))
        town.life.catch_up()
    at = int(town.world.clock.now().timestamp())
    town.leap(seconds=1)
    return at
