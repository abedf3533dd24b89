"""Validation rules: formulas that a record must not fulfil when it is saved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crm_sync.sandbox.salesforce.formula import Formula, Saving, read_formula
from crm_sync.sandbox.salesforce.schema import FACE, Sight
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import Row, World


def check_rules(world: World, seen: Sight, before: Row, changes: Row, now: int) -> None:
    """Refuses the record for the first active rule whose formula is true."""
    rules = active_rules(world).get(seen.type.name)
    if not rules:
        return
    saving = Saving(seen.table.fields, before, before | changes, now)
    for formula, metadata in rules:
        if formula.holds(saving):
            field = metadata.get("errorDisplayField")
            message = str(metadata.get("errorMessage"))
            raise Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", message, [field] if field else [])


def active_rules(world: World) -> dict[str, list[tuple[Formula, Mapping[str, Any]]]]:
    """Parsed once; whoever changes a rule calls `forget_rules`."""
    if "salesforce_rules" not in world.notes:
        found: dict[str, list[tuple[Formula, Mapping[str, Any]]]] = {}
        for object_, metadata in _stored(world):
            found.setdefault(object_, []).append((read_formula(metadata["errorConditionFormula"]), metadata))
        world.notes["salesforce_rules"] = found
    rules: dict[str, list[tuple[Formula, Mapping[str, Any]]]] = world.notes["salesforce_rules"]
    return rules


def forget_rules(world: World) -> None:
    world.notes.pop("salesforce_rules", None)


def _stored(world: World) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in world.table(FACE, "ValidationRule").select('"Active" = 1'):
        yield row["EntityDefinitionId"], json.loads(row["Metadata"])
