"""TYPEOF: what is read of a parent that may be of several kinds depends on which kind it is."""

from __future__ import annotations

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.soql.scope import Column, Place, Scope
from crm_sync.sandbox.salesforce.soql.shape import Choice, Columns, Shape
from crm_sync.sandbox.salesforce.soql.tree import Field, TypeOf


def choose(columns: Columns, shape: Shape, wanted: TypeOf) -> None:
    """Puts the parent into the shape, with one shape for each kind that a WHEN names and one for the others."""
    scope, path = columns.scope, (*wanted.relationship.path, "Id")
    places = scope.places(scope.inside(Field(path, wanted.at))[:-1], wanted.at)
    if len(places) < 2:
        name = ".".join(wanted.relationship.path)
        scope.refuse("MALFORMED_QUERY", wanted.at, f"TYPEOF needs a relationship to several objects; {name} has one")
    whens = dict(_when(columns, places, kind, fields) for kind, fields in wanted.whens)
    otherwise = columns.parent_of(places)
    for one in wanted.otherwise:
        otherwise.add(*columns.read(scope.column(Field((*path[:-1], *one.path), one.at))))
    label = scope.path_of(Field(path, wanted.at))[-1]
    shape.reserve(label)
    shape.parents[label] = Choice(whens, otherwise if wanted.otherwise else None)


def _when(columns: Columns, places: list[Place], kind: Field, fields: tuple[Field, ...]) -> tuple[str, Shape]:
    name = kind.path[0].lower()
    place = next((one for one in places if one.sight.type.name.lower() == name), None)
    if place is None:
        columns.scope.refuse("INVALID_TYPE", kind.at, f"sObject type '{kind.path[0]}' is not one of this relationship")
    shape = columns.parent_of([place])
    for one in fields:
        shape.add(*columns.read(_column(columns.scope, place, one)))
    return place.sight.type.name, shape


def _column(scope: Scope, place: Place, wanted: Field) -> Column:
    about = place.sight.field(wanted.path[0]) if len(wanted.path) == 1 else None
    if about is None:
        name, entity = ".".join(wanted.path), place.sight.type.name
        scope.refuse("INVALID_FIELD", wanted.at, f"No such column '{name}' on entity '{entity}'.")
    return Column(place.column(about.name), type_of(about), about.name)
