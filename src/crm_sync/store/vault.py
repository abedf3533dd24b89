"""Tokens that their CRM replaces, kept in the database: encrypted, and renewed by one process at a time."""

from __future__ import annotations

import json
import os
import socket
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from crm_sync.clock import host_now
from crm_sync.errors import ConfigError
from crm_sync.store.database import Database
from crm_sync.store.schema import secrets

SHORTEST = 32  # characters of a key
KEY = "secret_key"
ALLOWED = f"{SHORTEST} characters or more, such as `openssl rand -base64 32` prints"
LOCKED = timedelta(minutes=2)  # after which a lock counts as left behind


class Vault:
    """One token under a name. `given` is the one of the settings: where a person puts another one there, it counts, not
    what grew out of the one before. Raises ConfigError for a key that is too short."""

    def __init__(self, database: Database, name: str, given: SecretStr, key: SecretStr | None) -> None:
        self.database, self.name, self.given = database, name, given
        self._locksmith = locksmith(name, key)
        self._me = f"{socket.gethostname()}:{os.getpid()}:{id(self)}"

    def read(self) -> SecretStr:
        """The newest token. Raises ConfigError when another key has locked it."""
        with self.database.reading() as connection:
            kept = connection.execute(select(secrets.c.value).where(secrets.c.name == self.name)).scalar()
        if kept is None:
            return self.given
        known = self._opened(kept)
        return known["token"] if known["given"] == self.given else self.given

    def write(self, token: SecretStr) -> None:
        known = {"given": self.given.get_secret_value(), "token": token.get_secret_value()}
        locked = self._locksmith.encrypt(json.dumps(known).encode()).decode()
        with self.database.writing() as connection:
            connection.execute(update(secrets).where(secrets.c.name == self.name).values(value=locked))

    def try_lock(self) -> bool:
        try:
            return self._taken()
        except IntegrityError:  # another process has just made the first row
            return False

    def _taken(self) -> bool:
        now = host_now()
        mine = {"locked_by": self._me, "locked_until": now + LOCKED}
        here, free = secrets.c.name == self.name, or_(secrets.c.locked_by.is_(None), secrets.c.locked_until < now)
        with self.database.writing() as connection:
            if connection.execute(select(secrets.c.name).where(here)).first() is None:
                connection.execute(insert(secrets).values(name=self.name, **mine))
                return True
            return connection.execute(update(secrets).where(here, free).values(mine)).rowcount == 1

    def unlock(self) -> None:
        mine = (secrets.c.name == self.name) & (secrets.c.locked_by == self._me)
        with self.database.writing() as connection:
            connection.execute(update(secrets).where(mine).values(locked_by=None, locked_until=None))

    def _opened(self, kept: str) -> Mapping[str, SecretStr]:
        try:
            known = json.loads(self._locksmith.decrypt(kept.encode()))
        except InvalidToken:
            fix = (
                f"Use the key of before, or put a new refresh token into {self.name} after deleting it from `secrets`."
            )
            raise ConfigError(
                KEY, "a key that does not open what the database holds", "the same key", fix=fix
            ) from None
        return {name: SecretStr(value) for name, value in known.items()}


def locksmith(name: str, key: SecretStr | None) -> Fernet:
    """Any text that is long enough makes a key; each token has its own."""
    if key is None:
        fix = f"Or put the token into a file of its own, {name}_file."
        raise ConfigError(KEY, f"nothing, and a token in {name}, whose successor needs a place", ALLOWED, fix=fix)
    if len(key.get_secret_value()) < SHORTEST:
        raise ConfigError(KEY, f"a text of {len(key.get_secret_value())} characters", ALLOWED)
    derived = HKDF(SHA256(), 32, salt=None, info=f"crm-sync {name}".encode())
    return Fernet(urlsafe_b64encode(derived.derive(key.get_secret_value().encode())))
