"""HubSpot's own Python client, pointed at the sandbox and otherwise unchanged."""

from __future__ import annotations

import pytest
from hubspot.crm.associations.v4 import (
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
)
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchReadInputSimplePublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.contacts.exceptions import ApiException
from hubspot.crm.properties import BatchReadInputPropertyName, PropertyCreate, PropertyGroupCreate
from tests.sandbox.hubspot.official import contact


def test_contacts_are_made_read_changed_and_archived(client):
    api = client.crm.contacts.basic_api
    made = api.create(SimplePublicObjectInputForCreate(properties={"email": "ana@one.example", "firstname": "Ana"}))
    api.update(made.id, SimplePublicObjectInput(properties={"city": "León"}))
    read = api.get_by_id(made.id, properties=["city", "email"], properties_with_history=["city"])
    assert (read.properties["city"], read.properties["email"]) == ("León", "ana@one.example")
    assert read.properties_with_history["city"][0].value == "León"
    assert read.created_at.tzinfo is not None
    assert made.id in [one.id for one in client.crm.contacts.get_all(properties=["email"])]
    api.archive(made.id)
    with pytest.raises(ApiException) as refused:
        api.get_by_id(made.id)
    assert refused.value.status == 404


def test_contacts_go_in_batches(client):
    api = client.crm.contacts.batch_api
    inputs = [{"properties": {"email": f"p{one}@two.example"}, "objectWriteTraceId": str(one)} for one in range(3)]
    made = api.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs))
    ids = [one.id for one in made.results]
    changed = [{"id": one, "properties": {"city": "Puebla"}} for one in ids]
    api.update(BatchInputSimplePublicObjectBatchInput(inputs=changed))
    asked = [{"id": one} for one in [*ids, "5"]]
    read = api.read(BatchReadInputSimplePublicObjectId(inputs=asked, properties=["city"], properties_with_history=[]))
    assert {one.properties["city"] for one in read.results} == {"Puebla"}
    assert read.num_errors == 1
    upserted = [{"id": "p0@two.example", "idProperty": "email", "properties": {"city": "León"}}]
    [told] = api.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=upserted)).results
    assert told.new is False


def test_contacts_are_searched(client):
    contact(client, "seek@three.example")
    filters = [{"propertyName": "email", "operator": "EQ", "value": "seek@three.example"}]
    request = PublicObjectSearchRequest(filter_groups=[{"filters": filters}], properties=["email"], limit=10)
    found = client.crm.contacts.search_api.do_search(request)
    assert (found.total, found.results[0].properties["email"]) == (1, "seek@three.example")


def test_a_refusal_reaches_the_caller_with_its_body(client):
    contact(client, "twice@four.example")
    with pytest.raises(ApiException) as refused:
        contact(client, "twice@four.example")
    assert refused.value.status == 409
    assert "Contact already exists. Existing ID: " in refused.value.body


def test_owners_are_listed_with_the_clients_trailing_slash(client, sandbox):
    owner = {"_id": "71", "_created": 0, "_modified": 0, "email": "luis@acme.example", "userId": "900"}
    sandbox.world.table("hubspot", "owners").insert([owner])
    [found] = client.crm.owners.owners_api.get_page().results
    assert (found.id, found.email, found.user_id) == ("71", "luis@acme.example", 900)


def test_properties_and_groups_are_made_and_read(client):
    groups, core = client.crm.properties.groups_api, client.crm.properties.core_api
    groups.create("contacts", PropertyGroupCreate(name="smarketing", label="Smarketing"))
    told = {"name": "smk_stage", "label": "Stage", "type": "string", "field_type": "text", "group_name": "smarketing"}
    assert core.create("contacts", PropertyCreate(**told)).hubspot_defined is False
    assert "smk_stage" in [one.name for one in core.get_all("contacts").results]
    asked = BatchReadInputPropertyName(archived=False, inputs=[{"name": "smk_stage"}])
    assert [one.label for one in client.crm.properties.batch_api.read("contacts", asked).results] == ["Stage"]
    core.archive("contacts", "smk_stage")
    assert "smarketing" in [one.name for one in groups.get_all("contacts").results]


def test_pipelines_are_read(client):
    [pipeline] = client.crm.pipelines.pipelines_api.get_all("deals").results
    stages = client.crm.pipelines.pipeline_stages_api.get_all("deals", pipeline.id).results
    assert [stage.metadata["probability"] for stage in stages][-2:] == ["1.0", "0.0"]


def test_associations_are_made_and_read_in_batches(client):
    one = contact(client, "linked@five.example")
    company = client.crm.companies.basic_api.create({"properties": {"name": "Acme"}})
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
    inputs = [{"from": {"id": one}, "to": {"id": company.id}, "types": [kind]}]
    batch = client.crm.associations.v4.batch_api
    batch.create("contacts", "companies", BatchInputPublicAssociationMultiPost(inputs=inputs))
    asked = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": one}])
    [found] = batch.get_page("contacts", "companies", asked).results
    assert sorted(each.type_id for each in found.to[0].association_types) == [1, 279]
    page = client.crm.associations.v4.basic_api.get_page("contacts", one, "companies")
    assert str(page.results[0].to_object_id) == company.id


def test_calls_are_logged_with_their_contact(client):
    one = contact(client, "called@six.example")
    to = {"to": {"id": one}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}
    said = {
        "properties": {"hs_timestamp": "2026-05-29T10:00:00Z", "hs_call_direction": "OUTBOUND"},
        "associations": [to],
    }
    made = client.crm.objects.calls.basic_api.create(said)
    read = client.crm.objects.calls.basic_api.get_by_id(made.id, associations=["contacts"])
    assert [each.id for each in read.associations["contacts"].results] == [one]
