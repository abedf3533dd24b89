"""SOAP calls that write and read rows: create, update, upsert, retrieve, and queries with their pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm_sync.sandbox.jsontext import plain
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.soap.envelope import Ask, Fault, listed, mapping
from crm_sync.sandbox.salesforce.soql.run import PAGE, Answer, Query, read_on, run
from crm_sync.sandbox.salesforce.wire import Call, Refusal
from crm_sync.sandbox.salesforce.writer import Writer

Result = dict[str, Any]

_MOST = 200


def sobjects(ask: Ask) -> list[Any]:
    """The records that a call brings, no more than Salesforce takes."""
    found = listed(ask.said.get("sObjects"))
    if len(found) > _MOST:
        raise Fault("EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {_MOST} records in this call")
    return found


def create(writer: Writer, said: Any) -> Result:
    name, _, given = _split(said)
    return {"id": writer.create(name, given)}


def update(writer: Writer, said: Any) -> Result:
    name, record_id, given = _split(said)
    return {"id": writer.update(name, record_id, given)}


def upsert(writer: Writer, said: Any, key: str) -> Result:
    name, record_id, given = _split(said)
    value = record_id if key.lower() == "id" else next((v for n, v in given.items() if n.lower() == key.lower()), None)
    record_id, is_new = writer.upsert(name, key, value, given)
    return {"created": is_new, "id": record_id}


def query(call: Call, ask: Ask) -> Result:
    """query and queryAll, with the page that the QueryOptions header asks for."""
    size = str(mapping(ask.headers.get("QueryOptions")).get("batchSize") or PAGE)
    page = int(size) if size.isdecimal() else PAGE
    text, everything = str(ask.said.get("queryString") or ""), ask.operation == "queryAll"
    return _page(_asked(lambda: run(call.world, Query(text, call.root, everything, page=page))))


def query_more(call: Call, ask: Ask) -> Result:
    locator = str(ask.said.get("queryLocator") or "")
    return _page(_asked(lambda: read_on(call.world, locator, call.root)))


def retrieve(call: Call, ask: Ask) -> list[Result]:
    """Records in the order of their ids; null for one that is not there."""
    name, fields = str(ask.said.get("sObjectType")), str(ask.said.get("fieldList") or "Id")
    ids = [full_id(str(one)) or "" for one in listed(ask.said.get("ids"))]
    wanted = ", ".join(f"'{one}'" for one in ids if one)
    text = f"SELECT Id, {fields} FROM {name} WHERE Id IN ({wanted})"
    found = _asked(lambda: run(call.world, Query(text, call.root)))["records"] if wanted else []
    rows = {one["Id"]: _sobject(one) for one in found}
    return [rows.get(one) for one in ids]  # type: ignore[misc]  # null is said with xsi:nil


def _split(said: Any) -> tuple[str, str, dict[str, Any]]:
    """An sObject's type, its id, and its values; what `fieldsToNull` names becomes null."""
    record = dict(mapping(said))
    record.pop("@type", None)
    name, ids = str(record.pop("type", "")), listed(record.pop("Id", None))
    cleared = dict.fromkeys(str(one) for one in listed(record.pop("fieldsToNull", None)))
    return name, str(ids[0] if ids else ""), record | cleared


def _asked(ask: Callable[[], Answer]) -> Any:
    """What a statement answers, as values and not as JSON; its refusal is the fault of the whole call."""
    try:
        return plain(ask())
    except Refusal as refusal:
        raise Fault(refusal.code, refusal.message, _FAULTS.get(refusal.code, "UnexpectedErrorFault")) from None


_FAULTS = {
    "MALFORMED_QUERY": "MalformedQueryFault",
    "INVALID_FIELD": "InvalidFieldFault",
    "INVALID_TYPE": "InvalidSObjectFault",
    "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
}


def _page(answer: Mapping[str, Any]) -> Result:
    following = str(answer.get("nextRecordsUrl") or "").partition("/query/")[2]
    return {
        "@type": "QueryResult",
        "done": answer["done"],
        "queryLocator": following or None,
        "records": [_sobject(one) for one in answer["records"]],
        "size": answer["totalSize"],
    }


def _sobject(record: Mapping[str, Any]) -> Result:
    """A record with its type and id first, whether or not the id was asked for."""
    told = {key: _value(value) for key, value in record.items() if key not in ("attributes", "Id")}
    first = {"@type": "sf:sObject", "sf:type": record["attributes"]["type"], "sf:Id": record.get("Id")}
    return first | {f"sf:{key}": value for key, value in told.items()}


def _value(value: Any) -> Any:
    """A parent is a record, a list of children a result of its own; instants end in Z."""
    if isinstance(value, Mapping):
        return _page(value) if "totalSize" in value else _sobject(value) if "attributes" in value else str(dict(value))
    if isinstance(value, str) and value.endswith(".000+0000") and len(value) == 28:
        return f"{value[:-5]}Z"
    return value
