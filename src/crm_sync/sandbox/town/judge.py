"""The rules of the sales promise, written again from docs/sla.md so that the product has something to be compared with.

Facts are what happened to one human in neutral words; instants are epoch seconds. No CRM's wording is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from crm_sync.sandbox.town.calendar import HOUR, MINUTE, days_later, due_after, open_days, worked, working_day_later
from crm_sync.sandbox.town.story import EXITS, LADDER

_MANY: Final = 1 << 12  # a block's people are judged when they are drawn, and again when the truth is written
_TIME = 8 * HOUR
_NEEDED = 5
_WITHIN = 14
_HALF_HOUR = 30 * MINUTE
_QUALIFIED: Final = frozenset(("mql", "sal"))
_RANKS: Final = {stage: place for place, stage in enumerate(LADDER)}
_EXCUSED: Final = ("duplicate", "spam", "test", "existing_customer", "opted_out")
_MISSED: Final = ("breached", "met_late", "closed_untouched")
_RUNNING: Final = ("on_track", "at_risk", "pending", "breached")
_WORST: Final = ("breached", "closed_untouched", "met_late", "met", "exempt")

Attempt = tuple[int, str]  # an instant and a channel


class Facts(NamedTuple):
    stages: tuple[tuple[int, str], ...]
    owners: tuple[tuple[int, str | None], ...]  # None: nobody in person
    attempts: tuple[Attempt, ...]
    answers: tuple[int, ...]  # booked meetings included
    booked: tuple[int, ...]
    reason: str | None = None
    opted_out: bool = False
    meetings: tuple[tuple[int, int], ...] = ()  # when they were booked, by anybody, and when they were held


class Cycle(NamedTuple):
    since: int  # the person was a qualified lead, held by somebody or not
    start: int
    end: int | None = None
    forward: bool = False


class Target(NamedTuple):
    state: str
    due: int | None
    at: int | None = None
    running: bool = False


class Verdict(NamedTuple):
    status: str
    target: str
    first: Target
    cadence: Target
    start: int | None
    attempts: int
    breaches: int


def judge(facts: Facts, now: int) -> Verdict | None:
    """The newest cycle's verdict; None for people who never were sales' business."""
    return _judged(facts, now) if _was_qualified(facts) else None


def verdicts(facts: Facts, times: Sequence[int]) -> list[Verdict | None]:
    """The verdict at each of these times."""
    if not _was_qualified(facts):
        return [None] * len(times)
    if all(one.end is not None and one.end <= min(times) for one in cycles_of(facts)):
        return [_judged(facts, times[0])] * len(times)  # what is over is judged alike ever after
    return [_judged(facts, now) for now in times]


@lru_cache(_MANY)
def _judged(facts: Facts, now: int) -> Verdict | None:
    cycles = [one for one in cycles_of(facts) if one.start <= now]
    if cycles:
        attempts = [_made(facts, one, now) for one in cycles]
        counts = [_apart(made) for made in attempts]
        judged = [
            (_first(facts, cycle, made, now), _cadence(facts, cycle, count, now))
            for cycle, made, count in zip(cycles, attempts, counts, strict=True)
        ]
        return _verdict(facts, cycles[-1], judged, len(counts[-1]))
    waiting = walk(facts)[-1][1] in _QUALIFIED
    nothing = Target("exempt" if facts.opted_out else "pending", None)
    return Verdict(nothing.state, "none", nothing, nothing, None, 0, 0) if waiting else None


def walk(facts: Facts) -> list[tuple[int, str]]:
    """The stage over time: exits always, after an exit anything on the ladder, on the ladder forward only."""
    found: list[tuple[int, str]] = []
    ranked = [(at, _RANKS.get(stage, -1), stage) for at, stage in facts.stages]
    for at, rank, stage in sorted(ranked, key=itemgetter(0, 1)):
        now = found[-1][1] if found else None
        if now is None or stage in EXITS or now in EXITS or rank > _RANKS.get(now, -1):
            found.append((at, stage))
    return found


@lru_cache(_MANY)
def cycles_of(facts: Facts) -> tuple[Cycle, ...]:
    """Every time somebody in person held a qualified lead. Who goes out and is back within a working day never left,
    and is held from then on if somebody got hold of them meanwhile."""
    found: list[Cycle] = []
    since: int | None = None
    left: int | None = None  # when the person went out
    got: int | None = None  # when somebody in person first held them since
    for at, stage, owner in _moments(facts):
        running = bool(found) and found[-1].end is None
        qualified = stage in _QUALIFIED
        if left is not None and qualified:
            back = at <= working_day_later(left)
            if back and found and found[-1].end == left:
                found[-1], running = found[-1]._replace(end=None, forward=False), True
            elif back and since is not None and got is not None:
                found.append(Cycle(since, got))
                running = True
            since, left, got = since if back else None, None, None
        since = at if qualified and since is None else since
        if running and not qualified:
            found[-1] = found[-1]._replace(end=at, forward=stage not in EXITS)
        elif qualified and owner is not None and not running:
            found.append(Cycle(since or at, at))
        since = since if qualified or stage in EXITS else None
        left = at if stage in EXITS and left is None else left
        got = at if left is not None and owner is not None and got is None else got
    return tuple(found)


def counted(facts: Facts, cycle: Cycle, now: int) -> list[int]:
    """The attempts of a cycle, those on one channel within half an hour of the last counted one left out."""
    return _apart(_made(facts, cycle, now))


def boundaries(facts: Facts, cycle: Cycle, now: int) -> list[int]:
    """Instants at which a touch a little earlier or later would count differently."""
    due, limit = due_after(cycle.start, _TIME), days_later(cycle.start, _WITHIN)
    ends = [cycle.end] if cycle.end is not None else []
    return [cycle.start - _HALF_HOUR, cycle.start, due, limit, *ends]


def _was_qualified(facts: Facts) -> bool:
    return any(stage in _QUALIFIED for _, stage in facts.stages)


def _moments(facts: Facts) -> Iterator[tuple[int, str, str | None]]:
    """Stage and owner after every change of either; changes of one second count together."""
    stage, owner = "", None
    changes: list[tuple[int, bool, str | None]] = [(at, True, what) for at, what in walk(facts)]
    changes += [(at, False, who) for at, who in facts.owners]
    for at, some in groupby(sorted(changes, key=itemgetter(0)), key=itemgetter(0)):
        for _, staged, what in some:
            stage, owner = (what or "", owner) if staged else (stage, what)
        yield at, stage, owner


def _made(facts: Facts, cycle: Cycle, now: int) -> list[Attempt]:
    """Attempts of the time of a cycle; of a meeting that was booked before, that it was held."""
    since, until = cycle.start - _HALF_HOUR, now if cycle.end is None else min(cycle.end, now)
    held = [(at, "meeting") for booked, at in facts.meetings if booked < since]
    return sorted([one for one in (*facts.attempts, *held) if since <= one[0] <= until])


def _apart(attempts: list[Attempt]) -> list[int]:
    last: dict[str, int] = {}
    found: list[int] = []
    for at, channel in attempts:
        if channel not in last or at - last[channel] > _HALF_HOUR:
            last[channel] = at
            found.append(at)
    return found


def _inside(times: tuple[int, ...], since: int, cycle: Cycle, until: int) -> list[int]:
    """Answers from `since` on, before the end, at or before `until`; those of before the start are known from it on."""
    end = cycle.end if cycle.end is not None else until + 1
    return [max(at, cycle.start) for at in times if since <= at < end and at <= until]


def _booked(facts: Facts, cycle: Cycle, until: int) -> list[int]:
    """A meeting may be what made the person a qualified lead."""
    return _inside(facts.booked, cycle.since - _HALF_HOUR, cycle, until)


def _first(facts: Facts, cycle: Cycle, attempts: list[Attempt], now: int) -> Target:
    due, limit = due_after(cycle.start, _TIME), days_later(cycle.start, _WITHIN)
    made = [at for at, _ in attempts] + _booked(facts, cycle, min(limit, now))
    if made:
        return Target("met" if min(made) <= due else "met_late", due, min(made))
    if cycle.end is not None and cycle.end <= now:
        return Target(_untouched(facts) if cycle.end <= due else "breached", due)
    if now > due:
        return Target("breached", due, running=True)
    return Target("at_risk" if worked(cycle.start, now) * 4 >= _TIME * 3 else "on_track", due, running=True)


def _cadence(facts: Facts, cycle: Cycle, made: list[int], now: int) -> Target:
    limit = days_later(cycle.start, _WITHIN)
    until = min(limit, now)
    if _inside(facts.answers, cycle.since, cycle, until) or _booked(facts, cycle, until):
        return Target("met", limit)
    if len(made) >= _NEEDED:
        return Target("met" if made[_NEEDED - 1] <= limit else "met_late", limit)
    if cycle.end is not None and cycle.end <= now:
        if cycle.end > limit:
            return Target("breached", limit)
        return Target(("met" if cycle.forward else "exempt") if made else _untouched(facts), limit)
    if now > limit:
        return Target("breached", limit, running=True)
    return Target("at_risk" if _hurry(cycle, limit, len(made), now) else "on_track", limit, running=True)


def _hurry(cycle: Cycle, limit: int, made: int, now: int) -> bool:
    passed = (now - cycle.start) * 4 >= (limit - cycle.start) * 3
    return passed or _NEEDED - made > open_days(now, limit)


def _untouched(facts: Facts) -> str:
    return "exempt" if facts.reason in _EXCUSED else "closed_untouched"


def _verdict(facts: Facts, cycle: Cycle, judged: list[tuple[Target, Target]], attempts: int) -> Verdict:
    first, cadence = judged[-1]
    breaches = sum(one.state in _MISSED for pair in (judged[:-1] if facts.opted_out else judged) for one in pair)
    if facts.opted_out:
        first, cadence = (Target("exempt", one.due, one.at) for one in (first, cadence))
        return Verdict("exempt", "none", first, cadence, cycle.start, attempts, breaches)
    running = [("first_attempt", first), ("cadence", cadence)]
    running = sorted(
        (one for one in running if one[1].running and one[1].state in _RUNNING), key=lambda one: one[1].due or 0
    )
    target, shown = running[0] if running else ("none", None)
    worst = min((first.state, cadence.state), key=_WORST.index) if shown is None else shown.state
    status = "breached" if worst == "closed_untouched" else worst
    return Verdict(status, target, first, cadence, cycle.start, attempts, breaches)
