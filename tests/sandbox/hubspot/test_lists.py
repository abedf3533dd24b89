"""Lists: kept by hand, kept by filters, or filled once."""

from __future__ import annotations

from typing import Any

import pytest

LISTS = "/crm/v3/lists"


def prop(name: str, operator: str, kind: str = "STRING", **more: Any) -> dict[str, Any]:
    operation = {"operationType": kind, "operator": operator, "includeObjectsWithNoValueSet": False, **more}
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def branch(*filters: dict[str, Any], kind: str = "AND", inner: tuple[Any, ...] = ()) -> dict[str, Any]:
    told = {"filterBranchType": kind, "filterBranchOperator": kind, "filters": list(filters)}
    return {**told, "filterBranches": list(inner)}


@pytest.fixture
async def people(make):
    """Three contacts: Ana in León, Luis in Puebla, and Eva without a city."""
    return {
        "ana": await make("contacts", email="ana@example.com", city="León", lifecyclestage="marketingqualifiedlead"),
        "luis": await make("contacts", email="luis@example.com", city="Puebla"),
        "eva": await make("contacts", email="eva@work.example"),
    }


@pytest.fixture
def listed(hubspot):
    """listed("DYNAMIC", branch) makes a list and returns its id."""
    count = 0

    async def create(kind: str, told: dict[str, Any] | None = None) -> str:
        nonlocal count
        count += 1
        body = {"name": f"List {count}", "objectTypeId": "0-1", "processingType": kind}
        answer = await hubspot.post(LISTS + "/", json={**body, **({"filterBranch": told} if told else {})})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["list"]["listId"])

    return create


@pytest.fixture
def members(hubspot):
    async def read(list_id: str) -> list[str]:
        return [one["recordId"] for one in (await hubspot.get(f"{LISTS}/{list_id}/memberships")).json()["results"]]

    return read


async def test_people_are_put_on_a_manual_list_and_taken_off(hubspot, people, listed, members):
    made = await listed("MANUAL")
    added = await hubspot.put(f"{LISTS}/{made}/memberships/add", json=[people["ana"], people["luis"], "999"])
    assert added.json() == {
        "recordsIdsAdded": [people["ana"], people["luis"]], "recordIdsRemoved": [], "recordIdsMissing": ["999"],
    }  # fmt: skip
    change = {"recordIdsToAdd": [people["eva"]], "recordIdsToRemove": [people["ana"]]}
    await hubspot.put(f"{LISTS}/{made}/memberships/add-and-remove", json=change)
    assert await members(made) == [people["luis"], people["eva"]]
    assert (await hubspot.get(f"{LISTS}/{made}")).json()["list"]["size"] == 2
    await hubspot.delete(f"{LISTS}/{made}/memberships")
    assert await members(made) == []


async def test_a_dynamic_list_follows_its_filters(hubspot, people, listed, members):
    made = await listed("DYNAMIC", branch(prop("city", "IS_EQUAL_TO", value="León")))
    assert await members(made) == [people["ana"]]
    await hubspot.patch(f"/crm/v3/objects/contacts/{people['luis']}", json={"properties": {"city": "León"}})
    assert await members(made) == [people["ana"], people["luis"]]
    refused = await hubspot.put(f"{LISTS}/{made}/memberships/add", json=[people["eva"]])
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("told", "who"),
    [
        (branch(prop("city", "IS_KNOWN")), ["ana", "luis"]),
        (branch(prop("city", "IS_UNKNOWN")), ["eva"]),
        (branch(prop("city", "IS_ANY_OF", "ENUMERATION", values=["León", "Puebla"])), ["ana", "luis"]),
        (branch(prop("city", "IS_NONE_OF", "ENUMERATION", values=["León"])), ["luis"]),
        (
            branch(prop("city", "IS_NONE_OF", values=["León"], includeObjectsWithNoValueSet=True)),
            ["luis", "eva"],
        ),
        (branch(prop("email", "ENDS_WITH", "MULTISTRING", values=["example.com"])), ["ana", "luis"]),
        (branch(prop("email", "CONTAINS", value="work")), ["eva"]),
        (branch(prop("lifecyclestage", "IS_EXACTLY", "ENUMERATION", values=["lead"])), ["luis", "eva"]),
        (branch(kind="OR", inner=(branch(prop("city", "IS_EQUAL_TO", value="León")),
                                  branch(prop("email", "STARTS_WITH", value="eva")))), ["ana", "eva"]),
        (branch(prop("city", "IS_EQUAL_TO", value="León"), kind="NOT_ANY"), ["luis", "eva"]),
        (branch(prop("createdate", "IS_AFTER", "DATETIME", timestamp=1)), ["ana", "luis", "eva"]),
        (branch(prop("hs_object_id", "IS_BETWEEN", "NUMBER_RANGED", lowerBound=1, upperBound=5)), []),
    ],
)  # fmt: skip
async def test_filters_mean_what_they_say(people, listed, members, told, who):
    assert await members(await listed("DYNAMIC", told)) == [people[name] for name in who]


async def test_a_list_may_ask_who_is_on_another(people, listed, members, hubspot):
    kept = await listed("MANUAL")
    await hubspot.put(f"{LISTS}/{kept}/memberships/add", json=[people["ana"]])
    on_it = {"filterType": "IN_LIST", "listId": kept, "operator": "IN_LIST"}
    assert await members(await listed("DYNAMIC", branch(on_it))) == [people["ana"]]
    off = await listed("DYNAMIC", branch({**on_it, "operator": "NOT_IN_LIST"}))
    assert await members(off) == [people["luis"], people["eva"]]


async def test_a_snapshot_is_taken_once(hubspot, people, listed, members):
    made = await listed("SNAPSHOT", branch(prop("city", "IS_KNOWN")))
    await hubspot.patch(f"/crm/v3/objects/contacts/{people['eva']}", json={"properties": {"city": "León"}})
    assert await members(made) == [people["ana"], people["luis"]]
    await hubspot.put(f"{LISTS}/{made}/memberships/remove", json=[people["ana"]])
    assert await members(made) == [people["luis"]]


async def test_members_come_in_pages(hubspot, make, listed):
    ids = [await make("contacts", email=f"p{number}@example.com") for number in range(5)]
    made = await listed("DYNAMIC", branch(prop("email", "IS_KNOWN")))
    seen, after = [], ""
    while True:
        page = (await hubspot.get(f"{LISTS}/{made}/memberships?limit=2&after={after}")).json()
        seen += [one["recordId"] for one in page["results"]]
        if "paging" not in page:
            break
        after = page["paging"]["next"]["after"]
    assert seen == ids


async def test_lists_are_found_deleted_and_brought_back(hubspot, listed):
    made = await listed("MANUAL")
    found = (await hubspot.post(f"{LISTS}/search", json={"query": "list", "processingTypes": ["MANUAL"]})).json()
    assert ([one["listId"] for one in found["lists"]], found["total"], found["hasMore"]) == ([made], 1, False)
    assert found["lists"][0]["additionalProperties"]["hs_list_size"] == "0"
    by_name = await hubspot.get(f"{LISTS}/object-type-id/0-1/name/List 1")
    assert by_name.json()["list"]["listId"] == made
    assert (await hubspot.delete(f"{LISTS}/{made}")).status_code == 204
    assert (await hubspot.get(f"{LISTS}/{made}")).status_code == 404
    assert (await hubspot.put(f"{LISTS}/{made}/restore")).status_code == 204
    renamed = await hubspot.put(f"{LISTS}/{made}/update-list-name?listName=Reps")
    assert (renamed.json()["updatedList"]["name"], renamed.json()["updatedList"]["listVersion"]) == ("Reps", 2)


async def test_a_record_knows_its_lists_and_a_merge_keeps_its_place(hubspot, people, listed, members):
    made = await listed("MANUAL")
    await hubspot.put(f"{LISTS}/{made}/memberships/add", json=[people["luis"]])
    body = {"primaryObjectId": people["ana"], "objectIdToMerge": people["luis"]}
    await hubspot.post("/crm/v3/objects/contacts/merge", json=body)
    on = (await hubspot.get(f"{LISTS}/records/0-1/{people['ana']}/memberships")).json()
    assert [one["listId"] for one in on["results"]] == [made]


async def test_a_property_that_a_list_asks_for_cannot_be_archived(hubspot, listed):
    body = {"name": "smk_x", "label": "X", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    await hubspot.post("/crm/v3/properties/contacts", json=body)
    made = await listed("DYNAMIC", branch(prop("smk_x", "IS_KNOWN")))
    refused = await hubspot.delete("/crm/v3/properties/contacts/smk_x")
    assert (refused.status_code, refused.json()["subCategory"]) == (
        400, "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE",
    )  # fmt: skip
    await hubspot.delete(f"{LISTS}/{made}")
    assert (await hubspot.delete("/crm/v3/properties/contacts/smk_x")).status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "objectTypeId": "0-1", "processingType": "DYNAMIC"},
        {"name": "x", "objectTypeId": "0-1", "processingType": "ODD"},
        {"name": "x", "objectTypeId": "9-9", "processingType": "MANUAL"},
        {"name": "x", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": {"filterBranchType": "X"}},
        {"objectTypeId": "0-1", "processingType": "MANUAL"},
    ],
)
async def test_a_list_that_makes_no_sense_is_refused(hubspot, body):
    assert (await hubspot.post(LISTS, json=body)).status_code == 400
