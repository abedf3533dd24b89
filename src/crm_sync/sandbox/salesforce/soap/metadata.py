"""SOAP calls about the schema: createMetadata and its like, ten components of one kind in a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crm_sync.sandbox.salesforce.components import KINDS
from crm_sync.sandbox.salesforce.schema import FACE
from crm_sync.sandbox.salesforce.soap.envelope import METADATA, Ask, Fault, answered, listed, mapping, opened
from crm_sync.sandbox.salesforce.soap.partner import check_session, failed
from crm_sync.sandbox.salesforce.wire import Refusal, instant
from crm_sync.sandbox.world import World

Result = dict[str, Any]
_MOST = 10
_NUMBERS = ("length", "precision", "scale", "visibleLines", "sortOrder")
_LISTS = ("columns", "filters", "value")


def metadata(world: World, body: bytes, version: str, origin: str) -> tuple[int, str]:
    """Status and XML of POST /services/Soap/m/{version}."""
    try:
        ask = opened(body)
        check_session(world, ask)
        return 200, answered(ask.operation, _results(world, ask), METADATA)
    except Fault as fault:
        return 500, fault.xml()


def _results(world: World, ask: Ask) -> list[Result]:
    match ask.operation:
        case "createMetadata" | "updateMetadata" | "upsertMetadata":
            act = {"create": _create, "update": _update, "upsert": _upsert}[ask.operation.removesuffix("Metadata")]
            return [_written(world, act, mapping(one)) for one in _few(listed(ask.said.get("metadata")))]
        case "deleteMetadata":
            return [_deleted(world, ask, str(one)) for one in _few(listed(ask.said.get("fullNames")))]
        case "readMetadata":
            names = _few(listed(ask.said.get("fullNames")))
            return [{"records": [_read(world, ask, str(one)) for one in names]}]
        case "listMetadata":
            return [
                one
                for query in listed(ask.said.get("queries"))
                for one in _listing(world, str(mapping(query).get("type")))
            ]
        case "describeMetadata":
            return [_describe()]
    raise Fault("INVALID_OPERATION", f"The operation {ask.operation} is not supported")


def _few(asked: list[Any]) -> list[Any]:
    if len(asked) > _MOST:
        raise Fault("LIMIT_EXCEEDED", f"A call may name {_MOST} components at most")
    return asked


def _written(world: World, act: Callable[[World, str, str, Result], Result], said: Mapping[str, Any]) -> Result:
    kind, name = str(said.get("@type")), str(said.get("fullName") or "")
    try:
        if kind not in KINDS:
            raise Refusal(400, "INVALID_TYPE", f"{kind} is not one of {', '.join(KINDS)}")
        more = act(world, kind, name, _plain(said))
        return more | {"fullName": name, "success": True}
    except Refusal as refusal:
        return failed(refusal) | {"fullName": name, "success": False}


def _create(world: World, kind: str, name: str, said: Result) -> Result:
    KINDS[kind].create(world, name, said)
    return {}


def _update(world: World, kind: str, name: str, said: Result) -> Result:
    KINDS[kind].update(world, name, said)
    return {}


def _upsert(world: World, kind: str, name: str, said: Result) -> Result:
    there = name in KINDS[kind].names(world)
    (_update if there else _create)(world, kind, name, said)
    return {"created": not there}


def _deleted(world: World, ask: Ask, name: str) -> Result:
    try:
        _module(ask).delete(world, name)
        return {"fullName": name, "success": True}
    except Refusal as refusal:
        return failed(refusal) | {"fullName": name, "success": False}


def _read(world: World, ask: Ask, name: str) -> Result | None:
    """A component that is not there is an empty record."""
    kind = str(ask.said.get("type"))
    try:
        return {"@type": kind, "fullName": name, **_module(ask).read(world, name)}
    except Refusal:
        return None


def _module(ask: Ask) -> Any:
    kind = str(ask.said.get("type"))
    if kind not in KINDS:
        raise Fault("INVALID_TYPE", f"{kind} is not one of {', '.join(KINDS)}")
    return KINDS[kind]


def _plain(said: Mapping[str, Any]) -> Result:
    """The component as the Tooling API would have it in JSON: numbers, booleans and lists instead of text."""
    return {name: _typed(name, value) for name, value in said.items() if name not in ("@type", "fullName")}


def _typed(name: str, value: Any) -> Any:
    if name in _LISTS and not (name == "value" and isinstance(value, str)):
        return [_typed("", one) for one in listed(value)]
    if isinstance(value, dict):
        return {key: _typed(key, one) for key, one in value.items() if key != "@type"}
    if value in ("true", "false"):
        return value == "true"
    return int(value) if name in _NUMBERS and str(value).isdecimal() else value


def _listing(world: World, kind: str) -> list[Result]:
    if kind not in KINDS:
        return []
    now, user = instant(world.clock.now_ms()), world.notes["salesforce_app"]["user_id"]
    author = {"createdById": user, "createdByName": "Integration User", "createdDate": now}
    editor = {"lastModifiedById": user, "lastModifiedByName": "Integration User", "lastModifiedDate": now}
    return [author | _file(world, kind, name) | editor | {"type": kind} for name in KINDS[kind].names(world)]


def _file(world: World, kind: str, name: str) -> Result:
    return {
        "fileName": f"objects/{name.partition('.')[0]}.object",
        "fullName": name,
        "id": _id(world, kind, name),
    }


def _id(world: World, kind: str, name: str) -> str:
    own = name.partition(".")[2].removesuffix("__c")
    column = "ValidationName" if kind == "ValidationRule" else "DeveloperName"
    found = next(world.table(FACE, kind).select(f'"{column}" = ?', [own], columns=[], limit=1), {"_id": ""})
    return str(found["_id"])


def _describe() -> Result:
    kinds = [{"directoryName": "objects", "inFolder": False, "metaFile": False, "xmlName": one} for one in KINDS]
    return {
        "metadataObjects": kinds,
        "organizationNamespace": "",
        "partialSaveAllowed": True,
        "testRequired": False,
    }
