"""Batch create, update, upsert and archive: all or nothing, or row by row when every input brings a trace id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_sync.sandbox.hubspot.errors import Refusal, missing_records
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.reading import batch_answer, by_key
from crm_sync.sandbox.hubspot.records import written
from crm_sync.sandbox.hubspot.schema import definition_of
from crm_sync.sandbox.hubspot.wire import Answer, Call, chosen
from crm_sync.sandbox.hubspot.write_api import archive, changed, check_lead, make_links, wanted_links
from crm_sync.sandbox.hubspot.writing import Draft, create, draft
from crm_sync.sandbox.jsontext import Json
from crm_sync.sandbox.world import Row

Input = dict[str, Any]

#: Checks one input and returns how to store it; nothing is stored before every input has been checked.
Check = Callable[[Input], Callable[[], Json]]


def batch_create(call: Call) -> Answer:
    one, inputs = call.crm_object(), call.inputs()
    claims = _Claims(call, one)

    def check(item: Input) -> Callable[[], Json]:
        checked, targets = draft(call.world, one, item.get("properties")), wanted_links(call.world, one, item)
        check_lead(one, targets)
        claims.claim(checked, "")
        return lambda: _created(call, one, checked, targets)

    return _run(call, inputs, check, 201)


def batch_update(call: Call) -> Answer:
    one, inputs = call.crm_object(), call.inputs()
    _refuse_twins(inputs)
    rows, claims = _rows(call, one, inputs), _Claims(call, one)

    def check(item: Input) -> Callable[[], Json]:
        row = rows.get(_key(item))
        if row is None:
            raise missing_records(one.singular, [str(item.get("id"))])
        checked = draft(call.world, one, item.get("properties"), row)
        claims.claim(checked, row["_id"])
        return lambda: written(call.world, one, changed(call.world, one, checked), checked.sent)

    return _run(call, inputs, check, 200)


def batch_upsert(call: Call) -> Answer:
    """By a unique property or by id. Partial success is not supported with idProperty=email."""
    one, inputs = call.crm_object(), call.inputs()
    _refuse_twins(inputs)
    _check_keys(call, one, inputs)
    rows, claims = _rows(call, one, inputs), _Claims(call, one)

    def check(item: Input) -> Callable[[], Json]:
        row, id_property = rows.get(_key(item)), str(item["idProperty"])
        sent = dict(item.get("properties") or {})
        if row is None:
            sent.setdefault(id_property, str(item.get("id")))
        checked = draft(call.world, one, sent, row)
        claims.claim(checked, row["_id"] if row else "")
        if row is None:
            return lambda: _created(call, one, checked, []) | {"new": True}
        return lambda: written(call.world, one, changed(call.world, one, checked), checked.sent) | {"new": False}

    whole = any(item["idProperty"] == "email" for item in inputs)
    return _run(call, inputs, check, 200, whole=whole)


def batch_archive(call: Call) -> Answer:
    for item in call.inputs():
        archive(call.world, call.crm_object(), str(item.get("id")))
    return Answer(status=204)


def _created(call: Call, one: CrmObject, checked: Draft, targets: list[Any]) -> Json:
    row = create(call.world, one, checked)
    make_links(call.world, one, row, targets)
    return written(call.world, one, row, checked.sent)


def _run(call: Call, inputs: list[Input], check: Check, status: int, *, whole: bool = False) -> Answer:
    """Checks all inputs, then stores: without trace ids the first refusal stands for the whole batch."""
    said = [chosen(item, objectWriteTraceId=str).get("objectWriteTraceId") for item in inputs]
    traces = [one for one in said if one]
    if len(set(traces)) != len(traces):
        raise Refusal(400, "Duplicate objectWriteTraceId found in batch input")
    partial = bool(inputs) and len(traces) == len(inputs) and not whole
    store, errors = [], []
    for item in inputs:
        try:
            store.append((item, check(item)))
        except Refusal as refusal:
            if not partial:
                raise
            errors.append(refusal.row(str(item["objectWriteTraceId"])))
    return batch_answer(call, [_traced(item, stored()) for item, stored in store], errors, status)


def _traced(item: Input, body: Json) -> Json:
    trace = item.get("objectWriteTraceId")
    return body | {"objectWriteTraceId": trace} if trace else body


def _key(item: Input) -> tuple[str, str]:
    return str(item.get("idProperty") or ""), str(item.get("id")).strip().lower()


def _refuse_twins(inputs: list[Input]) -> None:
    keys = [_key(item) for item in inputs]
    if len(set(keys)) != len(keys):
        raise Refusal(400, "Duplicate IDs found in batch input")


def _check_keys(call: Call, one: CrmObject, inputs: list[Input]) -> None:
    for item in inputs:
        name = str(item.get("idProperty") or "")
        about = definition_of(call.world, one, name)
        if about is None or not (about["hasUniqueValue"] or name == "hs_object_id"):
            raise Refusal(400, f"Unable to perform update/upsert by non-unique {one.type_id} property {name}")


def _rows(call: Call, one: CrmObject, inputs: list[Input]) -> dict[tuple[str, str], Row]:
    """The living records that the inputs name, by idProperty and key."""
    names: dict[str, list[str]] = {}
    for name, key in map(_key, inputs):
        names.setdefault(name, []).append(key)
    return {
        (name, key): row for name, keys in names.items() for key, row in by_key(call.world, one, keys, name).items()
    }


class _Claims:
    """Unique values that inputs of this batch have taken before each other, and records they already change."""

    def __init__(self, call: Call, one: CrmObject) -> None:
        self._call, self._one = call, one
        self._taken: set[tuple[str, str]] = set()

    def claim(self, checked: Draft, record_id: str) -> None:
        wanted = {("", record_id)} if record_id else set()
        wanted |= {(name, str(value)) for name, value in checked.values.items() if value and self._is_unique(name)}
        if wanted & self._taken:
            raise Refusal(400, "Duplicate IDs found in batch input")
        self._taken |= wanted

    def _is_unique(self, name: str) -> bool:
        about = definition_of(self._call.world, self._one, name)
        return about is not None and bool(about["hasUniqueValue"])
