"""Tokens in the database: nobody reads them without the key, and one process at a time renews them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from crm_sync.clock import host_now
from crm_sync.errors import ConfigError
from crm_sync.store import Store, open_store
from crm_sync.store.schema import secrets
from crm_sync.store.vault import Vault

KEY = SecretStr("k" * 32)
GIVEN = SecretStr("the-first-token")
NAME = "hubspot.refresh_token"


def vault(store: Store, given: SecretStr = GIVEN, key: SecretStr | None = KEY) -> Vault:
    return Vault(store.database, NAME, given, key)


def written(store: Store, token: str) -> None:
    one = vault(store)
    assert one.try_lock()
    one.write(SecretStr(token))
    one.unlock()


def test_before_any_successor_the_token_of_the_settings_counts(store: Store) -> None:
    assert vault(store).read() == GIVEN


def test_the_successor_is_there_for_the_next_process_and_unreadable_in_the_database(store: Store, url: str) -> None:
    written(store, "canary-4711")
    again = open_store(url)
    assert vault(again).read() == SecretStr("canary-4711")
    with again.database.reading() as connection:
        kept = connection.execute(select(secrets.c.value)).scalar_one()
    assert "canary" not in kept
    again.close()


def test_a_token_that_a_person_puts_into_the_settings_counts_more_than_what_grew_from_the_old_one(store: Store) -> None:
    written(store, "canary-4711")
    assert vault(store, SecretStr("a-new-one")).read() == SecretStr("a-new-one")


def test_only_one_process_at_a_time_may_renew(store: Store, url: str) -> None:
    one, again = vault(store), open_store(url)
    other = vault(again)
    assert one.try_lock()
    assert not other.try_lock()
    other.unlock()
    assert not other.try_lock(), "who does not hold the lock cannot give it back"
    one.unlock()
    assert other.try_lock()
    again.close()


def test_a_process_that_died_while_it_renewed_gives_way(store: Store) -> None:
    one, other = vault(store), vault(store)
    assert one.try_lock()
    with store.database.writing() as connection:
        connection.execute(update(secrets).values(locked_until=host_now() - timedelta(seconds=1)))
    assert other.try_lock()


def test_taking_the_lock_leaves_the_token_as_it_is(store: Store) -> None:
    written(store, "canary-4711")
    assert vault(store).try_lock()
    assert vault(store).read() == SecretStr("canary-4711")


def test_another_key_is_told_and_shows_nothing(store: Store) -> None:
    written(store, "canary-4711")
    with pytest.raises(ConfigError, match="secret_key: found a key that does not open") as told:
        vault(store, key=SecretStr("x" * 40)).read()
    assert "canary" not in str(told.value)


@pytest.mark.parametrize(("key", "told"), [(None, "refresh_token_file"), (SecretStr("short"), "openssl rand")])
def test_a_key_that_cannot_work_is_told_with_what_would(store: Store, key: SecretStr | None, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        vault(store, key=key)
