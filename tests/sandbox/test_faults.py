"""Faults of every kind: what a client gets, and what the CRM holds afterwards."""

from __future__ import annotations

import httpx
import pytest

from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.faults import KINDS, PRESETS
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.server import Sandbox

CONTACTS = "/crm/v3/objects/contacts"
LEADS = "/services/data/v62.0/composite/sobjects"


def contact(number: int, trace: bool = True) -> dict[str, object]:
    traced = {"objectWriteTraceId": f"t{number}"} if trace else {}
    return {"properties": {"email": f"p{number}@example.com"}, **traced}


async def order(client: httpx.AsyncClient, **said: object) -> None:
    assert (await client.post("/sandbox/faults", json=said)).status_code == 200


async def held(client: httpx.AsyncClient) -> list[str]:
    rows = (await client.get(f"{CONTACTS}?limit=100")).json()["results"]
    return sorted(row["properties"]["email"] for row in rows)


async def test_a_garbled_answer_is_not_json_but_the_write_has_happened(hubspot):
    await order(hubspot, match=f"POST {CONTACTS}", then="garble")
    answer = await hubspot.post(CONTACTS, json=contact(1, trace=False))
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert await held(hubspot) == ["p1@example.com"]


async def test_half_a_batch_fails_with_an_error_per_trace_id(hubspot):
    await order(hubspot, preset="hubspot-half-batch")
    answer = await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": [contact(n) for n in range(6)]})
    told = answer.json()
    failed = {error["context"]["objectWriteTraceId"][0] for error in told["errors"]}
    written = {one["objectWriteTraceId"] for one in told["results"]}
    assert (answer.status_code, told["numErrors"], len(failed)) == (207, 3, 3)
    assert failed | written == {f"t{n}" for n in range(6)}
    assert await held(hubspot) == sorted(f"p{trace[1:]}@example.com" for trace in written)


async def test_a_batch_of_which_every_row_fails_writes_nothing(hubspot):
    await order(hubspot, match="POST /crm", then="half", share=1)
    answer = await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": [contact(1)]})
    assert (answer.status_code, answer.json()["results"], answer.json()["numErrors"]) == (207, [], 1)
    assert await held(hubspot) == []


async def test_without_trace_ids_half_a_batch_is_none(hubspot):
    await order(hubspot, match="POST /crm", then="half")
    inputs = [contact(n, trace=False) for n in range(4)]
    assert (await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})).status_code == 400
    assert await held(hubspot) == []


async def test_half_a_collection_fails_in_its_places(force):
    await order(force, preset="salesforce-row-locks")
    records = [{"attributes": {"type": "Lead"}, "LastName": f"L{n}", "Company": "Acme"} for n in range(10)]
    told = (await force.post(LEADS, json={"allOrNone": False, "records": records})).json()
    failed = [place for place, one in enumerate(told) if not one["success"]]
    assert len(failed) == 3
    assert {told[place]["errors"][0]["statusCode"] for place in failed} == {"UNABLE_TO_LOCK_ROW"}
    query = "/services/data/v62.0/query?q=SELECT+Id,LastName+FROM+Lead"
    names = {one["Id"]: one["LastName"] for one in (await force.get(query)).json()["records"]}
    assert {one["id"]: f"L{place}" for place, one in enumerate(told) if one["success"]} == names


async def test_a_collection_of_all_or_none_writes_nothing(force):
    await order(force, preset="salesforce-half-batch")
    records = [{"attributes": {"type": "Lead"}, "LastName": f"L{n}", "Company": "Acme"} for n in range(4)]
    told = (await force.post(LEADS, json={"allOrNone": True, "records": records})).json()
    codes = sorted(one["errors"][0]["statusCode"] for one in told)
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK"] * 2 + ["UNABLE_TO_LOCK_ROW"] * 2
    count = await force.get("/services/data/v62.0/query?q=SELECT+COUNT()+FROM+Lead")
    assert count.json()["totalSize"] == 0


async def test_pages_may_be_in_any_order(hubspot):
    await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": [contact(n) for n in range(20)]})
    straight = (await hubspot.get(f"{CONTACTS}?limit=20")).json()
    await order(hubspot, preset="hubspot-shuffled", times=1)
    shuffled = (await hubspot.get(f"{CONTACTS}?limit=20")).json()
    assert shuffled["results"] != straight["results"]
    assert sorted(one["id"] for one in shuffled["results"]) == [one["id"] for one in straight["results"]]


async def test_rows_of_the_page_before_may_come_again(hubspot):
    await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": [contact(n) for n in range(20)]})
    await order(hubspot, match=f"GET {CONTACTS}", then="repeat", times=9, share=0.2)
    first = (await hubspot.get(f"{CONTACTS}?limit=10")).json()
    after = first["paging"]["next"]["after"]
    second = (await hubspot.get(f"{CONTACTS}?limit=10&after={after}")).json()
    before = {one["id"] for one in first["results"]}
    assert [one["id"] in before for one in second["results"]] == [True] * 2 + [False] * 10


async def storm(seed: int) -> list[int]:
    """The statuses that one client meets."""
    world = new_world(speed=0)
    headers = {"authorization": f"Bearer {next(iter(account(world).tokens))}"}
    transport = httpx.ASGITransport(build_app(world))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
        await order(client, preset="hubspot-storm", seed=seed, times=100)
        found = [(await client.get(CONTACTS)).status_code for _ in range(40)]
    world.db.close()
    return found


async def test_a_storm_is_the_same_again_with_the_same_seed():
    first = await storm(11)
    assert await storm(11) == first
    assert await storm(12) != first
    assert set(first) == {200, 429}


async def test_a_path_may_leave_parts_open(hubspot):
    await order(hubspot, preset="hubspot-search-limit", times=1)
    assert (await hubspot.get(CONTACTS)).status_code == 200
    answer = await hubspot.post("/crm/v3/objects/deals/search", json={})
    assert (answer.status_code, answer.json()["policyName"]) == (429, "SECONDLY")


@pytest.mark.parametrize("name", PRESETS)
async def test_every_preset_can_be_ordered(hubspot, name):
    await order(hubspot, preset=name)
    (told,) = (await hubspot.get("/sandbox/faults")).json()["faults"]
    assert told["then"] in KINDS


@pytest.mark.parametrize(
    "said",
    [
        {"preset": "doom"},
        {"match": "GET /x", "chance": 2},
        {"match": "GET /x", "times": "many"},
        {"match": 5},
        {"match": "GET /x", "headers": {"a": 1}},
        {"match": "GET /x", "share": "half"},
        {"match": "GET /x", "row_error": 1},
    ],
)
async def test_an_order_that_makes_no_sense_is_one_sentence(hubspot, said):
    answer = await hubspot.post("/sandbox/faults", json=said)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("POST /sandbox/faults: ")


@pytest.fixture(scope="module")
def served():
    with Sandbox(people=0, seed=3) as running:
        yield running


@pytest.fixture
def wire(served):
    """A client over a real connection: these faults are about connections."""
    card = served.card()["hubspot"]
    headers = {"authorization": f"Bearer {card['token']}"}
    with httpx.Client(base_url=card["url"], headers=headers, timeout=0.5) as client:
        client.post("/sandbox/reset", timeout=30)
        yield client


def test_a_call_may_never_be_answered(wire):
    wire.post("/sandbox/faults", json={"preset": "hubspot-timeout"})
    with pytest.raises(httpx.ReadTimeout):
        wire.post(CONTACTS, json=contact(1, trace=False))
    assert wire.get(CONTACTS).json()["results"] == []


def test_a_write_may_happen_without_ever_being_answered(wire):
    wire.post("/sandbox/faults", json={"match": f"POST {CONTACTS}", "then": "handle-and-hang"})
    with pytest.raises(httpx.ReadTimeout):
        wire.post(CONTACTS, json=contact(1, trace=False))
    assert len(wire.get(CONTACTS).json()["results"]) == 1


def test_an_answer_may_break_off_in_the_middle(wire):
    wire.post("/sandbox/faults", json={"match": f"GET {CONTACTS}", "then": "truncate"})
    with pytest.raises(httpx.RemoteProtocolError):
        wire.get(CONTACTS)
    assert wire.get(CONTACTS).json()["results"] == []


def test_a_write_is_applied_before_its_answer_is_late(wire):
    wire.post("/sandbox/faults", json={"match": f"POST {CONTACTS}", "then": "handle", "delay_ms": 60_000})
    with pytest.raises(httpx.ReadTimeout):
        wire.post(CONTACTS, json=contact(1, trace=False))
    assert len(wire.get(CONTACTS).json()["results"]) == 1
