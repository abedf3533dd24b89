"""Records that come with their children (/composite/tree) and groups of requests that stand or fall alone (/graph)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from crm_sync.sandbox.salesforce.composite import composite
from crm_sync.sandbox.salesforce.schema import children_of
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply
from crm_sync.sandbox.salesforce.writer import Writer, see

_MOST_RECORDS, _DEEPEST, _MOST_TYPES = 200, 5, 5
_MOST_GRAPHS, _MOST_NODES = 75, 500


@dataclass(frozen=True, slots=True)
class Leaf:
    """One record of a tree; `parent` is the place of its parent in the list, `link` the field that names it."""

    type: str
    reference: str
    values: Mapping[str, Any]
    depth: int
    parent: int | None = None
    link: str = ""


def tree(call: Call, object_: str) -> Reply:
    """POST composite/tree/{object}: all records are created, parents first, or none is."""
    see(call.world, object_)
    records = call.record().get("records")
    leaves: list[Leaf] = []
    for one in records if isinstance(records, list) else []:
        _collect(call, leaves, one, object_, None, "")
    _check_size(leaves)
    writer, failed = Writer(call), []
    ids: list[str | None] = []
    for leaf in leaves:
        try:
            ids.append(_plant(writer, leaf, ids))
        except Refusal as refusal:
            ids.append(None)
            failed.append({"referenceId": leaf.reference, "errors": [refusal.in_row()]})
    if failed:
        writer.undo()
        return Reply(400, {"hasErrors": True, "results": failed})
    named = [{"referenceId": leaf.reference, "id": id_} for leaf, id_ in zip(leaves, ids, strict=True)]
    return Reply(201, {"hasErrors": False, "results": named})


def graph(call: Call, dispatch: Callable[[Call], Reply]) -> Reply:
    """POST composite/graph: each graph is a composite request with allOrNone of its own."""
    graphs = call.record().get("graphs")
    if not isinstance(graphs, list) or not all(isinstance(one, dict) for one in graphs):
        raise Refusal(400, "JSON_PARSER_ERROR", "graphs must be a list of objects with graphId and compositeRequest")
    nodes = sum(len(one.get("compositeRequest") or ()) for one in graphs)
    if len(graphs) > _MOST_GRAPHS or nodes > _MOST_NODES:
        message = f"The limit of {_MOST_GRAPHS} graphs and {_MOST_NODES} nodes in one request was exceeded"
        raise Refusal(400, "LIMIT_EXCEEDED", message)
    return Reply(body={"graphs": [_grown(call, one, dispatch) for one in graphs]})


def _collect(
    call: Call, leaves: list[Leaf], record: Any, object_: str, parent: int | None, link: str, depth: int = 1
) -> None:
    about = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(about, dict) or not about.get("referenceId") or not about.get("type"):
        raise Refusal(400, "INVALID_INPUT", "Each record of a tree needs attributes with type and referenceId")
    if str(about["type"]).lower() != object_.lower():
        raise Refusal(400, "INVALID_INPUT", f"{about['referenceId']} is a {about['type']} where {object_} is expected")
    below = dict(_lists(call, object_, record))
    values = {name: value for name, value in record.items() if name != "attributes" and name not in below}
    leaves.append(Leaf(object_, str(about["referenceId"]), values, depth, parent, link))
    place = len(leaves) - 1
    for name, (child, field) in below.items():
        for one in record[name]["records"]:
            _collect(call, leaves, one, child, place, field, depth + 1)


def _lists(call: Call, object_: str, record: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The keys of a record that hold children, with the children's type and the field that points back."""
    known = {one.relationship.lower(): one for one in children_of(call.world, see(call.world, object_).type.name)}
    for name, value in record.items():
        if isinstance(value, dict) and isinstance(value.get("records"), list):
            child = known.get(name.lower())
            if child is None:
                raise Refusal(400, "INVALID_FIELD", f"No such relationship '{name}' on sobject of type {object_}")
            yield name, (child.object, child.field)


def _check_size(leaves: list[Leaf]) -> None:
    if not leaves:
        raise Refusal(400, "INVALID_INPUT", "records must be a list with at least one record")
    names = [one.reference for one in leaves]
    if len(set(names)) < len(names):
        raise Refusal(400, "INVALID_INPUT", "Duplicate ReferenceId provided in the request")
    too_large = (
        len(leaves) > _MOST_RECORDS
        or max(one.depth for one in leaves) > _DEEPEST
        or len({one.type for one in leaves}) > _MOST_TYPES
    )
    if too_large:
        message = f"A tree may have {_MOST_RECORDS} records, {_DEEPEST} levels and {_MOST_TYPES} types at most"
        raise Refusal(400, "INVALID_INPUT", message)


def _plant(writer: Writer, leaf: Leaf, ids: list[str | None]) -> str:
    if leaf.parent is None:
        return writer.create(leaf.type, leaf.values)
    parent = ids[leaf.parent]
    if parent is None:
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "the parent of this record could not be created", [])
    return writer.create(leaf.type, {**leaf.values, leaf.link: parent})


def _grown(call: Call, graph: dict[str, Any], dispatch: Callable[[Call], Reply]) -> dict[str, Any]:
    body = {"allOrNone": True, "compositeRequest": graph.get("compositeRequest")}
    parts = composite(replace(call, body=body, undo=[]), dispatch, most=_MOST_NODES).body
    well = all(one["httpStatusCode"] < 300 for one in parts["compositeResponse"])
    return {"graphId": graph.get("graphId"), "graphResponse": parts, "isSuccessful": well}
