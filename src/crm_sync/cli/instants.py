"""Instants as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

from crm_sync.errors import ConfigError


def instant(text: str, where: str) -> datetime:
    """A day (its midnight UTC) or an ISO instant. Raises ConfigError."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(where, repr(text), "a day or an instant, as in 2026-03-01 or 2026-03-01T12:00Z") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
