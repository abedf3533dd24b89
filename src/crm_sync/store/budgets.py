"""Calls per CRM and day: what everybody has used as the CRM told it, and what we have used ourselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from crm_sync.store.database import Database
from crm_sync.store.schema import budgets


@dataclass(frozen=True, slots=True)
class Spent:
    """One day of one CRM, by its own clock. `own` are our calls, `backfill` those among them of backfills."""

    crm: str
    day: str
    limit: int | None
    used: int | None
    own: int
    backfill: int
    resets_at: datetime | None
    heard_at: datetime


def spend(database: Database, new: Spent) -> None:
    """Adds our calls; what the CRM told takes the place of what it told before. Unfenced: calls were made, whoever
    holds the lease now."""
    here = (budgets.c.crm == new.crm) & (budgets.c.day == new.day)
    told = {"resets_at": new.resets_at, "heard_at": new.heard_at}
    told |= {name: value for name in ("limit", "used") if (value := getattr(new, name)) is not None}
    with database.writing() as connection:
        if connection.execute(select(budgets.c.crm).where(here).with_for_update()).first() is None:
            values = {"crm": new.crm, "day": new.day, "own": new.own, "backfill": new.backfill}
            connection.execute(insert(budgets).values(**values, **told))
        else:
            ours = {"own": budgets.c.own + new.own, "backfill": budgets.c.backfill + new.backfill}
            connection.execute(update(budgets).where(here).values(**ours, **told))


def read_spent(database: Database, crm: str, day: str) -> Spent | None:
    question = select(budgets).where(budgets.c.crm == crm, budgets.c.day == day)
    with database.reading() as connection:
        row = connection.execute(question).first()
    return Spent(*row) if row else None
