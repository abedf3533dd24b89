"""How sales follows one qualified lead: attempts, answers, things that only look like attempts, and the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crm_sync.sandbox.town.calendar import DAY, HOUR, MINUTE, days_later, due_after
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.story import BOTH, HUBSPOT, SALESFORCE, Touch

_AT_ONCE: Final = 80  # seconds
_APART = 40 * MINUTE  # more than the half hour in which two attempts on one channel are the same one

EXCUSED: Final = ("duplicate", "spam", "test", "existing_customer", "opted_out")
UNEXCUSED: Final = ("no_budget", "no_fit", "no_answer", "competitor", "other")


@dataclass(frozen=True, slots=True)
class Chase:
    """What the rep promised: when it starts, what is due, and how far the story reaches."""

    start: int
    due: int
    limit: int
    last: int
    home: str
    rep: str


@dataclass(frozen=True, slots=True)
class Ending:
    at: int
    kind: str  # forward recycled disqualified
    reason: str | None = None


def chase_of(start: int, last: int, home: str, rep: str) -> Chase:
    return Chase(start, due_after(start, 8 * HOUR), days_later(start, 14), last, home, rep)


def draw_pursuit(dice: Dice, chase: Chase, *, recycle: bool = False) -> tuple[tuple[Touch, ...], Ending | None]:
    """The touches of one cycle in no particular order, and how it ended, if it did. `recycle` demands a recycling."""
    style = dice.weighted(_TOUCHED_WEIGHTS if recycle else _STYLE_WEIGHTS)
    attempts = [one for one in _STYLES[style][1](dice, chase) if one.at <= chase.last]
    ending = _ending(dice, chase, attempts, recycle)
    if ending is not None and not dice.chance(0.15):
        attempts = [one for one in attempts if one.at <= ending.at]
    answers = _answers(dice, chase, ending) if style != "edge" else []
    return (*attempts, *answers, *_traps(dice, chase)), ending


def draw_touch(dice: Dice, at: int, home: str, rep: str, *, kind: str = "", exact: bool = False) -> Touch:
    """An attempt at this instant on some channel that this home has."""
    weights = {"call": 50, "email": 32, "meeting": 8} | ({"message": 10} if home != SALESFORCE else {})
    kind = kind or dice.weighted(weights)
    where = home
    if home == BOTH:
        where = HUBSPOT if kind == "message" else dice.weighted({HUBSPOT: 60, SALESFORCE: 40})
    mirrored = home == BOTH and where == HUBSPOT and kind in ("call", "email") and not exact and dice.chance(0.4)
    mirror = _lag(dice.between(5, 110)) if mirrored else None
    if home == BOTH and where == SALESFORCE and kind in ("call", "email") and not exact and at % 5 == 0:
        mirror = _lag(5 + at // 5 % 106)
    return Touch(at, kind, "out", where, rep, mirror=mirror, exact=exact, starts=_start(at, kind))


def _start(at: int, kind: str) -> int | None:
    """A meeting is held one to five days after it was booked, on a full minute."""
    return at + DAY + at * 7919 % (4 * DAY) // MINUTE * MINUTE if kind == "meeting" else None


def _lag(seconds: int) -> int:
    """Most copies come at once; those that wait for the integration's next round come up to an hour later."""
    return seconds if seconds <= _AT_ONCE else (seconds - _AT_ONCE + 25) * MINUTE


def _calls(dice: Dice, chase: Chase, times: list[int]) -> list[Touch]:
    return [draw_touch(dice, at, chase.home, chase.rep) for at in times]


def _prompt(dice: Dice, chase: Chase) -> list[Touch]:
    first = dice.office(chase.start + 3 * MINUTE, chase.due - 3 * MINUTE)
    more = dice.spread(first + _APART, chase.limit - HOUR, dice.between(5, 8), _APART)
    return _calls(dice, chase, [first, *more])


def _short(dice: Dice, chase: Chase) -> list[Touch]:
    first = dice.office(chase.start + 3 * MINUTE, chase.due - 3 * MINUTE)
    return _calls(dice, chase, [first, *dice.spread(first + _APART, chase.limit - HOUR, dice.between(0, 3), _APART)])


def _late(dice: Dice, chase: Chase) -> list[Touch]:
    first = dice.office(chase.due + 5 * MINUTE, chase.due + 3 * DAY)
    return _calls(dice, chase, [first, *dice.spread(first + _APART, chase.limit - HOUR, dice.between(0, 7), _APART)])


def _slack(dice: Dice, chase: Chase) -> list[Touch]:
    """Prompt at first; the fifth attempt comes when the fortnight is over."""
    first = dice.office(chase.start + 3 * MINUTE, chase.due - 3 * MINUTE)
    middle = dice.spread(first + _APART, chase.limit - 2 * HOUR, 3, _APART)
    after = dice.spread(chase.limit + 5 * MINUTE, chase.limit + 4 * DAY, 5 - len(middle), _APART)
    return _calls(dice, chase, [first, *middle, *after])


def _untouched(dice: Dice, chase: Chase) -> list[Touch]:
    return []


def _early(dice: Dice, chase: Chase) -> list[Touch]:
    """A call while the assignment was still under way counts; one hours before does not."""
    times = [chase.start - dice.between(4 * HOUR, 9 * HOUR), chase.start - dice.between(4, 25) * MINUTE]
    return _calls(
        dice, chase, [*times, *dice.spread(chase.start + HOUR, chase.limit - HOUR, dice.between(0, 6), _APART)]
    )


def _burst(dice: Dice, chase: Chase) -> list[Touch]:
    """Three more calls within half an hour of the first are the same attempt."""
    first = dice.office(chase.start + 3 * MINUTE, chase.due - 3 * MINUTE)
    again = [first + gap * MINUTE for gap in (6, 13, 21)]
    burst = [draw_touch(dice, at, chase.home, chase.rep, kind="call") for at in (first, *again)]
    return burst + _calls(dice, chase, dice.spread(first + 2 * HOUR, chase.limit - HOUR, dice.between(0, 5), _APART))


def _edge(dice: Dice, chase: Chase) -> list[Touch]:
    """Attempts exactly on a boundary, which is still in time, or still the same attempt."""
    kind = dice.pick(("due", "limit", "grace", "again"))
    first = chase.due if kind == "due" else chase.start - 30 * MINUTE if kind == "grace" else chase.start + HOUR
    touches = [draw_touch(dice, first, chase.home, chase.rep, kind="call", exact=kind in ("due", "grace"))]
    if kind == "again":
        touches.append(touches[0]._replace(at=first + 30 * MINUTE, mirror=None, exact=True))
        touches[0] = touches[0]._replace(mirror=None)
    if kind == "limit":
        touches += _calls(dice, chase, dice.spread(first + _APART, chase.limit - HOUR, 3, _APART))
        touches.append(draw_touch(dice, chase.limit, chase.home, chase.rep, kind="email", exact=True))
    return touches


_STYLES: Final[dict[str, tuple[float, Callable[[Dice, Chase], list[Touch]]]]] = {
    "prompt": (34, _prompt),
    "short": (15, _short),
    "late": (14, _late),
    "slack": (9, _slack),
    "untouched": (13, _untouched),
    "early": (4, _early),
    "burst": (6, _burst),
    "edge": (5, _edge),
}
_STYLE_WEIGHTS: Final = {name: weight for name, (weight, _) in _STYLES.items()}
_TOUCHED_WEIGHTS: Final = {name: weight for name, weight in _STYLE_WEIGHTS.items() if name != "untouched"}


def _ending(dice: Dice, chase: Chase, attempts: list[Touch], recycle: bool) -> Ending | None:
    if not (recycle or dice.chance(0.66)):
        return None
    made = [one.at for one in attempts if one.at >= chase.start]
    if not made:
        kind, after = dice.pick(("disqualified", "disqualified", "recycled")), chase.start + 40 * MINUTE
        at = dice.between(after, after + 6 * DAY)
    else:
        kind = dice.weighted({"forward": 50, "disqualified": 30, "recycled": 20})
        after = max(made) if dice.chance(0.5) else dice.pick(made)
        at = after + dice.between(10 * MINUTE, 20 * HOUR)
    if made and dice.chance(0.08):
        at = chase.limit + dice.between(HOUR, 5 * DAY)
    kind = "recycled" if recycle else kind
    return Ending(at, kind, _reason(dice, kind, bool(made))) if at <= chase.last else None


def _reason(dice: Dice, kind: str, touched: bool) -> str | None:
    """A recycled lead comes back, so its reason never excuses."""
    if kind == "forward":
        return None
    if kind == "disqualified" and dice.chance(0.15 if touched else 0.5):
        return dice.pick(EXCUSED)
    return dice.pick(UNEXCUSED)


def _answers(dice: Dice, chase: Chase, ending: Ending | None) -> list[Touch]:
    """The person writes, calls or books a meeting, inside the cycle and the fortnight."""
    until = min(chase.limit, chase.last, ending.at if ending else chase.limit) - 5 * MINUTE
    after = chase.start + 10 * MINUTE
    if until <= after or not dice.chance(0.16):
        return []
    kinds = {"email": 55, "meeting": 25, "call": 20} if chase.home != SALESFORCE else {"call": 1}
    kind = dice.weighted(kinds)
    where = SALESFORCE if chase.home == SALESFORCE or (kind == "call" and chase.home == BOTH) else HUBSPOT
    at, way = dice.between(after, until), "booked" if kind == "meeting" else "in"
    return [Touch(at, kind, way, where, chase.rep, starts=_start(at, kind))]


_TRAPS: Final = {
    HUBSPOT: (("email", "bounced"), ("email", "failed"), ("email", "scheduled"), ("email", "forwarded"),
              ("note", "done"), ("task", "done"), ("task", "open")),
    SALESFORCE: (("email", "list"), ("email", "robot"), ("call", "open"), ("email", "open"), ("task", "plain")),
}  # fmt: skip


def _traps(dice: Dice, chase: Chase) -> list[Touch]:
    if not dice.chance(0.3):
        return []
    until = min(chase.last, chase.limit)
    return [_trap(dice, chase, dice.between(chase.start, until)) for _ in range(dice.between(1, 3))]


def _trap(dice: Dice, chase: Chase, at: int) -> Touch:
    where = dice.pick((HUBSPOT, SALESFORCE)) if chase.home == BOTH else chase.home
    kind, state = dice.pick(_TRAPS[where])
    return Touch(at, kind, "out", where, chase.rep, state)
