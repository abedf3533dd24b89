"""SOAP calls about records, from create to merge and convertLead; each thing asked has its own result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from crm_sync.sandbox.salesforce.auth import authorized
from crm_sync.sandbox.salesforce.collections import type_of_id
from crm_sync.sandbox.salesforce.conversion import convert, order
from crm_sync.sandbox.salesforce.merging import merge
from crm_sync.sandbox.salesforce.soap import rows
from crm_sync.sandbox.salesforce.soap.envelope import Ask, Fault, answered, listed, mapping, opened
from crm_sync.sandbox.salesforce.soap.login import login, user_info
from crm_sync.sandbox.salesforce.wire import Call, Refusal
from crm_sync.sandbox.salesforce.writer import Writer
from crm_sync.sandbox.world import World

Result = dict[str, Any]


def partner(world: World, body: bytes, version: str, origin: str) -> tuple[int, str]:
    """Status and XML of POST /services/Soap/u/{version}."""
    try:
        ask = opened(body)
        if ask.operation == "login":
            return 200, answered("login", [login(world, ask, version, origin)])
        return 200, answered(ask.operation, _results(_call(world, ask, version), ask))
    except Fault as fault:
        return 500, fault.xml()


def check_session(world: World, ask: Ask) -> None:
    try:
        authorized(world, f"Bearer {ask.session}")
    except Refusal as refusal:
        raise Fault(refusal.code, "Invalid Session ID found in SessionHeader: Illegal Session") from None


def failed(refusal: Refusal) -> Result:
    """The errors of a result, as SOAP has them."""
    return {"errors": {"fields": list(refusal.fields or ()), "message": refusal.message, "statusCode": refusal.code}}


def _call(world: World, ask: Ask, version: str) -> Call:
    check_session(world, ask)
    allowed = mapping(ask.headers.get("DuplicateRuleHeader")).get("allowSave")
    headers = {"sforce-duplicate-rule-header": f"allowSave={allowed}"} if allowed else {}
    return Call(world, "POST", version, "", headers=headers)


def _results(call: Call, ask: Ask) -> list[Result]:
    match ask.operation:
        case "getUserInfo":
            return [user_info(call.world)]
        case "getServerTimestamp":
            return [{"timestamp": call.world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")}]
        case "logout":
            call.world.notes["salesforce_tokens"].pop(ask.session, None)
            return []
        case "merge":
            return _each(call, listed(ask.said.get("request")), _merge)
        case "convertLead":
            return _each(call, listed(ask.said.get("leadConverts")), _convert)
        case "create":
            return _each(call, rows.sobjects(ask), rows.create)
        case "update":
            return _each(call, rows.sobjects(ask), rows.update)
        case "upsert":
            key = str(ask.said.get("externalIDFieldName") or "Id")
            return _each(call, rows.sobjects(ask), partial(rows.upsert, key=key))
        case "query" | "queryAll":
            return [rows.query(call, ask)]
        case "queryMore":
            return [rows.query_more(call, ask)]
        case "retrieve":
            return rows.retrieve(call, ask)
        case "undelete" | "delete" | "emptyRecycleBin":
            return _each(call, [str(one) for one in listed(ask.said.get("ids"))], _BY_ID[ask.operation])
    raise Fault("INVALID_OPERATION", f"The operation {ask.operation} is not supported")


def _each(call: Call, asked: list[Any], act: Callable[[Writer, Any], Result]) -> list[Result]:
    """One asked thing that fails leaves nothing behind and does not hold up the others."""
    if not asked:
        raise Fault("MISSING_ARGUMENT", "The call names nothing to work on, or under another name than the WSDL's")
    results = []
    for one in asked:
        writer = Writer(call)
        try:
            results.append(act(writer, one) | {"success": True})
        except Refusal as refusal:
            writer.undo()
            results.append(failed(refusal) | {"success": False})
    return results


def _merge(writer: Writer, said: Mapping[str, Any]) -> Result:
    record = dict(mapping(mapping(said).get("masterRecord")))
    name, master = str(record.pop("type", "")), str(_first(record.pop("Id", "")))
    record.pop("@type", None)
    cleared = dict.fromkeys(listed(record.pop("fieldsToNull", None)))
    losers = [str(one) for one in listed(mapping(said).get("recordToMergeIds"))]
    moved = merge(writer, name, master, losers, record | cleared)
    return {"id": master, "mergedRecordIds": losers, "updatedRelatedIds": moved}


def _convert(writer: Writer, said: Mapping[str, Any]) -> Result:
    return {name: value for name, value in asdict(convert(writer, order(mapping(said)))).items() if value}


def _undelete(writer: Writer, record_id: str) -> Result:
    return {"id": writer.undelete(type_of_id(record_id), record_id)}


def _delete(writer: Writer, record_id: str) -> Result:
    return {"id": writer.delete(type_of_id(record_id), record_id)}


def _purge(writer: Writer, record_id: str) -> Result:
    writer.purge(type_of_id(record_id), record_id)
    return {"id": record_id}


_BY_ID: dict[str, Callable[[Writer, str], Result]] = {
    "undelete": _undelete,
    "delete": _delete,
    "emptyRecycleBin": _purge,
}


def _first(value: Any) -> Any:
    """Partner clients may send the Id twice: once as a field of the record."""
    return listed(value)[0] if listed(value) else ""
