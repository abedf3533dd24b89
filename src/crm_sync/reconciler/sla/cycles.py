"""Cycles: the episodes of a person as a qualified lead in the hands of a human being."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from crm_sync.changes import StageEntry
from crm_sync.reconciler.owners import Owned, owner_at
from crm_sync.records import Ref

QUALIFIED = frozenset({"mql", "sal"})
EXITS = frozenset({"recycled", "disqualified"})
Went = Literal["forward", "out"]


@dataclass(frozen=True, slots=True)
class Cycle:
    """`owner` is the one at the start, `ended_at` None while it runs, `reason` the CRM's word for going out."""

    started_at: datetime
    owner: Ref
    ended_at: datetime | None = None
    went: Went | None = None
    reason: str | None = None


class Episode(NamedTuple):
    """A stretch of time as a qualified lead, owned or not."""

    since: datetime
    until: datetime | None
    went: Went | None


def cycles_of(
    history: Sequence[StageEntry],
    owned: Sequence[Owned],
    is_human: Callable[[Ref | None], bool],
    reason: str | None = None,
) -> tuple[Cycle, ...]:
    """Oldest first. `reason` is the one that the records hold now: it belongs to the last exit."""
    found = [cycle for episode in episodes(history) if (cycle := cycle_in(episode, owned, is_human))]
    exits = [place for place, cycle in enumerate(found) if cycle.went == "out"]
    if exits and reason:
        found[exits[-1]] = replace(found[exits[-1]], reason=reason)
    return tuple(found)


def waits_for_owner(history: Sequence[StageEntry], cycles: Sequence[Cycle]) -> bool:
    """A qualified lead now, and no human being has owned it since."""
    if not history or history[-1].stage not in QUALIFIED:
        return False
    return not cycles or cycles[-1].ended_at is not None


def episodes(history: Sequence[StageEntry]) -> Iterator[Episode]:
    """From the first qualified stage to the next that is not."""
    since: datetime | None = None
    for entry in history:
        if entry.stage in QUALIFIED:
            since = since or entry.at
        elif since:
            yield Episode(since, entry.at, "out" if entry.stage in EXITS else "forward")
            since = None
    if since:
        yield Episode(since, None, None)


def cycle_in(episode: Episode, owned: Sequence[Owned], is_human: Callable[[Ref | None], bool]) -> Cycle | None:
    """It starts with the episode, or with the first human owner inside of it."""
    owners = {episode.since: owner_at(owned, episode.since)}
    owners |= {
        change.at: change.owner for change in owned if change.at > episode.since
    }  # at one instant the last holds
    for at, owner in owners.items():
        if episode.until and at >= episode.until:
            return None
        if owner and is_human(owner):
            return Cycle(at, owner, episode.until, episode.went)
    return None
