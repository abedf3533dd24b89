"""Whatever goes wrong: one clear sentence, the right exit code, nothing half-written, and no secret ever shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_sync.mappings import copy_mappings
from crm_sync.store import open_store
from crm_sync.store.schema import VERSION_TABLE
from tests.cli.commands import Ran, crm, crm_outside
from tests.cli.conftest import OwnStore
from tests.cli.settings import Changes
from tests.cli.wire import forget_calls, scopes, writes
from tests.sync.town import Town

pytestmark = pytest.mark.slow

CANARY = "canary-4f1c9"
NOWHERE = "127.0.0.1:9"


def one_sentence(ran: Ran, code: int, *told: str) -> None:
    """Only that on stderr, nothing on stdout."""
    assert (ran.code, ran.out, len(ran.lines)) == (code, "", 1), ran.err
    assert ran.err.startswith("crm-sync: ")
    assert "Traceback" not in ran.err
    for words in told:
        assert words in ran.err


def outbox_of(file: Path) -> dict[str, int]:
    store = open_store(f"sqlite:///{file.parent}/own.db")
    try:
        return store.outbox_counts()
    finally:
        store.close()


LOGINS: dict[str, tuple[Changes, int, tuple[str, ...]]] = {
    "a wrong HubSpot token": ({"hubspot": {"token": CANARY}}, 6, ("hubspot", "CRM_SYNC_HUBSPOT__TOKEN")),
    "no HubSpot token": ({"hubspot": {"token": None}}, 4, ("hubspot.token", "service key")),
    "a wrong Salesforce secret": ({"salesforce": {"client_secret": CANARY}}, 6, ("Check salesforce.client_secret",)),
    "a wrong Salesforce client id": ({"salesforce": {"client_id": "x"}}, 6, ("Check salesforce.client_id",)),
    "no Salesforce secret": ({"salesforce": {"client_secret": None}}, 4, ("neither a secret nor a key",)),
    "HubSpot out of reach": ({"hubspot": {"base_url": f"http://{NOWHERE}"}}, 1, (NOWHERE, "hubspot.base_url")),
    "Salesforce out of reach": ({"salesforce": {"login_url": f"https://{NOWHERE}"}}, 1, (NOWHERE, "login_url")),
    "a URL that is none": ({"hubspot": {"base_url": "api.hubapi.com"}}, 4, ("hubspot.base_url", "https://")),
    "a token file that is not there": (
        {"hubspot": {"token_file": "/no/token"}},
        4,
        ("hubspot.token_file", "/no/token"),
    ),
    "an authority that is not there": ({"salesforce": {"ca_file": "/no/ca.pem"}}, 4, ("ca_file", "/no/ca.pem")),
    "an authority that is not trusted": ({"salesforce": {"ca_file": None}}, 1, ("Set salesforce.ca_file",)),
}


@pytest.mark.parametrize("case", LOGINS)
def test_a_login_that_fails_costs_nothing(synced: Town, own: OwnStore, case: str) -> None:
    changes, code, told = LOGINS[case]
    file = own(**changes)
    forget_calls(synced)
    one_sentence(crm("--config", file, "sync"), code, *told)
    assert writes(synced) == {}
    assert outbox_of(file) == {}
    assert crm("--config", file, "status", "--json").json["progress"] == {}


@pytest.mark.parametrize("case", ["a wrong HubSpot token", "a wrong Salesforce secret", "HubSpot out of reach"])
def test_the_doctor_looks_at_the_other_crm_all_the_same(own: OwnStore, case: str) -> None:
    changes, code, told = LOGINS[case]
    ran = crm("--config", own(**changes), "doctor")
    assert ran.code == code
    assert ran.out.count("to do") == ran.out.count("  ok  ") == 1
    assert all(words in ran.out for words in told)


SETTINGS: dict[str, tuple[Changes, tuple[str, ...]]] = {
    "an unknown key": ({"hubspot": {"tokn": CANARY}}, ("hubspot.tokn", "one of token, token_file")),
    "an unknown table": ({"databse": CANARY}, ("databse", "one of database")),
    "no CRM at all": ({"hubspot": None, "salesforce": None}, ("a [hubspot], a [salesforce] or a [files] table",)),
    "a language that is none": ({"language": "fr"}, ("language", "'en' or 'es'")),
    "a URL of no database": ({"database": CANARY}, ("database", "sqlite:///FILE")),
    "a database that is not ours": ({"database": f"mysql://u:{CANARY}@h/n"}, ("'mysql:'", "sqlite:///FILE")),
    "a database out of reach": ({"database": f"postgresql://u:{CANARY}@{NOWHERE}/n"}, ("u:***@", "refused")),
    "a directory that cannot be": ({"database": "sqlite:////dev/null/x.db"}, ("database", "/dev/null/x.db")),
    "mappings that are not there": ({"mappings": "gone"}, ("mappings", "crm-sync init")),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_do_not_fit_name_the_key_and_what_is_allowed(own: OwnStore, case: str) -> None:
    changes, told = SETTINGS[case]
    ran = crm("--config", own(**changes), "sync")
    one_sentence(ran, 4, *told)
    assert CANARY not in ran.err


@pytest.mark.parametrize(
    ("text", "told"),
    [(None, "`crm-sync init` writes one"), ("[hubspot\n", "TOML"), ("[hubspot]\ntoken = 5\n", "hubspot.token")],
)
def test_a_settings_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "mine.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    one_sentence(crm("--config", file, "status"), 4, str(file), told)


def test_a_directory_instead_of_a_settings_file_is_named(tmp_path: Path) -> None:
    ran = crm("--config", tmp_path, "status")
    assert (ran.out, len(ran.lines)) == ("", 1)
    assert str(tmp_path) in ran.err


MAPPINGS = {
    "lifecycle.toml": ('team        = "sales"', 'taem = "x"\nteam = "sales"', ("[mql]", "taem", "one of", "team")),
    "channels.toml": ("[", "[[[", ("TOML in UTF-8",)),
    "activities.toml": ("\n[call_out]", "\n[[[call_out]", ("TOML in UTF-8",)),
    "fields.toml": ("[", "[[[", ("TOML in UTF-8",)),
    "sla.toml": ("[", "[[[", ("TOML in UTF-8",)),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_table_that_is_broken_stops_everything_before_a_call(
    synced: Town, own: OwnStore, tmp_path: Path, name: str
) -> None:
    before, after, told = MAPPINGS[name]
    copy_mappings(tmp_path / "mappings")
    table = tmp_path / "mappings" / name
    table.write_text(table.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    file = own(mappings="mappings")
    forget_calls(synced)
    one_sentence(crm("--config", file, "sync"), 4, name, *told)
    assert not any(synced.calls().values())


@pytest.fixture
def without(synced: Town) -> Iterator[Any]:
    """Takes scopes away from the HubSpot token, until the test ends."""
    taken: list[str] = []

    def take(*names: str) -> None:
        taken.extend(names)
        scopes(synced, remove=list(names))

    yield take
    scopes(synced, add=taken)


def test_a_missing_scope_is_named_by_the_doctor_and_by_the_sync(synced: Town, own: OwnStore, without: Any) -> None:
    without("crm.objects.deals.read")
    ran = crm("--config", own(), "doctor")
    assert ran.code != 0
    assert "lacks the scope crm.objects.deals.read" in ran.out
    forget_calls(synced)
    ran = crm("--config", own(), "--quiet", "sync")
    one_sentence(ran, 6, "Grant crm.objects.deals.read", "crm-sync doctor")
    assert writes(synced) == {}


def test_a_sync_that_may_not_write_says_so_and_the_next_one_writes(synced: Town, own: OwnStore, without: Any) -> None:
    file = own()
    contact = next(ref for ref in synced.held_by_hubspot())
    synced.hubspot_edit(contact.rpartition(":")[2], {"smk_next_action": "something else"})
    without("crm.objects.contacts.write")
    ran = crm("--config", file, "--quiet", "sync")
    one_sentence(ran, 6, "Grant crm.objects.contacts.write")
    assert synced.held()[contact]["next_action"] == "something else"
    scopes(synced, add=["crm.objects.contacts.write"])
    assert crm("--config", file, "sync").code == 0
    assert synced.held()[contact].get("next_action") != "something else"


def test_a_database_of_newer_code_is_left_alone(own: OwnStore) -> None:
    file = own()
    open_store(f"sqlite:///{file.parent}/own.db").close()
    with sqlite3.connect(file.parent / "own.db") as database:
        database.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    database.close()
    one_sentence(crm("--config", file, "sync"), 4, "revision 9999", "newer crm-sync")


def test_a_file_that_is_no_database_is_named(own: OwnStore, tmp_path: Path) -> None:
    (tmp_path / "own.db").write_text("just some text, long enough to be no header of SQLite" * 20, encoding="utf-8")
    one_sentence(crm("--config", own(), "sync"), 4, "own.db", "not a database")


@pytest.mark.parametrize(
    ("case", "word"),
    [("a wrong HubSpot token", "sync"), ("a wrong HubSpot token", "doctor"), ("a wrong Salesforce secret", "sync")],
)
def test_not_even_debugging_shows_a_secret(own: OwnStore, case: str, word: str) -> None:
    ran = crm_outside("--debug", "--config", own(**LOGINS[case][0]), word)
    assert ran.code == 6
    assert "HTTP Request: " in ran.err
    assert CANARY not in ran.out + ran.err
