"""One object in FROM: finds the columns that its fields mean, and joins the parents that they reach through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.schema import KEPT, Sight, children_of, parents_of, sight
from crm_sync.sandbox.salesforce.soql.parse import pointed
from crm_sync.sandbox.salesforce.soql.tree import Field, Function, Operand, Select
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import FieldDef, World, quoted

_NUMBERS = ("int", "double", "currency", "percent")
#: Sums are decimal in Salesforce; rounding takes back what binary fractions add.
_AGGREGATES = {
    "COUNT": "count({})",
    "COUNT_DISTINCT": "count(DISTINCT {})",
    "SUM": "round(sum({}), 6)",
    "AVG": "round(avg({}), 6)",
    "MIN": "min({})",
    "MAX": "max({})",
}
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Column:
    """SQL that yields a field's stored value, with the field's type and its name as the answer spells it."""

    sql: str
    type: str
    label: str
    filterable: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A joined table and the name it has in the SQL."""

    name: str
    sight: Sight

    def column(self, name: str) -> str:
        kept = KEPT.get(name)
        return f"{self.name}.{quoted(name)}" if kept is None else kept.replace("_", f"{self.name}._", 1)


@dataclass(slots=True)
class Scope:
    """A reference to several kinds of parent joins them all; at most one of them has the id."""

    world: World
    text: str
    root: Place
    names: frozenset[str]  # the object's name and alias, which may stand before a field
    tooling: bool = False
    joins: dict[tuple[str, ...], list[Place]] = field(default_factory=dict)
    sql: str = ""

    def column(self, wanted: Field) -> Column:
        path = self.inside(wanted)
        places = self.places(path[:-1], wanted.at)
        if len(places) > 1 and path[-1].lower() == "type":
            return Column(_kind_of(places), "string", "Type")
        found = [(place, one) for place in places if (one := place.sight.field(path[-1]))]
        if not found:
            self._unknown_column(path, places, wanted.at)
        label, about = found[0][1].name, found[0][1]
        values = [place.column(label) for place, _ in found]
        return Column(_first_of(values), type_of(about), label, bool(about.about.get("filterable", True)))

    def operand(self, wanted: Operand) -> Column:
        return self.column(wanted) if isinstance(wanted, Field) else self.aggregate(wanted)

    def aggregate(self, call: Function) -> Column:
        if call.name not in _AGGREGATES:
            self.refuse("MALFORMED_QUERY", call.at, f"unexpected token: '{call.name}'")
        if call.argument is None:
            return Column("count(*)", "int", "expr")
        inner = self.column(call.argument)
        type_ = "int" if call.name.startswith("COUNT") else inner.type
        if call.name in ("SUM", "AVG") and inner.type not in _NUMBERS:
            self.refuse(
                "INVALID_FIELD", call.at, f"field {inner.label} does not support aggregate operator {call.name}"
            )
        return Column(_AGGREGATES[call.name].format(inner.sql), "double" if call.name == "AVG" else type_, "expr")

    def path_of(self, wanted: Field) -> tuple[str, ...]:
        """The relationship names before the field, spelled as the org spells them."""
        hops: list[str] = []
        for hop in self.inside(wanted)[:-1]:
            reference = self._reference(tuple(hops), hop, wanted.at)[0][1]
            hops.append(str(reference.about["relationshipName"]))
        return tuple(hops)

    def places(self, hops: tuple[str, ...], at: int) -> list[Place]:
        """The tables that a relationship path leads to, joined at its first use."""
        if not hops:
            return [self.root]
        key = tuple(hop.lower() for hop in hops)
        if key not in self.joins:
            self.joins[key] = self._join(hops, at)
        return self.joins[key]

    def refuse(self, code: str, at: int, message: str) -> NoReturn:
        raise Refusal(400, code, pointed(self.text, at, message))

    def inside(self, wanted: Field) -> tuple[str, ...]:
        """The path without the name or alias of the object, which may stand before it."""
        qualified = len(wanted.path) > 1 and wanted.path[0].lower() in self.names
        return wanted.path[1:] if qualified else wanted.path

    def _reference(self, before: tuple[str, ...], hop: str, at: int) -> list[tuple[Place, FieldDef]]:
        found = [(place, one) for place in self.places(before, at) if (one := place.sight.parent(hop))]
        if not found or len(before) >= _DEEPEST:
            self.refuse("INVALID_FIELD", at, _NO_RELATIONSHIP.format(hop))
        return found

    def _join(self, hops: tuple[str, ...], at: int) -> list[Place]:
        found = self._reference(hops[:-1], hops[-1], at)
        ids = _first_of([place.column(one.name) for place, one in found])
        parents = {one.type.name: one for _, reference in found for one in parents_of(self.world, reference)}
        places = [
            Place(f"{self.root.name}_{len(self.joins)}{number}", one) for number, one in enumerate(parents.values())
        ]
        for place in places:
            self.sql += f" LEFT JOIN {place.sight.table.sql_name} AS {place.name} ON {place.name}._id = {ids}"
        return places

    def _unknown_column(self, path: tuple[str, ...], places: Sequence[Place], at: int) -> NoReturn:
        entity = places[0].sight.type.name if len(places) == 1 else "Name"
        self.refuse("INVALID_FIELD", at, _NO_COLUMN.format(path[-1], entity))


def open_scope(world: World, text: str, select: Select, *, tooling: bool, name: str = "t") -> Scope:
    """The scope of a statement's FROM."""
    seen = sight(world, select.source, tooling=tooling)
    if seen is None:
        raise Refusal(400, "INVALID_TYPE", pointed(text, select.at, _NO_OBJECT.format(select.source)))
    return _scope(world, text, seen, select, tooling, name)


def child_scope(parent: Scope, select: Select) -> tuple[Scope, str, str]:
    """The scope of a parent-to-child subquery, the relationship's name, and the child's field that points back."""
    wanted = select.source.rpartition(".")[2].lower()
    for child in children_of(parent.world, parent.root.sight.type.name):
        seen = sight(parent.world, child.object)
        if child.relationship.lower() == wanted and seen is not None:
            return _scope(parent.world, parent.text, seen, select, parent.tooling, "c"), child.relationship, child.field
    parent.refuse("INVALID_TYPE", select.at, _NO_CHILDREN.format(select.source))


def _scope(world: World, text: str, seen: Sight, select: Select, tooling: bool, name: str) -> Scope:
    names = frozenset({select.source.lower(), (select.alias or select.source).lower()})
    return Scope(world, text, Place(name, seen), names, tooling)


def _first_of(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"coalesce({', '.join(values)})"


def _kind_of(places: Sequence[Place]) -> str:
    cases = " ".join(f"WHEN {one.name}._id IS NOT NULL THEN '{one.sight.type.name}'" for one in places)
    return f"CASE {cases} END"


_HINT = "Please reference your WSDL or the describe call for the appropriate names."
_CUSTOM = "If you are attempting to use a custom {}, be sure to append the '__{}' after the {} name. " + _HINT
_NO_COLUMN = "No such column '{}' on entity '{}'. " + _CUSTOM.format("field", "c", "custom field")
_NO_OBJECT = "sObject type '{}' is not supported. " + _CUSTOM.format("object", "c", "entity")
_NO_RELATIONSHIP = "Didn't understand relationship '{}' in field path. " + _CUSTOM.format(
    "relationship", "r", "custom relationship"
)
_NO_CHILDREN = "Didn't understand relationship '{}' in FROM part of query call. " + _CUSTOM.format(
    "relationship", "r", "custom relationship"
)
