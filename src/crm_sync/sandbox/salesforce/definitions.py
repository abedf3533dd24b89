"""EntityDefinition and FieldDefinition: the schema as rows that can be queried, written anew before each such query."""

from __future__ import annotations

from collections.abc import Iterator

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.schema import FACE, ObjectType, object_types
from crm_sync.sandbox.world import FieldDef, Row, World

_SHOWN = {
    "string": "Text({length})",
    "picklist": "Picklist",
    "textarea": "Long Text Area({length})",
    "double": "Number({digits}, {scale})",
    "currency": "Currency({digits}, {scale})",
    "percent": "Percent({digits}, {scale})",
    "int": "Number(8, 0)",
    "boolean": "Checkbox",
    "datetime": "Date/Time",
    "date": "Date",
    "reference": "Lookup({parents})",
    "email": "Email",
    "phone": "Phone",
    "url": "URL(255)",
}


def refresh(world: World, source: str) -> None:
    """Before a query on either object."""
    if source.lower() not in ("entitydefinition", "fielddefinition"):
        return
    for name, rows in (("EntityDefinition", _entities()), ("FieldDefinition", _fields(world))):
        table = world.table(FACE, name)
        world.db.execute(f"DELETE FROM {table.sql_name}")
        table.insert(rows)


def _listed() -> Iterator[ObjectType]:
    return (one for one in object_types().values() if one.writable)


def _entities() -> Iterator[Row]:
    for one in _listed():
        names = dict.fromkeys(("_id", "DurableId", "QualifiedApiName", "DeveloperName"), one.name)
        yield {**names, "Label": one.label, "KeyPrefix": one.prefix, "IsCustomizable": 1}


def _fields(world: World) -> Iterator[Row]:
    for one in _listed():
        for field in (*one.kept, *world.table(FACE, one.name).fields.values()):
            yield _field(one, field)


def _field(one: ObjectType, field: FieldDef) -> Row:
    id_ = f"{one.name}.{field.name}"
    return {
        "_id": id_,
        "DurableId": id_,
        "EntityDefinitionId": one.name,
        "QualifiedApiName": field.name,
        "DeveloperName": field.name.removesuffix("__c"),
        "Label": field.about.get("label", field.name),
        "DataType": _data_type(field),
        "Length": field.about.get("length", 0),
        "IsNillable": int(field.about.get("nillable", True)),
        "IsFieldHistoryTracked": int(field.name in one.tracked),
    }


def _data_type(field: FieldDef) -> str:
    about = field.about
    scale = int(about.get("scale") or 0)
    sizes = {"length": about.get("length", 0), "digits": int(about.get("precision") or 18) - scale, "scale": scale}
    return _SHOWN.get(type_of(field), "Text({length})").format(**sizes, parents=",".join(about.get("referenceTo", ())))
