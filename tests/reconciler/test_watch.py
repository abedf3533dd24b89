"""A watched instant answers like the plain one, and notices from when on it may answer otherwise."""

from __future__ import annotations

import copy
import operator
import pickle
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_sync.reconciler.watch import HARMLESS, Watch, Watched, holds, plain

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
JUST, HOUR = timedelta(microseconds=1), timedelta(hours=1)
EARLIER, LATER = NOON - HOUR, NOON + HOUR
COMPARISONS = (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)
BESIDE = (-HOUR, -JUST, timedelta(), JUST, HOUR)


def moved_by(ask: Callable[[datetime], object], at: datetime = NOON) -> datetime | None:
    """When the answer to a question about an instant may be another."""
    watch = Watch()
    watch.begin()
    ask(watch.instant(at))
    return watch.moves_at


# comparisons


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("on_the_left", [True, False])
def test_a_comparison_answers_alike_and_holds_until_the_instant_that_is_reported(
    compare: Callable[[datetime, datetime], bool], beside: timedelta, on_the_left: bool
) -> None:
    other = NOON + beside

    def ask(at: datetime) -> bool:
        return compare(at, other) if on_the_left else compare(other, at)

    assert ask(Watch().instant(NOON)) is ask(NOON)
    moves_at = moved_by(ask)
    flips = [at for at in (NOON + JUST, other, other + JUST, LATER + HOUR) if at > NOON and ask(at) is not ask(NOON)]
    assert (moves_at is None) is (not flips), "it reports nothing where the answer stays, and nothing else"
    assert all(moves_at <= at for at in flips if moves_at), "not after the answer is another"
    assert moves_at is None or moves_at in (other, NOON + JUST), "and hardly before"


@pytest.mark.parametrize("compare", COMPARISONS)
def test_a_plain_instant_on_the_left_is_no_way_around(compare: Callable[[datetime, datetime], bool]) -> None:
    assert moved_by(lambda at: compare(LATER, at)) == LATER
    assert moved_by(lambda at: compare(EARLIER, at)) is None


def test_of_several_answers_the_first_that_may_be_another_decides() -> None:
    assert moved_by(lambda at: (at < LATER + HOUR, at <= LATER, at > EARLIER, at < LATER + 2 * HOUR)) == LATER


def test_a_watch_begins_anew() -> None:
    watch = Watch()
    assert watch.instant(NOON) < LATER
    watch.begin()
    assert watch.moves_at is None


def test_the_instant_that_is_reported_is_utc_whatever_it_was_compared_with() -> None:
    found = moved_by(lambda at: at < LATER.astimezone(ZoneInfo("America/Mexico_City")))
    assert (found, found and found.tzinfo) == (LATER, UTC)


@pytest.mark.parametrize(
    "ask",
    [
        lambda at: min(at, LATER), lambda at: min(LATER, at), lambda at: max(at, LATER), lambda at: max(LATER, at),
        lambda at: sorted([LATER, at]), lambda at: sorted([at, LATER]), lambda at: sorted([LATER, at, EARLIER]),
        lambda at: bisect_left([EARLIER, LATER], at), lambda at: bisect_right([EARLIER, LATER], at),
        lambda at: (at, 1) > (LATER, 1), lambda at: (at, 1) == (LATER, 1), lambda at: at in [EARLIER, LATER],
        lambda at: [EARLIER, LATER].index(at) if at in [EARLIER, LATER] else None,
        lambda at: EARLIER < at < LATER, lambda at: [LATER].count(at), lambda at: operator.gt(LATER, at),
    ],
)  # fmt: skip
def test_what_compares_inside_is_noticed(ask: Callable[[datetime], object]) -> None:
    assert moved_by(ask) == LATER


def test_what_is_chosen_equals_what_would_be_chosen() -> None:
    at = Watch().instant(NOON)
    assert (plain(min(at, LATER)), max(at, LATER)) == (NOON, LATER)
    assert [plain(one) for one in sorted([LATER, at, EARLIER])] == [EARLIER, NOON, LATER]
    assert (bisect_left([EARLIER, NOON], at), bisect_right([EARLIER, NOON], at)) == (1, 2)


def test_an_instant_beside_itself_stands_for_ever() -> None:
    assert moved_by(lambda at: (at == at, at < at, at <= at, min(at, at), sorted([at, at]), (at, 1) == (at, 1))) is None


def test_of_two_that_move_nobody_knows() -> None:
    watch = Watch()
    now, horizon = watch.instant(NOON), watch.instant(EARLIER)
    for compare in COMPARISONS:
        watch.begin()
        assert compare(now, horizon) is compare(NOON, EARLIER)
        assert compare(horizon, now) is compare(EARLIER, NOON)
        assert watch.moves_at == EARLIER


def test_what_has_no_order_is_no_instant() -> None:
    at = Watch().instant(NOON)
    assert (operator.eq(at, None), at != "noon", at == NOON.replace(tzinfo=None)) == (False, True, False)
    for other in ("noon", NOON.replace(tzinfo=None), None):
        with pytest.raises(TypeError):
            assert at < other


# whatever is no comparison


def pickled(at: datetime) -> object:
    return pickle.loads(pickle.dumps(at))


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda at: at + HOUR, LATER), (lambda at: HOUR + at, LATER), (lambda at: at - HOUR, EARLIER),
        (lambda at: at - EARLIER, HOUR), (lambda at: LATER - at, HOUR), (lambda at: at.year, 2026),
        (lambda at: at.month, 6), (lambda at: at.day, 1), (lambda at: at.hour, 12), (lambda at: at.minute, 0),
        (lambda at: at.second, 0), (lambda at: at.microsecond, 0), (lambda at: at.fold, 0),
        (lambda at: at.date(), date(2026, 6, 1)), (lambda at: at.time(), time(12)),
        (lambda at: at.timetz(), time(12, tzinfo=UTC)), (lambda at: at.timestamp(), NOON.timestamp()),
        (lambda at: at.astimezone(UTC), NOON), (lambda at: at.isoformat(), "2026-06-01T12:00:00+00:00"),
        (lambda at: at.replace(hour=13), LATER), (lambda at: at.strftime("%H"), "12"), (lambda at: f"{at:%H}", "12"),
        (str, "2026-06-01 12:00:00+00:00"), (repr, repr(NOON)), (hash, hash(NOON)), (lambda at: {at: 1}[NOON], 1),
        (lambda at: {NOON: 1}[at], 1), (lambda at: at in {NOON}, True), (lambda at: at.weekday(), 0),
        (lambda at: at.toordinal(), NOON.toordinal()), (lambda at: at.utcoffset(), timedelta()),
        (lambda at: at.timetuple(), NOON.timetuple()), (lambda at: at.isocalendar(), NOON.isocalendar()),
        (pickled, NOON), (copy.copy, NOON), (copy.deepcopy, NOON),
    ],
)  # fmt: skip
def test_whatever_else_is_read_off_is_right_now_and_may_be_another_at_any_moment(
    ask: Callable[[datetime], object], answer: object
) -> None:
    found: list[Any] = []
    assert moved_by(lambda at: found.append(ask(at))) == NOON
    assert (found, type(found[0]) is Watched) == ([answer], False)


def test_no_member_of_an_instant_goes_around_the_watch() -> None:
    """What a later Python adds is noticed as well."""
    assert [name for name in dir(datetime) if name not in HARMLESS and name not in vars(Watched)] == []


# whoever measures says so


def test_the_plain_instant_is_watched_by_nobody() -> None:
    assert moved_by(lambda at: plain(at) + HOUR) is None
    assert type(plain(Watch().instant(NOON))) is datetime
    assert plain(NOON) is NOON


def test_whoever_measures_says_until_when_it_holds() -> None:
    assert moved_by(lambda at: holds(at, LATER)) == LATER
    holds(NOON, LATER)  # nobody watches it


def test_an_instant_that_is_watched_already_may_be_watched_by_another() -> None:
    one, other = Watch(), Watch()
    assert other.instant(one.instant(NOON)) < LATER
    assert (one.moves_at, other.moves_at) == (None, LATER)
