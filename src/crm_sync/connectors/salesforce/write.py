"""Sends our fields, few rows in collections and many in a Bulk job, and brings a receipt for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.complaints import complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.lanes import in_lanes, later
from crm_sync.connectors.salesforce.bulk import Pace
from crm_sync.connectors.salesforce.ingest import Ingest
from crm_sync.connectors.salesforce.refusals import receipt
from crm_sync.connectors.salesforce.values import Row, ours_to
from crm_sync.mappings.fields import OurField

BATCH = 200
LANES = 5
WRITABLE = ("Lead", "Contact")

#: Rows that somebody else held are sent again by themselves: in small batches, one after the other.
AGAIN = 50
ROUNDS = 2
PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Writer:
    """`root` is the REST path with its version; from `many` writes on a job takes them."""

    http: Http
    root: str
    ours: Mapping[str, OurField]
    ingest: Ingest
    pace: Pace
    many: int

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        """One receipt per write. Raises TryLater when the CRM is gone from the start; later, the rest waits."""
        wrong = [misdirected(write) for write in writes if write.ref.kind not in WRITABLE]
        # Of one kind after the other: a call may mix objects, but only in a few runs. Neighbours lock the same parents.
        fine = sorted((write for write in writes if write.ref.kind in WRITABLE), key=lambda write: write.ref)
        found = await (self.ingest.push(fine) if len(fine) >= self.many else self.collections(fine))
        return wrong + await self.insisting(fine, found)

    async def insisting(self, writes: Sequence[Write], receipts: list[Receipt]) -> list[Receipt]:
        """Rows that were locked are sent again a little later; what is locked even then waits for the next run."""
        found = {one.key: one for one in receipts}
        for turn in range(ROUNDS):
            locked = [write for write in writes if is_locked(found[write.key])]
            if not locked:
                break
            await self.pace.sleep(PAUSE * (turn + 1))
            found |= {one.key: one for one in await in_lanes(locked, AGAIN, 1, self.batch)}
        return list(found.values())

    async def collections(self, writes: Sequence[Write]) -> list[Receipt]:
        return await in_lanes(writes, BATCH, LANES, self.batch)

    async def batch(self, writes: Sequence[Write]) -> list[Receipt]:
        """A batch that is refused as a whole is halved until the row is found that spoils it."""
        body = {"allOrNone": False, "records": [to_row(write, self.ours) for write in writes]}
        answer = await self.http.patch(f"{self.root}/composite/sobjects", json=body, accept=frozenset({400}))
        if answer.status == 400 and len(writes) > 1:
            middle = len(writes) // 2
            return await self.batch(writes[:middle]) + await self.batch(writes[middle:])
        if answer.status == 400:
            said = complaint(answer)
            return [receipt(writes[0], {"statusCode": said.code, "message": said.message})]
        return receipts_of(writes, answer.json())


def is_locked(one: Receipt) -> bool:
    return one.outcome == "retry" and "UNABLE_TO_LOCK_ROW" in one.message


def to_row(write: Write, ours: Mapping[str, OurField]) -> dict[str, Any]:
    """Our field names and values as Salesforce takes them; null clears a field."""
    values = {ours[name].salesforce: ours_to(ours[name], value) for name, value in write.values.items()}
    return {"attributes": {"type": write.ref.kind}, "id": write.ref.id, **values}


def receipts_of(writes: Sequence[Write], results: Sequence[Row]) -> list[Receipt]:
    """Results come in the order of the rows; a row without one is sent again."""
    found = [
        Receipt(write.key, "written") if result.get("success") else receipt(write, first_error(result))
        for write, result in zip(writes, results, strict=False)
    ]
    return found + [later(write, "no answer for this row") for write in writes[len(results) :]]


def first_error(result: Row) -> Row:
    errors = result.get("errors") or [{}]
    error: Row = errors[0]
    return error


def misdirected(write: Write) -> Receipt:
    return Receipt(write.key, "refused", "bug", f"{write.ref}: only {' and '.join(WRITABLE)} records are written.")
