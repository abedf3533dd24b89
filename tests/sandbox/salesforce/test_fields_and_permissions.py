"""Custom fields: made through the Tooling API, unseen until a permission set shows them, described like any other."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import NOW, Org, V

CUSTOM = f"{V}/tooling/sobjects/CustomField"
STATUS = {
    "type": "Picklist",
    "label": "SLA status",
    "valueSet": {
        "restricted": True,
        "valueSetDefinition": {"value": [{"fullName": "met", "label": "Met"}, {"fullName": "breached"}]},
    },
}


async def make(client: httpx.AsyncClient, name: str, metadata: dict[str, Any]) -> str:
    reply = await client.post(CUSTOM, json={"FullName": name, "Metadata": metadata})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["id"])


async def permit(org: Org, client: httpx.AsyncClient, *fields: str, edit: bool = True) -> None:
    """A permission set with these fields, assigned to the API user, by plain REST."""
    body = {"Name": f"Set{len(fields)}{edit}", "Label": "Set"}
    set_id = (await client.post(f"{V}/sobjects/PermissionSet", json=body)).json()["id"]
    for one in fields:
        row = {"ParentId": set_id, "SobjectType": one.partition(".")[0], "Field": one}
        flags = {"PermissionsRead": True, "PermissionsEdit": edit}
        assert (await client.post(f"{V}/sobjects/FieldPermissions", json=row | flags)).status_code == 201
    given = {"PermissionSetId": set_id, "AssigneeId": org.world.notes["salesforce_app"]["user_id"]}
    assert (await client.post(f"{V}/sobjects/PermissionSetAssignment", json=given)).status_code == 201


async def described(client: httpx.AsyncClient, object_: str = "Lead") -> dict[str, Any]:
    body = (await client.get(f"{V}/sobjects/{object_}/describe")).json()
    return {one["name"]: one for one in body["fields"]}


async def test_a_new_field_is_hidden_until_a_permission_set_shows_it(
    org: Org, client: httpx.AsyncClient, ask: Any
) -> None:
    (lead,) = org.add("Lead", "00Q", {"LastName": "Ana", "Company": "C"})
    await make(client, "Lead.SMK_SLA_Status__c", STATUS)
    soql = "SELECT SMK_SLA_Status__c FROM Lead"
    assert (await ask(soql))[0]["errorCode"] == "INVALID_FIELD"
    assert "SMK_SLA_Status__c" not in await described(client)
    write = {"SMK_SLA_Status__c": "met"}
    assert (await client.patch(f"{V}/sobjects/Lead/{lead}", json=write)).json()[0]["errorCode"] == "INVALID_FIELD"
    await permit(org, client, "Lead.SMK_SLA_Status__c")
    assert (await ask(soql))["records"][0]["SMK_SLA_Status__c"] is None
    assert (await client.patch(f"{V}/sobjects/Lead/{lead}", json=write)).status_code == 204
    assert (await ask(soql))["records"][0]["SMK_SLA_Status__c"] == "met"


async def test_a_field_may_be_seen_and_still_not_be_edited(org: Org, client: httpx.AsyncClient, ask: Any) -> None:
    (lead,) = org.add("Lead", "00Q", {"LastName": "Ana", "Company": "C"})
    await make(client, "Lead.Note__c", {"type": "Text", "label": "Note", "length": 20})
    await permit(org, client, "Lead.Note__c", edit=False)
    assert (await ask("SELECT Note__c FROM Lead"))["totalSize"] == 1
    reply = await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Note__c": "x"})
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.parametrize(
    ("metadata", "type_", "good", "read"),
    [
        ({"type": "Text", "length": 5}, "string", "abcde", "abcde"),
        ({"type": "LongTextArea", "length": 1000, "visibleLines": 3}, "textarea", "x" * 999, "x" * 999),
        ({"type": "Number", "precision": 8, "scale": 0}, "double", 5, 5.0),
        ({"type": "DateTime"}, "datetime", "2026-01-05T10:00:00Z", "2026-01-05T10:00:00.000+0000"),
        ({"type": "Date"}, "date", "2026-01-05", "2026-01-05"),
        ({"type": "Checkbox", "defaultValue": False}, "boolean", True, True),
        (STATUS, "picklist", "breached", "breached"),
    ],
)
async def test_each_type_of_field_keeps_its_values(
    org: Org, client: httpx.AsyncClient, metadata: dict[str, Any], type_: str, good: Any, read: Any
) -> None:
    await make(client, "Contact.Thing__c", {"label": "Thing", **metadata})
    await permit(org, client, "Contact.Thing__c")
    assert (await described(client, "Contact"))["Thing__c"]["type"] == type_
    id_ = (await client.post(f"{V}/sobjects/Contact", json={"LastName": "Ruiz", "Thing__c": good})).json()["id"]
    assert (await client.get(f"{V}/sobjects/Contact/{id_}")).json()["Thing__c"] == read


async def test_a_restricted_picklist_refuses_other_values(org: Org, client: httpx.AsyncClient) -> None:
    await make(client, "Lead.SLA__c", STATUS)
    await permit(org, client, "Lead.SLA__c")
    reply = await client.post(f"{V}/sobjects/Lead", json={"LastName": "A", "Company": "C", "SLA__c": "Met"})
    assert reply.json()[0] == {
        "message": "SLA status: bad value for restricted picklist field: Met",
        "errorCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "fields": ["SLA__c"],
    }


async def test_a_unique_external_id_is_a_key(org: Org, client: httpx.AsyncClient) -> None:
    text = {"type": "Text", "label": "Key", "length": 40, "externalId": True, "unique": True}
    await make(client, "Contact.Key__c", text)
    await permit(org, client, "Contact.Key__c")
    reply = await client.patch(f"{V}/sobjects/Contact/Key__c/k1", json={"LastName": "Ruiz"})
    assert reply.status_code == 201
    reply = await client.post(f"{V}/sobjects/Contact", json={"LastName": "Lee", "Key__c": "K1"})
    assert reply.json()[0]["errorCode"] == "DUPLICATE_VALUE"


async def test_a_field_is_made_once_read_changed_and_dropped(client: httpx.AsyncClient, ask: Any) -> None:
    id_ = await make(client, "Lead.SLA__c", STATUS)
    reply = await client.post(CUSTOM, json={"FullName": "Lead.sla__c", "Metadata": STATUS})
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, "DUPLICATE_DEVELOPER_NAME")
    assert (await client.get(f"{CUSTOM}/{id_}")).json()["Metadata"] == STATUS
    assert (await client.patch(f"{CUSTOM}/{id_}", json={"Metadata": STATUS | {"label": "New"}})).status_code == 204
    reply = await client.patch(f"{CUSTOM}/{id_}", json={"Metadata": {"type": "Checkbox", "label": "New"}})
    assert reply.json()[0]["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"
    found = await ask("SELECT Id, DeveloperName FROM CustomField WHERE TableEnumOrId = 'Lead'", "tooling/query")
    assert (found["size"], found["entityTypeName"]) == (1, "CustomField")
    assert found["records"][0]["DeveloperName"] == "SLA"
    assert found["records"][0]["attributes"]["url"] == f"{CUSTOM}/{id_}"
    assert (await client.delete(f"{CUSTOM}/{id_}")).status_code == 204
    assert (await client.delete(f"{CUSTOM}/{id_}")).status_code == 404
    await make(client, "Lead.SLA__c", STATUS)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"FullName": "Lead.Bad__c", "Metadata": {"type": "Magic"}}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"FullName": "Lead.Bad__c", "Metadata": {"type": "Text"}}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"FullName": "Lead.Bad__c", "Metadata": {"type": "Picklist"}}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"FullName": "Lead.Bad", "Metadata": {"type": "Checkbox"}}, "INVALID_FULLNAME"),
        ({"FullName": "Nothing.Bad__c", "Metadata": {"type": "Checkbox"}}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"Metadata": {"type": "Checkbox"}}, "REQUIRED_FIELD_MISSING"),
    ],
)
async def test_a_wrong_definition_is_refused(client: httpx.AsyncClient, body: dict[str, Any], code: str) -> None:
    reply = await client.post(CUSTOM, json=body)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (400, code)


async def test_definitions_tell_which_fields_keep_history(client: httpx.AsyncClient, ask: Any) -> None:
    await make(client, "Lead.SLA__c", STATUS)
    body = await ask(
        "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead'"
        " AND IsFieldHistoryTracked = true ORDER BY QualifiedApiName",
        "tooling/query",
    )
    assert [one["QualifiedApiName"] for one in body["records"]] == ["OwnerId", "Status"]
    body = await ask("SELECT DataType FROM FieldDefinition WHERE DurableId = 'Lead.SLA__c'")
    assert body["records"][0]["DataType"] == "Picklist"


async def test_describe_has_alphabetical_keys_and_the_orgs_own_statuses(org: Org, client: httpx.AsyncClient) -> None:
    org.add("LeadStatus", "01J", {"MasterLabel": "Contacto", "ApiName": "Contacto", "SortOrder": 99})
    body = (await client.get(f"{V}/sobjects/Lead/describe")).json()
    assert list(body) == sorted(body)
    fields = await described(client)
    assert all(list(one) == sorted(one) for one in fields.values())
    assert [one["value"] for one in fields["Status"]["picklistValues"]][-1] == "Contacto"
    assert (fields["LastName"]["nillable"], fields["LastName"]["length"]) == (False, 80)
    assert fields["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert fields["Email"]["idLookup"] is True
    assert {one["relationshipName"] for one in body["childRelationships"]} >= {"Histories", "Tasks", "CampaignMembers"}


async def test_the_org_lists_its_objects_and_versions(client: httpx.AsyncClient) -> None:
    body = (await client.get(f"{V}/sobjects")).json()
    assert {"Lead", "Contact", "Opportunity", "CampaignMember"} <= {one["name"] for one in body["sobjects"]}
    versions = (await client.get("/services/data")).json()
    assert versions[-1] == {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"}
    assert [one["label"] for one in versions if one["version"] in ("62.0", "64.0")] == ["Winter '25", "Summer '25"]
    assert (await client.get("/services/data/v30.0/limits")).status_code == 404


async def test_a_description_that_the_client_has_is_not_sent_again(org: Org, client: httpx.AsyncClient) -> None:
    for path in ("sobjects", "sobjects/Lead/describe"):
        first = await client.get(f"{V}/{path}")
        for known in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
            again = await client.get(f"{V}/{path}", headers=known)
            assert (again.status_code, again.content) == (304, b"")
    old = {"If-None-Match": first.headers["etag"]}
    dated = {"If-Modified-Since": first.headers["last-modified"]}
    await make(client, "Lead.Note__c", {"type": "Text", "label": "Note", "length": 20})
    assert (await client.get(f"{V}/sobjects/Lead/describe", headers=old)).status_code == 304
    await permit(org, client, "Lead.Note__c")
    for known in (old, dated):
        assert (await client.get(f"{V}/sobjects/Lead/describe", headers=known)).status_code == 200


async def test_records_are_counted_by_object(org: Org, client: httpx.AsyncClient) -> None:
    first, *_ = org.add("Lead", "00Q", {"LastName": "Ruiz"}, {"LastName": "Paz"}, {"LastName": "Gil"})
    await client.delete(f"{V}/sobjects/Lead/{first}")
    asked = {"sObjects": "Lead,Account,Nothing__c"}
    told = (await client.get(f"{V}/limits/recordCount", params=asked)).json()
    assert told == {"sObjects": [{"count": 2, "name": "Lead"}, {"count": 0, "name": "Account"}]}
    everything = (await client.get(f"{V}/limits/recordCount")).json()["sObjects"]
    assert {"count": 2, "name": "Lead"} in everything


async def test_calls_and_jobs_of_the_last_day_are_counted(org: Org, client: httpx.AsyncClient) -> None:
    await client.post(f"{V}/jobs/query", json={"operation": "query", "query": "SELECT Id FROM Lead"})
    limits = (await client.get(f"{V}/limits")).json()
    assert limits["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_998}
    assert limits["DailyBulkV2QueryJobs"] == {"Max": 10_000, "Remaining": 9_999}
    for session in org.world.notes["salesforce_tokens"].values():
        session["expires_ms"] *= 2
    org.world.clock.set(NOW.replace(day=31, hour=3))
    reply = await client.get(f"{V}/limits")
    assert reply.headers["sforce-limit-info"] == "api-usage=1/100000"
