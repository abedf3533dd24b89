"""Owners, and what HubSpot knows of them as users: when they work, where, and when they are away."""

from __future__ import annotations

import json

import pytest

from crm_sync.connectors.hubspot.owners import to_owner
from crm_sync.mappings.vocabulary import load_vocabulary
from crm_sync.records import Owner, Ref

FIELDS = load_vocabulary().fields
CREATED = "2026-04-30T09:00:00.123Z"
WEEK = [
    {"days": "MONDAY_TO_FRIDAY", "startMinute": 540, "endMinute": 840},
    {"days": "MONDAY_TO_FRIDAY", "startMinute": 900, "endMinute": 1080},
    {"days": "SATURDAY", "startMinute": 600, "endMinute": 840},
]
USER = {"hs_standard_time_zone": "America/Mexico_City", "hs_working_hours": json.dumps(WEEK)}


def ref(record_id):
    return Ref("hubspot", "owners", str(record_id))


@pytest.fixture
def add(world):
    """add("owners", "7", ...) puts a record into the CRM."""

    def insert(table, record_id, **values):
        now = world.clock.now_ms()
        world.table("hubspot", table).insert([{"_id": record_id, "_created": now, "_modified": now, **values}])

    return insert


@pytest.fixture
def owners(pull):
    async def read(cursor=None):
        [page] = await pull("owners", cursor)
        return page, {one.ref.id: one for one in page.records}

    return read


def owner(notes=None, **said):
    return to_owner({"id": 7, "updatedAt": CREATED}, FIELDS, {"7": said}, [] if notes is None else notes)


def test_an_owner_keeps_name_team_and_whether_it_is_a_human():
    body = {
        "id": 7, "firstName": "Luis", "lastName": "Gil", "email": "l@x.com", "updatedAt": CREATED, "type": "PERSON",
        "teams": [{"name": "West"}, {"name": "North", "primary": True}],
    }  # fmt: skip
    one = to_owner(body, FIELDS, {}, [])
    assert (one.ref, one.name, one.team, one.human, one.active) == (ref(7), "Luis Gil", "North", True, True)
    assert (one.time_zone, one.working_hours, one.away) == (None, None, ())
    queue = to_owner({"id": "8", "type": "QUEUE", "archived": True}, FIELDS, {}, [])
    assert (queue.name, queue.human, queue.active) == (None, False, False)


def test_hours_are_told_in_our_own_form_and_move_the_version():
    one, other = owner(), owner(**USER, hs_lastmodifieddate="2026-05-02T10:00:00Z")
    assert other.working_hours == "monday-friday 09:00-14:00 15:00-18:00; saturday 10:00-14:00"
    assert (other.time_zone, other.version != one.version) == ("America/Mexico_City", True)
    assert other.modified_at.isoformat() == "2026-05-02T10:00:00+00:00"


@pytest.mark.parametrize(
    ("days", "told"),
    [("EVERY_DAY", "monday-sunday"), ("SATURDAY_SUNDAY", "saturday-sunday"), ("WEDNESDAY", "wednesday")],
)
def test_every_set_of_days_that_hubspot_names_is_known(days, told):
    said = json.dumps([{"days": days, "startMinute": 0, "endMinute": 1440}])
    assert owner(hs_working_hours=said).working_hours == f"{told} 00:00-24:00"


def test_absences_are_two_instants_each():
    said = json.dumps([{"startTimestamp": 1780326000000, "endTimestamp": 1780671600000}])
    assert owner(hs_out_of_office_hours=said).away == ("2026-06-01T15:00:00Z/2026-06-05T15:00:00Z",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hs_working_hours", "nine to five"),
        ("hs_working_hours", "7"),
        ("hs_working_hours", '[{"days": "FUNDAY", "startMinute": 1, "endMinute": 2}]'),
        ("hs_working_hours", '[{"days": "MONDAY", "startMinute": 540}]'),
        ("hs_working_hours", '[{"days": "MONDAY", "startMinute": 0, "endMinute": 2000}]'),
        ("hs_out_of_office_hours", '[{"startTimestamp": 1e30, "endTimestamp": 1}]'),
    ],
)
def test_what_is_not_understood_costs_a_note_and_never_the_owner(name, said):
    notes = []
    one = owner(notes, **{"hs_standard_time_zone": "Europe/Madrid", name: said})
    assert (one.working_hours, one.away, one.time_zone) == (None, (), "Europe/Madrid")
    assert [where for where, what in notes if "is not understood" in what] == [ref(7)]


async def test_owners_come_with_their_users_hours_by_owner_id_or_by_user_id(owners, add):
    for number in (7, 8, 9):
        add("owners", str(number), email=f"o{number}@x.com", userId=str(70 + number))
    add("users", "501", hubspot_owner_id="7", **USER)
    add("users", "502", hs_internal_user_id="78", hs_standard_time_zone="Europe/Madrid")
    page, found = await owners()
    assert {key: one.time_zone for key, one in found.items()} == {
        "7": "America/Mexico_City", "8": "Europe/Madrid", "9": None,
    }  # fmt: skip
    assert found["7"].working_hours.startswith("monday-friday")
    assert (page.fetched, page.horizon is not None) == (3, True)


async def test_users_are_asked_every_hour_and_owners_in_every_sync(hubspot, owners, add, world, later):
    add("owners", "7", email="l@x.com")
    add("users", "501", hubspot_owner_id="7", **USER)
    page, _ = await owners()
    world.table("hubspot", "users").update("501", {"hs_standard_time_zone": "Europe/Madrid"})
    await hubspot.look()
    calls = hubspot.calls
    again, found = await owners(page.cursor)
    assert (hubspot.calls - calls, found, again.fetched, again.cursor) == (1, {}, 1, page.cursor)
    assert again.horizon is not None
    later(minutes=60)
    await hubspot.look()
    _, found = await owners(again.cursor)
    assert found["7"].time_zone == "Europe/Madrid"


async def test_an_owner_who_is_new_or_different_is_told_at_once_with_hours(owners, add, world):
    add("owners", "7", email="l@x.com")
    page, _ = await owners()
    add("owners", "8", email="new@x.com")
    add("users", "502", hubspot_owner_id="8", **USER)
    page, found = await owners(page.cursor)
    assert found["8"].time_zone == "America/Mexico_City"
    world.table("hubspot", "owners").update("7", {"lastName": "Gil"})
    _, found = await owners(page.cursor)
    assert found["7"].name == "Gil"


async def test_more_users_than_a_page_holds_are_all_asked_for(owners, add):
    for number in range(205):
        add("owners", str(1000 + number), email=f"o{number}@x.com")
        add("users", str(5000 + number), hubspot_owner_id=str(1000 + number), **USER)
    _, found = await owners()
    assert {one.time_zone for one in found.values()} == {"America/Mexico_City"}


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_an_account_without_users_has_owners_without_hours_and_a_note(hubspot, owners, add, client, status):
    add("owners", "7", email="l@x.com")
    fault = {"match": "GET /crm/v3/objects/users", "status": status, "body": {"message": "Not for you"}}
    assert (await client.post("/sandbox/faults", json=fault)).status_code == 200
    _, found = await owners()
    assert isinstance(found["7"], Owner)
    assert [said for _, said in hubspot.notes if "are not read" in said and "Not for you" in said]


async def test_a_token_without_the_scope_is_told_by_doctor_and_reads_on(hubspot, owners, add, client):
    add("owners", "7", email="l@x.com")
    await client.post("/sandbox/hubspot/scopes", json={"remove": ["crm.objects.users.read"]})
    problems = (await hubspot.look()).problems
    assert any("lacks the scope crm.objects.users.read: time zones" in one for one in problems)
    _, found = await owners()
    assert list(found) == ["7"]
