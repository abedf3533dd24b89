"""Up to 200 records in one request: results come in order, and one record's failure is its own unless allOrNone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.records import shown
from crm_sync.sandbox.salesforce.schema import object_types
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply
from crm_sync.sandbox.salesforce.writer import Writer, see
from crm_sync.sandbox.world import ARCHIVED_AT

Result = dict[str, Any]
T = TypeVar("T")

_MAX_WRITTEN, _MAX_READ = 200, 2000
_ROLLED_BACK = Refusal(
    400,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)


def create(call: Call) -> Reply:
    return _each(call, _records(call), lambda writer, record: _done(writer.create(_type(record), record)))


def update(call: Call) -> Reply:
    return _each(call, _records(call), lambda writer, record: _done(writer.update(_type(record), *_split(record))))


def upsert(call: Call, object_: str, key: str) -> Reply:
    """Records of one type, found by their key; a record without the key's value is created."""
    see(call.world, object_)

    def one(writer: Writer, record: Result) -> Result:
        if _type(record).lower() != object_.lower():
            raise Refusal(400, "INVALID_TYPE", f"{_type(record)} is not {object_}, the type of this request")
        value = next((said for name, said in record.items() if name.lower() == key.lower()), None)
        record_id, is_new = writer.upsert(object_, key, value, record)
        return _done(record_id) | {"created": is_new}

    return _each(call, _records(call), one, failed={"created": False})


def delete(call: Call) -> Reply:
    """DELETE ?ids=...: the prefix of an id says its type."""
    ids = [one.strip() for one in call.query.get("ids", "").split(",") if one.strip()]
    _check_count(ids, _MAX_WRITTEN)
    return _each(
        call,
        ids,
        lambda writer, record_id: _done(writer.delete(type_of_id(record_id), record_id)),
        all_or_none=call.flag("allOrNone"),
    )


def retrieve(call: Call, object_: str) -> Reply:
    """Records by id, null where there is none."""
    asked = (
        call.record()
        if call.method == "POST"
        else {name: call.query.get(name, "").split(",") for name in ("ids", "fields")}
    )
    ids, names = asked.get("ids") or [], asked.get("fields") or []
    _check_count(ids, _MAX_READ)
    seen = see(call.world, object_)
    rows = seen.table.get([whole for one in ids if (whole := full_id(one))])
    found = [rows.get(full_id(one) or "") for one in ids]
    return Reply(
        body=[
            None if row is None or row[ARCHIVED_AT] else shown(call, seen, row, ["Id", *_without_id(names)])
            for row in found
        ]
    )


def _each(
    call: Call,
    items: Iterable[T],
    write: Callable[[Writer, T], Result],
    *,
    failed: Result | None = None,
    all_or_none: bool | None = None,
) -> Reply:
    writer, results = Writer(call), []
    for item in items:
        try:
            results.append(write(writer, item))
        except Refusal as refusal:
            results.append({"success": False, "errors": [_in_row(refusal)], **(failed or {})})
    together = bool(call.record().get("allOrNone")) if all_or_none is None else all_or_none
    if together and not all(one["success"] for one in results):
        writer.undo()
        results = [_rolled_back(failed or {}) if one["success"] else one for one in results]
    return Reply(body=results)


def _in_row(refusal: Refusal) -> Result:
    if refusal.code == "NOT_FOUND":
        return Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").in_row()
    return refusal.in_row()


def _rolled_back(failed: Result) -> Result:
    return {"success": False, "errors": [_ROLLED_BACK.in_row()], **failed}


def _done(record_id: str) -> Result:
    return {"id": record_id, "success": True, "errors": []}


def _records(call: Call) -> list[Result]:
    records = call.record().get("records")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise Refusal(400, "JSON_PARSER_ERROR", "records must be a list of objects, each with attributes.type")
    _check_count(records, _MAX_WRITTEN)
    return records


def _check_count(items: list[Any], most: int) -> None:
    if len(items) > most:
        raise Refusal(
            400, "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call"
        )


def _type(record: Result) -> str:
    type_ = (record.get("attributes") or {}).get("type")
    if not isinstance(type_, str) or type_.lower() not in object_types():
        raise Refusal(
            400, "INVALID_TYPE", f"sObject type '{type_}' is not supported; every record needs attributes.type"
        )
    return type_


def type_of_id(record_id: str) -> str:
    """The object whose prefix the id has."""
    found = full_id(record_id)
    for one in object_types().values():
        if found and one.writable and found.startswith(one.prefix):
            return one.name
    raise Refusal(400, "MALFORMED_ID", f"malformed id {record_id}")


def _split(record: Result) -> tuple[str, Result]:
    """The id, and the values without it."""
    record_id = next((str(said) for name, said in record.items() if name.lower() == "id"), None)
    if record_id is None:
        raise Refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call")
    return record_id, {name: said for name, said in record.items() if name.lower() != "id"}


def _without_id(names: list[str]) -> list[str]:
    return [one for one in names if one and one.lower() != "id"]
