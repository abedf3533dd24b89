"""One touch, told by several records: which of them name each other, whose word holds, and what was copied."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from crm_sync.mappings import Rules
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.timeline import Happened
from crm_sync.records import Ref, Touch

Group = Sequence[Happened]


def told_together(happened: Sequence[Happened]) -> Mapping[Ref, Group]:
    """Record → all records of one touch, where there are several: one names the other, or all the same id."""
    if not any(one.touch.same_as for one in happened):
        return {}
    heads: dict[Ref, Ref] = {}

    def head(ref: Ref) -> Ref:
        while (above := heads.get(ref, ref)) != ref:
            ref = above
        return ref

    for one in happened:
        for other in one.touch.same_as:
            heads[head(other)] = head(one.touch.ref)
    groups: dict[Ref, list[Happened]] = {}
    for one in happened:
        groups.setdefault(head(one.touch.ref), []).append(one)
    return {one.touch.ref: group for group in groups.values() if len(group) > 1 for one in group}


class Told(NamedTuple):
    """What a group of records says of one touch: `teller` is the record whose word holds, None where none of them is
    an attempt; `against` the one that says it was none of ours, or reached nobody; `logged_at` when the first was
    written."""

    teller: Ref | None
    against: Happened | None
    logged_at: datetime


def told_by(group: Group, fails: Callable[[Happened], bool]) -> Told:
    """A copy is written after what it copies, and may have its day for its time: the first that was written down holds,
    of those that know the time, and of those that do not `fail` as attempts."""
    against = next((one for one in group if one.activity and (one.activity.void or one.activity.answer)), None)
    ordered = sorted(group, key=lambda one: (one.touch.day_only, one.touch.logged_at, one.touch.ref))
    teller = None if against else next((one.touch.ref for one in ordered if not fails(one)), None)
    return Told(teller, against, min(one.touch.logged_at for one in group))


@dataclass(frozen=True, slots=True)
class Copies:
    """Attempts on each channel, whether they counted or not, to tell which later ones repeat them. An attempt has one
    copy that a program wrote."""

    rules: Rules
    directory: Directory
    _seen: dict[str | None, list[Touch]] = field(default_factory=dict)
    _copied: set[Ref] = field(default_factory=set)

    def original(self, touch: Touch, channel: str | None) -> Touch | None:
        """The attempt that the other CRM tells too, at the same time or copied from there by a program."""
        at_once = self.rules.mirrored_within.as_timedelta()
        found = next(self._mirrors(touch, channel, at_once), None)
        if found is None and touch.logged_by and not self.directory.is_human(touch.logged_by):
            later = self.rules.copied_within.as_timedelta()
            found = next((one for one in self._mirrors(touch, channel, later) if one.ref not in self._copied), None)
        if found:
            self._copied.add(found.ref)
        return found

    def remember(self, touch: Touch, channel: str | None) -> None:
        insort(self._seen.setdefault(channel, []), touch, key=attrgetter("at"))

    def _mirrors(self, touch: Touch, channel: str | None, within: timedelta) -> Iterator[Touch]:
        """The oldest first: so that each copy finds its own, though all of them come later."""
        seen = self._seen.get(channel, [])
        for place in range(bisect_left(seen, touch.at - within, key=attrgetter("at")), len(seen)):
            if seen[place].at > touch.at + within:
                return
            if self._mirror(touch, seen[place]):
                yield seen[place]

    def _mirror(self, one: Touch, other: Touch) -> bool:
        """Of two CRMs, and by the same colleague where both say by whom."""
        if one.ref.crm == other.ref.crm:
            return False
        return not (one.actor and other.actor) or self.directory.who(one.actor) == self.directory.who(other.actor)
