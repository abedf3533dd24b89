"""The history of verdicts: a row whenever one changed, with the reason; no row is ever rewritten.

`detected_at` is when the change was seen, `breached_at` when the promise was broken by the clock, `revised_at` is set
where a verdict that stood for good was taken back. `cause`:

    first seen       there was no verdict before           time       nothing happened, and time went by
    activity         somebody did something                late data  what had happened was told later
    promise          the tables or a pause moved the due   recompute, backfill   somebody asked for it
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from crm_sync.changes import Plan, TargetVerdict, Verdict
from crm_sync.store import schema
from crm_sync.store.cells import storable
from crm_sync.store.conclusions import Row, judged, targets_of
from crm_sync.store.statements import batches, insert_all

FOR_GOOD = frozenset({"met", "met_late", "breached", "closed_untouched", "exempt", "unknown_time"})
BROKEN = frozenset({"breached", "met_late"})
FIRST_SEEN = "first seen"
Target = tuple[str, datetime | None, str]  # person id, start of the cycle, name of the target


class Last(NamedTuple):
    """The newest row about a target."""

    state: str
    due_at: datetime
    settled_at: datetime | None
    detected_at: datetime


def append_history(connection: Connection, plan: Plan, cause: str | None, *, quiet: bool) -> None:
    """Nothing about cycles from before the promise. A first import is quiet: years of misses are no news."""
    last = last_rows(connection)
    for some in batches(news(plan, last, cause, quiet=quiet or not last)):
        insert_all(connection, schema.verdict_history, some)


def news(plan: Plan, last: dict[Target, Last], cause: str | None, *, quiet: bool) -> Iterator[Row]:
    for person_id, verdict, target in targets_of(plan.known):
        before = last.get((person_id, verdict.qualified_at, target.target)) or last.get(
            (person_id, verdict.started_at, target.target)
        )
        if verdict.enforced and (before is None or differs(before, target)):
            yield row(person_id, verdict, target, before, plan.now, cause, quiet=quiet)


def differs(before: Last, target: TargetVerdict) -> bool:
    """Another state; and of one that stands for good another time, too."""
    if before.state != target.state:
        return True
    return target.state in FOR_GOOD and (before.due_at, before.settled_at) != (target.due_at, target.settled_at)


def row(
    person_id: str,
    verdict: Verdict,
    target: TargetVerdict,
    before: Last | None,
    now: datetime,
    cause: str | None,
    *,
    quiet: bool,
) -> Row:
    why = cause_of(before, target, cause)
    return {
        "person_id": person_id,
        **judged(verdict, target),
        "detected_at": now,
        "breached_at": target.due_at if target.state in BROKEN else None,
        "revised_at": now if before and revises(before, target) else None,
        "cause": why,
        "because": storable(target.because),
        "quiet": quiet,
    }


def revises(before: Last, target: TargetVerdict) -> bool:
    """What stood for good is taken back: that somebody answers late after a breach takes nothing back."""
    goes_on = before.state == "breached" and target.state == "met_late" and before.due_at == target.due_at
    return before.state in FOR_GOOD and not goes_on


def cause_of(before: Last | None, target: TargetVerdict, asked: str | None) -> str:
    if before is None:
        return asked or FIRST_SEEN
    if asked:
        return asked
    if before.state in FOR_GOOD and before.due_at != target.due_at:
        return "promise"
    if before.state in FOR_GOOD and target.state not in FOR_GOOD:
        return "activity"
    if target.settled_at is None:
        return "late data" if before.state in FOR_GOOD else "time"
    return "late data" if target.settled_at <= before.detected_at else "activity"


def last_rows(connection: Connection) -> dict[Target, Last]:
    table = schema.verdict_history.c
    start = func.coalesce(table.qualified_at, table.started_at).label("start")
    newest = select(func.max(table.id)).group_by(table.person_id, start, table.target)
    columns: list[Any] = [table.person_id, table.qualified_at, table.started_at, table.target]
    columns += [table.state, table.due_at, table.settled_at, table.detected_at]
    rows = connection.execute(select(*columns).where(table.id.in_(newest)))
    return {(one[0], one[1] or one[2], one[3]): Last(*one[4:]) for one in rows}
