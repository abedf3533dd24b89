"""What the org says about itself: its versions and resources, and the description of every object."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.salesforce.fields import constants
from crm_sync.sandbox.salesforce.freshness import unless_known
from crm_sync.sandbox.salesforce.schema import FACE, MERGEABLE, ObjectType, Sight, children_of, object_types, sight
from crm_sync.sandbox.salesforce.wire import Call, Reply, not_found
from crm_sync.sandbox.world import ARCHIVED_AT, FieldDef, World

OLDEST, NEWEST = 31, 66

_RESOURCES = ("tooling", "query", "queryAll", "sobjects", "limits", "composite", "jobs")
_MASTER = "012000000000000AAA"


def versions() -> list[dict[str, str]]:
    """GET /services/data: needs no login."""
    return [
        {"label": _season(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST, NEWEST + 1)
    ]


def _season(number: int) -> str:
    """Three releases a year; Winter carries the next year's number."""
    name = ("Spring", "Summer", "Winter")[number % 3]
    return f"{name} '{26 - (NEWEST - number) // 3 - (name == 'Summer'):02d}"


def resources(call: Call) -> Reply:
    return Reply(body={one: f"{call.root}/{one}" for one in _RESOURCES})


def global_describe(call: Call) -> Reply:
    """GET sobjects."""
    listed = [one for one in object_types().values() if not one.tooling]
    described = [_about(one, call.root) for one in sorted(listed, key=lambda one: one.name)]
    return unless_known(call, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": described})


def object_info(call: Call, object_: str) -> Reply:
    """GET sobjects/{object}."""
    seen = _seen(call.world, object_)
    return Reply(body={"objectDescribe": _about(seen.type, call.root), "recentItems": []})


def describe(call: Call, object_: str) -> Reply:
    """GET sobjects/{object}/describe: hidden fields are missing, keys are in alphabetical order."""
    seen = _seen(call.world, object_)
    full = _about(seen.type, call.root) | {
        "actionOverrides": [],
        "childRelationships": [
            _child(one.object, one.field, one.relationship) for one in children_of(call.world, seen.type.name)
        ],
        "compactLayoutable": True,
        "fields": [_field(call.world, seen, one) for one in seen.fields.values()],
        "namedLayoutInfos": [],
        "recordTypeInfos": [_master_record_type()],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [],
    }
    return unless_known(call, dict(sorted(full.items())))


def _seen(world: World, name: str) -> Sight:
    found = sight(world, name)
    if found is None:
        raise not_found()
    return found


def _about(one: ObjectType, root: str) -> dict[str, Any]:
    url = f"{root}/sobjects/{one.name}"
    facts: dict[str, Any] = {
        **constants("object"),
        **dict.fromkeys(("createable", "deletable", "undeletable", "updateable"), one.writable),
        "custom": one.name.endswith("__c"),
        "keyPrefix": one.prefix or None,
        "label": one.label,
        "labelPlural": one.plural,
        "mergeable": one.name in MERGEABLE,
        "name": one.name,
        "urls": {"describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}", "sobject": url},
    }
    return dict(sorted(facts.items()))


def _field(world: World, seen: Sight, field: FieldDef) -> dict[str, Any]:
    about = dict(field.about) or {"name": field.name, "label": field.name, "type": "string"}
    table = {("Lead", "Status"): "LeadStatus", ("Opportunity", "StageName"): "OpportunityStage"}.get(
        (seen.type.name, field.name)
    )
    if table:
        about["picklistValues"] = [
            _entry(row) for row in world.table(FACE, table).select(f"{ARCHIVED_AT} IS NULL", order='"SortOrder"')
        ]
    return about


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    label, value = row["MasterLabel"], row["ApiName"] or row["MasterLabel"]
    return {
        "active": True,
        "defaultValue": bool(row.get("IsDefault")),
        "label": label,
        "validFor": None,
        "value": value,
    }


def _child(object_: str, field: str, relationship: str) -> dict[str, Any]:
    return {
        "cascadeDelete": False,
        "childSObject": object_,
        "deprecatedAndHidden": False,
        "field": field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": relationship,
        "restrictedDelete": False,
    }


def _master_record_type() -> dict[str, Any]:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": _MASTER,
        "urls": {},
    }
