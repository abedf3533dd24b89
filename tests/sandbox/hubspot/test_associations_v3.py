"""Associations v3, which name the type of a link: older clients still speak them."""

from __future__ import annotations

import pytest

LINKS = "/crm/v3/associations/contacts/companies"


@pytest.fixture
async def pair(make):
    return await make("contacts", email="ana@x.example"), await make("companies", name="Acme", domain="acme.example")


def batch(*pairs, kind="contact_to_company"):
    return {"inputs": [{"from": {"id": one}, "to": {"id": other}, "type": kind} for one, other in pairs]}


async def test_a_link_is_made_read_in_both_directions_and_taken_away(hubspot, pair):
    made = await hubspot.post(f"{LINKS}/batch/create", json=batch(pair))
    assert made.status_code == 201
    assert made.json()["results"] == [{"from": {"id": pair[0]}, "to": {"id": pair[1]}, "type": "contact_to_company"}]
    read = await hubspot.post("/crm/v3/associations/company/contact/batch/read", json={"inputs": [{"id": pair[1]}]})
    assert read.status_code == 200
    types = ["company_to_contact", "company_to_contact_unlabeled"]
    assert read.json()["results"] == [{"from": {"id": pair[1]}, "to": [{"id": pair[0], "type": one} for one in types]}]
    assert (await hubspot.post(f"{LINKS}/batch/archive", json=batch(pair))).status_code == 204
    again = await hubspot.post(f"{LINKS}/batch/read", json={"inputs": [{"id": pair[0]}]})
    assert (again.status_code, again.json()["results"], again.json()["numErrors"]) == (207, [], 1)


async def test_links_below_a_record_are_put_paged_and_deleted(hubspot, make, pair):
    path = f"/crm/v3/objects/contacts/{pair[0]}/associations/companies"
    other = await make("companies", name="Norte", domain="norte.example")
    for company, kind in ((pair[1], "contact_to_company"), (other, "279")):
        put = await hubspot.put(f"{path}/{company}/{kind}")
        assert (put.status_code, put.json()["id"]) == (200, pair[0])
    page = (await hubspot.get(f"{path}?limit=2")).json()
    assert [one["id"] for one in page["results"]] == [pair[1], pair[1]]
    rest = (await hubspot.get(page["paging"]["next"]["link"])).json()
    assert rest["results"] == [{"id": other, "type": "contact_to_company_unlabeled"}]
    assert (await hubspot.delete(f"{path}/{other}/contact_to_company")).status_code == 204
    assert {one["id"] for one in (await hubspot.get(path)).json()["results"]} == {pair[1]}


async def test_the_names_of_a_pairs_types_are_listed(hubspot):
    found = (await hubspot.get(f"{LINKS}/types")).json()["results"]
    assert {one["name"]: one["id"] for one in found} == {
        "contact_to_company": "1",
        "contact_to_company_unlabeled": "279",
    }


async def test_an_unknown_type_is_refused_before_anything_is_made(hubspot, pair):
    assert (await hubspot.post(f"{LINKS}/batch/create", json=batch(pair, kind="owns"))).status_code == 400
    body = batch(pair, (pair[0], "5"))
    assert (await hubspot.post(f"{LINKS}/batch/create", json=body)).status_code == 400
    read = await hubspot.post(f"{LINKS}/batch/read", json={"inputs": [{"id": pair[0]}]})
    assert read.json()["results"] == []


async def test_the_date_versioned_paths_are_those_of_v4(hubspot, pair):
    await hubspot.post(f"{LINKS}/batch/create", json=batch(pair))
    path = "/crm/associations/2026-03/contacts/companies/batch/read"
    read = await hubspot.post(path, json={"inputs": [{"id": pair[0]}]})
    assert read.json()["results"][0]["to"][0]["toObjectId"] == int(pair[1])
