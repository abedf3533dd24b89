"""Definitions as older APIs list them: properties as a bare list, pipelines with other names, and no custom objects."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.hubspot.account import EPOCH
from crm_sync.sandbox.hubspot.objects import BY_NAME
from crm_sync.sandbox.hubspot.property_api import list_properties
from crm_sync.sandbox.hubspot.values import instant
from crm_sync.sandbox.hubspot.wire import Answer, Call


def list_legacy_properties(call: Call) -> Answer:
    """Objects that are not imitated (tickets, quotes) have no properties: readers ask for those of every object."""
    known = call.part("object") in BY_NAME
    return Answer(list_properties(call).body["results"] if known else [])


def list_legacy_pipelines(call: Call) -> Answer:
    """GET crm-pipelines/v1: instants in milliseconds, ids under names of their own."""
    lines = call.account.pipelines.get(call.crm_object().name, {}).values()
    return Answer({"results": [_pipeline(call, line) for line in lines]})


def list_schemas(call: Call) -> Answer:
    """Schemas of custom objects: this account has none."""
    return Answer({"results": []})


def _pipeline(call: Call, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "pipelineId": line["id"], "objectType": call.crm_object().singular.upper(),
        "objectTypeId": call.crm_object().type_id, **_common(line),
        "stages": [{"stageId": one["id"], **_common(one), "metadata": one["metadata"]} for one in line["stages"]],
        "default": line["id"] == "default",
    }  # fmt: skip


def _common(one: dict[str, Any]) -> dict[str, Any]:
    stamps = {key: instant(one.get(key) or EPOCH) or 0 for key in ("createdAt", "updatedAt")}
    return {"label": one["label"], "displayOrder": one["displayOrder"], "active": not one["archived"], **stamps}
