"""What both faces share: the world's date, the control API, and trouble on order."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.faults import template

CONTACTS = "/crm/v3/objects/contacts"


async def test_every_answer_carries_the_worlds_date(hubspot):
    for path in (CONTACTS, "/services/data", "/sandbox/", "/nowhere"):
        assert (await hubspot.get(path)).headers["date"] == "Sat, 30 May 2026 02:00:00 GMT"


async def test_the_clock_can_be_set_and_run_faster(hubspot, world):
    said = {"now": "2026-06-01T09:30:00-06:00", "speed": 0}
    told = (await hubspot.post("/sandbox/clock", json=said)).json()
    assert told == {"now": "2026-06-01T15:30:00+00:00", "speed": 0}
    assert (await hubspot.get(CONTACTS)).headers["date"] == "Mon, 01 Jun 2026 15:30:00 GMT"
    await hubspot.post("/sandbox/clock", json={"speed": 1_000_000})
    before = world.clock.now()
    assert (await hubspot.get("/sandbox/clock")).json()["now"] > before.isoformat()


@pytest.mark.parametrize(
    ("advance", "now"),
    [("90s", "02:01:30"), ("15m", "02:15:00"), ("2h", "04:00:00")],
)
async def test_the_clock_can_be_moved_on(hubspot, advance, now):
    told = (await hubspot.post("/sandbox/clock", json={"advance": advance})).json()
    assert told["now"] == f"2026-05-30T{now}+00:00"


async def test_a_world_without_a_town_has_no_life_and_no_truth(hubspot):
    await hubspot.post("/sandbox/clock", json={"advance": "30d"})
    told = (await hubspot.get("/sandbox/life")).json()
    assert told == {"on": True, "events": 0, "last": [], "next_at": None}
    assert (await hubspot.get("/sandbox/truth")).status_code == 400
    assert (await hubspot.post("/sandbox/life", json={"on": "perhaps"})).status_code == 400


@pytest.mark.parametrize("said", [{"advance": "soon"}, {"advance": 5}, {"speed": -1}, {"speed": "fast"}])
async def test_a_time_that_cannot_be_is_refused(hubspot, said):
    assert (await hubspot.post("/sandbox/clock", json=said)).status_code == 400


async def test_a_clock_without_an_offset_is_refused_in_one_sentence(hubspot):
    answer = await hubspot.post("/sandbox/clock", json={"now": "2026-06-01T09:30:00"})
    assert answer.status_code == 400
    assert "it must say its offset" in answer.json()["error"]


async def test_the_sandbox_tells_what_is_here(hubspot):
    told = (await hubspot.get("/sandbox/")).json()
    assert told["records"]["hubspot"]["contacts"] == 0
    assert "Lead" in told["records"]["salesforce"]
    assert "POST /sandbox/faults" in told["paths"]


async def test_calls_are_counted_per_face_and_path(hubspot):
    await hubspot.get(f"{CONTACTS}/512")
    await hubspot.get(f"{CONTACTS}/513")
    await hubspot.get("/services/data")
    told = (await hubspot.get("/sandbox/calls")).json()
    assert told == {"hubspot": {f"GET {CONTACTS}/{{id}}": 2}, "salesforce": {"GET /services/data": 1}}
    assert (await hubspot.post("/sandbox/calls/reset")).json() == {"hubspot": {}, "salesforce": {}}


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("/crm/v4/objects/contacts/512/associations/deals", "/crm/v4/objects/contacts/{id}/associations/deals"),
        ("/services/data/v62.0/sobjects/Lead/00Q5e00000AbCdEAAV", "/services/data/v62.0/sobjects/Lead/{id}"),
        ("/services/data/v62.0/query/01gAB000000000001-2000", "/services/data/v62.0/query/{id}"),
        ("/services/data/v62.0/sobjects/OpportunityHistory", "/services/data/v62.0/sobjects/OpportunityHistory"),
    ],
)
def test_ids_in_a_path_are_made_equal(path, same):
    assert template(path) == same


async def test_a_fault_strikes_after_some_calls_and_only_so_often(hubspot):
    order = {"match": f"GET {CONTACTS}", "status": 503, "after": 1, "times": 2, "headers": {"retry-after": "1"}}
    assert (await hubspot.post("/sandbox/faults", json=order)).json()["faults"][0]["times"] == 2
    answers = [await hubspot.get(CONTACTS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert answers[1].headers["retry-after"] == "1"
    assert (await hubspot.get("/sandbox/faults")).json() == {"faults": []}


async def test_a_fault_may_lose_the_answer_of_an_applied_write(hubspot):
    await hubspot.post("/sandbox/faults", json={"match": f"POST {CONTACTS}", "status": 504, "then": "handle"})
    said = {"properties": {"email": "ana@example.com"}}
    assert (await hubspot.post(CONTACTS, json=said)).status_code == 504
    assert (await hubspot.post(CONTACTS, json=said)).status_code == 409


async def test_a_refused_call_changes_nothing(hubspot):
    body = {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
    await hubspot.post("/sandbox/faults", json={"match": "* /crm", "status": 429, "body": body})
    answer = await hubspot.post(CONTACTS, json={"properties": {"email": "ana@example.com"}})
    assert (answer.status_code, answer.json()) == (429, body)
    assert (await hubspot.get(CONTACTS)).json()["results"] == []


async def test_orders_can_be_taken_back(hubspot):
    await hubspot.post("/sandbox/faults", json={"match": "* /crm", "times": 99})
    await hubspot.delete("/sandbox/faults")
    assert (await hubspot.get(CONTACTS)).status_code == 200


@pytest.mark.parametrize(
    "order", [{"match": "/crm"}, {"match": "* /crm", "then": "explode"}, {"matches": "* /crm"}, [1]]
)
async def test_an_order_that_cannot_be_is_refused(hubspot, order):
    answer = await hubspot.post("/sandbox/faults", json=order)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("POST /sandbox/faults: ")


async def test_latency_is_only_taken_as_a_number(hubspot):
    assert (await hubspot.post("/sandbox/latency", json={"ms": 1})).json() == {"ms": 1}
    assert (await hubspot.get(CONTACTS)).status_code == 200
    assert (await hubspot.post("/sandbox/latency", json={"ms": "soon"})).status_code == 400
