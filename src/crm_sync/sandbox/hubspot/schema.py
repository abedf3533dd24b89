"""The property definitions of an object: columns of its table and the few that come from the record itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.world import CREATED, MODIFIED, World


def definition_of(world: World, one: CrmObject, name: str) -> Mapping[str, Any] | None:
    """The definition of a property, None when the object has none of that name."""
    field = world.table("hubspot", one.name).fields.get(name)
    return field.about if field else account(world).derived[one.name].get(name)


def definitions(world: World, one: CrmObject) -> list[Mapping[str, Any]]:
    """All definitions of an object, by name."""
    fields = world.table("hubspot", one.name).fields.values()
    found = [*(field.about for field in fields), *account(world).derived[one.name].values()]
    return sorted(found, key=lambda about: str(about["name"]))


def derived_column(name: str) -> str | None:
    """Where the value of a derived property is kept; None for ordinary properties."""
    if name in ("createdate", "hs_createdate"):
        return CREATED
    if name in ("lastmodifieddate", "hs_lastmodifieddate"):
        return MODIFIED
    return "_id" if name == "hs_object_id" else None
