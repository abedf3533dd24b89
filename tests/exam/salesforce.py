"""Salesforce on the sandbox, examined."""

from __future__ import annotations

from typing import Any, ClassVar
from xml.sax.saxutils import escape

from pydantic import SecretStr

from crm_sync.connectors.base import Connector
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.sandbox.actions.inside import DATA
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.world import ARCHIVED_AT
from crm_sync.settings import SalesforceSettings
from tests.exam.examinee import title
from tests.exam.sandboxed import Sandboxed, at_once, meanwhile

_READS = "GET /services/data/*/query"
_PREFIX = {"Lead": "00Q", "Opportunity": "006", "Task": "00T"}
_UNDELETE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:urn="urn:partner.soap.sforce.com">'
    "<soapenv:Header><urn:SessionHeader><urn:sessionId>{}</urn:sessionId></urn:SessionHeader></soapenv:Header>"
    "<soapenv:Body><urn:undelete><urn:ids>{}</urn:ids></urn:undelete></soapenv:Body></soapenv:Envelope>"
)


class OnSalesforce(Sandboxed):
    crm = "salesforce"
    objects: ClassVar = {"person": "Lead", "deal": "Opportunity", "touch": "Task"}
    kinds = objects
    called: ClassVar = {"person": "Email", "deal": "Name", "touch": "Subject"}
    told: ClassVar = {"person": "Title", "deal": "Name", "touch": "Subject"}
    writing: ClassVar = "/composite/sobjects"
    options: ClassVar = "picklistValues"
    orders: ClassVar = meanwhile("salesforce", "Lead", _READS, "Title", "Shoe_Size__c") | {
        "a session that ends": {"do": "expire-tokens", "crm": "salesforce", "match": _READS, "times": 2},
    }

    def connect(self) -> Connector:
        app = self.world.notes["salesforce_app"]
        settings = SalesforceSettings(
            login_url=self.door.url, client_id=app["client_id"], client_secret=SecretStr(app["client_secret"]),
            ca_file=self.door.ca_file,
        )  # fmt: skip
        profile = self.vocabulary.fields.profile(minimal=False)
        return Salesforce(settings, self.vocabulary, profile, wait=at_once, size=20)

    async def create(self, kind: str, number: int) -> str:
        path = f"{DATA}/sobjects/{self.objects[kind]}"
        return str((await self.inside.do("POST", path, self.row(kind, number)))["id"])

    def row(self, kind: str, number: int) -> dict[str, Any]:
        known: dict[str, Any] = {
            "person": {"LastName": f"Person {number}", "Company": "Acme", "Email": f"p{number}@example.com"},
            "deal": {"StageName": "Prospecting", "CloseDate": "2026-06-30", "Amount": 1200.5},
            "touch": {"Status": "Completed", "TaskSubtype": "Call"},
        }[kind]
        return {**known, self.told[kind]: title(number)}

    async def forbid(self, formula: str) -> None:
        """A validation rule of the org: leads for which the formula holds are refused."""
        said = {"active": True, "errorConditionFormula": formula, "errorMessage": "Not like this"}
        await self.inside.do(
            "POST", f"{DATA}/tooling/sobjects/ValidationRule", {"FullName": "Lead.Rule", "Metadata": said}
        )

    async def restore(self, kind: str, record_id: str) -> None:
        with self.inside.session() as token:
            headers = {"content-type": "text/xml; charset=UTF-8", "soapaction": '""'}
            body = _UNDELETE.format(escape(token), escape(record_id))
            answer = await self.inside.ask("POST", "/services/Soap/u/62.0", body, headers)
        assert b"<success>true</success>" in answer.body, answer.body

    def fill(self, kind: str, count: int) -> list[str]:
        name = self.objects[kind]
        ids = [salesforce_id(_PREFIX[name], 500_000 + place) for place in range(count)]
        rows = [{"_id": one, self.told[kind]: title(place), "LastName": "x"} for place, one in enumerate(ids)]
        fields = self.table(kind).fields
        self.insert(kind, [{key: value for key, value in row.items() if key == "_id" or key in fields} for row in rows])
        return ids

    def ours(self, object_name: str) -> dict[str, str | None]:
        rows = self.world.table("salesforce", object_name).select(f"{ARCHIVED_AT} IS NULL")
        return {row["_id"]: row.get("SMK_Campaign__c") for row in rows}
