"""List views over REST: which there are, how they are built, and the rows that they show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_sync.sandbox.jsontext import plain
from crm_sync.sandbox.salesforce.components.list_view import columns, metadata_of, soql
from crm_sync.sandbox.salesforce.fields import label_of, type_of
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.schema import FACE, Sight
from crm_sync.sandbox.salesforce.soql.run import Query, run
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found
from crm_sync.sandbox.salesforce.writer import see
from crm_sync.sandbox.world import Row

_MOST = 2000


def listed(call: Call, object_: str) -> Reply:
    """GET sobjects/{object}/listviews."""
    seen = see(call.world, object_)
    rows = call.world.table(FACE, "ListView").select('"SobjectType" = ?', [seen.type.name])
    views = [_about(call, seen, row) for row in rows]
    body = {"done": True, "listviews": views, "nextRecordsUrl": None, "size": len(views), "sobjectType": seen.type.name}
    return Reply(body=body)


def read(call: Call, object_: str, record_id: str) -> Reply:
    seen = see(call.world, object_)
    return Reply(body=_about(call, seen, _view(call, seen, record_id)))


def describe(call: Call, object_: str, record_id: str) -> Reply:
    """GET .../describe: the columns, and the statement that finds the rows."""
    seen = see(call.world, object_)
    view = _view(call, seen, record_id)
    metadata = metadata_of(call.world, view)
    body = {
        "columns": list(_columns(seen, columns(seen, metadata))),
        "id": view["_id"],
        "orderBy": [{"fieldNameOrPath": "Id", "nullsPosition": "first", "sortDirection": "ascending"}],
        "query": soql(seen, metadata, _user(call)),
        "scope": None,
        "sobjectType": seen.type.name,
        "whereCondition": {"conditions": []},
    }
    return Reply(body=body)


def results(call: Call, object_: str, record_id: str) -> Reply:
    """GET .../results?limit&offset: rows as lists of columns with their values."""
    seen = see(call.world, object_)
    view = _view(call, seen, record_id)
    metadata = metadata_of(call.world, view)
    limit, offset = _number(call, "limit", 25, _MOST), _number(call, "offset", 0, _MOST)
    text = f"{soql(seen, metadata, _user(call))} LIMIT {limit} OFFSET {offset}"
    found = plain(run(call.world, Query(text, call.root)))
    paths = list(dict.fromkeys(["Id", *columns(seen, metadata)]))
    body = {
        "columns": list(_columns(seen, paths)),
        "developerName": view["DeveloperName"],
        "done": True,
        "id": view["_id"],
        "label": view["Name"],
        "records": [{"columns": [_cell(record, path) for path in paths]} for record in found["records"]],
        "size": len(found["records"]),
    }
    return Reply(body=body)


def _about(call: Call, seen: Sight, view: Row) -> dict[str, Any]:
    url = f"{call.root}/sobjects/{seen.type.name}/listviews/{view['_id']}"
    return {
        "describeUrl": f"{url}/describe",
        "developerName": view["DeveloperName"],
        "id": view["_id"],
        "label": view["Name"],
        "resultsUrl": f"{url}/results",
        "soqlCompatible": True,
        "url": url,
    }


def _view(call: Call, seen: Sight, record_id: str) -> Row:
    whole = full_id(record_id) or ""
    found = call.world.table(FACE, "ListView").get([whole]).get(whole)
    if found is None or found["SobjectType"] != seen.type.name:
        raise not_found()
    return found


def _columns(seen: Sight, paths: list[str]) -> Iterator[dict[str, Any]]:
    for one in paths:
        field = seen.field(one)
        yield {
            "ascendingLabel": None,
            "descendingLabel": None,
            "fieldNameOrPath": one,
            "hidden": one == "Id",
            "label": field.about["label"] if field else label_of(one.replace(".", " ")),
            "searchable": False,
            "selectListItem": one,
            "sortDirection": None,
            "sortIndex": None,
            "sortable": True,
            "type": type_of(field) if field else "string",
        }


def _cell(record: Any, path: str) -> dict[str, Any]:
    value = record
    for name in path.split("."):
        value = None if value is None else value[name]
    return {"fieldNameOrPath": path, "value": value if value is None or isinstance(value, str) else str(value).lower()}


def _number(call: Call, name: str, default: int, most: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", f"{name}: {text!r} must be a whole number up to {most}")
    return int(text)


def _user(call: Call) -> str:
    return str(call.world.notes["salesforce_app"]["user_id"])
