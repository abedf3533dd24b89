"""Reading HubSpot over the wire: everything first, then what changed, what is gone, and a window of the past."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.connectors.base import Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import BY_NAME
from crm_sync.connectors.hubspot.questions import PAGE, Answered, Place
from crm_sync.connectors.hubspot.search import changed, step
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed, NeedsLogin
from crm_sync.records import Company, Deal, Person, Ref, StageChange, Touch
from crm_sync.sandbox.hubspot import account


def ids(pages, of=Person):
    return [record.ref.id for page in pages for record in page.records if isinstance(record, of)]


def ref(kind, record_id):
    return Ref("hubspot", kind, record_id)


def just_before(horizon, hour):
    """A read begins when its first call goes out, which is before the CRM answers it."""
    return timedelta(0) <= datetime(2026, 5, 30, hour, tzinfo=UTC) - horizon < timedelta(seconds=5)


async def test_the_first_read_brings_everybody_page_by_page(hubspot, pull, make):
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(120)]
    pages = await pull("contacts")
    assert [page.fetched for page in pages] == [50, 50, 20]
    assert ids(pages) == made
    assert [page.horizon is None for page in pages] == [True, True, False]
    assert just_before(pages[-1].horizon, hour=2)


async def test_an_interrupted_first_read_goes_on_where_it_stopped_with_the_horizon_of_its_beginning(pull, make, later):
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(120)]
    first, *_ = await pull("contacts")
    later(hours=3)
    rest = await pull("contacts", first.cursor)
    assert ids([first, *rest]) == made
    assert just_before(rest[-1].horizon, hour=2)


async def test_only_what_changed_comes_after_that(pull, make, client, later):
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(5)]
    later(hours=1)
    cursor = (await pull("contacts"))[-1].cursor
    later(hours=1)
    await client.patch(f"/crm/v3/objects/contacts/{made[2]}", json={"properties": {"firstname": "Ana"}})
    new = await make("contacts", email="new@example.com")
    pages = await pull("contacts", cursor)
    assert sorted(ids(pages)) == sorted([made[2], new])
    assert just_before(pages[-1].horizon, hour=4)
    later(hours=1)
    again = await pull("contacts", pages[-1].cursor)
    assert sorted(ids(again)) == sorted([made[2], new]), "the last ten minutes are read twice"
    assert ids(await pull("contacts", again[-1].cursor)) == []


async def test_a_change_that_search_finds_late_is_still_read(pull, make, client, later, world):
    cursor = (await pull("contacts"))[-1].cursor
    world.notes["hubspot_index_lag_ms"] = 60_000
    late = await make("contacts", email="late@example.com")
    missed = await pull("contacts", cursor)
    later(minutes=2)
    assert ids(await pull("contacts", missed[-1].cursor)) == [late]


async def test_archived_records_are_gone(pull, make, client, later):
    for name, title in (("contacts", "firstname"), ("companies", "name"), ("deals", "dealname")):
        one, other = await make(name, **{title: "A"}), await make(name, **{title: "B"})
        cursor = (await pull(name))[-1].cursor
        later(hours=1)
        await client.delete(f"/crm/v3/objects/{name}/{one}")
        pages = await pull(name, cursor)
        assert [gone for page in pages for gone in page.gone] == [ref(name, one)]
        later(hours=1)
        pages = await pull(name, pages[-1].cursor)
        assert [gone for page in await pull(name, pages[-1].cursor) for gone in page.gone] == []
        assert other


@pytest.mark.parametrize("name", ["calls", "emails", "meetings", "communications"])
async def test_an_activity_that_was_logged_by_mistake_and_deleted_is_gone(name, pull, make, client, later):
    more = {
        "communications": {"hs_communication_channel_type": "SMS", "hs_communication_logged_from": "CRM"},
        "emails": {"hs_email_direction": "EMAIL"},
    }
    one = await make(name, hs_timestamp="2026-05-29T10:00:00Z", **more.get(name, {}))
    cursor = (await pull(name))[-1].cursor
    later(hours=1)
    assert (await client.delete(f"/crm/v3/objects/{name}/{one}")).status_code == 204
    assert [gone for page in await pull(name, cursor) for gone in page.gone] == [ref(name, one)]


async def test_who_was_merged_away_is_gone_and_named_by_the_survivor(pull, make, world):
    winner, loser = await make("contacts", email="a@b.com"), await make("contacts", email="c@d.com")
    contacts, now = world.table("hubspot", "contacts"), world.clock.now_ms()
    contacts.update(loser, {"_archived_at": now})
    contacts.update(winner, {"hs_merged_object_ids": loser, "hs_calculated_merged_vids": f"{loser}:{now}"})
    [page] = await pull("contacts")
    [person] = [one for one in page.records if isinstance(one, Person)]
    assert (person.ref, person.same_as) == (ref("contacts", winner), (ref("contacts", loser),))
    assert page.gone == (ref("contacts", loser),)


@pytest.mark.promise("merges")
@pytest.mark.parametrize(("name", "title"), [("deals", "dealname"), ("companies", "name")])
async def test_what_was_merged_into_another_is_gone_so_that_its_money_counts_once(name, title, pull, make, world):
    winner, loser = await make(name, **{title: "Big"}), await make(name, **{title: "Big, twice"})
    table = world.table("hubspot", name)
    table.update(loser, {"_archived_at": world.clock.now_ms()})
    table.update(winner, {"hs_merged_object_ids": loser})
    [page] = await pull(name)
    assert page.gone == (ref(name, loser),)


async def test_activities_know_their_people_in_a_list_and_after_a_change(pull, make, link, client, later):
    ana, beto = await make("contacts", email="a@b.com"), await make("contacts", email="c@d.com")
    call = await make("calls", hs_timestamp="2026-05-29T10:00:00Z", hs_call_direction="OUTBOUND", hs_call_title="Hi")
    await link("calls", call, "contacts", ana)
    [page] = await pull("calls")
    assert page.records[0].people == (ref("contacts", ana),)
    assert (page.records[0].subject, page.records[0].facts["hs_call_direction"]) == ("Hi", "OUTBOUND")
    later(hours=1)
    await link("calls", call, "contacts", beto)
    await client.patch(f"/crm/v3/objects/calls/{call}", json={"properties": {"hs_call_title": "Again"}})
    [page] = await pull("calls", page.cursor)
    assert [touch.people for touch in page.records] == [(ref("contacts", ana), ref("contacts", beto))]


@pytest.mark.promise("links")
async def test_more_links_than_a_list_shows_are_asked_for(pull, make, world):
    note = await make("notes", hs_timestamp="2026-05-29T10:00:00Z")
    people = [str(1000 + at) for at in range(620)]
    now = world.clock.now_ms()
    world.table("hubspot", "contacts").insert({"_id": one, "_created": now, "_modified": now} for one in people)
    world.associate([("notes", note, "contacts", one, 202, "HUBSPOT_DEFINED") for one in people])
    [page] = await pull("notes")
    assert [one.id for one in page.records[0].people] == people


async def test_a_deal_comes_with_its_people_its_company_and_its_stages(pull, make, link, client, later):
    person, company = await make("contacts", email="a@b.com"), await make("companies", name="Aceros")
    deal = await make("deals", dealname="Big", dealstage="qualifiedtobuy", pipeline="default", amount="1234.50")
    await link("deals", deal, "contacts", person)
    await link("deals", deal, "companies", company)
    later(hours=1)
    closing = {"dealstage": "closedwon", "closedate": "2026-05-30T03:00:00Z"}
    await client.patch(f"/crm/v3/objects/deals/{deal}", json={"properties": closing})
    [page] = await pull("deals")
    found = next(one for one in page.records if isinstance(one, Deal))
    assert (found.state, str(found.amount), found.closed_at) == ("won", "1234.50", datetime(2026, 5, 30, 3, tzinfo=UTC))
    assert (found.people, found.company) == ((ref("contacts", person),), ref("companies", company))
    assert [(one.value, one.was) for one in page.records if isinstance(one, StageChange)] == [
        ("qualifiedtobuy", None), ("closedwon", "qualifiedtobuy"),
    ]  # fmt: skip
    later(hours=1)
    await client.patch(f"/crm/v3/objects/deals/{deal}", json={"properties": {"dealname": "Bigger"}})
    [page] = await pull("deals", page.cursor)
    again = next(one for one in page.records if isinstance(one, Deal))
    assert (again.name, again.people, again.company) == ("Bigger", found.people, found.company)


async def test_companies_and_owners_are_read_whole(pull, make, world):
    await make("companies", name="Aceros del Norte", domain="aceros.mx", industry="MINING_METALS", country="Mexico")
    now = world.clock.now_ms()
    world.table("hubspot", "owners").insert(
        [{"_id": "7", "_created": now, "_modified": now, "email": "l@x.com", "firstName": "Luis", "lastName": "Gil"}]
    )
    [page] = await pull("companies")
    company = page.records[0]
    assert isinstance(company, Company)
    assert (company.name, company.domain, company.country) == ("Aceros del Norte", "aceros.mx", "Mexico")
    pages = await pull("owners")
    assert [(one.name, one.email, one.human, one.active) for page in pages for one in page.records] == [
        ("Luis Gil", "l@x.com", True, True)
    ]
    assert pages[-1].horizon is not None


async def test_a_window_brings_what_was_modified_inside_it_and_can_be_interrupted(pull, make, world, later):
    start = world.clock.now()
    made = []
    for at in range(6):
        made.append(await make("contacts", email=f"p{at}@example.com"))
        later(hours=1)
    window = Window(start + timedelta(hours=1), start + timedelta(hours=4))
    pages = await pull("contacts", window=window)
    assert ids(pages) == made[1:4]
    assert [page.horizon for page in pages] == [None]
    assert ids(await pull("contacts", pages[-1].cursor, window)) == []
    other = Window(start, start + timedelta(hours=1))
    assert ids(await pull("contacts", pages[-1].cursor, other)) == made[:1]


async def test_an_object_that_is_none_is_a_clear_failure(pull):
    with pytest.raises(Failed, match="no such object; known: owners, companies"):
        await pull("tickets")


async def test_properties_that_the_account_lacks_are_not_asked_for(hubspot, pull, make, world):
    world.table("hubspot", "contacts").drop_field("disqualification_reason")
    await make("contacts", email="a@b.com")
    assert ids(await pull("contacts"))
    problems = (await hubspot.look()).problems
    assert any("contacts has no property disqualification_reason, asked for in fields.toml" in one for one in problems)
    assert any("[people.close_reason]" in one for one in problems)


async def test_what_people_change_in_the_account_is_seen_by_the_next_run(hubspot, pull, make, world):
    """A service lives for weeks, and people edit properties and pipelines meanwhile."""
    await hubspot.look()
    await make("contacts", email="a@b.com", disqualification_reason="spam")
    deal = await make("deals", dealname="Big", dealstage="closedwon", pipeline="default")
    world.table("hubspot", "deals").update(deal, {"amount": "about 5k"})
    assert [one.state for page in await pull("deals") for one in page.records if isinstance(one, Deal)] == ["won"]
    assert [(where.id, said) for where, said in hubspot.notes] == [(deal, "amount is not a number: 'about 5k'")]
    account(world).stages("deals")["closedwon"]["metadata"]["probability"] = "0.9"
    account(world).stages("deals")["closedwon"]["metadata"]["isClosed"] = "false"
    world.table("hubspot", "contacts").drop_field("disqualification_reason")
    assert any("no property disqualification_reason" in one for one in (await hubspot.look()).problems)
    assert hubspot.notes == [], "notes are of one run"
    assert [one.state for page in await pull("deals") for one in page.records if isinstance(one, Deal)] == ["open"]


async def test_looking_names_the_account_and_the_scopes_that_are_missing(hubspot, client):
    account = await hubspot.look()
    assert (account.name, account.time_zone, account.problems) == ("portal 47112233", "America/Mexico_City", ())
    assert account.now.date().isoformat() == "2026-05-30"
    await client.post("/sandbox/hubspot/scopes", json={"remove": ["crm.objects.deals.read"]})
    problems = (await hubspot.look()).problems
    assert any("lacks the scope crm.objects.deals.read, needed for reading deals" in one for one in problems)
    with pytest.raises(NeedsLogin, match=r"crm\.objects\.deals\.read"):
        [page async for page in hubspot.pull("deals", None)]


# The walk by stamp


@pytest.fixture
def http(transport, token):
    return Http("hubspot", "http://sandbox", headers=lambda: {"Authorization": f"Bearer {token}"}, transport=transport)


async def walked(http, kind="calls", start=1, before=None):
    found = [one async for one in changed(http, Limiter(10**6, 1.0), BY_NAME[kind], Place(start), before)]
    return [record for one in found for record in one.ids]


async def test_ten_thousand_equal_stamps_end_with_each_id_once(http, world):
    now = world.clock.now_ms()
    rows = [{"_id": str(at), "_created": now, "_modified": now} for at in range(1, 10_501)]
    rows += [{"_id": str(20_000 + at), "_created": now, "_modified": now + at} for at in range(1, 301)]
    world.table("hubspot", "calls").insert(rows)
    found = await walked(http)
    assert len(found) == len(set(found)) == 10_800


@pytest.mark.promise("ties")
async def test_bulk_updates_of_a_hundred_come_once_each(http, world):
    now = world.clock.now_ms()
    rows = [{"_id": str(at), "_created": now, "_modified": now + (at // 100)} for at in range(1, 1001)]
    world.table("hubspot", "calls").insert(rows)
    assert sorted(map(int, await walked(http, start=now))) == list(range(1, 1001))


async def test_a_record_that_changes_during_the_walk_hides_no_other(http, world):
    now = world.clock.now_ms()
    table = world.table("hubspot", "calls")
    table.insert({"_id": str(at), "_created": now, "_modified": now + at} for at in range(1, 501))
    found = []
    async for one in changed(http, Limiter(10**6, 1.0), BY_NAME["calls"], Place(now)):
        found += one.ids
        table.update("5", {"_modified": now + 10_000 + len(found)})
    assert set(found) == {str(at) for at in range(1, 501)}


@pytest.mark.promise("progress")
def test_an_answer_that_does_not_lead_on_fails_instead_of_looping():
    with pytest.raises(Failed, match="does not lead on"):
        step(Place(5000), Answered(tuple((at, at) for at in range(PAGE)), 1000))
    with pytest.raises(Failed, match="does not lead on"):
        step(Place(7, after_id=900), Answered(tuple((at, 7) for at in range(PAGE)), 1000))
    with pytest.raises(Failed, match="and none of them on the page"):
        step(Place(5000), Answered((), 1000))


async def test_a_cursor_is_json_and_holds_no_secret(pull, make, token):
    await make("contacts", email="a@b.com")
    cursor = (await pull("contacts"))[-1].cursor
    said = json.loads(cursor)
    assert said.keys() == {"mode", "since", "asked", "archived", "whole"}
    assert just_before(datetime.fromisoformat(said["since"]), hour=2)
    assert token not in cursor


async def test_every_object_is_read_from_an_empty_account_without_a_record(hubspot, pull):
    for name in hubspot.objects:
        pages = await pull(name)
        assert [page.records for page in pages if page.records] == []
        assert pages[-1].horizon is not None
    assert hubspot.calls > 0
    assert hubspot.now().year == 2026


async def test_touches_in_a_persons_fields_come_with_the_person(pull, make, world):
    person = await make("contacts", email="a@b.com")
    at = int(datetime(2026, 5, 1, 10, tzinfo=UTC).timestamp() * 1000)
    values = {"hs_analytics_source": "ORGANIC_SEARCH", "hs_analytics_first_timestamp": at}
    values |= {"hs_analytics_source_data_1": None}
    world.table("hubspot", "contacts").update(person, values)
    [page] = await pull("contacts")
    visit = next(one for one in page.records if isinstance(one, Touch))
    assert (visit.ref, visit.source) == (ref("visit", f"{person}/{at // 1000}"), "ORGANIC_SEARCH")
    assert page.fetched == 1
