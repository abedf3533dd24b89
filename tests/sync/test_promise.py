"""The promise over time: an edit holds from the run that first sees it, and a bad table changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings import Promise, load_vocabulary
from crm_sync.settings import Settings, load_settings
from crm_sync.store import Store, open_store
from crm_sync.store.promises import last_good
from crm_sync.sync.promise import former_promises, keep
from crm_sync.wiring import build

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store() -> Store:
    return open_store("sqlite://")


def edited(directory: Path, old: str, new: str) -> Promise:
    shipped = (Path(load_vocabulary.__code__.co_filename).parent / "sla.toml").read_text(encoding="utf-8")
    assert old in shipped
    (directory / "sla.toml").write_text(shipped.replace(old, new), encoding="utf-8")
    return load_vocabulary(directory).promise


def test_the_first_promise_stands_for_all_time_before_it(store: Store) -> None:
    promise = load_vocabulary().promise
    assert former_promises(store, promise, MONDAY) == ()
    keep(store, promise, MONDAY)
    assert former_promises(store, promise, MONDAY + DAY) == ()


def test_an_edit_holds_from_the_run_that_first_sees_it(store: Store, tmp_path: Path) -> None:
    before, after = load_vocabulary().promise, edited(tmp_path, '= "8bh"', '= "4bh"')
    keep(store, before, MONDAY)
    assert former_promises(store, after, MONDAY + DAY) == ((MONDAY + DAY, before),)
    keep(store, after, MONDAY + DAY)
    assert former_promises(store, after, MONDAY + 9 * DAY) == ((MONDAY + DAY, before),)


def test_the_words_of_a_comment_are_nothing_new(store: Store, tmp_path: Path) -> None:
    keep(store, load_vocabulary().promise, MONDAY)
    keep(store, edited(tmp_path, "# The promise", "# Our promise"), MONDAY + DAY)
    assert len(store.promises()) == 1


def test_tables_that_nobody_can_read_any_more_are_left_out(store: Store) -> None:
    store.keep_promise("0", '{"sla.toml": "what", "calendars.toml": "", "holidays.toml": ""}', MONDAY - DAY)
    keep(store, load_vocabulary().promise, MONDAY)
    assert former_promises(store, load_vocabulary().promise, MONDAY + DAY) == ()
    assert last_good(store.promises()) == load_vocabulary().promise


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "exports").mkdir()
    (tmp_path / "mappings").mkdir()
    lines = ['database = "sqlite:///store.db"', 'mappings = "mappings"', "[files]", 'directory = "exports"']
    (tmp_path / "crm-sync.toml").write_text("\n".join(lines))
    return load_settings(tmp_path / "crm-sync.toml")


def test_a_table_that_became_bad_leaves_the_last_good_one_in_force(settings: Settings, tmp_path: Path) -> None:
    house = build(settings)
    keep(house.store, house.vocabulary.promise, MONDAY)
    house.store.close()
    (tmp_path / "mappings" / "sla.toml").write_text('version = "2"\n[policies]\n')
    again = build(settings)
    again.store.close()
    assert again.vocabulary.promise == load_vocabulary().promise
    [note] = again.notes
    assert note.startswith("sla.toml: ")
    assert note.endswith("The last good version of the promise stays in force.")


def test_without_a_good_one_a_bad_table_is_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "mappings" / "calendars.toml").write_text("[office]\n")
    with pytest.raises(ConfigError, match=r"calendars.toml: \[office\]"):
        build(settings)


def test_the_promise_stands_in_for_no_other_table(settings: Settings, tmp_path: Path) -> None:
    house = build(settings)
    keep(house.store, house.vocabulary.promise, MONDAY)
    house.store.close()
    (tmp_path / "mappings" / "lifecycle.toml").write_text("[mql]\n")
    with pytest.raises(ConfigError, match=r"lifecycle.toml"):
        build(settings)
