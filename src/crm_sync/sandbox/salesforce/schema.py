"""The org's objects: read from objects.toml, put into the world as tables, seen by the API user through permissions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from crm_sync.sandbox.salesforce.fields import field_def, picklist
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, FieldDef, Table, World

FACE = "salesforce"
MERGEABLE = ("Account", "Contact", "Lead")

#: Fields without a column of their own, and the SQL that gives them.
KEPT = {
    "Id": "_id",
    "IsDeleted": f"({ARCHIVED_AT} IS NOT NULL)",
    "CreatedDate": CREATED,
    "LastModifiedDate": MODIFIED,
    "SystemModstamp": MODIFIED,
}
_KEPT_TYPES = {"Id": "id", "IsDeleted": "boolean"}

_LINE = re.compile(
    r'(?P<name>\w+)\s+(?P<type>[a-z]+\d*)(?:\s+(?P<size>\d+(?:,\d+)?))?(?P<words>(?:\s+[a-z]+)*)(?:\s+"(?P<label>[^"]*)")?'
    r"(?:\s+> (?P<parents>[\w, ]+?) as (?P<relationship>\w+)(?: in (?P<children>\w+))?)?(?:\s+= (?P<values>.+))?"
)


@dataclass(frozen=True, slots=True)
class Child:
    """A parent's list of children: `Opportunities` of an Account is Opportunity by its AccountId."""

    relationship: str
    object: str
    field: str


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One sObject: its names, its id prefix, the fields that need no column and those that do."""

    name: str
    label: str
    plural: str
    prefix: str
    kept: tuple[FieldDef, ...]
    columns: tuple[FieldDef, ...]
    children: tuple[tuple[str, str, str], ...] = ()  # parent, relationship there, our field
    tracked: frozenset[str] = frozenset()
    writable: bool = True
    tooling: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """An object as the API user sees it: fields that a permission hides are missing. Keys are lower case."""

    type: ObjectType
    table: Table
    fields: Mapping[str, FieldDef]
    fixed: frozenset[str] = frozenset()  # seen, but not to be edited

    def field(self, name: str) -> FieldDef | None:
        return self.fields.get(name.lower())

    def parent(self, relationship: str) -> FieldDef | None:
        """The reference field behind a relationship name such as Owner."""
        wanted = relationship.lower()
        return next(
            (one for one in self.fields.values() if (one.about.get("relationshipName") or "").lower() == wanted), None
        )


@cache
def contents() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "objects.toml").read_text("utf-8"))


@cache
def object_types() -> dict[str, ObjectType]:
    """Every standard object by its lower-case name."""
    return {name.lower(): _object_type(name, said) for name, said in contents().items() if name != "stages"}


def _object_type(name: str, said: Mapping[str, Any]) -> ObjectType:
    ours, without = said.get("written_by") != "org", said.get("without", ())
    lines = [_parsed(line) for line in said["fields"].strip().splitlines()]
    author = [] if name.endswith("Definition") else [_author("CreatedBy")] * ("CreatedDate" not in without)
    editor = [_author("LastModifiedBy")] * ("LastModifiedDate" not in without)
    return ObjectType(
        name,
        said["label"],
        said["plural"],
        said["prefix"],
        kept=tuple(_kept(one, said["label"]) for one in KEPT if one not in without),
        columns=tuple([_column(line) for line in lines] + author + editor),
        children=tuple(child for line in lines for child in _children(line)),
        tracked=frozenset(line["name"] for line in lines if "tracked" in line.get("words", "").split()),
        writable=ours,
        tooling=said.get("only") == "tooling",
    )


def _parsed(line: str) -> dict[str, str]:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(f"objects.toml: a field line that cannot be read: {line!r}; the form is described at its top")
    return {key: value for key, value in found.groupdict().items() if value}


def _column(line: Mapping[str, str]) -> FieldDef:
    size = [int(part) for part in line.get("size", "0").split(",")]
    numeric = line["type"] in ("double", "currency", "percent")
    return field_def(
        line["name"],
        line["type"],
        label=line.get("label"),
        length=0 if numeric else size[0],
        precision=size[0] if numeric else 0,
        scale=size[1] if len(size) > 1 else 0,
        words=line.get("words", "").split(),
        parents=_parents(line),
        relationship=line.get("relationship"),
        values=picklist(line["values"].split("; ")) if "values" in line else (),
    )


def _parents(line: Mapping[str, str]) -> list[str]:
    return line["parents"].split(", ") if "parents" in line else []


def _children(line: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    if "children" in line:
        yield from ((parent, line["children"], line["name"]) for parent in _parents(line))


def _author(relationship: str) -> FieldDef:
    return field_def(
        f"{relationship}Id", "reference", words=["readonly", "defaulted"], parents=["User"], relationship=relationship
    )


def _kept(name: str, label: str) -> FieldDef:
    labels = {"Id": f"{label} ID", "IsDeleted": "Deleted"}
    words = ["readonly", "defaulted", *(["idlookup"] if name == "Id" else [])]
    return field_def(name, _KEPT_TYPES.get(name, "datetime"), label=labels.get(name), words=words)


def sight(world: World, name: str, *, tooling: bool = False) -> Sight | None:
    """The object of this name, in any case of letters; None when there is none for this API."""
    found = object_types().get(name.lower()) or _loaded(world, name)
    if found is None or (found.tooling and not tooling):
        return None
    table = world.table(FACE, found.name)
    permitted = _permitted(world, found.name)
    seen = [one for one in (*found.kept, *table.fields.values()) if permitted.get(one.name, (True, True))[0]]
    fixed = frozenset(name for name, (_, edit) in permitted.items() if not edit)
    return Sight(found, table, {one.name.lower(): one for one in seen}, fixed)


def _loaded(world: World, name: str) -> ObjectType | None:
    """An object that is not in objects.toml but that somebody gave a table in the world."""
    for face, table in world.tables:
        if face == FACE and table.lower() == name.lower():
            return ObjectType(table, table, table, "", tuple(_kept(one, table) for one in KEPT), ())
    return None


def _permitted(world: World, object_: str) -> dict[str, tuple[bool, bool]]:
    """Fields made through the Tooling API: whether a permission set assigned to the API user lets it read, and edit."""
    made = world.db.execute(
        f"SELECT DeveloperName || '__c' FROM {_sql(world, 'CustomField')} WHERE TableEnumOrId = ?", (object_,)
    )
    names = [name for (name,) in made]
    allowed = _allowed(world, object_) if names else {}
    return {name: allowed.get(f"{object_}.{name}", (False, False)) for name in names}


def _allowed(world: World, object_: str) -> dict[str, tuple[bool, bool]]:
    rows = world.db.execute(
        f"""SELECT allowed.Field, max(allowed.PermissionsRead), max(allowed.PermissionsEdit)
            FROM {_sql(world, "FieldPermissions")} AS allowed
            JOIN {_sql(world, "PermissionSetAssignment")} AS given ON given.PermissionSetId = allowed.ParentId
            WHERE allowed.SobjectType = ? AND given.AssigneeId = ?
              AND allowed.{ARCHIVED_AT} IS NULL AND given.{ARCHIVED_AT} IS NULL GROUP BY allowed.Field""",
        (object_, world.notes["salesforce_app"]["user_id"]),
    )
    return {field: (bool(read), bool(edit)) for field, read, edit in rows}


def _sql(world: World, name: str) -> str:
    return world.table(FACE, name).sql_name


def children_of(world: World, parent: str) -> list[Child]:
    """Every child relationship of the object, by object name."""
    return [
        Child(relationship, one.name, field)
        for one in object_types().values()
        for of, relationship, field in one.children
        if of == parent and (FACE, one.name) in world.tables
    ]


def parents_of(world: World, field: FieldDef) -> Sequence[Sight]:
    """The objects that a reference may point to, as far as the org has them."""
    found = [sight(world, name, tooling=True) for name in field.about.get("referenceTo", ())]
    return [one for one in found if one is not None]
