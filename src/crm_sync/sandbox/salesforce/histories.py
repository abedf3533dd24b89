"""The history rows that a write leaves: stages of opportunities, and the tracked fields of objects with a history."""

from __future__ import annotations

from collections.abc import Iterator

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.schema import FACE, object_types
from crm_sync.sandbox.world import FieldDef, Row, World

#: Object -> its history object and the field there that names the record.
HISTORY_OF = {
    "Lead": ("LeadHistory", "LeadId"),
    "Contact": ("ContactHistory", "ContactId"),
    "Account": ("AccountHistory", "AccountId"),
    "Opportunity": ("OpportunityFieldHistory", "OpportunityId"),
}
_STAGE_COLUMNS = ("StageName", "Amount", "CloseDate", "Probability")
_DATA_TYPES = {"picklist": "DynamicEnum", "currency": "Currency", "date": "DateOnly", "email": "Text"}


def history(world: World, name: str, record_id: str, before: Row, after: Row) -> Iterator[tuple[str, Row]]:
    """The rows, each with its table."""
    if name == "Opportunity" and any(before.get(one) != after.get(one) for one in _STAGE_COLUMNS):
        columns = (*_STAGE_COLUMNS, "ExpectedRevenue", "ForecastCategory")
        yield "OpportunityHistory", {"OpportunityId": record_id, **{one: after.get(one) for one in columns}}
    if name not in HISTORY_OF:
        return
    table, parent = HISTORY_OF[name]
    changes = _changes(world, name, before, after) if before else iter([{"Field": "created", "DataType": "Text"}])
    yield from ((table, {parent: record_id, **row}) for row in changes)


def event_row(name: str, record_id: str, word: str) -> tuple[str, Row]:
    """A row for something that happened to the record rather than to one of its fields: leadConverted ..."""
    table, parent = HISTORY_OF[name]
    return table, {parent: record_id, "Field": word, "DataType": "Text"}


def _changes(world: World, name: str, before: Row, after: Row) -> Iterator[Row]:
    for field in object_types()[name.lower()].columns:
        if field.name in object_types()[name.lower()].tracked and before[field.name] != after[field.name]:
            yield from _change(world, field, before[field.name], after[field.name])


def _change(world: World, field: FieldDef, old: object, new: object) -> Iterator[Row]:
    """A reference leaves two rows, one with the names and one with the ids."""
    type_ = type_of(field)
    if type_ != "reference":
        yield {
            "Field": field.name,
            "DataType": _DATA_TYPES.get(type_, "Text"),
            "OldValue": _text(old),
            "NewValue": _text(new),
        }
        return
    said, parents = field.name.removesuffix("Id"), field.about["referenceTo"]
    old_name, new_name = (_name_of(world, parents, one) for one in (old, new))
    yield {"Field": said, "DataType": "Text", "OldValue": old_name, "NewValue": new_name}
    yield {"Field": said, "DataType": "EntityId", "OldValue": old, "NewValue": new}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _name_of(world: World, parents: list[str], id_: object) -> str | None:
    for parent in parents:
        found = world.table(FACE, parent).get([str(id_)], ["Name"]).get(str(id_))
        if found:
            return str(found["Name"])
    return None
