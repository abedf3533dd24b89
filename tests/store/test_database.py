"""Opening a database: created, migrated, or refused in one sentence."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, text

from crm_sync.errors import ConfigError, Failed
from crm_sync.records import Owner, Ref
from crm_sync.store import Store, open_store, upgrade
from crm_sync.store.database import Database, read_url
from crm_sync.store.schema import VERSION_TABLE, metadata
from crm_sync.store.types import Instant

from .samples import MONDAY, known, person


def test_the_directory_of_a_new_database_is_created(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/deep/down/store.db")
    assert (tmp_path / "deep/down/store.db").exists()
    store.close()


def test_a_database_in_memory_holds_what_it_is_given() -> None:
    store = open_store("sqlite://")
    store.save_page("hubspot", "contacts", [person()], cursor="1")
    assert store.snapshot().people == (person(),)
    store.close()


def test_migrations_lead_to_the_schema_that_the_code_has(store: Store) -> None:
    with store.database.reading() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_names() -> None:
    scripts = ScriptDirectory(str(Path(upgrade.__file__).parent / "migrations"))
    assert scripts.get_current_head() == upgrade.HEAD


def test_what_an_older_database_holds_is_kept_when_it_is_migrated(url: str) -> None:
    owner = Owner(Ref("hubspot", "owners", "7"), "1", MONDAY, name="Luis", time_zone="America/Mexico_City")
    made = at_revision(url, "0002")
    with made.writing() as connection:
        columns = "ref, version, modified_at, name, time_zone, human, active, live"
        insert = text(f"INSERT INTO owners ({columns}) VALUES (:ref, '1', :at, 'Luis', :zone, :yes, :yes, :yes)")
        at = bindparam("at", MONDAY, Instant)
        told = {"ref": str(owner.ref), "zone": owner.time_zone, "yes": True}
        connection.execute(insert.bindparams(at), told)
    made.close()
    again = open_store(url)
    assert again.snapshot().owners == (owner,)
    again.save_page("hubspot", "owners", [replace(owner, working_hours="monday 09:00-14:00")], cursor="2")
    assert again.snapshot().owners[0].working_hours == "monday 09:00-14:00"
    again.close()


def test_decisions_of_before_companies_could_be_decided_about_are_about_people(url: str) -> None:
    made = at_revision(url, "0009")
    with made.writing() as connection:
        columns = 'one, other, same, "by", at'
        at = bindparam("at", MONDAY, Instant)
        insert = text(f"INSERT INTO decisions ({columns}) VALUES (:one, :other, :same, 'ana', :at)")
        told = {"one": "hubspot:contacts:1", "other": "hubspot:contacts:2", "same": True}
        connection.execute(insert.bindparams(at), told)
    made.close()
    again = open_store(url)
    assert [one.about for one in again.snapshot().decisions] == ["person"]
    assert again.snapshot().company_decisions == ()
    again.close()


def test_whom_touches_name_is_found_in_a_database_of_before(url: str) -> None:
    ana, call = Ref("hubspot", "contacts", "51"), Ref("hubspot", "calls", "1")
    made = at_revision(url, "0009")
    with made.writing() as connection:
        columns = "ref, version, at, logged_at, modified_at, people, day_only, live"
        insert = text(f"INSERT INTO touches ({columns}) VALUES (:ref, '1', :at, :at, :at, :people, :no, :yes)")
        told = {"ref": str(call), "people": f'["{ana}", "{ana}"]', "yes": True, "no": False}
        connection.execute(insert.bindparams(bindparam("at", MONDAY, Instant)), told)
    made.close()
    again = open_store(url)
    assert [one.ref for one in again.snapshot_about(known("p-1", (ana,))).touches] == [call]
    again.close()


def test_touches_of_before_say_neither_who_wrote_them_nor_when_they_begin(url: str) -> None:
    made = at_revision(url, "0014")
    with made.writing() as connection:
        columns = "ref, version, at, logged_at, modified_at, day_only, live"
        insert = text(f"INSERT INTO touches ({columns}) VALUES ('hubspot:calls:1', '1', :at, :at, :at, :no, :yes)")
        told = {"yes": True, "no": False}
        connection.execute(insert.bindparams(bindparam("at", MONDAY, Instant)), told)
    made.close()
    again = open_store(url)
    (held,) = again.snapshot().touches
    assert (held.logged_by, held.starts_at) == (None, None)
    noted = replace(held, logged_by=Ref("salesforce", "User", "005"), starts_at=MONDAY)
    again.save_page("hubspot", "calls", [noted], cursor="2")
    assert again.snapshot().touches == (noted,)
    again.close()


@pytest.mark.parametrize("held", ["a1", None])
def test_the_matching_of_before_companies_had_one_is_that_of_people(url: str, held: str | None) -> None:
    made = at_revision(url, "0013")
    if held:
        with made.writing() as connection:
            connection.execute(text("INSERT INTO matchings (mark) VALUES (:held)"), {"held": held})
    made.close()
    again = open_store(url)
    assert (again.matching_in_force(), again.matching_in_force("company")) == (held, None)
    again.put_matching_in_force("b2", "company")
    assert (again.matching_in_force(), again.matching_in_force("company")) == (held, "b2")
    again.close()


def at_revision(url: str, revision: str) -> Database:
    """A new database as the code of that revision left it."""
    database = Database(read_url(url))
    with database.engine.connect() as plain:
        connection = plain.execution_options(writes=True)
        with connection.begin():
            metadata.drop_all(connection)
            connection.execute(text(f"DROP TABLE IF EXISTS {VERSION_TABLE}"))
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(upgrade.__file__).parent / "migrations"))
            command.upgrade(config, revision)
    return database


def test_opening_again_changes_nothing(store: Store, url: str) -> None:
    store.save_page("hubspot", "contacts", [person()], cursor="1")
    again = open_store(url)
    assert again.snapshot().people == (person(),)
    again.close()


def test_a_database_of_newer_code_is_refused(store: Store, url: str) -> None:
    with store.database.writing() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"at revision 9999.*newer crm-sync: install that one"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("not a url", "database: found a text that is not a URL; allowed: sqlite:///FILE or postgresql://"),
        ("mysql://u:hush@h/db", "database: found 'mysql:'; allowed: sqlite:///FILE or postgresql://"),
        ("postgresql+psycopg2://u:hush@h/db", "found 'postgresql.psycopg2:'"),
        ("postgresql://u:hush@127.0.0.1:1/db?sslpassword=hush", r"//u:\*\*\*@127.0.0.1:1/db: connection failed"),
        (
            "sqlite:////dev/null/x/store.db",
            "sqlite:////dev/null/x/store.db: Not a directory; allowed: a directory that",
        ),
        ("sqlite:////", "unable to open database file; allowed: an empty database, or one of crm-sync"),
    ],
)
def test_a_url_that_cannot_be_used_is_one_sentence_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        open_store(url)
    assert "hush" not in str(caught.value)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Ana, this is a letter and no database at all. " * 40)
    with pytest.raises(ConfigError, match="file is not a database; allowed: an empty database, or one of crm-sync"):
        open_store(f"sqlite:///{tmp_path}/letter.db")


def test_a_database_of_another_application_is_left_as_it_was(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE runs (distance INTEGER)")
    with pytest.raises(ConfigError, match="table runs already exists"):
        open_store(f"sqlite:///{tmp_path}/other.db")
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("runs",)]
    other.close()


def test_a_database_that_stops_answering_is_one_sentence(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    with sqlite3.connect(tmp_path / "store.db") as other:
        other.execute("DROP TABLE people")
    other.close()
    with pytest.raises(Failed, match=r"^store: sqlite:.*store.db: no such table: people$"):
        store.save_page("hubspot", "contacts", [person()], cursor="1")
    assert store.all_progress() == []
    store.close()
