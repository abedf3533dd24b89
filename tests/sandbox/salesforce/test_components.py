"""List views and the Metadata API: components made ten at a time, and the rows that a view shows."""

from __future__ import annotations

from typing import Any

import httpx
from tests.sandbox.salesforce import soap
from tests.sandbox.salesforce.conftest import Org, V

VIEW = {
    "@type": "ListView",
    "fullName": "Lead.At_risk",
    "columns": ["FULL_NAME", "LEAD.EMAIL", "CORE.USERS.ALIAS", "CREATED_DATE"],
    "filterScope": "Everything",
    "filters": [
        {"field": "LEAD.STATUS", "operation": "equals", "value": "Qualified, Nurture"},
        {"field": "LEAD.DO_NOT_CALL", "operation": "equals", "value": "0"},
    ],
    "label": "At risk",
}


async def call(client: httpx.AsyncClient, operation: str, said: dict[str, Any]) -> list[dict[str, Any]]:
    return await soap.results(client, operation, said, namespace=soap.METADATA)


def field(name: str, **more: Any) -> dict[str, Any]:
    return {"@type": "CustomField", "fullName": name, "label": "X", "length": "20", "type": "Text"} | more


async def test_each_component_of_a_call_succeeds_or_fails_on_its_own(client: httpx.AsyncClient, ask: Any) -> None:
    parts = [field("Lead.One__c"), field("Lead.One__c"), field("Lead.Two__c", length="999"), field("Lead.Three__c")]
    one, two, three, four = await call(client, "createMetadata", {"metadata": parts})
    assert (one, four["success"]) == ({"fullName": "Lead.One__c", "success": "true"}, "true")
    assert two["errors"]["statusCode"] == "DUPLICATE_DEVELOPER_NAME"
    assert three["errors"]["statusCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert (await ask("SELECT Id FROM CustomField", "tooling/query"))["totalSize"] == 2


async def test_components_are_read_updated_upserted_listed_and_deleted(client: httpx.AsyncClient) -> None:
    values = [{"fullName": "met", "label": "Met"}, {"fullName": "missed", "label": "Missed"}]
    picklist = field(
        "Lead.Sla__c", type="Picklist", valueSet={"restricted": "true", "valueSetDefinition": {"value": values}}
    )
    picklist.pop("length")
    (made,) = await call(client, "upsertMetadata", {"metadata": picklist})
    assert (made["created"], made["success"]) == ("true", "true")
    (again,) = await call(client, "upsertMetadata", {"metadata": picklist | {"label": "SLA"}})
    assert again["created"] == "false"
    (read,) = await call(client, "readMetadata", {"type": "CustomField", "fullNames": ["Lead.Sla__c"]})
    assert (read["records"]["label"], read["records"]["valueSet"]["restricted"]) == ("SLA", "true")
    (listed,) = await call(client, "listMetadata", {"queries": {"type": "CustomField"}})
    assert (listed["fullName"], listed["type"]) == ("Lead.Sla__c", "CustomField")
    (gone,) = await call(client, "deleteMetadata", {"type": "CustomField", "fullNames": ["Lead.Sla__c"]})
    assert gone["success"] == "true"
    (none,) = await call(client, "readMetadata", {"type": "CustomField", "fullNames": ["Lead.Sla__c"]})
    assert none["records"] is None


async def test_a_call_takes_ten_components_at_most(client: httpx.AsyncClient) -> None:
    parts = [field(f"Lead.F{number}__c") for number in range(11)]
    reply = await soap.ask(client, "createMetadata", {"metadata": parts}, namespace=soap.METADATA)
    assert soap.fault(reply) == "sf:LIMIT_EXCEEDED"


async def test_a_list_view_shows_the_rows_that_its_filters_let_through(org: Org, client: httpx.AsyncClient) -> None:
    person = {"Name": "Ana Ruiz", "Email": "ana@x.mx", "Status": "Qualified", "DoNotCall": 0}
    org.add("Lead", "00Q", person, person | {"Status": "Nurture"}, person | {"DoNotCall": 1}, {"Status": "Contacto"})
    (made,) = await call(client, "createMetadata", {"metadata": VIEW})
    assert made["success"] == "true"
    listed = (await client.get(f"{V}/sobjects/Lead/listviews")).json()
    (view,) = listed["listviews"]
    assert (listed["size"], view["label"], view["developerName"]) == (1, "At risk", "At_risk")
    described = (await client.get(view["describeUrl"])).json()
    assert [one["fieldNameOrPath"] for one in described["columns"]] == ["Name", "Email", "Owner.Alias", "CreatedDate"]
    assert "Status = 'Qualified' OR Status = 'Nurture'" in described["query"]
    rows = (await client.get(view["resultsUrl"], params={"limit": 1})).json()
    assert rows["size"] == 1
    cells = {one["fieldNameOrPath"]: one["value"] for one in rows["records"][0]["columns"]}
    assert (cells["Name"], cells["Email"], cells["Owner.Alias"]) == ("Ana Ruiz", "ana@x.mx", None)
    assert (await client.get(view["resultsUrl"])).json()["size"] == 2


async def test_a_list_view_may_be_ones_own_and_may_join_its_filters_otherwise(
    org: Org, client: httpx.AsyncClient, ask: Any
) -> None:
    user = org.world.notes["salesforce_app"]["user_id"]
    org.add("Lead", "00Q", {"LastName": "A", "OwnerId": user, "Company": "Acme"}, {"LastName": "B", "Company": "Acme"})
    filters = [
        {"field": "LEAD.COMPANY", "operation": "startsWith", "value": "ac"},
        {"field": "LEAD.EMAIL", "operation": "notEqual", "value": ""},
    ]
    mine = VIEW | {"filterScope": "Mine", "filters": filters, "booleanFilter": "1 OR 2", "columns": ["LEAD.LAST_NAME"]}
    await call(client, "createMetadata", {"metadata": mine})
    (view,) = (await ask("SELECT Id, Name FROM ListView WHERE SobjectType = 'Lead'"))["records"]
    rows = (await client.get(f"{V}/sobjects/Lead/listviews/{view['Id']}/results")).json()["records"]
    assert [one["columns"][1]["value"] for one in rows] == ["A"]


async def test_a_list_view_that_makes_no_sense_is_refused(client: httpx.AsyncClient) -> None:
    for wrong, code in (
        ({"columns": ["LEAD.NOTHING"]}, "INVALID_FIELD"),
        ({"booleanFilter": "1 AND 7"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"booleanFilter": "1 AND"}, "MALFORMED_QUERY"),
        ({"filterScope": "Team"}, "FIELD_INTEGRITY_EXCEPTION"),
    ):
        (result,) = await call(client, "createMetadata", {"metadata": VIEW | wrong})
        assert result["errors"]["statusCode"] == code
    assert (await client.get(f"{V}/sobjects/Lead/listviews/00B000000000001")).status_code == 404
