"""HubSpot on the sandbox, examined."""

from __future__ import annotations

from typing import ClassVar

from pydantic import SecretStr

from crm_sync.connectors.base import Connector
from crm_sync.connectors.hubspot import HubSpot
from crm_sync.mappings import Vocabulary
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.world import ARCHIVED_AT, MODIFIED
from crm_sync.settings import HubSpotSettings
from tests.connectors.door import Door
from tests.exam.examinee import title
from tests.exam.sandboxed import Sandboxed, at_once, meanwhile

BOUNDLESS = "boundless"


class OnHubSpot(Sandboxed):
    crm = "hubspot"
    objects: ClassVar = {"person": "contacts", "deal": "deals", "touch": "calls"}
    kinds = objects
    called: ClassVar = {"person": "email", "deal": "dealname", "touch": "hs_call_title"}
    told: ClassVar = {"person": "jobtitle", "deal": "dealname", "touch": "hs_call_title"}
    writing: ClassVar = "/crm/v3/objects/contacts/batch/update"
    options: ClassVar = "options"
    orders: ClassVar = meanwhile("hubspot", "contacts", "* /crm/v3/objects/contacts", "jobtitle", "shoe_size") | {
        "an index that lags": {"do": "index-lag", "crm": "hubspot", "ms": 30_000},
    }

    def __init__(self, door: Door, vocabulary: Vocabulary) -> None:
        super().__init__(door, vocabulary)
        account(self.world).habits.tier = BOUNDLESS  # told to the connector, which would pace itself otherwise

    def connect(self) -> Connector:
        token = next(iter(account(self.world).tokens))
        settings = HubSpotSettings(token=SecretStr(token), base_url=self.door.url, ca_file=self.door.ca_file)
        profile = self.vocabulary.fields.profile(minimal=False)
        return HubSpot(settings, self.vocabulary, profile, wait=at_once, searches=1000)

    async def create(self, kind: str, number: int) -> str:
        body = {"properties": self.row(kind, number)}
        return str((await self.inside.do("POST", f"/crm/v3/objects/{self.objects[kind]}", body))["id"])

    def row(self, kind: str, number: int) -> dict[str, str]:
        known = {
            "person": {"email": f"p{number}@example.com", "lifecyclestage": "lead"},
            "deal": {"pipeline": "default", "dealstage": "qualifiedtobuy", "amount": "1200.50"},
            "touch": {"hs_timestamp": "2026-05-29T10:00:00Z", "hs_call_direction": "OUTBOUND"},
        }[kind]
        return {**known, self.told[kind]: title(number)}

    async def restore(self, kind: str, record_id: str) -> None:
        """Only HubSpot's pages can do it; its API cannot."""
        self.table(kind).update(record_id, {ARCHIVED_AT: None, MODIFIED: self.world.clock.now_ms()})

    def fill(self, kind: str, count: int) -> list[str]:
        ids = [str(500_000 + place) for place in range(count)]
        self.insert(kind, [{"_id": one, self.told[kind]: title(int(one))} for one in ids])
        return ids

    def ours(self, object_name: str) -> dict[str, str | None]:
        rows = self.world.table("hubspot", object_name).select(f"{ARCHIVED_AT} IS NULL")
        return {row["_id"]: row.get("smk_campaign") for row in rows}
