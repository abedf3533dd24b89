"""One field as `describe` shows it: the few facts that differ, the rest as Salesforce sends it for every field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crm_sync.sandbox.world import FieldDef

#: Salesforce's field type -> its SOAP type and the kind of column that holds it.
TYPES = {
    "boolean": ("xsd:boolean", "boolean"),
    "int": ("xsd:int", "integer"),
    "double": ("xsd:double", "number"),
    "currency": ("xsd:double", "number"),
    "percent": ("xsd:double", "number"),
    "datetime": ("xsd:dateTime", "integer"),
    "date": ("xsd:date", "text"),
    "time": ("xsd:time", "text"),
    "base64": ("xsd:base64Binary", "text"),
    "id": ("tns:ID", "text"),
    "reference": ("tns:ID", "text"),
    "complexvalue": ("urn:FieldMetadata", "text"),
}
_TEXT = ("xsd:string", "text")
_TYPE_OF_KIND = {"boolean": "boolean", "integer": "int", "number": "double", "text": "string"}


@cache
def constants(kind: str) -> dict[str, Any]:
    """What describe.toml says of every `field` or `object`."""
    values = {"always": True, "never": False, "empty": None}
    said = tomllib.loads((files(__package__) / "describe.toml").read_text("utf-8"))[kind]
    return {key: values[word] for word, keys in said.items() for key in keys}


def field_def(name: str, type_: str, **facts: Any) -> FieldDef:
    """A field of a Salesforce table: its column's kind and its full description."""
    return FieldDef(name, TYPES.get(type_, _TEXT)[1], described(name, type_, **facts))


def described(
    name: str,
    type_: str,
    *,
    label: str | None = None,
    length: int = 0,
    precision: int = 0,
    scale: int = 0,
    words: Iterable[str] = (),
    parents: Sequence[str] = (),
    relationship: str | None = None,
    values: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """`words` are those of objects.toml, plus custom, external and unique."""
    said, long = set(words), length or (18 if type_ in ("id", "reference") else 0)
    written, searchable = "readonly" not in said, type_ != "base64" and (type_ != "textarea" or length <= 255)
    about: dict[str, Any] = constants("field") | {
        "name": name,
        "label": label or label_of(name),
        "type": type_,
        "soapType": TYPES.get(type_, _TEXT)[0],
        "length": long,
        "byteLength": long if type_ in ("id", "reference") else long * 3,
        "precision": precision,
        "scale": scale,
        "digits": 8 if type_ == "int" else 0,
        "custom": "custom" in said or name.endswith("__c"),
        "createable": written,
        "updateable": written and "fixed" not in said,
        "nillable": not said & {"required", "defaulted"} and type_ not in ("boolean", "id"),
        "defaultedOnCreate": "defaulted" in said or type_ == "boolean",
        "defaultValue": False if type_ == "boolean" else None,
        "externalId": "external" in said,
        "unique": "unique" in said,
        "idLookup": bool(said & {"idlookup", "external"}),
        "nameField": name == "Name",
        "aggregatable": type_ != "boolean" and searchable,
        "filterable": searchable,
        "groupable": searchable and type_ not in ("currency", "double", "percent", "datetime"),
        "sortable": searchable,
        "permissionable": written and not said & {"required", "defaulted"},
        "picklistValues": list(values),
        "restrictedPicklist": "restricted" in said,
        "polymorphicForeignKey": len(parents) > 1,
        "referenceTo": list(parents),
        "relationshipName": relationship,
    }
    return dict(sorted(about.items()))


def picklist(values: Iterable[str | tuple[str, str]], default: str | None = None) -> list[dict[str, Any]]:
    """Picklist entries from values, or from pairs of value and label."""
    pairs = [(one, one) if isinstance(one, str) else one for one in values]
    return [
        {"active": True, "defaultValue": value == default, "label": label, "validFor": None, "value": value}
        for value, label in pairs
    ]


def label_of(name: str) -> str:
    """`MailingCity` is Mailing City, `AccountId` is Account ID."""
    words = "".join(
        f" {letter}" if letter.isupper() else letter for letter in name.removesuffix("__c").replace("_", " ")
    )
    return " ".join("ID" if word == "Id" else word for word in words.split())


def type_of(field: FieldDef) -> str:
    """The Salesforce type, also of a column that somebody added without a description."""
    return str(field.about.get("type") or _TYPE_OF_KIND[field.kind])


def is_key(field: FieldDef) -> bool:
    """Whether records can be found by this field in an upsert."""
    return bool(field.about.get("idLookup") or field.about.get("externalId"))
