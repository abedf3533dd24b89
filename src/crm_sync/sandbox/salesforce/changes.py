"""The event bus: what changed, in order, kept for three days so that a subscriber who was away can catch up."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from crm_sync.sandbox.world import Row, World

KEPT_MS = 3 * 86_400_000
#: Objects whose changes are told; an org begins with none selected, this one with those that sales works in.
SELECTED = ("Lead", "Contact", "Account", "Opportunity", "Task", "Event", "Campaign", "CampaignMember")
_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Change:
    """One record's change. `values` are stored values of the fields that it is about."""

    replay_id: int
    kind: str  # CREATE UPDATE DELETE UNDELETE
    object: str
    record_id: str
    values: Row
    at_ms: int
    user: str
    version: str
    transaction: str
    sequence: int


@dataclass(slots=True)
class Bus:
    """The changes that are still kept, oldest first."""

    selected: set[str] = field(default_factory=lambda: set(SELECTED))
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=_MOST))
    last: int = 0

    def after(self, replay_id: int, now_ms: int) -> list[Change]:
        """What came after this one; -2 means all that is kept."""
        while self.changes and self.changes[0].at_ms < now_ms - KEPT_MS:
            self.changes.popleft()
        if replay_id >= self.last:
            return []
        return [one for one in self.changes if one.replay_id > replay_id]


@dataclass(slots=True)
class Origin:
    """The request in which changes happen: they share its transaction and are numbered in it."""

    world: World
    user: str
    version: str
    transaction: str = ""
    sequence: int = 0


def bus(world: World) -> Bus:
    found: Bus = world.notes.setdefault("salesforce_bus", Bus())
    return found


def publish(origin: Origin, kind: str, name: str, record_id: str, values: Row) -> Callable[[], None]:
    """Puts a change on the bus and returns how to take it back."""
    lane = bus(origin.world)
    if name not in lane.selected or (kind == "UPDATE" and not values):
        return _nothing
    origin.sequence += 1
    origin.transaction = origin.transaction or str(uuid.UUID(int=lane.last + 1))
    lane.last += 1
    change = Change(
        lane.last,
        kind,
        name,
        record_id,
        {key: value for key, value in values.items() if value is not None or kind == "UPDATE"},
        origin.world.clock.now_ms(),
        origin.user,
        origin.version,
        origin.transaction,
        origin.sequence,
    )
    lane.changes.append(change)
    return lambda: _take_back(lane, change)


def _take_back(lane: Bus, change: Change) -> None:
    """Requests are taken back from their end, so the change is the last one, unless it has gone already."""
    if lane.changes and lane.changes[-1] is change:
        lane.changes.pop()


def _nothing() -> None:
    """An object whose changes nobody asked for leaves no trace."""
