"""Search of the HubSpot face: operators, sorting, limits and the late index."""

from __future__ import annotations

import pytest

CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture
def told(world):
    """Five contacts, one minute apart."""
    rows = [
        {"email": "ana@example.com", "firstname": "Ana", "lifecyclestage": "lead", "num_notes": "9"},
        {"email": "beto@example.com", "firstname": "Beto", "lifecyclestage": "customer", "num_notes": "10"},
        {"email": "carla@other.example", "firstname": "Carla", "lifecyclestage": "lead", "phone": "+52 55 1234 5678"},
        {"email": None, "firstname": "dora", "lifecyclestage": None, "company": "Aceros del Norte"},
        {"email": "gone@example.com", "firstname": "Gone", "lifecyclestage": "lead", "_archived_at": 1},
    ]
    now = world.clock.now_ms()
    world.table("hubspot", "contacts").insert(
        {"_id": str(9 + at), "_created": now - 600_000, "_modified": now - (5 - at) * 60_000, **row}
        for at, row in enumerate(rows)
    )


@pytest.fixture
def search(hubspot, told):
    async def ask(*filters, **body):
        groups = [{"filters": [dict(zip(("propertyName", "operator", "value"), one, strict=False))]} for one in filters]
        answer = await hubspot.post(f"{CONTACTS}/search", json={"filterGroups": groups, **body})
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["results"]]

    return ask


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (("email", "EQ", "ANA@EXAMPLE.COM"), ["9"]),
        (("lifecyclestage", "EQ", "lead"), ["9", "11"]),
        (("lifecyclestage", "EQ", "LEAD"), []),
        (("lifecyclestage", "NEQ", "lead"), ["10", "12"]),
        (("num_notes", "GT", "9"), ["10"]),
        (("hs_object_id", "GTE", "10"), ["10", "11", "12"]),
        (("email", "HAS_PROPERTY"), ["9", "10", "11"]),
        (("email", "NOT_HAS_PROPERTY"), ["12"]),
        (("email", "CONTAINS_TOKEN", "*@example.com"), ["9", "10"]),
        (("email", "CONTAINS_TOKEN", "other"), ["11"]),
        (("company", "NOT_CONTAINS_TOKEN", "aceros"), ["9", "10", "11"]),
        (("lastmodifieddate", "GTE", "2026-05-30T01:57:00Z"), ["11", "12"]),
        (("lastmodifieddate", "LT", "1780106220000"), ["9", "10"]),
    ],
)
async def test_an_operator_finds_what_it_says(search, asked, found):
    assert await search(asked) == found


async def test_between_in_and_not_in_take_several_values(hubspot, told):
    async def ask(item):
        answer = await hubspot.post(f"{CONTACTS}/search", json={"filters": [item]})
        return [one["id"] for one in answer.json()["results"]]

    assert await ask({"propertyName": "num_notes", "operator": "BETWEEN", "value": "9", "highValue": "9.5"}) == ["9"]
    assert await ask({"propertyName": "firstname", "operator": "IN", "values": ["ana", "dora"]}) == ["9", "12"]
    assert await ask({"propertyName": "firstname", "operator": "IN", "values": ["Ana"]}) == []
    assert await ask({"propertyName": "hs_object_id", "operator": "NOT_IN", "values": ["9", "10"]}) == ["11", "12"]


async def test_groups_are_or_and_filters_are_and(search, hubspot):
    assert await search(("firstname", "EQ", "ana"), ("firstname", "EQ", "carla")) == ["9", "11"]
    both = [
        {"propertyName": "lifecyclestage", "operator": "EQ", "value": "lead"},
        {"propertyName": "phone", "operator": "HAS_PROPERTY"},
    ]
    answer = await hubspot.post(f"{CONTACTS}/search", json={"filterGroups": [{"filters": both}]})
    assert [one["id"] for one in answer.json()["results"]] == ["11"]


async def test_an_empty_search_finds_everyone_alive_and_a_query_looks_into_names(search):
    assert await search() == ["9", "10", "11", "12"]
    assert await search(query="aceros") == ["12"]
    assert await search(query="example be") == ["10"]


async def test_one_sort_ties_by_id(search, hubspot):
    assert await search(sorts=[{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}]) == [
        "12",
        "11",
        "10",
        "9",
    ]
    assert await search(sorts=["-firstname"]) == ["12", "11", "10", "9"]
    answer = await hubspot.post(f"{CONTACTS}/search", json={"sorts": ["email", "firstname"]})
    assert answer.status_code == 400


async def test_pages_are_counted_by_offset_with_a_total(hubspot, told):
    first = (await hubspot.post(f"{CONTACTS}/search", json={"limit": 3})).json()
    assert (first["total"], first["paging"]) == (4, {"next": {"after": "3"}})
    rest = (await hubspot.post(f"{CONTACTS}/search", json={"limit": 3, "after": "3"})).json()
    assert [one["id"] for one in rest["results"]] == ["12"]
    assert "paging" not in rest


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"filterGroups": ["email"]},
        {"after": "9950", "limit": 100},
        {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}]}] * 6},
        {"filters": [{"propertyName": "nope", "operator": "HAS_PROPERTY"}]},
        {"filters": [{"propertyName": "email", "operator": "LIKE", "value": "x"}]},
        {"filters": [{"propertyName": "email", "operator": "EQ"}]},
    ],
)
async def test_what_search_cannot_do_is_a_400(hubspot, told, body):
    assert (await hubspot.post(f"{CONTACTS}/search", json=body)).status_code == 400


async def test_the_last_page_of_ten_thousand_is_still_answered(hubspot, told):
    assert (await hubspot.post(f"{CONTACTS}/search", json={"after": "9900", "limit": 100})).status_code == 200


async def test_the_index_is_late_when_it_is_told_to_be(hubspot, search):
    await hubspot.post("/sandbox/hubspot/lag", json={"ms": 150_000})
    assert await search() == ["9", "10", "11"]
    assert (await hubspot.get(f"{CONTACTS}/12")).status_code == 200


async def test_records_are_found_by_what_they_are_associated_with(hubspot, search, make):
    company = await make("companies", name="Acme")
    await hubspot.put(f"/crm/v4/objects/contacts/10/associations/default/companies/{company}")
    assert await search(("associations.company", "EQ", company)) == ["10"]


async def test_search_answers_carry_no_rate_limit_headers(hubspot, told):
    searched = await hubspot.post(f"{CONTACTS}/search", json={})
    listed = await hubspot.get(CONTACTS)
    assert "x-hubspot-ratelimit-remaining" not in searched.headers
    assert listed.headers["x-hubspot-ratelimit-interval-milliseconds"] == "10000"


@pytest.fixture
def totals(hubspot):
    """What a filter finds, told twice: its total, and how many records there are on all pages of one record each."""

    async def ask(*filters: tuple[str, str, str]) -> tuple[int, int]:
        told = [dict(zip(("propertyName", "operator", "value"), one, strict=True)) for one in filters]
        body, pages, after = {"filterGroups": [{"filters": told}], "sorts": ["hs_object_id"], "limit": 1}, 0, "0"
        while after:
            answer = (await hubspot.post(f"{CONTACTS}/search", json={**body, "after": after})).json()
            pages, after = pages + len(answer["results"]), answer.get("paging", {}).get("next", {}).get("after")
        return answer["total"], pages

    return ask


async def test_a_total_follows_whatever_is_written(hubspot, make, later, totals, told):
    """Totals of stamps and ids are kept, not counted: each kind of write must move them."""
    since, first = ("lastmodifieddate", "GTE", "1780106220000"), ("hs_object_id", "LTE", "10")
    assert [await totals(one) for one in (since, first)] == [(2, 2), (2, 2)]
    later(hours=3)
    await make("contacts", email="new@example.com")
    await hubspot.patch(f"{CONTACTS}/9", json={"properties": {"city": "León"}})
    assert await totals(since) == (4, 4)
    await hubspot.delete(f"{CONTACTS}/10")
    await hubspot.post(f"{CONTACTS}/merge", json={"primaryObjectId": "11", "objectIdToMerge": "12"})
    assert [await totals(one) for one in (since, first)] == [(3, 3), (1, 1)]
    await hubspot.post(f"{CONTACTS}/gdpr-delete", json={"objectId": "9"})
    assert [await totals(one) for one in (since, first)] == [(2, 2), (0, 0)]


async def test_a_total_of_a_span_is_exact_at_both_ends(totals, told, world):
    rows = world.table("hubspot", "contacts").select("_archived_at IS NULL", columns=(), order="_modified")
    stamps = [str(row["_modified"]) for row in rows]
    between = [("lastmodifieddate", "GT", stamps[0]), ("lastmodifieddate", "LTE", stamps[2])]
    assert await totals(*between) == (2, 2)
    assert await totals(("lastmodifieddate", "EQ", stamps[1])) == (1, 1)
    assert await totals(("lastmodifieddate", "LT", stamps[0])) == (0, 0)
    assert await totals(("hs_object_id", "GTE", "10"), ("hs_object_id", "LT", "12")) == (2, 2)
    assert await totals(("lastmodifieddate", "GTE", stamps[2]), ("hs_object_id", "GT", "11")) == (1, 1)
