"""What a human's story must not do, so that a verdict never hangs on seconds: if it does, it is drawn again."""

from __future__ import annotations

from crm_sync.sandbox.town.calendar import HOUR, MINUTE
from crm_sync.sandbox.town.facts import facts_of
from crm_sync.sandbox.town.judge import Cycle, Facts, boundaries, counted, cycles_of, judge, verdicts
from crm_sync.sandbox.town.story import Deal, Human, Touch

_CLEAR = 2 * MINUTE
_BEFORE, _AFTER = 2 * HOUR, 6 * HOUR  # around the town's now nothing may change by itself


def is_quiet(human: Human, deals: tuple[Deal, ...], now: int) -> bool:
    """True when the verdict is the same all evening and no touch lies next to a boundary by accident."""
    facts = facts_of(human, deals)
    verdict, before, after = verdicts(facts, (now, now - _BEFORE, now + _AFTER))
    if not before == verdict == after or (facts.opted_out and not _blameless(facts, now)):
        return False
    if verdict is None:
        return True
    return all(_is_clear(human, facts, cycle, now) for cycle in cycles_of(facts))


def _blameless(facts: Facts, now: int) -> bool:
    """Somebody who opted out must owe nobody anything, or the number of misses would be a matter of opinion."""
    verdict = judge(facts._replace(opted_out=False), now)
    return verdict is not None and verdict.breaches == 0 and verdict.start is not None


def _is_clear(human: Human, facts: Facts, cycle: Cycle, now: int) -> bool:
    marks = boundaries(facts, cycle, now)
    again = [at + 30 * MINUTE for at in counted(facts, cycle, now)]
    if cycle.end is not None and any(abs(cycle.end - one) < _CLEAR for one in marks[:-1]):
        return False
    marks += again
    return all(_is_apart(one, marks) for one in human.touches)


def _is_apart(touch: Touch, marks: list[int]) -> bool:
    times = [touch.at] if touch.mirror is None else [touch.at, touch.at + touch.mirror]
    times += [] if touch.starts is None else [touch.starts]
    near = [gap for at in times for mark in marks if (gap := abs(at - mark)) < _CLEAR]
    return not near or (touch.exact and max(near) == 0)
