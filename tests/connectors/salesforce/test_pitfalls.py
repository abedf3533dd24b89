"""What connectors have fallen into before: each pitfall that concerns Salesforce, named."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.connectors.salesforce.conftest import NOW, Org, Read, at_once, no_pause, read

from crm_sync.connectors.base import Page, Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.salesforce.bulk import Bulk, Pace
from crm_sync.connectors.salesforce.describe import Column, Sight
from crm_sync.connectors.salesforce.place import Place
from crm_sync.connectors.salesforce.rest import Rest
from crm_sync.connectors.salesforce.soql import Question
from crm_sync.connectors.salesforce.ways import Ways
from crm_sync.errors import Failed, TryLater
from crm_sync.records import Company, Deal, Person, Record, Ref, Touch
from crm_sync.sandbox.world import to_ms

MAY = datetime(2026, 5, 1, 15, 30, tzinfo=UTC)
ANA = {"LastName": "Ruiz", "Company": "Cafés del Sur", "Status": "Marketing Qualified"}
QUERY, JOBS = "GET /services/data/v62.0/queryAll", "GET /services/data/v62.0/jobs/query/"
TIMEOUT = [{"errorCode": "QUERY_TIMEOUT", "message": "Your query request was running for too long."}]

Connect = Callable[..., Salesforce]


@pytest.fixture
def in_bulk(connect: Connect) -> Salesforce:
    """Reads by Bulk whatever there is, a thousand rows a page."""
    return connect(size=200, few=0)


def leads(org: Org, count: int, at: datetime = MAY) -> list[str]:
    return org.add("Lead", *(ANA for _ in range(count)), at=at)


def ids(found: Read) -> list[str]:
    return [one.ref.id for one in found.records if isinstance(one, Person)]


def as_of(records: list[Record], kind: type[Any]) -> dict[Ref, Any]:
    return {one.ref: one for one in records if isinstance(one, kind)}


# Ties and progress


@pytest.mark.promise("ties")
@pytest.mark.parametrize("few", [0, 20_000], ids=["by bulk", "by rest"])
@pytest.mark.slow
async def test_ten_thousand_records_with_one_stamp_finish_and_come_once_each(
    org: Org, connect: Connect, few: int
) -> None:
    made = leads(org, 10_500)
    found = await read(connect(few=few), "Lead")
    assert ids(found) == sorted(made)
    assert found.fetched == 10_500


@pytest.mark.promise("ties")
@pytest.mark.slow
async def test_the_changes_of_a_bulk_update_finish_too(org: Org, in_bulk: Salesforce) -> None:
    """
    mon 15:30   a month-end job touches 2,500 leads in one second
    """
    made = leads(org, 2_500)
    before = await read(in_bulk, "Lead")
    for one in made:
        org.change("Lead", one, NOW)
    assert ids(await read(in_bulk, "Lead", before.cursor)) == sorted(made)


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Ways:
    http = Http("salesforce", "https://acme.example", transport=httpx.MockTransport(answer), wait=at_once)
    root = "/services/data/v62.0"
    return Ways(Rest(http, root), Bulk(http, root, Pace(sleep=no_pause)), few=10_000, most=2_000)


LEADS = Question("Lead", ("Id",), Sight({"Id": Column("Id", "id", updateable=False)}))


@pytest.mark.promise("progress")
async def test_a_page_that_comes_again_and_again_is_an_error_and_no_loop() -> None:
    again = {
        "totalSize": 9,
        "done": False,
        "records": [{"Id": "1"}],
        "nextRecordsUrl": "/services/data/v62.0/query/x-1",
    }
    ways = answering(lambda request: httpx.Response(200, json=again))
    with pytest.raises(Failed, match="again and again"):
        [piece async for piece in ways.pieces(LEADS, Place())]


@pytest.mark.promise("progress")
async def test_a_job_that_gives_the_same_rows_whatever_we_have_read_is_an_error_and_no_loop() -> None:
    rows = "\n".join(['"Id"', *(f'"{place:05}"' for place in range(2_000))])
    results = "/services/data/v62.0/jobs/query/1/results?locator=a"

    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path.rsplit("/", 1)[1]:
            case "query":
                return httpx.Response(200, json={"id": "1"})
            case "1":
                return httpx.Response(200, json={"id": "1", "state": "JobComplete", "numberRecordsProcessed": 2_000})
            case "resultPages":
                return httpx.Response(200, json={"resultPages": [{"resultUrl": results}], "done": True})
        return httpx.Response(200, text=rows, headers={"Sforce-NumberOfRecords": "2000"})

    ways = replace(answering(answer), few=-1)
    with pytest.raises(Failed, match="order of their ids"):
        [piece async for piece in ways.pieces(LEADS, Place(job="1"))]


async def test_pages_in_any_order_and_rows_that_come_twice_lose_nothing(org: Org, connect: Connect) -> None:
    made = leads(org, 1_100)
    org.trouble(match=QUERY, then="shuffle", times=2)
    org.trouble(match="GET /services/data/v62.0/query/", then="repeat", times=9, share=0.1)
    assert sorted(ids(await read(connect(size=200), "Lead"))) == sorted(made)


# Time


@pytest.mark.promise("bounds")
async def test_the_lower_bound_is_inclusive_and_lies_before_what_was_read(org: Org, salesforce: Salesforce) -> None:
    before = await read(salesforce, "Lead")
    edge = org.add("Lead", ANA, at=NOW - timedelta(minutes=10))
    assert ids(await read(salesforce, "Lead", before.cursor)) == edge


@pytest.mark.promise("horizon")
async def test_the_cursor_is_when_the_read_began_by_the_crms_own_clock(org: Org, connect: Connect) -> None:
    """What changes while a long read is on its way is read by the next one."""
    made, crm = leads(org, 450), connect(size=200)
    await crm.look()
    reading = crm.pull("Lead", None)
    await anext(reading)
    org.world.clock.set(NOW + timedelta(hours=3))
    org.change("Lead", made[0], NOW + timedelta(hours=1), LastName="Rivas")
    cursor = [page.cursor async for page in reading][-1]
    assert json.loads(cursor)["since"] == "2026-05-30T02:00:00Z"
    assert ids(await read(crm, "Lead", cursor)) == [made[0]]


@pytest.mark.promise("start date")
async def test_there_is_no_default_start_date(org: Org, salesforce: Salesforce) -> None:
    old = leads(org, 1, at=datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert ids(await read(salesforce, "Lead")) == old


# Merges, deletes, restores


@pytest.mark.promise("merges")
@pytest.mark.parametrize("kind", ["Lead", "Contact"])
async def test_what_a_merge_gives_to_the_winner_is_read_again(org: Org, salesforce: Salesforce, kind: str) -> None:
    """
    mon   the loser has a call, a response and perhaps a deal
    tue   it is merged; its call names the winner now, under the old stamp
    """
    winner, loser = org.add(kind, {"LastName": "Ruiz"}, {"LastName": "Ruiz"}, at=MAY)
    (call,) = org.add("Task", {"WhoId": loser, "TaskSubtype": "Call", "Status": "Completed"}, at=MAY)
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"}, at=MAY)
    (role,) = org.add("OpportunityContactRole", {"OpportunityId": deal, "ContactId": loser}, at=MAY)
    before = await read(salesforce, kind)
    org.change(kind, loser, MasterRecordId=winner, _archived_at=to_ms(NOW))
    org.change("Task", call, MAY, WhoId=winner)
    org.change("OpportunityContactRole", role, MAY, ContactId=winner)
    after = await read(salesforce, kind, before.cursor)
    assert as_of(after.records, Touch)[Ref("salesforce", "Task", call)].people == (Ref("salesforce", kind, winner),)
    if kind == "Contact":
        assert as_of(after.records, Deal)[Ref("salesforce", "Opportunity", deal)].people == (
            Ref("salesforce", kind, winner),
        )
    assert Ref("salesforce", kind, loser) in after.gone


@pytest.mark.promise("merges")
async def test_what_a_merged_account_had_belongs_to_the_other_one(org: Org, salesforce: Salesforce) -> None:
    winner, loser = org.add("Account", {"Name": "Sur"}, {"Name": "Sur SA"}, at=MAY)
    (ana,) = org.add("Contact", {"LastName": "Ruiz", "AccountId": loser}, at=MAY)
    before = await read(salesforce, "Account")
    org.change("Account", loser, MasterRecordId=winner, _archived_at=to_ms(NOW))
    org.change("Contact", ana, MAY, AccountId=winner)
    after = await read(salesforce, "Account", before.cursor)
    assert as_of(after.records, Person)[Ref("salesforce", "Contact", ana)].company == Ref(
        "salesforce", "Account", winner
    )
    assert set(as_of(after.records, Company)) == {Ref("salesforce", "Account", loser)}


@pytest.mark.promise("deletions")
@pytest.mark.parametrize("few", [0, 10_000], ids=["by bulk", "by rest"])
async def test_a_deleted_record_is_gone_and_a_restored_one_is_back(org: Org, connect: Connect, few: int) -> None:
    (ana,), crm = leads(org, 1), connect(few=few)
    first = await read(crm, "Lead")
    org.change("Lead", ana, NOW, _archived_at=to_ms(NOW))
    second = await read(crm, "Lead", first.cursor)
    assert (ids(second), second.gone[0].id) == ([], ana)
    org.change("Lead", ana, NOW + timedelta(minutes=1), _archived_at=None)
    third = await read(crm, "Lead", second.cursor)
    assert (ids(third), third.gone) == ([ana], [])


# What changes without a stamp, and new fields


@pytest.mark.promise("calculated")
async def test_what_is_calculated_is_read_again_on_its_own_schedule(org: Org, salesforce: Salesforce) -> None:
    """
    mon 02:00   first read; a formula shows the source
    mon 03:00   the formula is edited: no record gets a new stamp
    tue 02:00   a day has passed
    """
    org.veil.calculated.add("Lead.LeadSource")
    (ana,) = org.add("Lead", {**ANA, "LeadSource": "Web"}, at=MAY)
    first = await read(salesforce, "Lead")
    org.change("Lead", ana, MAY, LeadSource="Partner")
    org.world.clock.set(NOW + timedelta(hours=1))
    await salesforce.look()
    soon = await read(salesforce, "Lead", first.cursor)
    assert ids(soon) == []
    org.world.clock.set(NOW + timedelta(hours=24))
    await salesforce.look()
    day_later = await read(salesforce, "Lead", soon.cursor)
    assert [one.source for one in day_later.records if isinstance(one, Person)] == ["Partner"]
    assert ids(await read(salesforce, "Lead", day_later.cursor)) == []


@pytest.mark.promise("new fields")
async def test_a_field_that_comes_into_sight_is_read_of_all_and_no_cursor_is_reset(
    org: Org, salesforce: Salesforce
) -> None:
    org.veil.unseen.add("Lead.Title")
    (ana,) = org.add("Lead", {**ANA, "Title": "Directora"}, at=MAY)
    first = await read(salesforce, "Lead")
    org.veil.unseen.clear()
    await salesforce.look()
    second = await read(salesforce, "Lead", first.cursor)
    assert [(one.ref.id, one.title) for one in second.records if isinstance(one, Person)] == [(ana, "Directora")]
    assert json.loads(second.cursor)["since"] == "2026-05-30T02:00:00Z"
    assert ids(await read(salesforce, "Lead", second.cursor)) == []


# What belongs together


@pytest.mark.promise("links")
async def test_a_deal_with_more_roles_than_a_page_holds_has_all_of_them(org: Org, connect: Connect) -> None:
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"}, at=MAY)
    people = org.add("Contact", *({"LastName": "Ruiz"} for _ in range(450)), at=MAY)
    org.add("OpportunityContactRole", *({"OpportunityId": deal, "ContactId": one} for one in people), at=MAY)
    found = as_of((await read(connect(size=200), "Opportunity")).records, Deal)[Ref("salesforce", "Opportunity", deal)]
    assert sorted(one.id for one in found.people) == sorted(people)


@pytest.mark.promise("long questions")
async def test_more_ids_than_a_url_holds_are_asked_for_all_the_same(org: Org, salesforce: Salesforce) -> None:
    made = leads(org, 1_200)
    pages = [page async for page in salesforce.fetch("Lead", made)]
    assert sum(len(one) for one in made) > 16_384
    assert [one.ref.id for page in pages for one in page.records if isinstance(one, Person)] == made
    assert [one for page in pages for one in page.gone] == []


@pytest.mark.promise("long questions")
async def test_more_merged_records_than_a_url_holds_are_followed(org: Org, salesforce: Salesforce) -> None:
    kept, lost = leads(org, 700), org.add("Lead", *(ANA for _ in range(700)), first=5_000, at=MAY)
    calls = org.add("Task", *({"WhoId": one, "TaskSubtype": "Call", "Status": "Completed"} for one in lost), at=MAY)
    before = await read(salesforce, "Lead")
    for winner, loser, call in zip(kept, lost, calls, strict=True):
        org.change("Lead", loser, MasterRecordId=winner, _archived_at=to_ms(NOW))
        org.change("Task", call, MAY, WhoId=winner)
    found = as_of((await read(salesforce, "Lead", before.cursor)).records, Touch)
    assert {ref.id: touch.people[0].id for ref, touch in found.items()} == dict(zip(calls, kept, strict=True))


# Too many calls


async def all_into(pages: list[Page], reading: AsyncIterator[Page]) -> None:
    """What came before an error stays."""
    async for page in reading:
        pages.append(page)


@pytest.mark.promise("too many calls")
async def test_a_day_of_calls_that_is_used_up_ends_the_read_and_the_next_one_brings_the_rest(
    org: Org, connect: Connect
) -> None:
    made, crm = leads(org, 900), connect(size=200)
    body = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    org.trouble(match="GET /services/data/v62.0/query/", status=403, body=body, after=1, times=1)
    pages, reading = list[Page](), crm.pull("Lead", None)
    with pytest.raises(TryLater, match="used up") as caught:
        await all_into(pages, reading)
    assert caught.value.after >= 3600, "it is not asked again in this run"
    rest = await read(crm, "Lead", pages[-1].cursor)
    seen = [one.ref.id for page in pages for one in page.records if isinstance(one, Person)]
    assert seen + ids(rest) == made
    assert len(seen) == 400


# Jobs and timeouts


@pytest.mark.promise("jobs")
async def test_a_statement_that_takes_too_long_is_read_by_a_job(org: Org, connect: Connect) -> None:
    made = leads(org, 450)
    org.trouble(match=QUERY, status=400, body=TIMEOUT, times=1)
    assert ids(await read(connect(size=200), "Lead")) == made


@pytest.mark.promise("jobs")
@pytest.mark.parametrize("state", ["Failed", "Aborted"])
async def test_a_job_that_does_not_end_well_is_asked_for_half(org: Org, in_bulk: Salesforce, state: str) -> None:
    made = leads(org, 2_500)
    body = {"id": "750", "state": state, "errorMessage": "QUERY_TIMEOUT: too long"}
    org.trouble(match=JOBS, status=200, body=body, times=1)
    assert ids(await read(in_bulk, "Lead")) == made


@pytest.mark.slow
@pytest.mark.promise("jobs")
async def test_a_job_that_never_ends_is_given_up_at_its_deadline(org: Org, connect: Connect) -> None:
    leads(org, 450)
    crm, ticks = connect(size=200, few=0), iter(range(0, 10**9, 100))
    crm._ways = replace(crm._ways, bulk=replace(crm._ways.bulk, pace=Pace(sleep=no_pause, clock=lambda: next(ticks))))
    org.trouble(match=JOBS, status=200, body={"id": "750", "state": "InProgress"}, times=10_000)
    with pytest.raises(TryLater, match="was not done after 3600 seconds"):
        await read(crm, "Lead")
    states = {job.state for job in org.world.notes["salesforce_jobs"].values()}
    assert states == {"Aborted"}


@pytest.mark.promise("jobs")
async def test_an_object_that_bulk_does_not_take_comes_by_rest(org: Org, in_bulk: Salesforce) -> None:
    made = leads(org, 1_100)
    body = [{"errorCode": "INVALIDENTITY", "message": "Entity 'Lead' is not supported by the Bulk API"}]
    org.trouble(match="POST /services/data/v62.0/jobs/query", status=400, body=body, times=9)
    assert ids(await read(in_bulk, "Lead")) == made


@pytest.mark.promise("passing answers")
@pytest.mark.parametrize("trouble", ["salesforce-not-acceptable", "salesforce-calm-down"])
async def test_an_answer_of_the_edge_that_passes_is_asked_for_again(org: Org, connect: Connect, trouble: str) -> None:
    made, crm = leads(org, 450), connect(size=200)
    for after in (0, 2):  # a description, and a page of rows
        org.trouble(preset=trouble, after=after)
        assert ids(await read(crm, "Lead")) == made
        assert org.trouble_left() == []
    org.trouble(preset=trouble)
    await crm.look()


# Counts


@pytest.mark.promise("cut answers")
async def test_a_result_that_broke_off_is_asked_for_again(org: Org, in_bulk: Salesforce) -> None:
    made = leads(org, 2_500)
    org.trouble(match=JOBS + "*/results", then="garble", times=2)
    assert ids(await read(in_bulk, "Lead")) == made


@pytest.mark.promise("cut answers")
async def test_a_result_that_is_always_shorter_than_it_says_is_an_error(org: Org, in_bulk: Salesforce) -> None:
    leads(org, 2_500)
    org.trouble(match=JOBS + "*/results", then="garble", times=999)
    with pytest.raises(Failed, match="not the number of rows that it reports"):
        await read(in_bulk, "Lead")


# Interruptions


@pytest.mark.promise("interruption")
async def test_an_interrupted_backfill_goes_on_with_its_job(org: Org, in_bulk: Salesforce) -> None:
    made = leads(org, 3_500)
    reading = in_bulk.pull("Lead", None)
    pages = [await anext(reading) for _ in range(4)]  # the first by REST, one when the job begins, two of its results
    await reading.aclose()  # type: ignore[attr-defined]
    assert json.loads(pages[-1].cursor)["locator"]
    jobs = len(org.world.notes["salesforce_jobs"])
    rest = await read(in_bulk, "Lead", pages[-1].cursor)
    seen = [one.ref.id for page in pages for one in page.records]
    assert seen + ids(rest) == made
    assert len(org.world.notes["salesforce_jobs"]) == jobs + 1  # the end of it is looked for with a new one


@pytest.mark.promise("interruption")
async def test_an_interrupted_backfill_goes_on_after_its_job_has_gone(org: Org, in_bulk: Salesforce) -> None:
    made = leads(org, 3_500)
    reading = in_bulk.pull("Lead", None)
    pages = [await anext(reading) for _ in range(4)]
    await reading.aclose()  # type: ignore[attr-defined]
    org.world.notes["salesforce_jobs"].clear()
    rest = await read(in_bulk, "Lead", pages[-1].cursor)
    assert [one.ref.id for page in pages for one in page.records] + ids(rest) == made


@pytest.mark.promise("interruption")
async def test_a_locator_that_ran_out_is_replaced_by_the_last_id(org: Org, connect: Connect) -> None:
    made = leads(org, 900)
    body = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]
    org.trouble(match="GET /services/data/v62.0/query/", status=400, body=body, after=1, times=1)
    assert ids(await read(connect(size=200), "Lead")) == made


@pytest.mark.promise("logins")
async def test_a_session_that_ends_in_the_middle_costs_no_row_and_one_login(org: Org, in_bulk: Salesforce) -> None:
    made = leads(org, 12_000)  # more pages than are asked for ahead
    reading = in_bulk.pull("Lead", None)
    first = [await anext(reading) for _ in range(3)]
    org.world.notes["salesforce_tokens"].clear()
    rest = [page async for page in reading]
    assert [one.ref.id for page in (*first, *rest) for one in page.records] == made
    assert len(org.world.notes["salesforce_tokens"]) == 1


# Cost


async def test_a_thousand_changes_cost_few_calls(org: Org, salesforce: Salesforce) -> None:
    """Signing in, looking around and reading every object, whatever has changed."""
    made = leads(org, 1_500)
    cursors = {name: (await read(salesforce, name)).cursor for name in salesforce.objects}
    for one in made[:1_000]:
        org.change("Lead", one, NOW, Title="Directora")
    before = salesforce.calls
    salesforce._login._session = None  # as a new run begins
    await salesforce.look()
    found = {name: await read(salesforce, name, cursors[name]) for name in salesforce.objects}
    assert found["Lead"].fetched == 1_000
    assert salesforce.calls - before <= 26


@pytest.mark.promise("cut answers")
async def test_all_objects_can_be_read_at_the_same_time(org: Org, connect: Connect) -> None:
    """Jobs of several objects share the pages that may be on their way, and nobody waits for ever."""
    names, crm = ("Lead", "Contact", "Account", "Task"), connect(size=200, few=-1)
    made = {name: org.add(name, *({"OwnerId": None} for _ in range(9_000))) for name in names}
    found = await asyncio.gather(*(read(crm, name) for name in names))
    assert {name: part.fetched for name, part in zip(names, found, strict=True)} == dict.fromkeys(names, 9_000)
    assert {one.ref.id for part in found for one in part.records} >= {one for ids in made.values() for one in ids}


async def test_a_window_of_many_rows_comes_by_bulk_too(org: Org, in_bulk: Salesforce) -> None:
    made = leads(org, 1_300)
    org.add("Lead", ANA, first=5_000, at=NOW)
    assert ids(await read(in_bulk, "Lead", window=Window(MAY, NOW))) == made
