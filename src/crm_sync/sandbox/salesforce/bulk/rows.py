"""One row of an ingest job: its values as a client of REST would write them, and what its operation does with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.salesforce.writer import Writer

_NULL = "#N/A"


class Target(Protocol):
    """A job of either Bulk API: the object it writes, and the key of an upsert."""

    @property
    def object(self) -> str: ...

    @property
    def key(self) -> str | None: ...


def given_by(header: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    """An empty value leaves a field as it is; #N/A empties it. `Account.Key__c` names a parent by its key."""
    given: dict[str, Any] = {}
    for name, value in zip(header, row, strict=False):
        hop, dot, key = name.partition(".")
        if value == "":
            continue
        given[hop] = {key: value} if dot else None if value == _NULL else value
    return given


def _without_id(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name.lower() != "id"}


def _insert(writer: Writer, job: Target, given: dict[str, Any], record_id: str) -> tuple[str, bool]:
    return writer.create(job.object, given), True


def _update(writer: Writer, job: Target, given: dict[str, Any], record_id: str) -> tuple[str, bool]:
    if not record_id:
        raise Refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call")
    return writer.update(job.object, record_id, _without_id(given)), False


def _upsert(writer: Writer, job: Target, given: dict[str, Any], record_id: str) -> tuple[str, bool]:
    key = str(job.key)
    value = next((said for name, said in given.items() if name.lower() == key.lower()), None)
    if value is None and key.lower() != "id":
        raise Refusal(400, "MISSING_ARGUMENT", f"{key} not specified", [])
    return writer.upsert(job.object, key, value, given)


def _delete(writer: Writer, job: Target, given: dict[str, Any], record_id: str) -> tuple[str, bool]:
    return writer.delete(job.object, record_id), False


def _hard_delete(writer: Writer, job: Target, given: dict[str, Any], record_id: str) -> tuple[str, bool]:
    gone = writer.delete(job.object, record_id)
    writer.purge(job.object, gone)
    return gone, False


ACTS: dict[str, Callable[[Writer, Target, dict[str, Any], str], tuple[str, bool]]] = {
    "insert": _insert,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "hardDelete": _hard_delete,
}
