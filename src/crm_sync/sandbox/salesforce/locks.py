"""Records that somebody else holds: writes to them, or to what belongs to them, fail until they are let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.salesforce.schema import Sight
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import Row, World


def stumble(world: World, seen: Sight, record_id: str | None, changes: Row) -> None:
    """Refuses a write for which a test has laid a fault, or that touches a locked record.

    notes["salesforce_row_faults"] is {record id: {errorCode, message, times}}; notes["salesforce_locks"] is
    {record id: until when in milliseconds of the world's clock}.
    """
    _laid_fault(world, record_id)
    locks: dict[str, int] = world.notes.get("salesforce_locks", {})
    held = _held(locks, _touched(seen, record_id, changes), world.clock.now_ms()) if locks else None
    if held:
        message = f"unable to obtain exclusive access to this record or 1 records: {held}"
        raise Refusal(400, "UNABLE_TO_LOCK_ROW", message, [])


def _laid_fault(world: World, record_id: str | None) -> None:
    fault = world.notes["salesforce_row_faults"].get(record_id)
    if fault and fault.get("times", 1) > 0:
        fault["times"] = fault.get("times", 1) - 1
        raise Refusal(400, fault["errorCode"], fault["message"], fault.get("fields", []))


def _touched(seen: Sight, record_id: str | None, changes: Row) -> Iterator[str]:
    if record_id:
        yield record_id
    for name, value in changes.items():
        field = seen.table.fields.get(name)
        if value and field and type_of(field) == "reference":
            yield str(value)


def _held(locks: dict[str, int], ids: Iterable[str], now: int) -> str | None:
    return next((one for one in ids if locks.get(one, 0) > now), None)
