"""An app's subscriptions, the events that wait for delivery, and what became of the deliveries."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any, Final

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.changes import Told, listen
from crm_sync.sandbox.webhooks.delivery import MOST_EVENTS, MOST_RETRIES, Outcome, post
from crm_sync.sandbox.webhooks.events import Subscription, event
from crm_sync.sandbox.world import World, from_ms

DEVELOPER_KEY: Final = "eu1-dev0-0000-4000-8000-000000000007"
_NOTE: Final = "hubspot_webhooks"


@dataclass(slots=True)
class Manner:
    """How deliveries are made. Waits are real time, and far shorter than HubSpot's 24 hours for ten retries."""

    wait_ms: int = 100  # for more events to share the POST with
    retry_ms: int = 1_000  # before the first retry; twice as long before each further one
    shuffle: bool = False
    repeat: float = 0.0  # the share of events that come twice
    seed: int = 7

    def set(self, said: Mapping[str, Any]) -> None:
        for name, value in said.items():
            if name not in self.__dataclass_fields__:
                raise ValueError(f"{name!r} is not known; there are {', '.join(self.__dataclass_fields__)}")
            if not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name!r} is {value!r}; it must be a number, 0 or more")
            setattr(self, name, value)


@dataclass(slots=True)
class Target:
    """Where an app listens, and how many requests it takes at once."""

    url: str
    most_at_once: int
    created_ms: int
    updated_ms: int


@dataclass(slots=True)
class Hooks:
    """One app's webhooks."""

    world: World
    target: Target | None = None
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    manner: Manner = field(default_factory=Manner)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=200))
    numbers: count[int] = field(default_factory=lambda: count(100_000_001))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _listens: bool = False
    _dice: Random | None = None

    def subscribe(self, one: Subscription) -> None:
        """Changes are heard from the first subscription on: before it, nobody pays for them."""
        self.subscriptions[one.id] = one
        if not self._listens:
            listen(self.world, self.hear)
            self._listens = True

    def switch(self, number: int, active: bool) -> Subscription:
        """Raises KeyError for a subscription that there is not."""
        now = self.world.clock.now_ms()
        self.subscriptions[number] = replace(self.subscriptions[number], active=active, updated_ms=now)
        return self.subscriptions[number]

    def hear(self, told: Told) -> None:
        """Keeps the event for every subscription that wants it; the delivery follows by itself."""
        known = account(self.world)
        wanted = [one for one in self.subscriptions.values() if one.wants(told)] if self.target else []
        for one in wanted:
            self.waiting.append(event(told, one, next(self.numbers), known.portal_id, known.app_id))
        if wanted and len(self.waiting) == len(wanted):
            self._start(self._deliver())

    def told(self) -> dict[str, Any]:
        """What a test asks for: keys, what waits, and the attempts so far."""
        known = account(self.world)
        return {
            "app_id": known.app_id,
            "developer_key": DEVELOPER_KEY,
            "client_secret": known.logins.client_secret,
            "target_url": self.target.url if self.target else None,
            "waiting": len(self.waiting),
            "under_way": len(self.tasks),
            "deliveries": list(self.log),
        }

    def stop(self) -> None:
        """No further attempt."""
        for task in list(self.tasks):
            task.cancel()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _deliver(self) -> None:
        """Everything that has gathered, a hundred events to a POST."""
        await asyncio.sleep(self.manner.wait_ms / 1000)
        events, self.waiting = self._disordered(self.waiting), []
        target = self.target
        if target is None:
            return
        room = asyncio.Semaphore(target.most_at_once)
        for start in range(0, len(events), MOST_EVENTS):
            self._start(self._attempts(target.url, events[start : start + MOST_EVENTS], room))

    def _disordered(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        dice = self._dice = self._dice or Random(self.manner.seed)
        again = [one for one in events if self.manner.repeat and dice.random() < self.manner.repeat]
        found = [*events, *again]
        if self.manner.shuffle:
            dice.shuffle(found)
        return found

    async def _attempts(self, url: str, events: list[dict[str, Any]], room: asyncio.Semaphore) -> None:
        """Until one is taken, or ten retries have failed."""
        secret = account(self.world).logins.client_secret
        for attempt in range(MOST_RETRIES + 1):
            sent = [{**one, "attemptNumber": attempt} for one in events]
            async with room:
                outcome = await asyncio.to_thread(post, url, secret, sent)
            self._note(attempt, len(events), outcome)
            if outcome.taken:
                return
            await asyncio.sleep(self.manner.retry_ms * 2**attempt / 1000)

    def _note(self, attempt: int, events: int, outcome: Outcome) -> None:
        at = from_ms(self.world.clock.now_ms()).isoformat()
        said = {"at": at, "attempt": attempt, "events": events, "status": outcome.status}
        self.log.append(said | ({"problem": outcome.problem} if outcome.problem else {}))


def hooks(world: World) -> Hooks:
    """The webhooks of the world's app."""
    found = world.notes.setdefault(_NOTE, None) or Hooks(world)
    world.notes[_NOTE] = found
    assert isinstance(found, Hooks)
    return found
