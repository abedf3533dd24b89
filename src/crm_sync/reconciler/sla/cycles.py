"""Cycles: the episodes of a person as a qualified lead, and in whose hands each of them was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

from crm_sync.changes import StageEntry
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.owners import Owned, owner_at
from crm_sync.reconciler.reasons import Reason, reason_of
from crm_sync.records import Ref, frozen

QUALIFIED = frozenset({"mql", "sal"})
EXITS = frozenset({"recycled", "disqualified"})
Went = Literal["forward", "out"]


class Hands(NamedTuple):
    """A human being owned the lead from `since` on; `until` None: still does, or did when the cycle ended."""

    owner: Ref
    since: datetime
    until: datetime | None


@frozen
class Cycle:
    """`qualified_at` starts the lead's clock, `started_at` the rep's: the first instant with a human owner, whose is
    `owner`. `ended_at` None while it runs, `reason` the CRM's word for closing the lead."""

    qualified_at: datetime
    stage: str
    hands: tuple[Hands, ...]
    ended_at: datetime | None = None
    went: Went | None = None
    reason: str | None = None

    @property
    def started_at(self) -> datetime | None:
        return self.hands[0].since if self.hands else None

    @property
    def owner(self) -> Ref | None:
        """The one at the start."""
        return self.hands[0].owner if self.hands else None

    def owner_at(self, at: datetime) -> Ref | None:
        """Whose the lead was; before the start, whose it became."""
        owner = self.owner
        for one in self.hands[1:]:
            owner = one.owner if one.since <= at else owner
        return owner


class Episode(NamedTuple):
    """A stretch of time as a qualified lead, owned or not."""

    since: datetime
    stage: str
    until: datetime | None
    went: Went | None


def cycles_of(
    history: Sequence[StageEntry],
    owned: Sequence[Owned],
    directory_at: Callable[[datetime | None], Directory],
    back_soon: Callable[[datetime, datetime], bool],
    reasons: Sequence[Reason] = (),
) -> tuple[Cycle, ...]:
    """Oldest first. `directory_at` tells who is who, as it was when a cycle ended; `back_soon` whether who went out at
    one instant and came back at another never really left; `reasons` are all that were ever given for closing it."""
    found = [
        Cycle(one.since, one.stage, hands_in(one, owned, directory_at(one.until)), one.until, one.went)
        for one in joined(episodes(history), back_soon)
    ]
    for place, reason in closed_for(found, reasons) if reasons else ():
        found[place] = replace(found[place], reason=reason)
    return tuple(found)


def closed_for(cycles: Sequence[Cycle], reasons: Sequence[Reason]) -> Iterator[tuple[int, str | None]]:
    """The reason of each cycle that ended. A reason is given for going out; that of who moved forward is one that was
    given since the cycle began, or stands there without its time and for no exit."""
    exits = [place for place, cycle in enumerate(cycles) if cycle.went == "out"]
    last = max(exits, default=max((place for place, cycle in enumerate(cycles) if cycle.went), default=None))
    for place, cycle in enumerate(cycles):
        since, until = cycle.qualified_at, cycles[place + 1].qualified_at if place + 1 < len(cycles) else None
        said = reasons if cycle.went == "out" else [one for one in reasons if one.at is None or one.at >= since]
        if cycle.went:
            yield place, reason_of(said, since, until, place == last)


def episodes(history: Sequence[StageEntry]) -> Iterator[Episode]:
    """From the first qualified stage to the next that is not."""
    first: StageEntry | None = None
    for entry in history:
        if entry.stage in QUALIFIED:
            first = first or entry
        elif first:
            yield Episode(first.at, first.stage, entry.at, "out" if entry.stage in EXITS else "forward")
            first = None
    if first:
        yield Episode(first.at, first.stage, None, None)


def joined(found: Iterator[Episode], back_soon: Callable[[datetime, datetime], bool]) -> Iterator[Episode]:
    """Who comes back soon after an exit is in the same episode."""
    held: Episode | None = None
    for one in found:
        if held and held.until and held.went == "out" and back_soon(held.until, one.since):
            held = Episode(held.since, held.stage, one.until, one.went)
            continue
        if held:
            yield held
        held = one
    if held:
        yield held


def hands_in(episode: Episode, owned: Sequence[Owned], directory: Directory) -> tuple[Hands, ...]:
    """The human owners inside an episode, in order. A colleague whom two CRMs name is one; who gets the lead back after
    nobody else had it kept it."""
    owners = {episode.since: owner_at(owned, episode.since)}
    owners |= {
        change.at: change.owner for change in owned if change.at > episode.since
    }  # at one instant the last holds
    found: list[Hands] = []
    for at, owner in owners.items():
        if episode.until and at >= episode.until:
            break
        if found and owner and directory.who(found[-1].owner) == directory.who(owner):
            found[-1] = found[-1]._replace(until=None)
            continue
        if found and found[-1].until is None:
            found[-1] = found[-1]._replace(until=at)
        if owner and directory.is_human(owner):
            found.append(Hands(owner, at, None))
    return tuple(found)
