"""Refresh tokens that CRMs may replace at every use: renewed by one process at a time, kept for the next one.

Whoever renews holds the lock, reads the newest token under it and writes its successor before anybody else may read.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from pydantic import SecretStr

from crm_sync.clock import stopwatch
from crm_sync.connectors.complaints import Answer
from crm_sync.connectors.private import Private
from crm_sync.errors import ConfigError, Failed, TryLater
from crm_sync.settings import from_file

EARLY: Final = 60.0  # seconds before its end at which an access token is renewed
LOOK: Final = 0.05  # seconds between two looks at a lock
LONGEST: Final = 90.0  # seconds for which another process may be renewing


class Keep(Protocol):
    """Where a refresh token lives between runs, shared by every process that uses it."""

    def read(self) -> SecretStr:
        """The newest token. Raises ConfigError."""

    def write(self, token: SecretStr) -> None:
        """Puts its successor in its place, whole or not at all."""

    def try_lock(self) -> bool:
        """Whether the token is ours alone now. A process that dies gives the lock back. Raises ConfigError when a
        successor could not be written: better before the CRM has replaced the token than after."""

    def unlock(self) -> None:
        """Others may renew."""


@asynccontextmanager
async def alone(keep: Keep, crm: str) -> AsyncIterator[None]:
    """The token to ourselves. Raises TryLater when another process takes too long."""
    began = stopwatch()
    while not keep.try_lock():
        if stopwatch() - began > LONGEST:
            raise TryLater(crm, f"another process has been renewing the login for {LONGEST:.0f} s", after=LONGEST)
        await asyncio.sleep(LOOK)
    try:
        yield
    finally:
        keep.unlock()


class FileKeep:
    """A token in a file of its own, mode 0600, replaced in one step; the lock stands beside it as `NAME.lock`."""

    def __init__(self, path: Path, where: str) -> None:
        self.path, self.where = path.expanduser(), where
        self._lock: int | None = None

    def read(self) -> SecretStr:
        return from_file(self.path, self.where)

    def write(self, token: SecretStr) -> None:
        target = self.path.resolve()  # a link stays a link
        fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
        with open(fresh, "w", encoding="utf-8", opener=private_file) as file:
            file.write(token.get_secret_value() + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)

    def try_lock(self) -> bool:
        try:
            lock = private_file(str(self.path.resolve()) + ".lock", os.O_RDWR | os.O_CREAT)
        except OSError as problem:
            found = f"{str(self.path.parent)!r}: {problem.strerror}"
            raise ConfigError(self.where, found, "a file in a directory that this user may write") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def private_file(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


@dataclass(frozen=True, slots=True)
class Access:
    """An access token; `until` is when it runs out, on our stopwatch. None when its CRM does not say."""

    token: SecretStr
    until: float | None = None

    @property
    def fresh(self) -> bool:
        return self.until is None or stopwatch() < self.until - EARLY

    def as_header(self) -> Private:
        return Private(Authorization=f"Bearer {self.token.get_secret_value()}")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token endpoint gave: `refresh` is the token for the next time, if it told one; `said` is all of it."""

    access: Access
    refresh: SecretStr | None
    said: Private

    @classmethod
    def of(cls, answer: Answer) -> Grant:
        """Raises Failed for an answer without a token."""
        asked, said = stopwatch(), answer.json()
        said = Private(said if isinstance(said, dict) else {})
        if not isinstance(said.get("access_token"), str):
            raise Failed(
                answer.crm, answer.call, "an answer without an access token", fix="Check the URL of the login."
            )
        lives = said.get("expires_in")
        until = asked + float(lives) if isinstance(lives, int | float) else None
        refresh = said.get("refresh_token")
        access = Access(SecretStr(said["access_token"]), until)
        return cls(access, SecretStr(refresh) if isinstance(refresh, str) and refresh else None, said)


def keep_successor(keep: Keep, used: SecretStr, grant: Grant) -> None:
    """Writes the token that took the place of the used one, if one did."""
    if grant.refresh is not None and grant.refresh != used:
        keep.write(grant.refresh)
