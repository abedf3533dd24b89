"""Things that happen to a world by order: at once, or in the middle of somebody's run."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.hubspot import account

CONTACTS = "/crm/v3/objects/contacts"
DATA = "/services/data/v62.0"


async def act(client, **said):
    answer = await client.post("/sandbox/actions", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def town(hubspot):
    """Ten contacts, by name."""
    inputs = [{"properties": {"email": f"p{n}@example.com", "firstname": f"P{n}"}} for n in range(10)]
    rows = (await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})).json()["results"]
    return sorted(row["id"] for row in rows)


async def leads(force, count=3):
    made = [
        await force.post(f"{DATA}/sobjects/Lead", json={"LastName": f"L{n}", "Company": "Acme"}) for n in range(count)
    ]
    return [one.json()["id"] for one in made]


async def test_records_are_deleted_in_the_middle_of_a_reading(hubspot, town):
    await act(hubspot, do="delete", crm="hubspot", object="contacts", ids=[town[7]], match=f"GET {CONTACTS}", after=1)
    first = (await hubspot.get(f"{CONTACTS}?limit=5")).json()
    second = (await hubspot.get(f"{CONTACTS}?limit=5&after={first['paging']['next']['after']}")).json()
    assert [row["id"] for row in first["results"] + second["results"]] == [*town[:7], *town[8:]]
    told = (await hubspot.get("/sandbox/actions")).json()
    assert (told["waiting"], told["done"]) == ([], [{"do": "delete", "outcome": {"ids": [town[7]]}}])


async def test_a_draw_is_the_same_again_with_the_same_seed(hubspot, town):
    said = {"do": "change", "crm": "hubspot", "object": "contacts", "count": 3, "values": {"city": "Puebla"}}
    first = await act(hubspot, **said, seed=5)
    assert await act(hubspot, **said, seed=5) == first
    assert await act(hubspot, **said, seed=6) != first


async def test_a_merge_leaves_one_of_two(hubspot, town):
    told = await act(hubspot, do="merge", crm="hubspot", object="contacts", ids=town[:2])
    assert told["outcome"]["other"] == town[1]
    ids = [row["id"] for row in (await hubspot.get(f"{CONTACTS}?limit=50")).json()["results"]]
    assert town[1] not in ids
    assert told["outcome"]["survivor"] in ids


async def test_a_property_appears_and_goes_in_the_middle_of_a_run(hubspot, town):
    add = {"do": "add-field", "crm": "hubspot", "object": "contacts", "name": "extra"}
    await act(hubspot, **add, match=f"PATCH {CONTACTS}", after=1)
    await act(hubspot, **{**add, "do": "drop-field"}, match=f"PATCH {CONTACTS}", after=2)
    said = {"properties": {"extra": "x"}}
    found = [(await hubspot.patch(f"{CONTACTS}/{town[0]}", json=said)).status_code for _ in range(3)]
    assert found == [400, 200, 400]


async def test_a_salesforce_field_appears_with_its_permission_and_goes(force):
    (lead,) = await leads(force, 1)
    said = {"crm": "salesforce", "object": "Lead", "name": "Extra__c"}
    found = []
    for do in (None, "add-field", "drop-field"):
        if do:
            await act(force, do=do, **said)
        found.append((await force.patch(f"{DATA}/sobjects/Lead/{lead}", json={"Extra__c": "x"})).status_code)
    assert found == [400, 204, 400]


async def test_many_records_get_one_stamp(hubspot, town):
    told = await act(hubspot, do="same-stamp", crm="hubspot", object="contacts", count=10, at="2026-05-01T10:00:00Z")
    assert told["outcome"]["records"] == 10
    rows = (await hubspot.get(f"{CONTACTS}?limit=50")).json()["results"]
    assert {row["updatedAt"] for row in rows} == {"2026-05-01T10:00:00Z"}


async def test_a_change_may_come_with_a_stamp_of_the_past(hubspot, town):
    said = {"crm": "hubspot", "object": "contacts", "ids": [town[0]], "values": {"city": "Puebla"}}
    await hubspot.post("/sandbox/clock", json={"advance": "5m"})
    await act(hubspot, do="late-change", **said, stamped_ms_ago=90_000)
    row = (await hubspot.get(f"{CONTACTS}/{town[0]}?properties=city")).json()
    assert (row["properties"]["city"], row["updatedAt"]) == ("Puebla", "2026-05-30T02:03:30Z")


async def test_no_stamp_goes_back_behind_the_one_before(hubspot, town):
    said = {"crm": "hubspot", "object": "contacts", "ids": [town[0]], "values": {"city": "Puebla"}}
    before = (await hubspot.get(f"{CONTACTS}/{town[0]}")).json()["updatedAt"]
    await act(hubspot, do="late-change", **said, stamped_ms_ago=90_000)
    assert (await hubspot.get(f"{CONTACTS}/{town[0]}")).json()["updatedAt"] == before


async def test_search_may_lag_from_the_middle_of_a_run_on(hubspot, town):
    await act(hubspot, do="index-lag", ms=60_000, match=f"PATCH {CONTACTS}")
    await hubspot.post("/sandbox/clock", json={"advance": "2m"})
    await hubspot.patch(f"{CONTACTS}/{town[0]}", json={"properties": {"city": "Puebla"}})
    said = {"filters": [{"propertyName": "city", "operator": "EQ", "value": "Puebla"}]}
    found = []
    for advance in ("1s", "2m"):
        await hubspot.post("/sandbox/clock", json={"advance": advance})
        found.append((await hubspot.post(f"{CONTACTS}/search", json=said)).json()["total"])
    assert found == [0, 1]


async def test_a_bulk_job_may_be_told_to_fail(force, world):
    told = await act(force, do="fail-bulk", after_rows=1, message="Too many lock failure")
    assert told["outcome"] == {"after_rows": 1, "errorMessage": "Too many lock failure"}
    assert (await force.post("/sandbox/actions", json={"do": "fail-bulk", "after_rows": -1})).status_code == 400
    job = (await force.post(f"{DATA}/jobs/ingest", json={"operation": "insert", "object": "Lead"})).json()["id"]
    sheet = {"content": "LastName,Company\nA,C\nB,C\n", "headers": {"content-type": "text/csv"}}
    await force.put(f"{DATA}/jobs/ingest/{job}/batches", **sheet)
    await force.patch(f"{DATA}/jobs/ingest/{job}", json={"state": "UploadComplete"})
    for _ in range(2):
        state = (await force.get(f"{DATA}/jobs/ingest/{job}")).json()
    assert (state["state"], state["retries"], state["numberRecordsProcessed"]) == ("Failed", 20, 1)


async def test_sessions_end_and_a_new_login_helps(force, world):
    assert (await force.get(f"{DATA}/sobjects")).status_code == 200
    await act(force, do="expire-tokens", crm="salesforce", match=f"GET {DATA}/sobjects", after=1)
    assert (await force.get(f"{DATA}/sobjects")).status_code == 200
    answer = await force.get(f"{DATA}/sobjects")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


async def test_a_rotated_token_is_the_only_one_that_opens(hubspot):
    told = await act(hubspot, do="rotate-secret", crm="hubspot")
    assert (await hubspot.get(CONTACTS)).status_code == 401
    hubspot.headers["authorization"] = f"Bearer {told['outcome']['token']}"
    assert (await hubspot.get(CONTACTS)).status_code == 200


async def test_a_rotated_secret_is_the_only_one_that_logs_in(anyone, world):
    app = dict(world.notes["salesforce_app"])
    told = await act(anyone, do="rotate-secret", crm="salesforce")
    found = []
    for secret in (app["client_secret"], told["outcome"]["client_secret"]):
        form = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": secret}
        found.append((await anyone.post("/services/oauth2/token", data=form)).status_code)
    assert found == [400, 200]


async def test_public_apps_tokens_expire(hubspot):
    assert (await act(hubspot, do="expire-tokens", crm="hubspot"))["outcome"] == {"ended": 0}


async def test_any_call_can_be_made_from_inside_and_leaves_no_trace(hubspot, world):
    body = {"properties": {"email": "in@example.com"}}
    await hubspot.post("/sandbox/faults", json={"match": "* /crm", "times": 9})
    told = await act(hubspot, do="call", method="POST", path=CONTACTS, body=body)
    assert told["outcome"]["status"] == 201
    assert (await hubspot.get("/sandbox/calls")).json()["hubspot"] == {}
    assert list(account(world).tokens) == [hubspot.headers["authorization"].removeprefix("Bearer ")]


async def test_what_goes_wrong_later_is_told_and_the_call_goes_on(hubspot, town):
    said = {"do": "delete", "crm": "hubspot", "object": "contacts", "ids": ["1"], "match": "* /crm"}
    await act(hubspot, **said)
    assert (await hubspot.patch(f"{CONTACTS}/{town[0]}", json={"properties": {}})).status_code == 200
    await act(hubspot, **{**said, "do": "change", "values": {"nonsense": "1"}})
    assert (await hubspot.get(CONTACTS)).status_code == 200
    assert "problem" in (await hubspot.get("/sandbox/actions")).json()["done"][-1]


async def test_waiting_orders_can_be_taken_back(hubspot, town):
    await act(hubspot, do="delete", crm="hubspot", object="contacts", count=5, match="* /crm")
    assert len((await hubspot.get("/sandbox/actions")).json()["waiting"]) == 1
    await hubspot.delete("/sandbox/actions")
    assert len((await hubspot.get(f"{CONTACTS}?limit=50")).json()["results"]) == 10


@pytest.mark.parametrize(
    "said",
    [
        {"do": "explode"},
        {"do": "delete", "crm": "hubspot", "object": "people"},
        {"do": "delete", "crm": "hubspot", "object": "contacts", "count": 5},
        {"do": "change", "crm": "hubspot", "object": "contacts", "ids": ["1"]},
        {"do": "rotate-secret", "crm": "pipedrive"},
        {"do": "call", "path": "/sandbox/reset"},
        {"do": "delete", "match": "everything"},
        {"do": "delete", "crm": "hubspot", "object": "contacts", "ids": "12"},
        {"do": "same-stamp", "crm": "hubspot", "object": "contacts", "ids": ["1"], "at": "2026-05-01T10:00:00"},
    ],
)
async def test_an_order_that_cannot_be_is_one_sentence(hubspot, said):
    answer = await hubspot.post("/sandbox/actions", json=said)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("POST /sandbox/actions: ")


async def test_a_merge_in_salesforce_leaves_one_of_two(force):
    first, second, third = await leads(force)
    told = await act(force, do="merge", crm="salesforce", object="Lead", ids=[first, second])
    assert told["outcome"] == {"primary": first, "other": second, "survivor": first}
    rows = (await force.get(f"{DATA}/queryAll?q=SELECT+Id,IsDeleted,MasterRecordId+FROM+Lead")).json()["records"]
    merged = {row["Id"]: (row["IsDeleted"], row["MasterRecordId"]) for row in rows}
    assert merged == {first: (False, None), second: (True, first), third: (False, None)}
