"""The only door to the CRMs: writes wait here, and each leaves with a receipt.

pending → settled      the CRM confirmed it, and our copy of the person says so from then on
        → pending      the CRM was busy: tried again later, five times at most
        → refused      the same write is not tried again for a day, or until it is released
        → superseded   a later plan wants something else
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from crm_sync.changes import Receipt, Write
from crm_sync.records import Ref
from crm_sync.store.cells import mapping_of, mapping_to_json, storable
from crm_sync.store.database import Database
from crm_sync.store.schema import outbox, people
from crm_sync.store.statements import batches
from crm_sync.store.writes import AFRESH, PENDING, REFUSED

MOST_ATTEMPTS = 5
TRANSIENT = "transient"
FIRST_PAUSE = timedelta(seconds=30)  # doubled with every further attempt


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that its CRM refused: `reason` is the class, `message` the CRM's own words."""

    key: str
    ref: Ref
    values: Mapping[str, str | None]
    reason: str
    message: str
    at: datetime


def read_pending(database: Database, crm: str, limit: int, now: datetime) -> list[Write]:
    """What may be sent now, the oldest first. Fenced: whoever was overtaken must not go on sending."""
    due = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    question = select(outbox).where(PENDING, outbox.c.crm == crm, due).order_by(outbox.c.id).limit(limit)
    with database.writing(fenced=True) as connection:
        return [as_write(row) for row in connection.execute(question)]


def as_write(row: Row[Any]) -> Write:
    return Write(row.key, Ref.parse(row.ref), json.loads(row.values), json.loads(row.before))


def settle(database: Database, receipts: Sequence[Receipt], now: datetime) -> None:
    """Files receipts. Not fenced: what a CRM did is true, whoever has taken over. A receipt that no write waits for
    is passed over."""
    with database.writing() as connection:
        waiting = read_waiting(connection, {receipt.key: receipt for receipt in receipts})
        answers = [filed(row, receipt, now) for row, receipt in waiting]
        if answers:
            connection.execute(FILE, answers)
            remember(connection, [row for row, receipt in waiting if receipt.outcome == "written"])


FILE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in ("state", "attempts", "answered_at", "not_before", "reason", "message")})
)


def read_waiting(connection: Connection, receipts: Mapping[str, Receipt]) -> list[tuple[Row[Any], Receipt]]:
    found = (connection.execute(select(outbox).where(PENDING, outbox.c.key.in_(keys))) for keys in batches(receipts))
    return [(row, receipts[row.key]) for rows in found for row in rows]


def filed(row: Row[Any], receipt: Receipt, now: datetime) -> dict[str, Any]:
    attempts = row.attempts + 1
    answer = {"row": row.id, "attempts": attempts, "answered_at": now, "message": storable(receipt.message)}
    match receipt.outcome:
        case "written":
            return answer | {"state": "settled", "not_before": None, "reason": None}
        case "retry" if attempts < MOST_ATTEMPTS:
            pause = FIRST_PAUSE * 2**row.attempts
            return answer | {"state": "pending", "not_before": now + pause, "reason": receipt.reason or TRANSIENT}
        case "retry":
            return answer | {"state": "refused", "not_before": None, "reason": TRANSIENT}
        case "refused":
            return answer | {"state": "refused", "not_before": None, "reason": receipt.reason}


def remember(connection: Connection, written: Sequence[Row[Any]]) -> None:
    """Our copies of the people hold the values from now on, and earlier refusals of the same refs are moot."""
    for some in batches(written):
        refs = {row.ref: json.loads(row.values) for row in some}
        held = connection.execute(select(people.c.ref, people.c.ours).where(people.c.ref.in_(refs))).all()
        if held:
            connection.execute(KEEP, [{"row": ref, "kept": with_values(ours, refs[ref])} for ref, ours in held])
        connection.execute(update(outbox).where(REFUSED, outbox.c.ref.in_(refs)).values(state="superseded"))


KEEP = update(people).where(people.c.ref == bindparam("row")).values(ours=bindparam("kept"))


def with_values(ours: str | None, values: Mapping[str, str | None]) -> str | None:
    after = {**mapping_of(ours), **values}
    return mapping_to_json({name: value for name, value in after.items() if value is not None})


def read_refusals(database: Database) -> list[Refusal]:
    with database.reading() as connection:
        return [as_refusal(row) for row in connection.execute(select(outbox).where(REFUSED).order_by(outbox.c.id))]


def as_refusal(row: Row[Any]) -> Refusal:
    at = row.answered_at
    return Refusal(row.key, Ref.parse(row.ref), json.loads(row.values), row.reason or "", row.message or "", at)


def release_refusals(database: Database, keys: Collection[str] | None) -> int:
    """Lets refused writes be tried again, all of them when `keys` is None, and returns how many."""
    which = REFUSED if keys is None else REFUSED & outbox.c.key.in_(list(keys))
    with database.writing(fenced=True) as connection:
        return connection.execute(update(outbox).where(which).values(AFRESH)).rowcount


def count_writes(database: Database) -> dict[str, int]:
    """State → number of writes."""
    question = select(outbox.c.state, func.count()).group_by(outbox.c.state).order_by(outbox.c.state)
    with database.reading() as connection:
        return dict(connection.execute(question).all())
