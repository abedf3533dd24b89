"""How much of the account is used up: records, properties, pipelines, association labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from crm_sync.sandbox.hubspot.objects import BY_NAME, OBJECTS, CrmObject
from crm_sync.sandbox.hubspot.schema import definitions
from crm_sync.sandbox.hubspot.wire import Answer, Call

_RECORDS: Final = 15_000_000
_CUSTOM_PROPERTIES: Final = 1_000
_CALCULATED: Final = 200
_CUSTOM_OBJECTS: Final = 10
_PIPELINES: Final = {"deals": 100, "leads": 100}
_LABELS: Final = 10
_LINKS: Final = 50_000


def records(call: Call) -> Answer:
    listed = _each(OBJECTS, lambda one: _alive(call, one), _RECORDS)
    return Answer({"hubspotDefinedObjectTypes": listed, "customObjectTypes": _none(0)})


def custom_properties(call: Call) -> Answer:
    listed = _each(OBJECTS, lambda one: _custom(call, one), _CUSTOM_PROPERTIES)
    return Answer(_overall(listed, _CUSTOM_PROPERTIES * len(OBJECTS)))


def calculated_properties(call: Call) -> Answer:
    """Only those the account made itself count."""
    listed = _each(OBJECTS, lambda one: _own_calculated(call, one), _CALCULATED)
    bare = [{key: one[key] for key in one if key not in ("limit", "percentage")} for one in listed]
    return Answer({**_overall(listed, _CALCULATED), "byObjectType": bare})


def custom_object_types(call: Call) -> Answer:
    return Answer({"limit": _CUSTOM_OBJECTS, "usage": 0, "percentage": 0.0})


def pipelines(call: Call) -> Answer:
    ones = [BY_NAME[name] for name in _PIPELINES]
    listed = _each(ones, lambda one: len(call.account.pipelines.get(one.name, {})), 100)
    return Answer({"hubspotDefinedObjectTypes": listed, "customObjectTypes": _none(100)})


def association_labels(call: Call) -> Answer:
    """One row for each pair of objects that has labels, or for the pair that is asked for."""
    asked = (call.query("fromObjectTypeId"), call.query("toObjectTypeId"))
    rows = []
    for (start, end), labels in call.account.labels.items():
        one, other = BY_NAME[start], BY_NAME[end]
        if all(not wanted or wanted == each.type_id for wanted, each in zip(asked, (one, other), strict=True)):
            rows.append(
                {
                    "fromObjectType": _named(one), "toObjectType": _named(other), "allLabels": list(labels.values()),
                    **_used(len(labels), _LABELS),
                }
            )  # fmt: skip
    return Answer({"results": rows})


def association_records(call: Call) -> Answer:
    """Nobody comes near the limit here; the counts are real, the samples are empty."""
    call.crm_object("from")
    call.crm_object("to")
    return Answer(
        {
            "limit": _LINKS, "totalRecordsAtLimit": 0, "totalRecordsNearLimit": 0,
            "atLimitFromRecordSamples": [], "nearLimitFromRecordSamples": [],
        }
    )  # fmt: skip


def association_objects(call: Call) -> Answer:
    """No object type has a record near the limit of its associations."""
    return Answer({"results": []})


def _alive(call: Call, one: CrmObject) -> int:
    return call.world.table("hubspot", one.name).count("_archived_at IS NULL")


def _custom(call: Call, one: CrmObject) -> int:
    return sum(not about["hubspotDefined"] for about in definitions(call.world, one))


def _own_calculated(call: Call, one: CrmObject) -> int:
    return sum(about["calculated"] and not about["hubspotDefined"] for about in definitions(call.world, one))


def _each(ones: Iterable[CrmObject], count: Callable[[CrmObject], int], limit: int) -> list[dict[str, Any]]:
    return [{**_named(one), **_used(count(one), limit)} for one in ones]


def _named(one: CrmObject) -> dict[str, str]:
    plural = one.name.replace("_", " ").capitalize()
    singular = one.singular.replace("_", " ").capitalize()
    return {"objectTypeId": one.type_id, "singularLabel": singular, "pluralLabel": plural}


def _used(usage: int, limit: int) -> dict[str, Any]:
    return {"usage": usage, "limit": limit, "percentage": round(usage / limit * 100, 2)}


def _overall(listed: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    told = _used(sum(one["usage"] for one in listed), limit)
    overall = {f"overall{key.capitalize()}": value for key, value in told.items()}
    return {**overall, "byObjectType": listed}


def _none(limit: int) -> dict[str, Any]:
    return {"byObjectType": [], "overallLimit": limit, "overallPercentage": 0.0, "overallUsage": 0}
