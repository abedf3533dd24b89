"""Duplicate rules: an org has one for each of its three person and company objects, and they are switched on or off."""

from __future__ import annotations

from collections.abc import Iterator

from crm_sync.sandbox.salesforce.components.naming import Metadata, change, kept
from crm_sync.sandbox.salesforce.schema import FACE
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import Row, World

_KIND = "DuplicateRule"


def create(world: World, full_name: str, metadata: Metadata) -> str:
    raise Refusal(400, "INVALID_OPERATION", "The sandbox has its standard duplicate rules only; update one of them")


def read(world: World, full_name: str) -> Metadata:
    row = _row(world, full_name)
    return {
        "actionOnInsert": "Allow",
        "actionOnUpdate": "Allow",
        "isActive": bool(row["IsActive"]),
        "masterLabel": row["MasterLabel"],
        "operationsOnInsert": ["Alert", "Report"],
        "operationsOnUpdate": ["Alert", "Report"],
        "securityOption": "EnforceSharingRules",
        "sortOrder": 1,
    }


def update(world: World, full_name: str, metadata: Metadata) -> None:
    if "isActive" in metadata:
        change(world, _KIND, _row(world, full_name), {"IsActive": int(bool(metadata["isActive"]))})


def delete(world: World, full_name: str) -> None:
    raise Refusal(400, "INVALID_OPERATION", "A standard duplicate rule cannot be deleted; set isActive to false")


def names(world: World) -> Iterator[str]:
    return (f"{row['SobjectType']}.{row['DeveloperName']}" for row in world.table(FACE, _KIND).select())


def _row(world: World, full_name: str) -> Row:
    object_, _, name = full_name.partition(".")
    return kept(world, _KIND, SobjectType=object_, DeveloperName=name)
