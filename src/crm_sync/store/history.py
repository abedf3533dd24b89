"""The history of verdicts: a row whenever one changed, with the reason; no row is ever rewritten.

`detected_at` is when the change was seen, `breached_at` when the promise was broken by the clock, `revised_at` is set
where a verdict that stood for good was taken back. `cause`:

    first seen       there was no verdict before           time       nothing happened, and time went by
    activity         somebody did something                late data  what had happened was told later
    promise          the tables or a pause moved the due   recompute, backfill   somebody asked for it

Of a target that is not there any more the last word is `withdrawn`. It keeps the due of before, and its cause says why:

    merged           the person is one with another        gone       no record of the person is left
    history          the CRMs tell no such cycle now       promise    the policy asks for no such target now
    returned         what was withdrawn applies again
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from crm_sync.changes import Known, TargetVerdict, Verdict
from crm_sync.store import schema
from crm_sync.store.conclusions import Row, judged, targets_of
from crm_sync.store.database import Database
from crm_sync.store.statements import batches, insert_all

FOR_GOOD = frozenset({"met", "met_late", "breached", "closed_untouched", "exempt", "unknown_time"})
BROKEN = frozenset({"breached", "met_late"})
FIRST_SEEN = "first seen"
WITHDRAWN = "withdrawn"
Target = tuple[str, datetime | None, str]  # person id, start of the cycle, name of the target


class Last(NamedTuple):
    """The newest row about a target."""

    state: str
    due_at: datetime
    settled_at: datetime | None
    detected_at: datetime
    qualified_at: datetime | None
    started_at: datetime | None


class Chronicle:
    """Writes the history that one plan adds, some people at a time: only about those of whom anything is another than
    before. Nothing about cycles from before the promise. `quiet`, as in a first import: years of misses are no news."""

    def __init__(self, connection: Connection, now: datetime, asked: str | None, *, quiet: bool) -> None:
        self._connection, self._now, self._asked = connection, now, asked
        self._begun = connection.execute(select(schema.verdict_history.c.id).limit(1)).first() is not None
        self._quiet = quiet

    def tell(self, people: Sequence[Known]) -> None:
        """Of people as they are judged now: what is new, and what does not apply any more."""
        last = self._last({one.person_id for one in people})
        self._append(chain(self._news(people, last), self._withdrawals(people, last)))

    def tell_gone(self, people: Iterable[str]) -> None:
        """Of people whom the plan does not know any more."""
        for some in batches(people):
            self._append(self._withdrawals((), self._last(some)))

    def _last(self, people: Collection[str]) -> dict[Target, Last]:
        return last_rows(self._connection, people) if self._begun and people else {}

    def _append(self, rows: Iterator[Row]) -> None:
        for some in batches(rows):
            insert_all(self._connection, schema.verdict_history, some)

    def _news(self, people: Iterable[Known], last: Mapping[Target, Last]) -> Iterator[Row]:
        for person_id, verdict, target in targets_of(people):
            before = last.get((person_id, verdict.qualified_at, target.target)) or last.get(
                (person_id, verdict.started_at, target.target)
            )
            if verdict.enforced and (before is None or differs(before, target)):
                yield row(person_id, verdict, target, before, self._now, self._asked, quiet=self._quiet)

    def _withdrawals(self, people: Sequence[Known], last: Mapping[Target, Last]) -> Iterator[Row]:
        """One row for each target that was remembered and is not judged any more. Cycles from before the promise are
        judged still: whether they are remembered is up to who asks."""
        if not last:
            return
        judged_now = {
            (person_id, start, target.target)
            for person_id, verdict, target in targets_of(people)
            for start in (verdict.qualified_at, verdict.started_at)
        }
        missing = [key for key in last if key not in judged_now and last[key].state != WITHDRAWN]
        if not missing:
            return
        known, cycles, merged = {one.person_id for one in people}, cycles_of(people), merged_into(self._connection)
        for person_id, start, target in sorted(missing, key=str):
            why = "promise" if (person_id, start) in cycles else "history" if person_id in known else None
            cause, because = (why, WHY[why]) if why else left(person_id, merged)
            before = last[person_id, start, target]
            yield withdrawal(person_id, target, before, self._now, self._asked or cause, because, quiet=self._quiet)


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
    return {
        **judged(verdict, target),
        "person_id": person_id,
        "detected_at": now,
        "breached_at": target.due_at if target.state in BROKEN else None,
        "revised_at": now if before and revises(before, target) else None,
        "cause": cause_of(before, target, cause),
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
    if before.state == WITHDRAWN:
        return "returned"
    if before.state in FOR_GOOD and before.due_at != target.due_at:
        return "promise"
    if before.state in FOR_GOOD and target.state not in FOR_GOOD:
        return "activity"
    if target.settled_at is None:
        return "late data" if before.state in FOR_GOOD else "time"
    return "late data" if target.settled_at <= before.detected_at else "activity"


def cycles_of(people: Iterable[Known]) -> set[tuple[str, datetime | None]]:
    """Person id and start, by either clock."""
    return {
        (known.person_id, start)
        for known in people
        for verdict in (*known.earlier, *filter(None, [known.verdict]))
        for start in (verdict.qualified_at, verdict.started_at)
    }


WHY = {
    "promise": "the policy of this cycle has no such target any more",
    "history": "by what the CRMs tell now, there was no such cycle",
}


def left(person_id: str, merged: Mapping[str, str]) -> tuple[str, str]:
    """Cause and reason for a person whom the plan does not know."""
    if person_id in merged:
        return "merged", f"the person is one with {merged[person_id]} and is judged there"
    return "gone", "no record of this person is left"


def withdrawal(
    person_id: str, target: str, before: Last, now: datetime, cause: str, because: str, *, quiet: bool
) -> Row:
    return {
        "person_id": person_id,
        "target": target,
        "state": WITHDRAWN,
        "due_at": before.due_at,
        "settled_at": None,
        "qualified_at": before.qualified_at,
        "started_at": before.started_at,
        "detected_at": now,
        "breached_at": None,
        "revised_at": now if before.state in FOR_GOOD else None,
        "cause": cause,
        "because": because,
        "quiet": quiet,
    }


def merged_into(connection: Connection) -> dict[str, str]:
    """Ids that were given up, each with the one that it became."""
    return dict(connection.execute(select(schema.forwards.c.old_id, schema.forwards.c.person_id)).all())


def first_qualified(database: Database) -> datetime | None:
    """The earliest qualifying event of which a verdict is remembered."""
    with database.reading() as connection:
        found: datetime | None = connection.scalar(select(func.min(schema.verdict_history.c.qualified_at)))
    return found


def last_rows(connection: Connection, people: Collection[str]) -> dict[Target, Last]:
    """About each target of these people, as many as may stand in one question."""
    table = schema.verdict_history.c
    start = func.coalesce(table.qualified_at, table.started_at).label("start")
    theirs = table.person_id.in_(people)
    newest = select(func.max(table.id)).where(theirs).group_by(table.person_id, start, table.target)
    columns: list[Any] = [table.person_id, table.qualified_at, table.started_at, table.target]
    columns += [table.state, table.due_at, table.settled_at, table.detected_at]
    rows = connection.execute(select(*columns).where(table.id.in_(newest)))
    return {(one[0], one[1] or one[2], one[3]): Last(one[4], one[5], one[6], one[7], one[1], one[2]) for one in rows}
