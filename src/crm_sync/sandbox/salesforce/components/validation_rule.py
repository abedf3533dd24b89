"""Validation rules: kept as the client wrote them, once their formula can be read and names fields of the object."""

from __future__ import annotations

import json
from collections.abc import Iterator

from crm_sync.sandbox.salesforce.components.naming import Metadata, change, keep, kept, remove, split, taken
from crm_sync.sandbox.salesforce.formula import BadFormula, read_formula
from crm_sync.sandbox.salesforce.rules import forget_rules
from crm_sync.sandbox.salesforce.schema import FACE, Sight
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import Row, World

_KIND = "ValidationRule"


def create(world: World, full_name: str, metadata: Metadata) -> str:
    seen, name = split(world, full_name)
    columns = _columns(seen, metadata)
    if full_name.lower() in (one.lower() for one in names(world)):
        raise taken(full_name)
    forget_rules(world)
    return keep(world, _KIND, {"ValidationName": name, "EntityDefinitionId": seen.type.name, **columns})


def read(world: World, full_name: str) -> Metadata:
    metadata: Metadata = json.loads(_row(world, full_name)["Metadata"])
    return metadata


def update(world: World, full_name: str, metadata: Metadata) -> None:
    change(world, _KIND, _row(world, full_name), _columns(split(world, full_name)[0], metadata))
    forget_rules(world)


def delete(world: World, full_name: str) -> None:
    remove(world, _KIND, _row(world, full_name))
    forget_rules(world)


def names(world: World) -> Iterator[str]:
    return (full_name(row) for row in world.table(FACE, _KIND).select())


def full_name(row: Row) -> str:
    return f"{row['EntityDefinitionId']}.{row['ValidationName']}"


def _row(world: World, full_name: str) -> Row:
    seen, name = split(world, full_name)
    return kept(world, _KIND, EntityDefinitionId=seen.type.name, ValidationName=name)


def _columns(seen: Sight, metadata: Metadata) -> Row:
    for key in ("errorConditionFormula", "errorMessage"):
        if not metadata.get(key):
            raise Refusal(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{key}]", [key])
    _check_formula(seen, str(metadata["errorConditionFormula"]))
    shown = metadata.get("errorDisplayField")
    if shown and seen.field(str(shown)) is None:
        raise Refusal(
            400, "FIELD_INTEGRITY_EXCEPTION", f"{shown} is no field of {seen.type.name}", ["errorDisplayField"]
        )
    return {
        "Active": int(bool(metadata.get("active"))),
        "Description": metadata.get("description"),
        "ErrorDisplayField": shown,
        "ErrorMessage": metadata["errorMessage"],
        "Metadata": json.dumps(metadata),
    }


def _check_formula(seen: Sight, text: str) -> None:
    try:
        fields = list(read_formula(text).fields())
    except BadFormula as error:
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", str(error), ["errorConditionFormula"]) from None
    known = {name.lower() for name in seen.table.fields}
    unknown = next((one for one in fields if one.lower() not in known), None)
    if unknown:
        message = f"Field {unknown} does not exist. Check spelling."
        raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", message, ["errorConditionFormula"])
