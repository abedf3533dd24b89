"""A record on the wire: rows of the world rendered as HubSpot's objects, with history and associations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.sandbox.hubspot.associations import inline
from crm_sync.sandbox.hubspot.history import histories
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.jsontext import NULL, Json, in_quotes, objects
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Row, World

_Columns = dict[str, list[str]]


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


def rendered(world: World, one: CrmObject, rows: Sequence[Row], view: View, base: str = "") -> list[Json]:
    """Rows of one reading, in their order. Asked but unset is null, unknown is left out, names are sorted."""
    if not rows:
        return []
    names = {*_asked(one, view), one.created, one.modified, "hs_object_id"}
    bodies = [Json(text) for text in objects(_columns(world, one, rows, names))]
    if view.history:
        kept = histories(world, one, rows, view.history)
        bodies = [body | {"propertiesWithHistory": kept[row["_id"]]} for body, row in zip(bodies, rows, strict=True)]
    if view.associations:
        links = inline(world, one, [row["_id"] for row in rows], view.associations, base)
        bodies = [body | links.get(row["_id"], {}) for body, row in zip(bodies, rows, strict=True)]
    return bodies


def written(world: World, one: CrmObject, row: Row, sent: Iterable[str]) -> Json:
    """What a create or update answers with: everything sent, and everything that has a value."""
    view = View([*sent, *(name for name, value in row.items() if value not in (None, "") and not name.startswith("_"))])
    return rendered(world, one, [row], view)[0]


def _asked(one: CrmObject, view: View) -> Sequence[str]:
    """History alone does not bring the default set back: HubSpot then shows those values as well."""
    return view.properties or (*one.defaults, *view.history)


def _columns(world: World, one: CrmObject, rows: Sequence[Row], names: Iterable[str]) -> _Columns:
    """The keys of a record, each with its texts. Rows of one reading have the same columns and the same state."""
    stored = dict(zip(rows[0], zip(*(row.values() for row in rows), strict=True), strict=True))
    archived = stored[ARCHIVED_AT][0] is not None
    return {
        "id": _texts(stored["_id"]),
        "properties": objects(_properties(world, one, stored, names)),
        "createdAt": _instants(stored[CREATED]),
        "updatedAt": _instants(stored[MODIFIED]),
        "archived": ["true" if archived else "false"] * len(rows),
        **({"archivedAt": _instants(stored[ARCHIVED_AT])} if archived else {}),
    }


def _properties(world: World, one: CrmObject, stored: Mapping[str, Sequence[Any]], names: Iterable[str]) -> _Columns:
    known = ((name, about) for name in sorted(names) if (about := definition_of(world, one, name)))
    return {
        name: (_instants if about["type"] == "datetime" else _texts)(stored[derived_column(name) or name])
        for name, about in known
    }


def _texts(values: Iterable[str]) -> list[str]:
    return [in_quotes(value) if value else NULL for value in values]


def _instants(values: Iterable[int]) -> list[str]:
    return [f'"{iso(value)}"' if value else NULL for value in values]
