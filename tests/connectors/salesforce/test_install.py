"""Our fields get into the org, once, and nobody else's are touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from simple_salesforce.api import Salesforce as Client
from tests.connectors.salesforce.conftest import Org

from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.salesforce.control import Patient
from crm_sync.errors import ConfigError
from crm_sync.mappings import Vocabulary


async def stranger(org: Org, salesforce: Salesforce) -> Client:
    """The official client in somebody else's hands."""
    session = await salesforce._login.session()
    token = session.token.get_secret_value()
    return Client(instance_url=org.url, session_id=token, session=Patient(org.ca_file), version="62.0")


async def make(org: Org, salesforce: Salesforce, name: str, **metadata: object) -> None:
    client = await stranger(org, salesforce)
    client.restful("tooling/sobjects/CustomField", method="POST", json={"FullName": name, "Metadata": metadata})
    client.session.close()


async def test_a_plan_names_every_step_and_does_none(salesforce: Salesforce, vocabulary: Vocabulary) -> None:
    steps = await salesforce.plan_schema()
    fields = len(vocabulary.fields.ours)
    assert Counter(step.kind for step in steps) == {
        "create_group": 3,
        "create_field": 2 * fields,
        "grant_field": 2 * fields,
    }
    assert await salesforce.plan_schema() == steps


async def test_after_installing_everything_is_present(salesforce: Salesforce) -> None:
    planned = await salesforce.plan_schema()
    assert await salesforce.apply_schema() == planned
    assert {step.kind for step in await salesforce.plan_schema()} == {"present"}
    assert await salesforce.apply_schema() == []


async def test_another_person_sees_fields_of_the_right_types(org: Org, salesforce: Salesforce) -> None:
    await salesforce.apply_schema()
    client = await stranger(org, salesforce)
    said = client.Contact.describe() or {}
    fields = {one["name"]: one for one in said["fields"]}
    client.session.close()
    assert fields["SMK_Sla_Status__c"]["type"] == "picklist"
    assert fields["SMK_Sla_Status__c"]["restrictedPicklist"]
    assert fields["SMK_Sla_Due_At__c"]["type"] == "datetime"
    assert fields["SMK_Attempt_Count__c"]["type"] == "double"
    assert (fields["SMK_Next_Action__c"]["type"], fields["SMK_Next_Action__c"]["length"]) == ("string", 255)
    assert fields["SMK_Sla_Status__c"]["label"] == "SLA status"


async def test_a_field_of_that_name_and_another_type_is_a_conflict(org: Org, salesforce: Salesforce) -> None:
    await make(org, salesforce, "Lead.SMK_Stage__c", type="Checkbox", label="Stage")
    (conflict,) = [step for step in await salesforce.plan_schema() if step.kind == "conflict"]
    assert (conflict.object, conflict.name) == ("Lead", "SMK_Stage__c")
    with pytest.raises(ConfigError, match=r"Lead\.SMK_Stage__c.*Checkbox.*Rename or delete"):
        await salesforce.apply_schema()
    assert "SMK_Sla_Status__c" not in org.world.table("salesforce", "Lead").fields


async def test_a_field_that_our_user_cannot_see_is_granted_and_not_made_again(org: Org, salesforce: Salesforce) -> None:
    await make(org, salesforce, "Lead.SMK_Person_Id__c", type="Text", label="Person id", length=255)
    steps = [
        step.kind
        for step in await salesforce.apply_schema()
        if (step.object, step.name) == ("Lead", "SMK_Person_Id__c")
    ]
    assert steps == ["grant_field"]
    assert {step.kind for step in await salesforce.plan_schema()} == {"present"}


async def test_options_that_are_missing_are_added_and_foreign_ones_stay(org: Org, salesforce: Salesforce) -> None:
    values = [{"fullName": option, "label": option} for option in ("marketing", "partners")]
    value_set = {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}}
    await make(org, salesforce, "Lead.SMK_Owner_Team__c", type="Picklist", label="Team", valueSet=value_set)
    await salesforce.apply_schema()
    assert {step.kind for step in await salesforce.plan_schema()} == {"present"}
    about = org.world.table("salesforce", "Lead").fields["SMK_Owner_Team__c"].about
    assert [one["value"] for one in about["picklistValues"]] == ["marketing", "partners", "sales"]


async def test_the_minimal_profile_installs_six_fields(org: Org, connect: Callable[..., Salesforce]) -> None:
    await connect(minimal=True).apply_schema()
    table = org.world.table("salesforce", "Lead")
    assert sum(name.startswith("SMK_") for name in table.fields) == 6
