"""The only door to the CRMs: writes wait here, and each leaves with a receipt.

pending → settled      the CRM confirmed it, and our copy of the person says so from then on
        → pending      the CRM was busy: tried again after a pause
        → refused      set aside until what its class waits for has changed (refusals.py), or until it is released;
                       a CRM that is busy for the fifth time counts as a refusal, so that people see it
        → superseded   a later plan wants something else
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from crm_sync.changes import Receipt, Write
from crm_sync.records import Ref
from crm_sync.store.cells import mapping_of, mapping_to_json, storable
from crm_sync.store.database import Database
from crm_sync.store.refusals import class_of, pause_after
from crm_sync.store.schema import outbox, people
from crm_sync.store.statements import batches
from crm_sync.store.writes import AFRESH, PENDING, REFUSED, write_in

MOST_ATTEMPTS = 5
TRANSIENT = "transient"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that its CRM refused: `reason` is the class, `message` the CRM's own words. `until` says what it waits
    for, and `not_before` when that is an instant."""

    key: str
    ref: Ref
    values: Mapping[str, str | None]
    reason: str
    message: str
    at: datetime
    until: str
    not_before: datetime | None


def read_pending(database: Database, crm: str, limit: int, now: datetime) -> list[Write]:
    """What may be sent now, the oldest first. Fenced: whoever was overtaken must not go on sending."""
    due = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    question = select(outbox).where(PENDING, outbox.c.crm == crm, due).order_by(outbox.c.id).limit(limit)
    with database.writing(fenced=True) as connection:
        return [write_in(row) for row in connection.execute(question)]


def settle(database: Database, receipts: Sequence[Receipt], now: datetime, rights: str | None = None) -> None:
    """Files receipts; `rights` is what the CRM granted us in this run. Not fenced: what a CRM did is true, whoever has
    taken over. A receipt that no write waits for is passed over."""
    with database.writing() as connection:
        waiting = read_waiting(connection, {receipt.key: receipt for receipt in receipts})
        answers = [filed(row, receipt, now) | circumstances(row, rights) for row, receipt in waiting]
        if answers:
            connection.execute(FILE, answers)
            remember(connection, [row for row, receipt in waiting if receipt.outcome == "written"])


FILE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values({name: bindparam(name) for name in ("state", "attempts", "answered_at", "not_before", "reason", "message")})
    .values({name: bindparam(name) for name in ("refused_version", "refused_rights")})
)


def read_waiting(connection: Connection, receipts: Mapping[str, Receipt]) -> list[tuple[Row[Any], Receipt]]:
    held = outbox.outerjoin(people, people.c.ref == outbox.c.ref)
    question = select(outbox, people.c.version).select_from(held).where(PENDING)
    found = (connection.execute(question.where(outbox.c.key.in_(keys))) for keys in batches(receipts))
    return [(row, receipts[row.key]) for rows in found for row in rows]


def filed(row: Row[Any], receipt: Receipt, now: datetime) -> dict[str, Any]:
    attempts = row.attempts + 1
    answer = {"row": row.id, "attempts": attempts, "answered_at": now, "message": storable(receipt.message)}
    if receipt.outcome == "written":
        return answer | {"state": "settled", "not_before": None, "reason": None}
    reason = reason_of(receipt)
    pause = pause_after(class_of(reason), attempts)
    waits = receipt.outcome == "retry" and attempts < MOST_ATTEMPTS
    return answer | {
        "state": "pending" if waits else "refused", "not_before": now + pause if pause else None, "reason": reason,
    }  # fmt: skip


def reason_of(receipt: Receipt) -> str:
    """The class; what is to be tried again without a class that time mends is taken for a busy CRM."""
    if receipt.outcome == "retry" and not class_of(receipt.reason).pause:
        return TRANSIENT
    return receipt.reason


def circumstances(row: Row[Any], rights: str | None) -> dict[str, Any]:
    """How the record and our rights were when the answer came: a refusal lasts until they are different."""
    return {"refused_version": row.version, "refused_rights": rights}


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
    said = (row.reason or "", row.message or "", row.answered_at)
    return Refusal(
        row.key, Ref.parse(row.ref), json.loads(row.values), *said, class_of(row.reason).until, row.not_before
    )


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
