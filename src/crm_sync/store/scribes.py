"""Who writes down what others did: as a rule a program, that a CRM takes for a person."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import func, select

from crm_sync.records import Ref
from crm_sync.store.database import Database
from crm_sync.store.schema import owners, touches

MANY: Final = 20  # touches that somebody wrote down for others
SEVERAL: Final = 3  # colleagues whose touches these were: an assistant has one or two


class Scribe(NamedTuple):
    """A user who is a person by their CRM, and wrote down so many touches of so many colleagues."""

    user: Ref
    name: str | None
    email: str | None
    touches: int
    colleagues: int


def read_scribes(database: Database) -> list[Scribe]:
    """The busiest first."""
    count, others = func.count(), func.count(touches.c.actor.distinct())
    for_others = touches.c.live & (touches.c.logged_by != touches.c.actor)
    found = (
        select(owners.c.ref, owners.c.name, owners.c.email, count, others)
        .select_from(touches.join(owners, owners.c.ref == touches.c.logged_by))
        .where(for_others, owners.c.live, owners.c.human)
        .group_by(owners.c.ref, owners.c.name, owners.c.email)
        .having(count >= MANY, others >= SEVERAL)
        .order_by(count.desc(), owners.c.ref)
    )
    with database.reading() as connection:
        return [Scribe(Ref.parse(ref), *rest) for ref, *rest in connection.execute(found)]
