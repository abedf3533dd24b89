"""Merging records and forgetting people: who is left, what it holds, and what the other id answers."""

from __future__ import annotations

import pytest

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.changes import listen

CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture
def merge(hubspot):
    async def ask(name: str, primary: str, loser: str):
        body = {"primaryObjectId": primary, "objectIdToMerge": loser}
        return await hubspot.post(f"/crm/v3/objects/{name}/merge", json=body)

    return ask


@pytest.fixture
async def pair(make, later):
    """Two contacts of one person, the second an hour younger and further in its journey."""
    first = await make("contacts", email="ana@example.com", firstname="Ana", lifecyclestage="lead")
    later(hours=1)
    second = await make(
        "contacts", email="ana@work.example", firstname="Anna", city="León", lifecyclestage="opportunity"
    )
    later(hours=1)
    return first, second


async def test_the_primary_wins_and_takes_what_it_lacks(hubspot, merge, pair):
    first, second = pair
    answer = await merge("contacts", first, second)
    said = answer.json()["properties"]
    assert answer.status_code == 200
    assert (answer.json()["id"], said["email"], said["firstname"], said["city"]) == (
        first, "ana@example.com", "Ana", "León",
    )  # fmt: skip
    assert said["lifecyclestage"] == "opportunity"
    assert said["hs_additional_emails"] == "ana@work.example"
    assert said["hs_merged_object_ids"] == second
    assert said["hs_calculated_merged_vids"].startswith(f"{second}:17")
    assert (said["createdate"], said["lastmodifieddate"]) == ("2026-05-30T02:00:00Z", "2026-05-30T04:00:00Z")


async def test_the_other_id_leaves_every_list_and_answers_with_the_survivor(hubspot, merge, pair):
    first, second = pair
    await merge("contacts", first, second)
    for query in ("", "?archived=true"):
        assert second not in [one["id"] for one in (await hubspot.get(CONTACTS + query)).json()["results"]]
    assert (await hubspot.get(f"{CONTACTS}/{second}")).json()["id"] == first
    changed = await hubspot.patch(f"{CONTACTS}/{second}", json={"properties": {"city": "Puebla"}})
    assert changed.json()["id"] == first
    batch = await hubspot.post(f"{CONTACTS}/batch/read", json={"inputs": [{"id": second}]})
    assert batch.status_code == 207


async def test_an_address_of_the_other_one_still_finds_the_person(hubspot, merge, pair):
    first, second = pair
    await merge("contacts", first, second)
    assert (await hubspot.get(f"{CONTACTS}/ana@work.example?idProperty=email")).json()["id"] == first


async def test_associations_move_and_one_company_stays_primary(hubspot, merge, pair, make):
    first, second = pair
    acme, other = await make("companies", name="Acme"), await make("companies", name="Other")
    note = await make("notes", hs_timestamp="2026-05-29T10:00:00Z")
    for contact, target, name in ((first, acme, "companies"), (second, other, "companies"), (second, note, "notes")):
        await hubspot.put(f"/crm/v4/objects/contacts/{contact}/associations/default/{name}/{target}")
    await merge("contacts", first, second)
    companies = (await hubspot.get(f"/crm/v4/objects/contacts/{first}/associations/companies")).json()["results"]
    labels = {str(one["toObjectId"]): sorted(kind["typeId"] for kind in one["associationTypes"]) for one in companies}
    assert labels == {acme: [1, 279], other: [279]}
    notes = (await hubspot.get(f"/crm/v4/objects/notes/{note}/associations/contacts")).json()["results"]
    assert [str(one["toObjectId"]) for one in notes] == [first]


async def test_what_came_with_the_merge_is_told_by_history(hubspot, merge, pair):
    first, second = pair
    await merge("contacts", first, second)
    told = (await hubspot.get(f"{CONTACTS}/{first}?propertiesWithHistory=city")).json()["propertiesWithHistory"]
    assert [(item["value"], item["sourceType"]) for item in told["city"]] == [("León", "MERGE_OBJECTS")]


async def test_merges_add_up(hubspot, merge, make):
    ids = [await make("contacts", email=f"p{number}@example.com") for number in range(3)]
    await merge("contacts", ids[1], ids[2])
    answer = await merge("contacts", ids[0], ids[1])
    said = answer.json()["properties"]
    assert said["hs_merged_object_ids"].split(";") == [ids[2], ids[1]]
    assert [part.split(":")[0] for part in said["hs_calculated_merged_vids"].split(";")] == [ids[2], ids[1]]
    assert (await hubspot.get(f"{CONTACTS}/{ids[2]}")).json()["id"] == ids[0]


async def test_an_account_may_give_the_survivor_a_new_id(hubspot, world, merge, pair):
    account(world).habits.merge_makes_new_id = True
    first, second = pair
    fresh = (await merge("contacts", first, second)).json()
    assert fresh["id"] not in pair
    assert fresh["properties"]["hs_merged_object_ids"].split(";") == [first, second]
    for old in pair:
        assert (await hubspot.get(f"{CONTACTS}/{old}")).json()["id"] == fresh["id"]


@pytest.mark.parametrize(("name", "label"), [("companies", "name"), ("deals", "dealname")])
async def test_companies_and_deals_merge_too(merge, make, name, label):
    first, second = await make(name, **{label: "One"}), await make(name, **{label: "Two"})
    said = (await merge(name, first, second)).json()["properties"]
    assert (said[label], said["hs_merged_object_ids"]) == ("One", second)


async def test_what_cannot_be_merged_is_refused(merge, make):
    only = await make("contacts", email="ana@example.com")
    note = await make("notes", hs_timestamp="2026-05-29T10:00:00Z")
    assert (await merge("contacts", only, only)).status_code == 400
    assert (await merge("contacts", only, "999")).status_code == 404
    assert (await merge("notes", note, note)).status_code == 400


async def test_a_forgotten_person_is_gone_from_every_pass(hubspot, make):
    found = await make("contacts", email="ana@example.com")
    body = {"objectId": "ana@example.com", "idProperty": "email"}
    assert (await hubspot.post(f"{CONTACTS}/gdpr-delete", json=body)).status_code == 204
    for query in ("", "?archived=true"):
        assert (await hubspot.get(f"{CONTACTS}/{found}{query}")).status_code == 404
    assert (await hubspot.post(f"{CONTACTS}/gdpr-delete", json=body)).status_code == 204
    assert await make("contacts", email="ana@example.com") != found


async def test_listeners_hear_what_webhooks_tell(hubspot, world, make, merge):
    heard = []
    listen(world, heard.append)
    first, second = await make("contacts", email="a@example.com"), await make("contacts", email="b@example.com")
    company = await make("companies", name="Acme")
    await hubspot.put(f"/crm/v4/objects/contacts/{first}/associations/default/companies/{company}")
    await merge("contacts", first, second)
    await hubspot.post(f"{CONTACTS}/gdpr-delete", json={"objectId": first})
    await hubspot.delete(f"/crm/v3/objects/companies/{company}")
    kinds = [one.kind for one in heard if one.kind != "contact.propertyChange" and one.kind != "company.propertyChange"]
    assert kinds == [
        "contact.creation", "contact.creation", "company.creation", "contact.associationChange",
        "company.associationChange", "contact.merge", "contact.privacyDeletion", "company.deletion",
    ]  # fmt: skip
    merged = next(one for one in heard if one.kind == "contact.merge")
    assert merged.more["mergedObjectIds"] == [int(second)]
    named = [one.more["propertyName"] for one in heard if one.kind == "contact.propertyChange"]
    assert {"email", "lifecyclestage"} <= set(named)
