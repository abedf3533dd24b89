"""simple-salesforce as it comes, over real HTTPS: the face must satisfy a client that we did not write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from tests.sandbox.salesforce.conftest import Org

from crm_sync.sandbox.salesforce.auth import new_token


class Redirected(HTTPAdapter):
    """Sends what is meant for https://*.salesforce.com to the sandbox, as DNS would in a real setup."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        path = (request.url or "").split("/", 3)[3]
        request.url = f"{self.url}/{path}"
        return super().send(request, *args, **kwargs)


@pytest.fixture
def session(https: tuple[str, str]) -> Iterator[requests.Session]:
    url, ca_file = https
    with requests.Session() as session:
        session.verify = ca_file
        session.trust_env = False  # REQUESTS_CA_BUNDLE would win over `verify`
        session.mount("https://acme.my.salesforce.com", Redirected(url))
        yield session


@pytest.fixture
def sf(org: Org, https: tuple[str, str], session: requests.Session) -> Salesforce:
    return Salesforce(instance_url=https[0], session_id=new_token(org.world), session=session, version="62.0")


def test_rows_are_created_read_updated_and_queried(org: Org, sf: Any) -> None:
    org.add("Lead", "00Q", *({"LastName": f"L{number}", "Company": "C"} for number in range(2100)))
    made = sf.Lead.create({"LastName": "Ruiz", "Company": "Acme", "Email": "ana@x.mx"})
    assert made["success"] is True
    assert sf.Lead.update(made["id"], {"Title": "CTO"}) == 204
    assert sf.Lead.get(made["id"])["Title"] == "CTO"
    assert sf.Lead.get_by_custom_id("Email", "ana@x.mx")["Id"] == made["id"]
    found = sf.query_all("SELECT Id, Owner.Name FROM Lead")
    assert found["totalSize"] == len(found["records"]) == 2101
    assert sf.api_usage["api-usage"].total == 100_000


def test_objects_are_described(sf: Any) -> None:
    assert "Lead" in {one["name"] for one in sf.describe()["sobjects"]}
    assert "Email" in {one["name"] for one in sf.Lead.describe()["fields"]}


def test_custom_fields_are_made_through_restful(sf: Any) -> None:
    body = {"FullName": "Lead.Note__c", "Metadata": {"type": "Text", "label": "Note", "length": 20}}
    made = sf.restful("tooling/sobjects/CustomField", method="POST", json=body)
    assert made["success"] is True
    with pytest.raises(SalesforceMalformedRequest, match="DUPLICATE_DEVELOPER_NAME"):
        sf.restful("tooling/sobjects/CustomField", method="POST", json=body)


def test_bulk_jobs_load_and_query(org: Org, sf: Any) -> None:
    rows = [{"LastName": f"L{number}", "Company": "C"} for number in range(3)] + [
        {"LastName": "No company", "Company": ""}
    ]
    (job,) = sf.bulk2.Lead.insert(records=rows, wait=0)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (4, 1)
    assert "REQUIRED_FIELD_MISSING" in sf.bulk2.Lead.get_failed_records(job["job_id"])
    pages = list(sf.bulk2.Lead.query("SELECT LastName FROM Lead ORDER BY LastName", max_records=2, wait=0))
    assert "".join(pages).count("L") == 3 + 2  # three values and two headers


@pytest.fixture
def api(sf: Any, https: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Its Metadata API, whose SOAP client has a session of its own."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", https[1])
    yield sf.mdapi
    sf.mdapi._client.transport.session.close()


def test_components_are_made_through_the_metadata_api(api: Any) -> None:
    value = api.CustomValue(fullName="met", default=False, label="Met")
    values = api.ValueSet(restricted=True, valueSetDefinition=api.ValueSetValuesDefinition(sorted=False, value=[value]))
    made = api.CustomField(fullName="Lead.Sla__c", label="SLA", type=api.FieldType("Picklist"), valueSet=values)
    api.CustomField.create([made])
    read = api.CustomField.read("Lead.Sla__c")
    assert (read.label, read.valueSet.valueSetDefinition.value[0].fullName) == ("SLA", "met")
    with pytest.raises(Exception, match="DUPLICATE_DEVELOPER_NAME"):
        api.CustomField.create([made])
    api.CustomField.delete("Lead.Sla__c")
    assert api.CustomField.read("Lead.Sla__c").fullName is None


def test_its_errors_are_the_ones_it_knows(org: Org, sf: Any) -> None:
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.get("00Q5500001H9kZuAAJ")
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        sf.query("SELECT Foo FROM Lead")
    org.world.notes["salesforce_tokens"].clear()
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Lead")


@pytest.mark.parametrize("way", ["client credentials", "soap", "password grant"])
def test_it_logs_in_by_itself_when_its_host_leads_to_the_sandbox(org: Org, session: requests.Session, way: str) -> None:
    sf: Any = Salesforce(
        session=session, domain="acme.my", version="62.0", **login(org.world.notes["salesforce_app"], way)
    )
    assert sf.query("SELECT COUNT() FROM Lead")["totalSize"] == 0


def test_a_wrong_secret_is_an_authentication_failure(org: Org, session: requests.Session) -> None:
    said = login(org.world.notes["salesforce_app"], "client credentials") | {"consumer_secret": "wrong"}
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid client credentials"):
        Salesforce(session=session, domain="acme.my", version="62.0", **said)


def login(app: Mapping[str, str], way: str) -> dict[str, Any]:
    consumer = {"consumer_key": app["client_id"], "consumer_secret": app["client_secret"]}
    person = {"username": app["username"], "password": app["password"]}
    match way:
        case "client credentials":
            return consumer
        case "soap":
            return {**person, "security_token": app["security_token"]}
        case _:
            return {**consumer, **person, "password": app["password"] + app["security_token"]}


def test_bulk_jobs_of_the_first_api_write_rows_and_read_them_back(sf: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("simple_salesforce.bulk.sleep", lambda seconds: None)  # it would wait 5 s before each question
    rows = [{"LastName": "Ruiz", "Company": "Acme"}, {"LastName": "Paz", "Company": None}]
    done, refused = sf.bulk.Lead.insert(rows, use_serial=True)
    assert (done["success"], done["created"]) == (True, True)
    assert (refused["success"], refused["errors"][0]["statusCode"]) == (False, "REQUIRED_FIELD_MISSING")
    [found] = sf.bulk.Lead.query("SELECT Id, LastName, CreatedDate FROM Lead")
    assert (found["Id"], found["LastName"]) == (done["id"], "Ruiz")
    assert isinstance(found["CreatedDate"], int)
