"""A record on the wire: rows of the world rendered as HubSpot's objects, with history and associations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_sync.sandbox.hubspot.associations import inline
from crm_sync.sandbox.hubspot.history import histories
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.jsontext import NULL, Json, in_quotes, objects
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Columns, Row, World

_Texts = dict[str, list[str]]


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


def rendered(world: World, one: CrmObject, stored: Columns, view: View, base: str = "") -> list[Json]:
    """Records in their order. Asked but unset is null, unknown is left out, names are sorted."""
    names = {*_asked(one, view), one.created, one.modified, "hs_object_id"}
    bodies, ids = [Json(text) for text in objects(_texts(world, one, stored, names))], stored["_id"]
    if view.history:
        rows = [dict(zip(stored, values, strict=True)) for values in zip(*stored.values(), strict=True)]
        kept = histories(world, one, rows, view.history)
        bodies = [body | {"propertiesWithHistory": kept[key]} for body, key in zip(bodies, ids, strict=True)]
    if view.associations:
        links = inline(world, one, ids, view.associations, base)
        bodies = [body | links.get(key, {}) for body, key in zip(bodies, ids, strict=True)]
    return bodies


def transposed(rows: Sequence[Row]) -> Columns:
    """Rows of one reading as columns: all of them have the same keys in the same order."""
    if not rows:
        return {"_id": ()}
    return dict(zip(rows[0], zip(*(row.values() for row in rows), strict=True), strict=True))


def written(world: World, one: CrmObject, row: Row, sent: Iterable[str]) -> Json:
    """What a create or update answers with: everything sent, and everything that has a value."""
    view = View([*sent, *(name for name, value in row.items() if value not in (None, "") and not name.startswith("_"))])
    return rendered(world, one, transposed([row]), view)[0]


def _asked(one: CrmObject, view: View) -> Sequence[str]:
    """History alone does not bring the default set back: HubSpot then shows those values as well."""
    return view.properties or (*one.defaults, *view.history)


def _texts(world: World, one: CrmObject, stored: Columns, names: Iterable[str]) -> _Texts:
    """The keys of a record, each with its texts. Records of one reading are all alive, or all archived."""
    if not stored["_id"]:
        return {"id": []}
    printed, archived = _Printed(stored), stored[ARCHIVED_AT][0] is not None
    return {
        "id": printed.plain("_id"),
        "properties": objects(_properties(world, one, printed, names)),
        "createdAt": [printed[at] for at in stored[CREATED]],
        "updatedAt": [printed[at] for at in stored[MODIFIED]],
        "archived": ["true" if archived else "false"] * len(stored["_id"]),
        **({"archivedAt": printed.instants(ARCHIVED_AT)} if archived else {}),
    }


def _properties(world: World, one: CrmObject, printed: _Printed, names: Iterable[str]) -> _Texts:
    known = ((name, about) for name in sorted(names) if (about := definition_of(world, one, name)))
    return {
        name: (printed.instants if about["type"] == "datetime" else printed.plain)(derived_column(name) or name)
        for name, about in known
    }


class _Printed(dict[int, str]):
    """Columns as JSON texts. It keeps each instant that it has printed: a record's stamps are often the same."""

    def __init__(self, stored: Columns) -> None:
        self._stored = stored

    def plain(self, column: str) -> list[str]:
        return [in_quotes(value) if value else NULL for value in self._stored[column]]

    def instants(self, column: str) -> list[str]:
        return [self[value] if value else NULL for value in self._stored[column]]

    def __missing__(self, value: int) -> str:
        text = self[value] = f'"{iso(int(value))}"'
        return text
