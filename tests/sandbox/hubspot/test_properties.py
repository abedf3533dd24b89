"""Property definitions, groups and pipelines of the HubSpot face."""

from __future__ import annotations

import pytest

PROPERTIES = "/crm/v3/properties/contacts"

STATUS = {
    "name": "smk_sla_status", "label": "SLA status", "type": "enumeration", "fieldType": "select",
    "groupName": "contactinformation", "options": [{"label": "Met", "value": "met"}],
}  # fmt: skip


async def test_definitions_tell_types_options_and_what_is_read_only(hubspot):
    found = {one["name"]: one for one in (await hubspot.get(PROPERTIES)).json()["results"]}
    assert len(found) == 143
    assert found["email"]["hasUniqueValue"] is True
    assert [one["value"] for one in found["lifecyclestage"]["options"]][:2] == ["subscriber", "lead"]
    assert found["createdate"]["modificationMetadata"]["readOnlyValue"] is True
    assert found["hubspot_owner_id"]["referencedObjectType"] == "OWNER"
    assert found["disqualification_reason"]["hubspotDefined"] is False
    assert {"salesforceleadid", "salesforcecontactid", "hs_v2_date_entered_customer"} <= set(found)


async def test_a_new_property_can_be_written_read_and_searched(hubspot, make):
    answer = await hubspot.post(PROPERTIES, json=STATUS)
    assert (answer.status_code, answer.json()["hubspotDefined"]) == (201, False)
    assert answer.json()["createdAt"] == "2026-05-30T02:00:00Z"
    found = await make("contacts", email="ana@example.com", smk_sla_status="met")
    asked = {"filters": [{"propertyName": "smk_sla_status", "operator": "EQ", "value": "met"}]}
    assert [
        one["id"] for one in (await hubspot.post("/crm/v3/objects/contacts/search", json=asked)).json()["results"]
    ] == [found]
    bad = await hubspot.patch(f"/crm/v3/objects/contacts/{found}", json={"properties": {"smk_sla_status": "lost"}})
    assert bad.json()["errors"][0]["code"] == "INVALID_OPTION"


async def test_a_name_is_taken_once(hubspot):
    await hubspot.post(PROPERTIES, json=STATUS)
    answer = await hubspot.post(PROPERTIES, json=STATUS)
    assert (answer.status_code, answer.json()["subCategory"]) == (409, "Properties.PROPERTY_WITH_NAME_EXISTS")


async def test_options_are_replaced_as_a_whole_and_a_type_stays(hubspot):
    await hubspot.post(PROPERTIES, json=STATUS)
    path = f"{PROPERTIES}/smk_sla_status"
    answer = await hubspot.patch(path, json={"options": [{"label": "Breached", "value": "breached"}]})
    assert [one["value"] for one in answer.json()["options"]] == ["breached"]
    odd = await hubspot.patch(path, json={"options": [{"label": "Late", "value": "late", "mood": "bad"}]})
    [late] = odd.json()["options"]
    assert late == {"label": "Late", "value": "late", "description": "", "displayOrder": 0, "hidden": False}
    assert (await hubspot.patch(path, json={"type": "string"})).status_code == 400


async def test_an_archived_property_is_gone_and_comes_back_as_old_as_it_was(hubspot, later):
    born = (await hubspot.post(PROPERTIES, json=STATUS)).json()["createdAt"]
    later(days=1)
    assert (await hubspot.delete(f"{PROPERTIES}/smk_sla_status")).status_code == 204
    assert (await hubspot.get(f"{PROPERTIES}/smk_sla_status")).status_code == 404
    archived = (await hubspot.get(f"{PROPERTIES}?archived=true")).json()["results"]
    assert [one["name"] for one in archived] == ["smk_sla_status"]
    again = await hubspot.post(PROPERTIES, json=STATUS)
    assert (again.status_code, again.json()["createdAt"]) == (201, born)


async def test_what_hubspot_defines_stays(hubspot):
    assert (await hubspot.delete(f"{PROPERTIES}/email")).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Bad-Name"},
        {"type": "text"},
        {"fieldType": "date"},
        {"groupName": "nowhere"},
        {"label": ""},
        {"label": 1},
        {"options": ["met"]},
        {"options": [{"label": "Met"}]},
        {"options": {}},
    ],
)
async def test_a_definition_that_cannot_be_is_a_400(hubspot, change):
    assert (await hubspot.post(PROPERTIES, json={**STATUS, **change})).status_code == 400


async def test_definitions_come_in_batches(hubspot):
    made = await hubspot.post(f"{PROPERTIES}/batch/create", json={"inputs": [STATUS]})
    assert made.status_code == 201
    asked = {"archived": False, "inputs": [{"name": "smk_sla_status"}, {"name": "nope"}]}
    read = await hubspot.post(f"{PROPERTIES}/batch/read", json=asked)
    assert (read.status_code, [one["name"] for one in read.json()["results"]]) == (207, ["smk_sla_status"])
    gone = await hubspot.post(f"{PROPERTIES}/batch/archive", json={"inputs": [{"name": "smk_sla_status"}]})
    assert gone.status_code == 204
    assert (await hubspot.get(f"{PROPERTIES}/smk_sla_status")).status_code == 404


async def test_a_group_holds_properties_and_leaves_when_it_is_empty(hubspot):
    path = f"{PROPERTIES}/groups"
    made = await hubspot.post(path, json={"name": "smarketing", "label": "Smarketing"})
    assert (made.status_code, made.json()["archived"]) == (201, False)
    assert "smarketing" in [one["name"] for one in (await hubspot.get(path)).json()["results"]]
    await hubspot.post(PROPERTIES, json={**STATUS, "groupName": "smarketing"})
    kept = await hubspot.delete(f"{path}/smarketing")
    assert kept.json()["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    await hubspot.delete(f"{PROPERTIES}/smk_sla_status")
    assert (await hubspot.delete(f"{path}/smarketing")).status_code == 204


async def test_deals_have_the_sales_pipeline(hubspot):
    [pipeline] = (await hubspot.get("/crm/v3/pipelines/deals")).json()["results"]
    assert (pipeline["id"], pipeline["label"]) == ("default", "Sales Pipeline")
    stages = (await hubspot.get("/crm/v3/pipelines/deals/default/stages")).json()["results"]
    assert stages == pipeline["stages"]
    assert stages[-2]["metadata"] == {"isClosed": "true", "probability": "1.0"}
    assert (await hubspot.get("/crm/v3/pipelines/deals/nope")).status_code == 404
