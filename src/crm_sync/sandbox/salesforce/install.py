"""A fresh org: its tables, its stages and statuses, one API user, and the app through which clients log in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.salesforce.indexes import index, index_deleted
from crm_sync.sandbox.salesforce.schema import FACE, contents, object_types
from crm_sync.sandbox.world import Row, World

#: The org's own records are numbered from here, far from anything that is told or written into it.
FIRST = 62**8

ORGANIZATION = salesforce_id("00D", FIRST)
API_USER = salesforce_id("005", FIRST)
API_PROFILE = salesforce_id("00e", FIRST)

APP = {
    "client_id": "3MVG9sandboxCrmSync.Consumer.Key",
    "client_secret": "sandbox-consumer-secret",
    "username": "integration@acme.example",
    "password": "sandbox-password",
    "security_token": "sandboxToken",
    "user_id": API_USER,
    "organization_id": ORGANIZATION,
}

#: Statuses of a lead: the default one and those that mean converted.
_DEFAULT_STATUS, _CONVERTED_STATUS = "Open - Not Contacted", "Closed - Converted"


def install(world: World) -> None:
    """Adds every table, the org's own rows, and the notes under which the face keeps tokens and credentials."""
    for one in object_types().values():
        table = world.add_table(FACE, one.name, one.columns)
        index_deleted(table)
        for field in one.columns:
            index(table, field)
    world.notes.setdefault("salesforce_app", {})
    world.notes["salesforce_app"] = APP | world.notes["salesforce_app"]
    world.db.create_collation("SALESFORCE", _ignoring_case)
    for note in ("salesforce_tokens", "salesforce_row_faults", "salesforce_cursors"):
        world.notes.setdefault(note, {})
    for name, rows in _own_rows(world).items():
        world.table(FACE, name).insert(rows)


def _own_rows(world: World) -> dict[str, list[Row]]:
    now = world.clock.now_ms() // 1000 * 1000
    stamps: Row = {"_created": now, "_modified": now}
    app = world.notes["salesforce_app"]
    rows: dict[str, list[Row]] = {
        "Organization": [
            {"Name": "Acme", "InstanceName": "SBX1", "OrganizationType": "Enterprise Edition", "IsSandbox": 1}
        ],
        "Profile": [{"Name": "Minimum Access - API Only Integrations", "UserType": "CloudIntegrationUser"}],
        "User": [_api_user(app)],
        "LeadStatus": list(_lead_statuses()),
        "OpportunityStage": list(_stages()),
        "DuplicateRule": [_duplicate_rule(one) for one in ("Account", "Contact", "Lead")],
    }
    prefixes = {one.name: one.prefix for one in object_types().values()}
    return {
        name: [
            {"_id": salesforce_id(prefixes[name], _first(name) + place), **stamps, **row}
            for place, row in enumerate(some)
        ]
        for name, some in rows.items()
    }


def _first(name: str) -> int:
    """Both picklist tables share a prefix."""
    return FIRST + (1000 if name == "OpportunityStage" else 0)


def _api_user(app: dict[str, Any]) -> Row:
    return {
        "Username": app["username"],
        "Email": app["username"],
        "FirstName": "Integration",
        "LastName": "User",
        "Name": "Integration User",
        "Alias": "integ",
        "IsActive": 1,
        "UserType": "CloudIntegrationUser",
        "TimeZoneSidKey": "America/Mexico_City",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "ProfileId": API_PROFILE,
    }


def _duplicate_rule(object_: str) -> Row:
    """A new org's rules; they are not active here, so that a town can be written without asking."""
    name = f"Standard {object_} Duplicate Rule"
    return {"DeveloperName": name.replace(" ", "_"), "MasterLabel": name, "SobjectType": object_, "IsActive": 0}


def _lead_statuses() -> Iterator[Row]:
    status = next(one for one in object_types()["lead"].columns if one.name == "Status")
    for order, one in enumerate(status.about["picklistValues"], 1):
        value = one["value"]
        flags = {"IsDefault": int(value == _DEFAULT_STATUS), "IsConverted": int(value == _CONVERTED_STATUS)}
        yield {"MasterLabel": value, "ApiName": value, "SortOrder": order, **flags}


def _stages() -> Iterator[Row]:
    for order, (name, (probability, forecast, closed, won)) in enumerate(contents()["stages"].items(), 1):
        yield {
            "MasterLabel": name,
            "ApiName": name,
            "SortOrder": order,
            "IsActive": 1,
            "DefaultProbability": probability,
            "ForecastCategory": forecast,
            "IsClosed": int(closed),
            "IsWon": int(won),
        }


def _ignoring_case(left: str, right: str) -> int:
    """Order of texts without regard to case, in any alphabet."""
    one, other = left.casefold(), right.casefold()
    return (one > other) - (one < other)
