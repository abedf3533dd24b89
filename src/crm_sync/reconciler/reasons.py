"""Why a lead went out, for each of its exits: what its records said between that exit and the next beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from crm_sync.records import CLOSE_REASON, Person, Ref, StageChange, as_said


class Reason(NamedTuple):
    """A record said `word` from `at` on; empty: it was taken back. `at` None: its CRM keeps no history of it, and that
    is what it says now. `place` counts what a record said, in the order in which it was said."""

    at: datetime | None
    ref: Ref
    place: int
    word: str
    created_at: datetime


def reasons_of(record: Person, changes: Sequence[StageChange]) -> Iterator[Reason]:
    said = sorted((change for change in changes if change.field == CLOSE_REASON), key=as_said)
    for place, change in enumerate(said):
        yield Reason(change.at, record.ref, place, change.value, record.created_at)
    if record.close_reason and not said:
        yield Reason(None, record.ref, 0, record.close_reason, record.created_at)


def reason_of(said: Sequence[Reason], since: datetime, until: datetime | None, last: bool) -> str | None:
    """Of a cycle that began at `since`; the next one at `until`. First what was said in between, the latest of it; for
    the `last` exit what records without a history say now, the youngest record first; else what still stood there from
    before."""
    before = [one for one in said if one.at and (until is None or one.at < until) and (one.word or one.at < since)]
    newest = max(before, key=lambda one: (one.at or since, one.ref, one.place), default=None)
    if newest and newest.at and newest.at >= since:
        return newest.word
    undated = [(one.created_at, one.ref, one.word) for one in said if one.at is None]
    if last and undated:
        return max(undated)[2]
    return newest.word or None if newest else None
