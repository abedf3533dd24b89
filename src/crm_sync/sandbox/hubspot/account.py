"""The account around the records: tokens and scopes, pipelines, property groups, labels, archived definitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from crm_sync.sandbox.world import World

DEFAULT_TOKEN: Final = "pat-na1-5a0d0b0c-0000-4000-8000-000000000007"
TIME_ZONE: Final = "America/Mexico_City"
DAILY_LIMIT: Final = 1_000_000
BURST_LIMIT: Final = 190
EPOCH: Final = "1970-01-01T00:00:00Z"

#: What a private app is granted here at first; the control API takes scopes away and gives them back.
SCOPES: Final = frozenset(
    f"crm.{kind}.{name}.{verb}"
    for kind in ("objects", "schemas")
    for name in ("contacts", "companies", "deals")
    for verb in ("read", "write")
) | {"crm.objects.owners.read", "oauth"}

_DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)


@dataclass(slots=True)
class Account:
    """Everything HubSpot keeps that is not a record. Definitions and pipelines are held as the wire shows them."""

    portal_id: int = 47112233
    app_id: int = 3301007
    user_id: int = 6650001
    calls_today: int = 0
    tokens: dict[str, set[str]] = field(default_factory=dict)
    pipelines: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    groups: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    derived: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    archived_properties: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    labels: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)

    def grant(self, token: str, scopes: Iterable[str] = SCOPES) -> None:
        """This token, and no other, opens the account."""
        self.tokens = {token: set(scopes)}

    def stages(self, name: str) -> dict[str, dict[str, Any]]:
        """Every stage of every pipeline of the object, by its id."""
        return {one["id"]: one for line in self.pipelines.get(name, {}).values() for one in line["stages"]}

    def stage_ids(self, name: str) -> tuple[str, ...]:
        return tuple(self.stages(name))

    def pipeline_of(self, name: str, stage: str) -> str | None:
        """The pipeline that holds the stage."""
        for key, line in self.pipelines.get(name, {}).items():
            if any(one["id"] == stage for one in line["stages"]):
                return key
        return None


def account(world: World) -> Account:
    """The account that `install` put into the world."""
    found = world.notes["hubspot_account"]
    assert isinstance(found, Account)
    return found


def new_account() -> Account:
    """An account with one token for everything and the Sales Pipeline that every HubSpot starts with."""
    fresh = Account(tokens={DEFAULT_TOKEN: set(SCOPES)})
    fresh.pipelines["deals"] = {"default": pipeline("default", "Sales Pipeline", _DEAL_STAGES)}
    return fresh


def pipeline(key: str, label: str, stages: Iterable[tuple[str, str, str]], order: int = 0) -> dict[str, Any]:
    """A pipeline as the wire shows it, from (stage id, label, probability)."""
    listed = [_stage(at, *one) for at, one in enumerate(stages)]
    return {
        "id": key, "label": label, "displayOrder": order, "archived": False,
        "createdAt": EPOCH, "updatedAt": EPOCH, "stages": listed,
    }  # fmt: skip


def _stage(at: int, key: str, label: str, probability: str) -> dict[str, Any]:
    closed = "true" if float(probability) in (0.0, 1.0) else "false"
    return {
        "id": key, "label": label, "displayOrder": at, "archived": False, "createdAt": EPOCH, "updatedAt": EPOCH,
        "metadata": {"isClosed": closed, "probability": probability},
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }  # fmt: skip
