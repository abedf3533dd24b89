"""Who belongs to whom: the records that point to a record, found fast enough for large worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_sync.sandbox.salesforce.indexes import index_reference
from crm_sync.sandbox.salesforce.schema import FACE, ObjectType, object_types
from crm_sync.sandbox.world import ARCHIVED_AT, Row, World, quoted

#: Children that go with their parent when it is deleted, and come back with it.
_CASCADES: dict[str, tuple[tuple[str, str], ...]] = {
    "Account": (("Contact", "AccountId"), ("Opportunity", "AccountId"), ("Task", "WhatId"), ("Event", "WhatId")),
    "Contact": (
        ("OpportunityContactRole", "ContactId"),
        ("CampaignMember", "ContactId"),
        ("Task", "WhoId"),
        ("Event", "WhoId"),
    ),
    "Lead": (("CampaignMember", "LeadId"), ("Task", "WhoId"), ("Event", "WhoId")),
    "Opportunity": (("OpportunityContactRole", "OpportunityId"), ("Task", "WhatId"), ("Event", "WhatId")),
    "Campaign": (("CampaignMember", "CampaignId"),),
}


@dataclass(frozen=True, slots=True)
class Pointer:
    """A field of an object that may point to the records in question."""

    object: str
    field: str


def going_along(name: str) -> list[Pointer]:
    """Where the records are that are deleted together with one of this object."""
    return [Pointer(*one) for one in _CASCADES.get(name, ())]


def pointers_to(name: str) -> Iterator[Pointer]:
    """Every field of every object that a client could have pointed at this one; what the org itself keeps is left."""
    for one in object_types().values():
        if one.writable:
            yield from (Pointer(one.name, field) for field in _pointing(one, name))


def pointing(world: World, pointer: Pointer, record_id: str, deleted_at: int | None = None) -> list[Row]:
    """The living records that point to this one, or those that went at the given instant."""
    table = world.table(FACE, pointer.object)
    index_reference(table, pointer.field)
    where = f"{quoted(pointer.field)} = ? AND {ARCHIVED_AT} IS ?"
    return list(table.select(where, [record_id, deleted_at]))


def _pointing(one: ObjectType, name: str) -> Iterator[str]:
    for field in one.columns:
        kept = field.name == "MasterRecordId" or field.name.startswith("Converted")
        if name in field.about.get("referenceTo", ()) and not kept:
            yield field.name
