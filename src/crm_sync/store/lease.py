"""One run at a time: a lease with a heartbeat, and a token that shuts out whoever was overtaken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from crm_sync.clock import to_iso
from crm_sync.errors import Locked
from crm_sync.store.database import LEASE, Database
from crm_sync.store.schema import leases
from crm_sync.store.statements import upsert

HERE = leases.c.name == LEASE
WAITING = f"{LEASE} waits"
PATIENT = timedelta(seconds=30)  # for which one question to give way counts


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lease, since when, and until when without another heartbeat. Who `gives_way` lets others go first
    when they wait."""

    name: str
    token: int
    since: datetime
    expires_at: datetime
    gives_way: bool = False


@dataclass(slots=True)
class Lease:
    """Ours until `ttl` after the last beat."""

    database: Database
    holder: str
    token: int
    ttl: timedelta

    def beat(self, now: datetime) -> None:
        """Raises Locked when another run has taken over."""
        with self.database.writing(fenced=True) as connection:
            connection.execute(update(leases).where(HERE).values(expires_at=now + self.ttl))

    def let_go(self) -> None:
        """Others may hold it; what we would store meanwhile is refused, since our token is an old one."""
        give_back(self.database, self.token)

    def take_again(self, now: datetime) -> None:
        """Raises Locked while somebody else is at work."""
        self.token = take(self.database, self.holder, now, self.ttl, gives_way=True)
        self.database.token = self.token


@contextmanager
def hold(database: Database, holder: str, now: datetime, ttl: timedelta, *, gives_way: bool = False) -> Iterator[Lease]:
    """Until the end of the block nobody else may store pages or plans. Raises Locked when somebody holds it already."""
    lease = Lease(database, holder, take(database, holder, now, ttl, gives_way=gives_way), ttl)
    database.token = lease.token
    try:
        yield lease
    finally:
        database.token = None
        give_back(database, lease.token)


def take(database: Database, holder: str, now: datetime, ttl: timedelta, *, gives_way: bool = False) -> int:
    """The token grows with every taker, also with one that takes over an expired lease."""
    with database.writing() as connection:
        prepare(connection)
        found = connection.execute(select(leases).where(HERE).with_for_update()).one()
        if found.holder is not None and found.expires_at > now:
            raise Locked(
                f"{found.holder} has been at work on this store since {to_iso(found.since)}.",
                fix="Wait for it; if it is dead, `crm-sync lock release`.",
            )
        values = {"holder": holder, "token": found.token + 1, "since": now, "expires_at": now + ttl}
        connection.execute(update(leases).where(HERE).values(**values, gives_way=gives_way))
        return int(found.token) + 1


def announce(database: Database, holder: str, now: datetime) -> None:
    """One who waits is enough: whoever comes first goes first."""
    with database.writing() as connection:
        row = {"name": WAITING, "holder": holder, "token": 0, "since": now, "expires_at": now + PATIENT}
        upsert(connection, leases, [{**row, "gives_way": None}])


def withdraw(database: Database, holder: str) -> None:
    with database.writing() as connection:
        connection.execute(delete(leases).where(leases.c.name == WAITING, leases.c.holder == holder))


def read_waiting(database: Database, now: datetime) -> str | None:
    """One who has not asked for a while has died, and waits no more."""
    question = select(leases.c.holder).where(leases.c.name == WAITING, leases.c.expires_at > now)
    with database.reading() as connection:
        found = connection.execute(question).scalar()
    return None if found is None else str(found)


def prepare(connection: Connection) -> None:
    if connection.execute(select(leases.c.name).where(HERE)).first() is None:
        connection.execute(insert(leases).values(name=LEASE, token=0))


def give_back(database: Database, token: int) -> None:
    """Whoever was overtaken leaves the lease to its new holder."""
    with database.writing() as connection:
        connection.execute(update(leases).where(HERE, leases.c.token == token).values(holder=None, expires_at=None))


def read_holder(database: Database) -> Holder | None:
    with database.reading() as connection:
        found = connection.execute(select(leases).where(HERE)).first()
    if found is None or found.holder is None:
        return None
    return Holder(found.holder, found.token, found.since, found.expires_at, bool(found.gives_way))


def release(database: Database) -> Holder | None:
    """Takes the lease from its holder, who fails at its next step, and returns who that was."""
    holder = read_holder(database)
    if holder is not None:
        with database.writing() as connection:
            mine = HERE & (leases.c.token == holder.token)
            connection.execute(update(leases).where(mine).values(holder=None, expires_at=None, token=holder.token + 1))
    return holder
