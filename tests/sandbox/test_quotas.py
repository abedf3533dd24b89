"""Quotas as published: off until they are switched on, told in headers, refused with the CRM's own body."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from crm_sync.sandbox.app import build_app
from crm_sync.sandbox.helm import Helm
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.salesforce.auth import new_token

CONTACTS = "/crm/v3/objects/contacts"
LEFT = "x-hubspot-ratelimit-remaining"


class Ticks:
    """Real time, as slow as the test likes."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def app(world, ticks):
    helm = Helm.of(world, quotas=True)
    helm.quotas.ticks = ticks
    return build_app(world, helm)


async def statuses(client: httpx.AsyncClient, count: int, path: str = CONTACTS) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(count)]


async def test_190_calls_in_ten_seconds_are_all(hubspot, ticks):
    assert set(await statuses(hubspot, 190)) == {200}
    answer = await hubspot.get(CONTACTS)
    told = answer.json()
    assert (answer.status_code, told["errorType"], told["policyName"]) == (429, "RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert told["correlationId"] == answer.headers["x-hubspot-correlation-id"]
    assert answer.headers[LEFT] == "0"
    assert "retry-after" not in answer.headers
    ticks.now += 10
    assert (await hubspot.get(CONTACTS)).status_code == 200


async def test_the_window_rolls(hubspot, ticks):
    await hubspot.post("/sandbox/quotas", json={"hubspot_burst": 2})
    assert await statuses(hubspot, 1) == [200]
    ticks.now += 6
    assert await statuses(hubspot, 2) == [200, 429]
    ticks.now += 5
    assert await statuses(hubspot, 2) == [200, 429]


async def test_headers_count_down(hubspot):
    headers = [(await hubspot.get(CONTACTS)).headers for _ in range(3)]
    assert [one[LEFT] for one in headers] == ["189", "188", "187"]
    assert headers[2]["x-hubspot-ratelimit-max"] == "190"
    assert headers[2]["x-hubspot-ratelimit-daily-remaining"] == "999997"


async def test_searches_have_five_a_second_of_their_own_and_no_headers(hubspot, ticks):
    path = f"{CONTACTS}/search"
    answers = [await hubspot.post(path, json={}) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[5].json()["policyName"] == "SECONDLY"
    assert not [name for one in answers for name in one.headers if "ratelimit" in name]
    assert (await hubspot.get(CONTACTS)).headers[LEFT] == "189"
    ticks.now += 1
    assert (await hubspot.post(path, json={})).status_code == 200


async def test_the_day_ends_at_midnight_where_the_account_lives(hubspot, world):
    await hubspot.post("/sandbox/quotas", json={"hubspot_daily": 1})
    assert await statuses(hubspot, 1) == [200]
    answer = await hubspot.get(CONTACTS)
    assert (answer.status_code, answer.json()["policyName"]) == (429, "DAILY")
    await hubspot.post("/sandbox/clock", json={"now": "2026-05-30T00:00:00-06:00"})
    assert await statuses(hubspot, 1) == [200]


async def test_a_public_app_has_less_and_no_daily_headers(anyone, world):
    account(world).tokens["CNot-a-private-app"] = set(next(iter(account(world).tokens.values())))
    anyone.headers["authorization"] = "Bearer CNot-a-private-app"
    answer = await anyone.get(CONTACTS)
    assert answer.headers["x-hubspot-ratelimit-max"] == "110"
    assert "x-hubspot-ratelimit-daily" not in answer.headers


async def test_retry_after_comes_only_when_it_is_wished_for(hubspot, ticks):
    await hubspot.post("/sandbox/quotas", json={"hubspot_burst": 1, "hubspot_retry_after": 1})
    await statuses(hubspot, 1)
    ticks.now += 3
    assert (await hubspot.get(CONTACTS)).headers["retry-after"] == "7"


async def test_associations_have_a_quota_of_their_own(hubspot):
    await hubspot.post("/sandbox/quotas", json={"hubspot_associations": 1})
    path = "/crm/v4/associations/contacts/companies/labels"
    assert await statuses(hubspot, 2, path) == [200, 429]
    assert await statuses(hubspot, 1) == [200]


async def test_salesforce_counts_24_hours(hubspot, world):
    await hubspot.post("/sandbox/quotas", json={"salesforce_daily": 2})
    path = "/services/data/v62.0/sobjects"
    first = await hubspot.get(path)
    assert first.headers["sforce-limit-info"] == "api-usage=1/2"
    await hubspot.get(path)
    refused = await hubspot.get(path)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert (await hubspot.get("/services/data")).status_code == 200
    await hubspot.post("/sandbox/clock", json={"advance": "24h"})
    assert (await hubspot.get(path)).status_code != 403


async def test_the_org_tells_what_its_quota_counts(anyone, world):
    headers = {"authorization": f"Bearer {new_token(world)}"}
    path = "/services/data/v62.0/limits"

    async def told() -> dict[str, int]:
        return (await anyone.get(path, headers=headers)).json()["DailyApiRequests"]

    await anyone.post("/sandbox/quotas", json={"salesforce_daily": 7})
    assert await told() == {"Max": 7, "Remaining": 6}
    assert await told() == {"Max": 7, "Remaining": 5}
    quotas = (await anyone.get("/sandbox/quotas")).json()
    assert quotas["used"]["salesforce_daily"] == 2
    await anyone.post("/sandbox/quotas", json={"on": False})
    assert await told() == {"Max": 100_000, "Remaining": 99_997}


async def test_salesforce_allows_so_many_long_calls_at_once(hubspot, ticks):
    path = "/services/data/v62.0/sobjects"
    await hubspot.post("/sandbox/quotas", json={"salesforce_long": 2})
    await hubspot.post("/sandbox/faults", json={"match": "* /services", "times": 2, "delay_ms": 200, "status": 200})
    long = [asyncio.create_task(hubspot.get(path)) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert (await hubspot.get(path)).status_code != 403
    ticks.now += 20
    refused = await hubspot.get(path)
    assert (refused.status_code, "ConcurrentRequests" in refused.text) == (403, True)
    await asyncio.gather(*long)
    assert (await hubspot.get(path)).status_code != 403


async def test_quotas_can_be_switched_and_seen(hubspot):
    await hubspot.post("/sandbox/quotas", json={"hubspot_burst": 0})
    assert await statuses(hubspot, 1) == [429]
    told = (await hubspot.post("/sandbox/quotas", json={"on": False})).json()
    assert (told["on"], told["limits"]["hubspot_burst"]) == (False, 0)
    assert await statuses(hubspot, 1) == [200]


@pytest.mark.parametrize("said", [{"hubspot_bursts": 1}, {"on": "yes"}, {"hubspot_burst": -1}])
async def test_a_quota_that_cannot_be_is_refused(hubspot, said):
    assert (await hubspot.post("/sandbox/quotas", json=said)).status_code == 400
