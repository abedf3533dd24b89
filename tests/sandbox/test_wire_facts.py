"""The wire facts that clients depend on, one by one; what larger stories prove elsewhere is not repeated here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.salesforce.auth import new_token

CONTACTS = "/crm/v3/objects/contacts"
V = "/services/data/v62.0"


async def made(hubspot: httpx.AsyncClient, **properties: str) -> str:
    answer = await hubspot.post(CONTACTS, json={"properties": properties})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def salesforce(anyone: httpx.AsyncClient, world: Any) -> httpx.AsyncClient:
    anyone.headers["authorization"] = f"Bearer {new_token(world)}"
    return anyone


async def test_hubspot_tells_burst_and_day_in_seven_headers(hubspot):
    found = {name for name in (await hubspot.get(CONTACTS)).headers if name.startswith("x-hubspot-ratelimit-")}
    assert {name.removeprefix("x-hubspot-ratelimit-") for name in found} == {
        "max", "remaining", "interval-milliseconds", "daily", "daily-remaining", "secondly", "secondly-remaining",
    }  # fmt: skip


async def test_a_conflict_names_only_the_first_one(hubspot):
    first, _ = await made(hubspot, email="a@x.example"), await made(hubspot, email="b@x.example")
    inputs = [{"properties": {"email": name}} for name in ("a@x.example", "b@x.example")]
    answer = await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")
    assert answer.json()["message"] == f"Contact already exists. Existing ID: {first}"


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("pat-na1-unknown", 401),
        ("CPublicAppsUnknown", 401),
        ("pat-na1 with a space", 530),
        ('"quoted"', 530),
        ("", 530),
    ],
)
async def test_an_unknown_token_is_a_401_and_a_malformed_one_a_530(anyone, token, status):
    answer = await anyone.get(CONTACTS, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json" if status == 401 else "text/html")


async def test_an_expired_token_is_a_401_that_says_so(anyone, world):
    logins = account(world).logins
    pair = logins.exchange(logins.code("http://x", ["oauth"]), "http://x", world.clock.now_ms())
    world.clock.advance(timedelta(minutes=31))
    answer = await anyone.get(CONTACTS, headers={"authorization": f"Bearer {pair.access_token}"})
    assert (answer.status_code, answer.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")


async def test_a_long_uri_is_a_414_with_an_html_page(hubspot):
    names = ",".join(f"property_{number}" for number in range(1_200))
    answer = await hubspot.get(CONTACTS, params={"properties": names})
    assert (answer.status_code, answer.text.startswith("<html>")) == (414, True)
    assert (await hubspot.get(CONTACTS, params={"properties": names[:12_000]})).status_code == 200


@pytest.mark.parametrize("value", [0, "0", "1970-01-01T00:00:00Z"])
async def test_a_search_filter_with_the_epoch_is_a_500(hubspot, value):
    filters = [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": value}]
    answer = await hubspot.post(f"{CONTACTS}/search", json={"filters": filters})
    assert (answer.status_code, answer.json()["status"]) == (500, "error")
    filters[0]["value"] = "1"
    assert (await hubspot.post(f"{CONTACTS}/search", json={"filters": filters})).status_code == 200


async def test_properties_may_be_joined_by_commas_or_repeated_and_a_page_has_ten(hubspot):
    for number in range(11):
        await made(hubspot, email=f"{number}@x.example", city="León", firstname="A")
    joined = (await hubspot.get(CONTACTS, params={"properties": "city,firstname"})).json()
    assert (
        joined["results"] == (await hubspot.get(f"{CONTACTS}?properties=city&properties=firstname")).json()["results"]
    )
    assert len(joined["results"]) == 10
    assert joined["paging"]["next"]["link"].startswith(f"http://sandbox{CONTACTS}?")


async def test_a_search_compares_milliseconds(hubspot, world):
    world.clock.advance(timedelta(milliseconds=7))
    await made(hubspot, email="a@x.example")
    now = world.clock.now_ms()
    totals = []
    for bound in (now, now + 1):
        filters = [{"propertyName": "createdate", "operator": "GTE", "value": bound}]
        totals.append((await hubspot.post(f"{CONTACTS}/search", json={"filters": filters})).json()["total"])
    assert totals == [1, 0]


async def test_instants_have_a_fraction_only_when_there_is_one(hubspot, world):
    stamps = []
    for wait in (0, 5):
        world.clock.advance(timedelta(milliseconds=wait))
        record = await hubspot.get(f"{CONTACTS}/{await made(hubspot, email=f'{wait}@x.example')}")
        stamps.append(record.json()["createdAt"])
    assert stamps == ["2026-05-30T02:00:00Z", "2026-05-30T02:00:00.005Z"]


async def test_submissions_of_a_comment_form_cannot_be_read(hubspot, world):
    form = (await hubspot.post("/marketing/v3/forms", json={"name": "Comments"})).json()["id"]
    account(world).forms[form]["formType"] = "blog_comment"
    answer = await hubspot.get(f"/form-integrations/v1/submissions/forms/{form}")
    assert (answer.status_code, answer.json()["errors"][0]["errorType"]) == (400, "FORM_TYPE_NOT_ALLOWED")


async def test_owners_come_by_five_hundred_and_no_more(hubspot):
    assert (await hubspot.get("/crm/v3/owners?limit=500")).status_code == 200
    assert (await hubspot.get("/crm/v3/owners?limit=501")).status_code == 400


async def test_salesforce_tells_its_calls_and_those_of_the_app_where_it_counts_them(salesforce):
    assert (await salesforce.get(f"{V}/limits")).headers["sforce-limit-info"] == "api-usage=1/100000"
    await salesforce.post("/sandbox/quotas", json={"on": True, "salesforce_daily": 5000, "salesforce_per_app": 250})
    told = (await salesforce.get(f"{V}/limits")).headers["sforce-limit-info"]
    assert told == "api-usage=2/5000; per-app-api-usage=2/250(appName=crm-sync)"


async def test_uri_and_headers_of_more_than_16_kib_are_a_414(salesforce):
    query = {"q": f"SELECT Id FROM Lead WHERE LastName = '{'x' * 15_000}'"}
    assert (await salesforce.get(f"{V}/query", params=query)).status_code == 200
    assert (await salesforce.get(f"{V}/query", params=query, headers={"x-long": "y" * 2_000})).status_code == 414


async def test_a_locator_has_18_signs_and_is_good_for_two_days(salesforce, world):
    rows = [{"LastName": f"L{number}", "Company": "A"} for number in range(200)]
    for _ in range(2):
        records = [{"attributes": {"type": "Lead"}, **row} for row in rows]
        await salesforce.post(f"{V}/composite/sobjects", json={"records": records})
    headers = {"sforce-query-options": "batchSize=200"}
    page = (await salesforce.get(f"{V}/query", params={"q": "SELECT Id FROM Lead"}, headers=headers)).json()
    assert re.fullmatch(rf"{V}/query/0r8\w{{15}}-200", page["nextRecordsUrl"])
    for hours, status in ((47, 200), (2, 400)):
        world.clock.advance(timedelta(hours=hours))
        salesforce.headers["authorization"] = f"Bearer {new_token(world)}"
        answer = await salesforce.get(page["nextRecordsUrl"])
        assert answer.status_code == status
    assert answer.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


async def test_deleted_records_are_told_for_thirty_days(salesforce):
    window = {"start": "2026-04-20T00:00:00Z", "end": "2026-05-29T00:00:00Z"}
    answer = await salesforce.get(f"{V}/sobjects/Lead/deleted", params=window)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


async def test_a_query_may_run_for_too_long(salesforce):
    await salesforce.post("/sandbox/faults", json={"preset": "salesforce-query-timeout"})
    answers = [await salesforce.get(f"{V}/query", params={"q": "SELECT Id FROM Lead"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [400, 200]
    assert answers[0].json()[0]["errorCode"] == "QUERY_TIMEOUT"
