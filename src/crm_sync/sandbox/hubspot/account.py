"""The account around the records: tokens and scopes, pipelines, property groups, labels, archived definitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from crm_sync.sandbox.hubspot.habits import Habits
from crm_sync.sandbox.hubspot.lists import RecordList
from crm_sync.sandbox.hubspot.logins import Logins
from crm_sync.sandbox.world import World

DEFAULT_TOKEN: Final = "pat-na1-5a0d0b0c-0000-4000-8000-000000000007"
DEVELOPER_KEY: Final = "eu1-dev0-0000-4000-8000-000000000007"
TIME_ZONE: Final = "America/Mexico_City"
OAUTH_BURST_LIMIT: Final = 110
EPOCH: Final = "1970-01-01T00:00:00Z"

#: What a private app is granted here at first; the control API takes scopes away and gives them back.
SCOPES: Final = frozenset(
    f"crm.{kind}.{name}.{verb}"
    for kind in ("objects", "schemas")
    for name in ("contacts", "companies", "deals", "leads", "line_items", "products")
    for verb in ("read", "write")
) | {
    "crm.objects.owners.read", "crm.objects.users.read", "crm.objects.users.write",
    "oauth", "crm.lists.read", "crm.lists.write", "forms", "timeline", "content",
    "marketing.campaigns.read", "marketing.campaigns.write", "behavioral_events.event_definitions.read_write",
    "analytics.behavioral_events.send", "business-intelligence",
}  # fmt: skip


_DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)
_LEAD_STAGES = (
    ("new-stage-id", "New"),
    ("attempting-stage-id", "Attempting"),
    ("connected-stage-id", "Connected"),
    ("qualified-stage-id", "Qualified"),
    ("unqualified-stage-id", "Disqualified"),
)


@dataclass(slots=True)
class Account:
    """Everything HubSpot keeps that is not a record. Definitions and pipelines are held as the wire shows them."""

    portal_id: int = 47112233
    app_id: int = 3301007
    user_id: int = 6650001
    developer_key: str = DEVELOPER_KEY
    tokens: dict[str, set[str]] = field(default_factory=dict)
    pipelines: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    groups: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    derived: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    archived_properties: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    labels: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    logins: Logins = field(default_factory=Logins)
    merged: dict[tuple[str, str], str] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)
    lists: dict[str, RecordList] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    submissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    campaigns: dict[str, dict[str, Any]] = field(default_factory=dict)
    marketing_emails: dict[str, dict[str, Any]] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    timeline: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    calls: tuple[str, int] = ("", 0)

    def next_number(self, name: str) -> int:
        """1, 2, 3... for whatever is named: ids of a replayed world are the same every time."""
        self.counted[name] = self.counted.get(name, 0) + 1
        return self.counted[name]

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


def calls_today(world: World) -> int:
    """Calls since midnight in the account's time zone."""
    day, calls = account(world).calls
    return calls if day == today(world) else 0


def count_call(world: World) -> None:
    account(world).calls = today(world), calls_today(world) + 1


def today(world: World) -> str:
    return world.clock.now().astimezone(ZoneInfo(TIME_ZONE)).date().isoformat()


def new_account() -> Account:
    """An account with one token for everything and the Sales Pipeline that every HubSpot starts with."""
    fresh = Account(tokens={DEFAULT_TOKEN: set(SCOPES)})
    fresh.pipelines["deals"] = {"default": pipeline("default", "Sales Pipeline", _DEAL_STAGES)}
    lead_stages = [(key, label, {"isClosed": "false"}) for key, label in _LEAD_STAGES]
    fresh.pipelines["leads"] = {"lead-pipeline-id": pipeline_of("lead-pipeline-id", "Lead pipeline", lead_stages)}
    return fresh


def pipeline(key: str, label: str, stages: Iterable[tuple[str, str, str]], order: int = 0) -> dict[str, Any]:
    """A deal pipeline as the wire shows it, from (stage id, label, probability)."""
    told = [(one, name, deal_metadata(probability)) for one, name, probability in stages]
    return pipeline_of(key, label, told, order)


def deal_metadata(probability: str) -> dict[str, str]:
    """A deal stage with probability 0 or 1 is closed; every value is text."""
    return {"isClosed": "true" if float(probability) in (0.0, 1.0) else "false", "probability": probability}


def pipeline_of(
    key: str, label: str, stages: Iterable[tuple[str, str, dict[str, str]]], order: int = 0, at: str = EPOCH
) -> dict[str, Any]:
    """A pipeline of any object, from (stage id, label, metadata), made `at`."""
    listed = [stage_of(*one, order=each, at=at) for each, one in enumerate(stages)]
    return {
        "id": key, "label": label, "displayOrder": order, "archived": False,
        "createdAt": at, "updatedAt": at, "stages": listed,
    }  # fmt: skip


def stage_of(key: str, label: str, metadata: dict[str, str], *, order: int, at: str = EPOCH) -> dict[str, Any]:
    return {
        "id": key, "label": label, "displayOrder": order, "archived": False, "createdAt": at, "updatedAt": at,
        "metadata": metadata, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }  # fmt: skip
