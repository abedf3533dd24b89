"""Instants as people type them, and as they read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_sync.clock import SAID, on_wall, to_iso, told_on_wall
from crm_sync.errors import ConfigError, CrmSyncError
from crm_sync.mappings.tables import YEARS
from crm_sync.settings import Settings

if TYPE_CHECKING:
    from crm_sync.mappings import Vocabulary
    from crm_sync.store import Store


class Wall:
    """The wall of whoever reads: tables and sentences show its time and name its zone. JSON keeps UTC."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def __call__(self, at: datetime | None) -> str:
        return on_wall(at, self.zone) if at else ""

    def told(self, text: str) -> str:
        """A sentence with its instants on this wall."""
        return told_on_wall(text, self.zone)

    @property
    def note(self) -> str:
        return f"[dim]Times in {self.zone.key}[/]"


def zone_of(vocabulary: Vocabulary) -> ZoneInfo:
    """Where the teams work: days that people name begin there."""
    return vocabulary.promise.working_time.zone_now


def wall_of(settings: Settings, vocabulary: Vocabulary) -> Wall:
    """The reader's zone by the settings; else that of the house, so that both teams read the same."""
    return Wall(ZoneInfo(settings.time_zone) if settings.time_zone else zone_of(vocabulary))


def wall_in(settings: Settings, store: Store) -> Wall:
    """The same for commands that need nothing else of the tables."""
    from crm_sync.store.promises import in_force

    if settings.time_zone:
        return Wall(ZoneInfo(settings.time_zone))
    return wall_of(settings, in_force(settings.mappings, store.promises())[0])


@contextmanager
def errors_told_on(wall: Wall) -> Iterator[None]:
    """Errors that leave the block tell their instants on a wall and name its zone: lower floors know UTC alone."""
    try:
        yield
    except CrmSyncError as problem:
        if SAID.search(str(problem)):
            problem.args = tuple(wall.told(part) for part in problem.args)
            problem.fix = f"{wall.told(problem.fix)} Times in {wall.zone.key}.".lstrip()
        raise


def instant(text: str, where: str) -> datetime:
    """A day (its midnight UTC) or an ISO instant. Raises ConfigError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(where, repr(text), "a day or an instant, as in 2026-03-01 or 2026-03-01T12:00Z") from None
    if at.year not in YEARS:
        raise ConfigError(where, repr(text), f"a day or an instant from {YEARS[0]} to {YEARS[-1]}")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def day_or_instant(text: str, where: str, zone: ZoneInfo) -> datetime:
    """A day (its midnight on a wall) or an ISO instant. Raises ConfigError."""
    at = instant(text, where)
    named = datetime.fromisoformat(text).tzinfo is not None
    return at if named else at.replace(tzinfo=zone).astimezone(UTC)


def past_instant(text: str, where: str, zone: ZoneInfo, read: datetime) -> datetime:
    """The same, of the time of which the CRMs have been `read`: nobody knows what lies ahead. Raises ConfigError."""
    at = day_or_instant(text, where, zone)
    if at > read:
        raise ConfigError(
            where, repr(text), f"a day or an instant up to {to_iso(read)}, up to which the CRMs were read"
        )
    return at
