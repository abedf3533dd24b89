"""What is allowed, and what has been used of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from crm_sync.sandbox.asgi import Spoken
from crm_sync.sandbox.hubspot.account import today
from crm_sync.sandbox.salesforce.usage import used
from crm_sync.sandbox.world import World

#: A refusal, or none; and headers for the answer when there is none.
Verdict = tuple[Spoken | None, Mapping[str, str]]


@dataclass(slots=True)
class Limits:
    """What is allowed. HubSpot's are those of a private app in a Professional or Enterprise account."""

    hubspot_burst: int = 190  # in 10 s, per token
    hubspot_oauth_burst: int = 110  # in 10 s, for tokens of public apps
    hubspot_search: int = 5  # in 1 s, per account
    hubspot_associations: int = 150  # in 10 s, per account
    hubspot_daily: int = 1_000_000  # until midnight in the account's time zone
    hubspot_retry_after: int = 0  # 1 sends the undocumented Retry-After with a 429
    salesforce_daily: int = 100_000  # in 24 hours, rolling
    salesforce_per_app: int = 0  # told beside it in Sforce-Limit-Info, and not enforced; 0 is silent
    salesforce_long: int = 25  # calls at once that have been running for long
    salesforce_long_ms: int = 20_000  # what is long

    def set(self, said: Mapping[str, Any]) -> None:
        """Some of them. Raises ValueError with what there is."""
        known = [one.name for one in fields(self)]
        for name, value in said.items():
            if name not in known:
                raise ValueError(f"{name!r} is no quota; there are {', '.join(known)}")
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name!r} is {value!r}; it must be a whole number, 0 or more")
            setattr(self, name, value)


class Window:
    """Calls of the last so many milliseconds."""

    def __init__(self, length_ms: int) -> None:
        self.length_ms = length_ms
        self.calls: deque[int] = deque()

    def used(self, now: int) -> int:
        while self.calls and self.calls[0] <= now - self.length_ms:
            self.calls.popleft()
        return len(self.calls)

    def wait_ms(self, now: int) -> int:
        """Until the oldest call leaves the window."""
        return self.calls[0] + self.length_ms - now if self.calls else 0


@dataclass(slots=True)
class Quotas:
    """The limits, whether they hold, and what has been used of them. `ticks` is real time in seconds."""

    world: World
    on: bool = False
    limits: Limits = field(default_factory=Limits)
    ticks: Callable[[], float] = time.monotonic
    bursts: dict[str, Window] = field(default_factory=dict)
    search: Window = field(default_factory=lambda: Window(1_000))
    associations: Window = field(default_factory=lambda: Window(10_000))
    running: dict[object, tuple[str, float]] = field(default_factory=dict)
    today: tuple[str, int] = ("", 0)

    def told(self) -> dict[str, Any]:
        """The switch, the limits and the use, as JSON."""
        spent = {"hubspot_daily": self.used_today(), "salesforce_daily": used(self.world)}
        return {"on": self.on, "limits": asdict(self.limits), "used": spent}

    def restart(self) -> None:
        """Nothing used yet; limits and switch stay."""
        self.bursts.clear()
        self.today = ("", 0)
        for one in (self.search, self.associations):
            one.calls.clear()

    def real_ms(self) -> int:
        return int(self.ticks() * 1000)

    def burst(self, token: str) -> Window:
        return self.bursts.setdefault(token, Window(10_000))

    def used_today(self) -> int:
        """Calls since midnight in the account's time zone."""
        day, calls = self.today
        return calls if day == today(self.world) else 0

    def count_today(self) -> None:
        self.today = today(self.world), self.used_today() + 1
