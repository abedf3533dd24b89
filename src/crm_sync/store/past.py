"""What is remembered of the past: when everybody was first looked at, which cycles came to light later in an import or
a backfill so that nobody was told of them, and whom a write is to tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, exists, func, select

from crm_sync.records import Ref
from crm_sync.store.database import Database
from crm_sync.store.history import FIRST_SEEN
from crm_sync.store.schema import outbox, verdict_history
from crm_sync.store.writes import PENDING, REFUSED

HISTORY, EARLIER = verdict_history.c, verdict_history.alias("earlier").c
START, BEGAN = (func.coalesce(one.qualified_at, one.started_at).label("start") for one in (HISTORY, EARLIER))
Cycles = Mapping[tuple[str, datetime | None], datetime]  # person id and start → when it came to light


class Remembered(NamedTuple):
    """`first`: the first import, None where there was none. `cycles`: those that a later one brought to light, or a
    backfill. `waiting`: records that wait for a write."""

    first: datetime | None
    cycles: Cycles
    waiting: frozenset[Ref]


def read_past(database: Database, field: str) -> Remembered:
    """Waiting are records for a value of `field`, those that refused it included."""
    with database.reading() as connection:
        imported = select(func.min(HISTORY.detected_at)).where(HISTORY.quiet, HISTORY.cause == FIRST_SEEN)
        first = connection.execute(imported).scalar_one()
        return Remembered(first, brought_to_light(connection, first), waiting_for(connection, field))


def brought_to_light(connection: Connection, first: datetime | None) -> Cycles:
    """Cycles whose oldest row is no news, from after the first import."""
    before = exists().where(EARLIER.person_id == HISTORY.person_id, BEGAN == START, EARLIER.id < HISTORY.id)
    question = select(HISTORY.person_id, START, HISTORY.detected_at).where(HISTORY.quiet, ~before)
    found = connection.execute(question if first is None else question.where(HISTORY.detected_at > first))
    return {(person_id, start): seen for person_id, start, seen in found}


def waiting_for(connection: Connection, field: str) -> frozenset[Ref]:
    held = outbox.c["values"].contains(f'"{field}":', autoescape=True)
    refs = connection.execute(select(outbox.c.ref).where(PENDING | REFUSED, held)).scalars()
    return frozenset(map(Ref.parse, refs))
