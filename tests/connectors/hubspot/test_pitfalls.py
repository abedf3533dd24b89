"""What other readers of HubSpot lost, repeated or never finished: a test for each known pitfall."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from crm_sync.connectors.base import Window
from crm_sync.connectors.hubspot.objects import BY_NAME
from crm_sync.connectors.hubspot.read import Asked, Calls, read
from crm_sync.connectors.hubspot.search import Short
from crm_sync.connectors.limiter import Limiter
from crm_sync.errors import Failed, TryLater
from crm_sync.records import Deal, Person, Ref, Touch


def ref(kind, record_id):
    return Ref("hubspot", kind, str(record_id))


def ids(pages, of=Person):
    return [record.ref.id for page in pages for record in page.records if isinstance(record, of)]


@pytest.fixture
def calls_that_changed(world):
    """Fills `calls` with records: one for each stamp, in milliseconds from now on."""

    def fill(stamps):
        now = world.clock.now_ms()
        rows = [{"_id": str(at), "_created": now, "_modified": now + one} for at, one in enumerate(stamps, 1)]
        world.table("hubspot", "calls").insert(rows)

    return fill


async def order(client, path, **said):
    answer = await client.post(f"/sandbox/{path}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


# more than 10,000 records with one stamp


@pytest.mark.promise("ties")
@pytest.mark.slow
async def test_ten_thousand_five_hundred_equal_stamps_end_with_each_id_once(pull, client, later, calls_that_changed):
    cursor = (await pull("calls"))[-1].cursor
    later(hours=1)
    calls_that_changed(range(10_500))
    await order(client, "actions", do="same-stamp", crm="hubspot", object="calls", count=10_500)
    before = (await client.get("/sandbox/calls")).json()
    found = ids(await pull("calls", cursor), Touch)
    assert len(found) == len(set(found)) == 10_500
    after = (await client.get("/sandbox/calls")).json()
    assert 53 <= searches(after) - searches(before) <= 55


def searches(told):
    return told["hubspot"].get("POST /crm/v3/objects/calls/search", 0)


# no search beyond 10,000, and as many records as HubSpot says there are


@pytest.mark.promise("search cap")
@pytest.mark.slow
async def test_twelve_thousand_changes_come_without_a_search_beyond_ten_thousand(pull, later, calls_that_changed):
    cursor = (await pull("calls"))[-1].cursor
    later(hours=1)
    calls_that_changed(range(12_000))
    assert len(set(ids(await pull("calls", cursor), Touch))) == 12_000


@pytest.mark.promise("search cap")
@pytest.mark.promise("cut answers")
async def test_a_walk_that_brings_less_than_the_total_is_walked_again(hubspot, pull, client, later, calls_that_changed):
    cursor = (await pull("calls"))[-1].cursor
    later(hours=1)
    calls_that_changed(range(3))
    search, asked = "/crm/v3/objects/calls/search", {"properties": ["hs_lastmodifieddate"], "limit": 2}
    rows = (await client.post(search, json=asked)).json()["results"]
    for after in (0, 1):  # the first question, and the one that looks again in the end
        lie = {"total": 5, "results": rows}
        await order(client, "faults", match=f"POST {search}", status=200, times=1, after=after, body=lie)
    pages = []

    async def pull_all():
        async for page in hubspot.pull("calls", cursor):
            pages.append(page)

    with pytest.raises(Short, match="tells of 5 records, its pages brought 3"):
        await pull_all()
    assert {page.horizon for page in pages} == {None}
    assert set(ids(await pull("calls", pages[-1].cursor), Touch)) == {"1", "2", "3"}


# a walk that does not lead on


@pytest.mark.promise("progress")
@pytest.mark.slow
async def test_an_index_that_says_the_same_for_ever_fails_instead_of_looping(hubspot, pull, client, calls_that_changed):
    cursor = (await pull("calls"))[-1].cursor
    stamp = "2026-05-30T03:00:00Z"
    rows = [{"id": str(at), "properties": {"hs_lastmodifieddate": stamp}} for at in range(1, 201)]
    same = {"total": 1000, "results": rows}
    await order(client, "faults", match="POST /crm/v3/objects/calls/search", status=200, times=10_000, body=same)
    with pytest.raises(Failed, match="does not lead on"):
        await pull("calls", cursor)


# an index that is late


@pytest.mark.promise("late index")
async def test_a_change_that_search_finds_late_comes_with_the_next_read(pull, make, client, later):
    await order(client, "hubspot/lag", ms=60_000)
    ana = await make("contacts", email="ana@example.com")
    later(hours=1)
    cursor = (await pull("contacts"))[-1].cursor
    later(hours=1)
    await client.patch(f"/crm/v3/objects/contacts/{ana}", json={"properties": {"firstname": "Ana"}})
    pages = await pull("contacts", cursor)
    assert ids(pages) == [], "the index knows only what was before"
    later(minutes=2)
    assert ids(await pull("contacts", pages[-1].cursor)) == [ana]


# records on a bound


@pytest.mark.promise("bounds")
async def test_a_window_holds_its_lower_bound_and_not_its_upper_one(pull, world, calls_that_changed):
    start = world.clock.now()
    calls_that_changed([0, 1000, 2000])
    window = Window(start, start + timedelta(seconds=2))
    assert ids(await pull("calls", window=window), Touch) == ["1", "2"]


# associations beyond the first page


@pytest.mark.promise("links")
async def test_a_changed_record_with_more_links_than_a_page_holds_has_all_of_them(pull, make, client, world, later):
    note = await make("notes", hs_timestamp="2026-05-29T10:00:00Z")
    cursor = (await pull("notes"))[-1].cursor
    later(hours=1)
    people, now = [str(1000 + at) for at in range(1200)], world.clock.now_ms()
    world.table("hubspot", "contacts").insert({"_id": one, "_created": now, "_modified": now} for one in people)
    world.associate([("notes", note, "contacts", one, 202, "HUBSPOT_DEFINED") for one in people])
    await client.patch(f"/crm/v3/objects/notes/{note}", json={"properties": {"hs_note_body": "x"}})
    [page] = await pull("notes", cursor)
    assert [one.id for one in page.records[0].people] == people


# more properties than a URL holds


@pytest.mark.promise("long questions")
async def test_more_properties_than_a_url_holds_are_read_all_the_same(hubspot, make, link, client):
    names = [f"a_rather_long_name_of_a_property_{at:03}" for at in range(300)]
    for name in names[:3]:
        await order(client, "actions", do="add-field", crm="hubspot", object="deals", name=name)
    ana = await make("contacts", email="ana@example.com")
    deal = await make("deals", dealname="Big", **dict.fromkeys(names[:3], "held"))
    await link("deals", deal, "contacts", ana)
    calls = Calls(hubspot._http, Limiter(1000, 1.0), Limiter(1000, 1.0))
    asked = Asked(BY_NAME["deals"], tuple(names), ("dealstage",))
    [batch] = [one async for one in read(calls, asked, None)]
    assert [row["properties"][name] for row in batch.rows for name in names[:3]] == ["held"] * 3
    assert batch.links["contacts"][deal] == [ref("contacts", ana)]
    longest = max(len(call) for call in json.dumps((await client.get("/sandbox/calls")).json()).split('"'))
    assert longest < 8_000


# merges


@pytest.mark.promise("merges")
async def test_a_merge_during_the_day_leaves_one_person_and_no_ghost(pull, make, client, later):
    ana, twin = await make("contacts", email="ana@example.com"), await make("contacts", email="ana@other.example")
    cursor = (await pull("contacts"))[-1].cursor
    later(hours=1)
    body = {"primaryObjectId": ana, "objectIdToMerge": twin}
    survivor = (await client.post("/crm/v3/objects/contacts/merge", json=body)).json()["id"]
    pages = await pull("contacts", cursor)
    [person] = [one for page in pages for one in page.records if isinstance(one, Person)]
    assert person.ref == ref("contacts", survivor)
    gone = {one for page in pages for one in page.gone}
    assert {ref("contacts", one) for one in (ana, twin) if one != survivor} <= gone
    assert person.ref not in gone


# deletes


@pytest.mark.promise("deletions")
async def test_a_deletion_is_found_with_the_next_list_of_the_archived_and_not_asked_for_each_time(
    hubspot, pull, make, client, later
):
    ana = await make("contacts", email="ana@example.com")
    cursor = (await pull("contacts"))[-1].cursor
    later(minutes=1)
    await client.delete(f"/crm/v3/objects/contacts/{ana}")
    found, cost = [], []
    for _ in range(6):
        later(minutes=10)
        before = hubspot.calls
        pages = await pull("contacts", cursor)
        found.append([one for page in pages for one in page.gone])
        cost.append(hubspot.calls - before)
        cursor = pages[-1].cursor
    assert [ref("contacts", ana)] in found[:3]
    assert {one for some in found for one in some} == {ref("contacts", ana)}
    assert sum(one - min(cost) for one in cost) in (2, 3), "every half an hour, not in each of six runs"


@pytest.mark.promise("deletions")
async def test_a_backfill_finds_what_was_deleted_inside_its_window(pull, make, client, world, later):
    start, ana = world.clock.now(), await make("contacts", email="ana@example.com")
    later(minutes=5)
    await client.delete(f"/crm/v3/objects/contacts/{ana}")
    pages = await pull("contacts", window=Window(start, start + timedelta(hours=1)))
    assert [one for page in pages for one in page.gone] == [ref("contacts", ana)]
    earlier = await pull("contacts", window=Window(start - timedelta(hours=1), start))
    assert [one for page in earlier for one in page.gone] == []


# calculated properties


@pytest.mark.promise("calculated")
async def test_a_calculated_value_that_moves_no_stamp_is_refreshed_once_a_day(hubspot, pull, make, world, later):
    deal = await make("deals", dealname="Big")
    deals = world.table("hubspot", "deals")
    deals.fields["hs_analytics_source"].about["calculated"] = True
    later(hours=1)
    await hubspot.look()
    cursor = (await pull("deals"))[-1].cursor
    later(hours=2)
    deals.update(deal, {"hs_analytics_source": "REFERRALS"})
    pages = await pull("deals", cursor)
    assert ids(pages, Deal) == []
    later(hours=23)
    pages = await pull("deals", pages[-1].cursor)
    assert [one.source for page in pages for one in page.records if isinstance(one, Deal)] == ["REFERRALS"]
    later(hours=1)
    assert ids(await pull("deals", pages[-1].cursor), Deal) == [], "and then not before the next day"


# properties that appear


@pytest.mark.promise("new fields")
async def test_a_property_that_appears_is_read_for_everybody_without_a_reset(hubspot, pull, make, client, world, later):
    contacts = world.table("hubspot", "contacts")
    held = contacts.fields["disqualification_reason"]
    contacts.drop_field("disqualification_reason")
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(120)]
    later(hours=1)
    first = await pull("contacts")
    later(hours=1)
    contacts.add_field(held)
    for one in made:
        contacts.update(one, {"disqualification_reason": "spam"})
    later(hours=1)
    await hubspot.look()
    pages = await pull("contacts", first[-1].cursor)
    assert pages[0].horizon > first[-1].horizon, "what changed comes first, and the horizon goes on"
    told = {one.ref.id: one.close_reason for page in pages for one in page.records if isinstance(one, Person)}
    assert told == dict.fromkeys(made, "spam")
    later(hours=1)
    assert ids(await pull("contacts", pages[-1].cursor)) == []


@pytest.mark.promise("new fields")
async def test_reading_all_again_goes_on_where_it_was_interrupted(hubspot, pull, make, world, later):
    contacts = world.table("hubspot", "contacts")
    held = contacts.fields["disqualification_reason"]
    contacts.drop_field("disqualification_reason")
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(120)]
    later(hours=1)
    cursor = (await pull("contacts"))[-1].cursor
    contacts.add_field(held)
    later(hours=1)
    await hubspot.look()
    first, second, *_ = await pull("contacts", cursor)
    later(hours=1)
    rest = await pull("contacts", second.cursor)
    assert set(ids([first, second, *rest])) == set(made)
    assert len(ids(rest)) == 70


# too many calls


@pytest.mark.promise("too many calls")
@pytest.mark.parametrize(
    ("match", "policy"),
    [("POST /crm/v3/objects/calls/search", "SECONDLY"), ("POST /crm/v3/objects/calls/batch", "TEN_SECONDLY_ROLLING")],
)
@pytest.mark.slow
async def test_a_refusal_for_too_many_calls_costs_a_pause_and_no_record(
    hubspot, pull, client, later, calls_that_changed, match, policy
):
    cursor = (await pull("calls"))[-1].cursor
    later(hours=1)
    calls_that_changed(range(450))
    limit = {"status": "error", "message": "too many", "errorType": "RATE_LIMIT", "policyName": policy}
    await order(client, "faults", match=match, status=429, times=2, body=limit)
    assert len(set(ids(await pull("calls", cursor), Touch))) == 450
    assert hubspot._http.refused == 2


@pytest.mark.promise("too many calls")
@pytest.mark.slow
async def test_a_quota_that_is_tighter_than_usual_is_learned_and_never_exceeded(hubspot, pull, make, client):
    for at in range(120):
        await make("contacts", email=f"p{at}@example.com")
    await order(client, "quotas", on=True, hubspot_burst=20)
    for _ in range(12):
        assert len(ids(await pull("contacts"))) == 120
    assert hubspot.calls > 36
    assert hubspot._http.refused == 0


@pytest.mark.promise("passing answers")
@pytest.mark.parametrize("status", [408, 420, 423, 477, 500, 502, 503, 504, 521])
async def test_an_answer_that_passes_costs_another_call_and_no_record(hubspot, pull, make, client, status):
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(120)]
    await pull("contacts")
    begun = hubspot.calls
    await pull("contacts")
    usual, begun = hubspot.calls - begun, hubspot.calls
    await order(client, "faults", match="GET /crm/v3/objects/contacts", status=status, times=3, after=1)
    assert set(ids(await pull("contacts"))) == set(made)
    assert hubspot.calls - begun == usual + 3


# nothing is cut off or capped; the checkpoint is never ahead of the data


@pytest.mark.promise("cut answers")
async def test_a_page_that_broke_off_ends_nothing_and_the_next_read_brings_the_rest(hubspot, make, client):
    made = [await make("contacts", email=f"p{at}@example.com") for at in range(250)]
    await order(client, "faults", match="GET /crm/v3/objects/contacts", then="garble", times=2, after=1)
    pages = []
    for _ in range(4):
        try:
            async for page in hubspot.pull("contacts", pages[-1].cursor if pages else None):
                pages.append(page)
            break
        except (Failed, TryLater):
            assert all(page.horizon is None for page in pages)
    assert pages[-1].horizon
    assert (await client.get("/sandbox/faults")).json()["faults"] == []
    assert set(ids(pages)) == set(made)


@pytest.mark.promise("interruption")
@pytest.mark.slow
async def test_wherever_a_long_first_read_stops_the_next_one_brings_exactly_the_rest(pull, world):
    now = world.clock.now_ms()
    rows = [{"_id": str(at * at), "_created": now, "_modified": now} for at in range(1, 9_001)]
    world.table("hubspot", "calls").insert(rows)
    pages = await pull("calls")
    everybody = {row["_id"] for row in rows}
    assert set(ids(pages, Touch)) == everybody
    assert len(pages) <= 90 + 12, "a page more for each place where it is entered"
    for stop in (1, 2, 13, 50, len(pages) - 1):
        rest = await pull("calls", pages[stop - 1].cursor)
        found = ids([*pages[:stop], *rest], Touch)
        assert set(found) == everybody
        assert len(found) - 9_000 <= 100
        assert [page.horizon is None for page in rest] == [True] * (len(rest) - 1) + [False]


# no start date that nobody chose


@pytest.mark.promise("start date")
async def test_a_record_of_many_years_ago_is_read_at_first(pull, make, world):
    old = await make("contacts", email="ana@example.com")
    long_ago = 1_230_768_000_000
    world.table("hubspot", "contacts").update(old, {"_created": long_ago, "_modified": long_ago})
    assert ids(await pull("contacts")) == [old]
