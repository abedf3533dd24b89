"""Brings a database to the schema of this code: all migrations in one transaction, or none."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from crm_sync.errors import ConfigError
from crm_sync.store.database import WHERE, Database, first_line, public
from crm_sync.store.schema import VERSION_TABLE

HEAD = "0018"  # the newest revision in migrations/versions
ONE_AT_A_TIME = 7_214_318  # any number: PostgreSQL's advisory lock while migrating


def upgrade(database: Database) -> None:
    """Raises ConfigError when the database cannot be used or was written by newer code."""
    try:
        with database.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                migrate(connection, public(database.url))
    except DatabaseError as problem:
        raise ConfigError(WHERE, f"{public(database.url)}: {first_line(problem)}", USABLE) from None


USABLE = "an empty database, or one of crm-sync, that can be reached and written with the name and password in the URL"


def migrate(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    found = revision_of(connection)
    if found != HEAD:
        run_migrations(connection, found, where)


def revision_of(connection: Connection) -> str | None:
    """The revision that the database stands at; None for an empty one."""
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return None if found is None else str(found)


def run_migrations(connection: Connection, found: str | None, where: str) -> None:
    # alembic takes a quarter of a second to import; a database that is up to date does not need it
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ConfigError(WHERE, f"{where} at revision {found}", f"up to revision {HEAD}", fix=NEWER)
    command.upgrade(config, "head")


NEWER = "It was written by a newer crm-sync: install that one."
