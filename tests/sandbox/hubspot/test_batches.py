"""Batches of the HubSpot face: whole or, with trace ids, row by row."""

from __future__ import annotations

CONTACTS = "/crm/v3/objects/contacts"


async def test_a_batch_reads_by_id_and_says_which_ids_are_missing(hubspot, make):
    found = await make("contacts", email="ana@example.com", city="León")
    answer = await hubspot.post(
        f"{CONTACTS}/batch/read",
        json={"inputs": [{"id": found}, {"id": "999"}], "properties": ["city"], "propertiesWithHistory": ["city"]},
    )
    body = answer.json()
    assert (answer.status_code, body["status"], body["numErrors"]) == (207, "COMPLETE", 1)
    assert [one["properties"]["city"] for one in body["results"]] == ["León"]
    assert body["results"][0]["propertiesWithHistory"]["city"][0]["value"] == "León"
    assert body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert body["errors"][0]["context"] == {"ids": ["999"]}


async def test_a_batch_reads_by_address(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    said = {"inputs": [{"id": "ANA@example.com"}], "properties": ["email"], "idProperty": "email"}
    assert [one["id"] for one in (await hubspot.post(f"{CONTACTS}/batch/read", json=said)).json()["results"]] == [found]


async def test_one_bad_input_without_trace_ids_fails_the_whole_batch(hubspot):
    inputs = [{"properties": {"email": "ana@example.com"}}, {"properties": {"email": "bad"}}]
    answer = await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert (await hubspot.get(CONTACTS)).json()["results"] == []


async def test_with_trace_ids_the_good_rows_are_written_and_the_bad_ones_named(hubspot, make):
    taken = await make("contacts", email="luis@example.com")
    inputs = [
        {"objectWriteTraceId": "a", "properties": {"email": "ana@example.com"}},
        {"objectWriteTraceId": "b", "properties": {"nope": "1"}},
        {"objectWriteTraceId": "c", "properties": {"email": "luis@example.com"}},
    ]
    answer = await hubspot.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    body = answer.json()
    assert (answer.status_code, body["numErrors"]) == (207, 2)
    assert [one["objectWriteTraceId"] for one in body["results"]] == ["a"]
    told = {error["context"]["objectWriteTraceId"][0]: error for error in body["errors"]}
    assert (told["b"]["category"], told["c"]["category"]) == ("VALIDATION_ERROR", "CONFLICT")
    assert told["c"]["message"].endswith(taken)


async def test_a_trace_id_is_a_text(hubspot):
    odd = {"inputs": [{"objectWriteTraceId": {"a": 1}, "properties": {"email": "ana@example.com"}}]}
    assert (await hubspot.post(f"{CONTACTS}/batch/create", json=odd)).status_code == 400


async def test_updates_answer_200_in_no_promised_order(hubspot, make, later):
    ids = [await make("contacts", email=f"p{number}@example.com") for number in range(3)]
    later(seconds=1)
    inputs = [{"id": one, "properties": {"city": "León"}} for one in ids]
    answer = await hubspot.post(f"{CONTACTS}/batch/update", json={"inputs": inputs})
    assert answer.status_code == 200
    found = [one["id"] for one in answer.json()["results"]]
    assert found != ids
    assert sorted(found) == ids
    assert {one["updatedAt"] for one in answer.json()["results"]} == {"2026-05-30T02:00:01Z"}


async def test_an_unknown_id_fails_the_batch_or_its_own_row(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    inputs = [{"id": found, "properties": {"city": "León"}}, {"id": "999", "properties": {"city": "León"}}]
    assert (await hubspot.post(f"{CONTACTS}/batch/update", json={"inputs": inputs})).status_code == 400
    traced = [{**one, "objectWriteTraceId": str(at)} for at, one in enumerate(inputs)]
    body = (await hubspot.post(f"{CONTACTS}/batch/update", json={"inputs": traced})).json()
    assert [one["id"] for one in body["results"]] == [found]
    assert body["errors"][0]["context"] == {"ids": ["999"], "objectWriteTraceId": ["1"]}


async def test_the_same_record_twice_in_a_batch_is_refused(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    inputs = [{"id": found, "properties": {"city": "León"}}] * 2
    answer = await hubspot.post(f"{CONTACTS}/batch/update", json={"inputs": inputs})
    assert (answer.status_code, answer.json()["message"]) == (400, "Duplicate IDs found in batch input")


async def test_more_than_a_hundred_inputs_are_refused(hubspot):
    answer = await hubspot.post(f"{CONTACTS}/batch/read", json={"inputs": [{"id": str(one)} for one in range(101)]})
    assert answer.status_code == 400


async def test_upsert_tells_the_new_from_the_known(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    inputs = [
        {"id": "ana@example.com", "idProperty": "email", "properties": {"city": "León"}},
        {"id": "new@example.com", "idProperty": "email", "properties": {"city": "Puebla"}},
    ]
    answer = await hubspot.post(f"{CONTACTS}/batch/upsert", json={"inputs": inputs})
    assert answer.status_code == 200
    told = {one["properties"]["email"]: (one["new"], one["id"]) for one in answer.json()["results"]}
    assert told["ana@example.com"] == (False, found)
    assert told["new@example.com"][0] is True


async def test_upsert_needs_a_unique_property(hubspot):
    inputs = [{"id": "Pilot", "idProperty": "dealname", "properties": {}}]
    answer = await hubspot.post("/crm/v3/objects/deals/batch/upsert", json={"inputs": inputs})
    assert answer.json()["message"] == "Unable to perform update/upsert by non-unique 0-3 property dealname"


async def test_a_batch_archives_and_does_not_mind_strangers(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    answer = await hubspot.post(f"{CONTACTS}/batch/archive", json={"inputs": [{"id": found}, {"id": "999"}]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await hubspot.get(CONTACTS)).json()["results"] == []
