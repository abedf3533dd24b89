"""The calls that a CRM allows per day: how many there are, how many everybody has used, and when they come back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crm_sync.connectors.complaints import Answer

#: `api-usage=18/5000`, alone or before `; per-app-api-usage=17/250(appName=x)`; what the app alone may do binds, too.
USAGE: Final = re.compile(r"(?:^|[;,\s])(api-usage|per-app-api-usage)=(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Budget:
    """`limit` and `used` count the calls of everybody; None where the CRM has not told. `day` names the day that they
    belong to; `resets_at` is None where calls come back one by one, 24 hours after they were made."""

    day: str
    limit: int | None = None
    used: int | None = None
    resets_at: datetime | None = None

    @property
    def left(self) -> int | None:
        return None if self.limit is None or self.used is None else max(0, self.limit - self.used)


class Meter:
    """Reads the headers of every answer. `fallback` is the limit of the settings, for accounts that tell none; `zone`
    is where the account's midnight is; None for a CRM that counts the last 24 hours."""

    def __init__(self, fallback: int | None = None, zone: ZoneInfo | None = None) -> None:
        self.fallback, self.zone = fallback, zone
        self._told: tuple[int, int] | None = None

    def hear(self, answer: Answer) -> None:
        """Keeps what an answer tells; most tell, searches and logins do not."""
        self._told = read_daily(answer) or read_usage(answer) or self._told

    def budget(self, now: datetime) -> Budget:
        """What is known at `now`, by the CRM's clock."""
        used, limit = self._told or (None, self.fallback)
        here = now.astimezone(self.zone or UTC)
        return Budget(here.date().isoformat(), limit, used, midnight_after(here) if self.zone else None)


def read_daily(answer: Answer) -> tuple[int, int] | None:
    """(used, limit) from HubSpot's pair of headers; OAuth apps get none."""
    limit, left = (answer.headers.get(f"x-hubspot-ratelimit-daily{more}", "") for more in ("", "-remaining"))
    return (max(0, int(limit) - int(left)), int(limit)) if limit.isdigit() and left.isdigit() else None


def read_usage(answer: Answer) -> tuple[int, int] | None:
    """(used, limit) from Salesforce's header: of the org, or of our app where that leaves less."""
    found = [(int(used), int(limit)) for _, used, limit in USAGE.findall(answer.headers.get("sforce-limit-info", ""))]
    return min(found, key=lambda one: one[1] - one[0], default=None)


def midnight_after(here: datetime) -> datetime:
    """The next midnight of a zone, in UTC."""
    return datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo).astimezone(UTC)
