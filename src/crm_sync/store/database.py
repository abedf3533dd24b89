"""One database by its URL: transactions that read, transactions that write, and the fence around the latter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from crm_sync.errors import ConfigError, Failed, Locked
from crm_sync.store.schema import leases

WHERE = "database"
ALLOWED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
IN_MEMORY = "sqlite://"
LEASE = "sync"
WAIT_MS = 15_000  # how long a SQLite writer waits for another one


class Database:
    """Opens transactions. While `token` is set, a writing transaction fails once another run has taken the lease."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.token: int | None = None
        self.engine = connected_engine(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view of the database, which no writer disturbs or waits for."""
        with self.speaking(), self.engine.connect() as plain:
            level = {"isolation_level": "REPEATABLE READ"} if self.url.get_backend_name() == "postgresql" else {}
            connection = plain.execution_options(**level)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *, fenced: bool = False) -> Iterator[Connection]:
        """All or nothing. Raises Locked when `fenced` and our lease is lost."""
        with self.speaking(), self.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                if fenced and self.token is not None:
                    check_token(connection, self.token)
                yield connection

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """A database that stops answering becomes one sentence, without the password in its URL."""
        try:
            yield
        except OperationalError as problem:
            raise Failed("store", public(self.url), first_line(problem)) from None

    def close(self) -> None:
        self.engine.dispose()


def check_token(connection: Connection, token: int) -> None:
    """The row stays locked until our commit, so that nobody can overtake us in between."""
    found = connection.execute(MINE).one()
    if found.token != token:
        holder = f"{found.holder} has taken over" if found.holder else "the lock was released by hand"
        raise Locked(f"This run has lost its lock: {holder}.", fix="Nothing of this step was stored; run it again.")


MINE = select(leases.c.token, leases.c.holder).where(leases.c.name == LEASE).with_for_update(read=True)


def connected_engine(url: URL) -> Engine:
    """Raises ConfigError when the driver is missing."""
    try:
        engine = create_engine(url, **engine_options(url))
    except ImportError:
        raise ConfigError(WHERE, "a PostgreSQL URL without its driver", ALLOWED, fix=INSTALL_DRIVER) from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_sqlite)
    return engine


INSTALL_DRIVER = "`pip install 'crm-sync[postgresql]'` installs the driver."


def engine_options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "postgresql":
        return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10, "options": "-c timezone=UTC"}}
    if in_memory(url):
        return {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    return {}


def prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """The driver must not begin or commit on its own: it would end transactions before the schema changes in them."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", f"busy_timeout = {WAIT_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: one that first reads could not wait for another writer later."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def read_url(text: str) -> URL:
    """Raises ConfigError for anything that is neither SQLite nor PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ConfigError(WHERE, "a text that is not a URL", ALLOWED) from None
    match url.drivername:
        case "sqlite":
            return url
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return url.set(drivername="postgresql+psycopg")
    raise ConfigError(WHERE, repr(f"{url.drivername}:"), ALLOWED)


def make_directory(url: URL) -> None:
    """The directory that a SQLite file will stand in. Raises ConfigError."""
    if url.get_backend_name() != "sqlite" or in_memory(url):
        return
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigError(WHERE, f"{public(url)}: {problem.strerror}", "a directory that this user may write") from None


def is_there(url: URL) -> bool:
    """Whether there is a store that can be read, as far as a look at files tells."""
    return url.get_backend_name() != "sqlite" or in_memory(url) or Path(str(url.database)).exists()


def in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def public(url: URL) -> str:
    """The URL without anything that could be secret."""
    return url.set(query={}).render_as_string(hide_password=True)


def first_line(problem: DBAPIError) -> str:
    return str(problem.orig).strip().partition("\n")[0]
