"""The limiter, on a clock that only its own sleeping moves."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from crm_sync.connectors.limiter import Limiter


class Clock:
    def __init__(self) -> None:
        self.now, self.slept = 0.0, 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += 1
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_no_window_ever_holds_more_calls_than_allowed(clock):
    limiter, starts = Limiter(4, 1.0, clock=clock, sleep=clock.sleep), []
    for at in range(40):
        await limiter.take()
        starts.append(clock.now)
        clock.now += 0.0625 * (at % 3)
    assert all(sum(1 for other in starts if 0 <= other - one < 1.0) <= 4 for one in starts)


async def test_waiting_is_one_sleep_per_full_window(clock):
    limiter = Limiter(10, 10.0, clock=clock, sleep=clock.sleep)
    for _ in range(30):
        await limiter.take()
    assert (clock.now, clock.slept) == (20.0, 2)


async def test_who_asks_first_goes_first(clock):
    limiter, order = Limiter(1, 1.0, clock=clock, sleep=clock.sleep), []

    async def ask(name: int) -> None:
        await limiter.take()
        order.append(name)

    await asyncio.gather(*(ask(name) for name in range(6)))
    assert order == list(range(6))


async def test_a_lower_limit_told_later_is_kept_from_then_on(clock):
    limiter, starts = Limiter(10, 10.0, clock=clock, sleep=clock.sleep), []
    for at in range(20):
        await limiter.take()
        starts.append(clock.now)
        if at == 9:
            limiter.allow(5)
    assert starts == [0.0] * 10 + [10.0] * 5 + [20.0] * 5


async def test_no_more_than_a_burst_goes_out_ahead_of_an_even_pace(clock):
    limiter, starts = Limiter(10, 10.0, burst=3, clock=clock, sleep=clock.sleep), []
    for _ in range(200):
        await limiter.take()
        starts.append(clock.now)
    assert max(sum(1 for other in starts if 0 <= other - one < 1.0) for one in starts) == 4
    assert starts[-1] == pytest.approx(190, abs=10), "and the limit is used"


async def test_a_crm_that_counts_arrivals_sees_no_window_too_full_though_calls_bunch_up_on_the_way(clock):
    limiter, arrivals = Limiter(190, 10.0, slack=0.3, burst=8, clock=clock, sleep=clock.sleep), []
    for at in range(2000):
        await limiter.take()
        arrivals.append(clock.now + (0.3 if at % 190 < 20 else 0.0))  # some are held up
    arrivals.sort()
    assert all(later - first >= 10.0 for first, later in zip(arrivals, arrivals[190:], strict=False))
    assert 2000 / clock.now >= 0.95 * 19


@pytest.mark.parametrize("seed", range(5))
async def test_however_calls_are_held_up_no_window_of_arrivals_is_too_full_when_answers_are_told(clock, seed):
    limiter, dice, arrivals, told = Limiter(5, 1.0, slack=0.5, clock=clock, sleep=clock.sleep), Random(seed), [], []
    for _ in range(500):
        start = await limiter.take()
        for arrival, one in told:
            if arrival + 0.05 <= clock.now:
                one.answered()
        arrivals.append(arrival := clock.now + 0.45 * dice.random() ** 3)
        told = [*told[-20:], (arrival, start)]
    arrivals.sort()
    assert all(later - first >= 1.0 for first, later in zip(arrivals, arrivals[5:], strict=False))
    assert clock.slept < 500, "and nobody looks again and again"


async def test_a_call_that_was_answered_soon_makes_room_sooner_than_one_that_was_not(clock):
    limiter = Limiter(2, 1.0, slack=0.5, clock=clock, sleep=clock.sleep)
    quick, _ = await limiter.take(), await limiter.take()
    clock.now = 0.25
    quick.answered()
    await limiter.take()
    assert clock.now == 1.25
    await limiter.take()
    assert clock.now == 1.5


async def test_after_a_refusal_nobody_starts_for_a_while(clock):
    limiter = Limiter(100, 10.0, clock=clock, sleep=clock.sleep)
    await limiter.take()
    limiter.pause(2.5)
    await limiter.take()
    assert clock.now == 2.5
    await limiter.take()
    assert clock.now == 2.5
