"""A record on the wire: rows of the world rendered as HubSpot's objects, with history and associations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.sandbox.hubspot.associations import inline
from crm_sync.sandbox.hubspot.history import histories
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Row, World


@dataclass(frozen=True, slots=True)
class View:
    """What a read asks for besides the records themselves."""

    properties: Sequence[str] = ()
    history: Sequence[str] = ()
    associations: Sequence[CrmObject] = ()


def columns(world: World, one: CrmObject, view: View) -> list[str]:
    """The columns a view needs; names without a column are derived or unknown."""
    fields = world.table("hubspot", one.name).fields
    return [name for name in dict.fromkeys((*_asked(one, view), *view.history)) if name in fields]


def rendered(world: World, one: CrmObject, rows: Sequence[Row], view: View, base: str = "") -> list[dict[str, Any]]:
    """Rows in their order. Asked but unset is null, unknown is left out, names are sorted."""
    shape = _shape(world, one, {*_asked(one, view), one.created, one.modified, "hs_object_id"})
    bodies = [_body(row, shape) for row in rows]
    if view.history:
        kept = histories(world, one, rows, view.history)
        bodies = [{**body, "propertiesWithHistory": kept[body["id"]]} for body in bodies]
    if view.associations:
        links = inline(world, one, [row["_id"] for row in rows], view.associations, base)
        bodies = [{**body, **links.get(body["id"], {})} for body in bodies]
    return bodies


def written(world: World, one: CrmObject, row: Row, sent: Iterable[str]) -> dict[str, Any]:
    """What a create or update answers with: everything sent, and everything that has a value."""
    view = View([*sent, *(name for name, value in row.items() if value not in (None, "") and not name.startswith("_"))])
    return rendered(world, one, [row], view)[0]


def _asked(one: CrmObject, view: View) -> Sequence[str]:
    """History alone does not bring the default set back: HubSpot then shows those values as well."""
    return view.properties or (*one.defaults, *view.history)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The properties to show: each with its column, and which of them are instants."""

    columns: Sequence[tuple[str, str]]
    instants: Sequence[str]


def _shape(world: World, one: CrmObject, names: Iterable[str]) -> _Shape:
    found = {name: about for name in sorted(names) if (about := definition_of(world, one, name))}
    columns = [(name, derived_column(name) or name) for name in found]
    return _Shape(columns, [name for name, about in found.items() if about["type"] == "datetime"])


def _body(row: Row, shape: _Shape) -> dict[str, Any]:
    values: dict[str, Any] = {name: row[column] or None for name, column in shape.columns}
    for name in shape.instants:
        if values[name] is not None:
            values[name] = iso(int(values[name]))
    body = {
        "id": row["_id"],
        "properties": values,
        "createdAt": iso(row[CREATED]),
        "updatedAt": iso(row[MODIFIED]),
        "archived": row[ARCHIVED_AT] is not None,
    }
    return body if row[ARCHIVED_AT] is None else {**body, "archivedAt": iso(row[ARCHIVED_AT])}
