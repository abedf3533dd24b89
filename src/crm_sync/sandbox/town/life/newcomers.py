"""Who comes to the town on one day after its first evening, and everything that will happen to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from crm_sync.sandbox.town.blocks import SIZE, Block, blocks_of
from crm_sync.sandbox.town.build import Namesake, drawn, namesake, settled
from crm_sync.sandbox.town.calendar import DAY, HOUR, MINUTE, day_of
from crm_sync.sandbox.town.cast import draw_cast
from crm_sync.sandbox.town.course import Setting
from crm_sync.sandbox.town.deals import by_human
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.life.cut import first_known
from crm_sync.sandbox.town.life.ripe import is_ripe
from crm_sync.sandbox.town.people import ROLE_EVERY
from crm_sync.sandbox.town.story import Cast, Human, Story

#: The evening on which the town begins, and the night: nothing happens in them.
DAWN: Final = 6 * HOUR
_REACH: Final = 90 * DAY  # so long the story of somebody who arrives goes on
_SHARE: Final = 120  # one newcomer a day for so many inhabitants
_WEEKEND: Final = 0.4
_SWING: Final = 0.3
_FIRST_BLOCK: Final = 100_000
_MOST_PEOPLE: Final = 1_500_000  # from there on, the telephone numbers are those of companies
MOST_DAYS: Final = 2_000  # until then the town's calendar knows when people work
_TURNS: Final = 500


@dataclass(frozen=True, slots=True)
class Arrival(Setting):
    """The setting of somebody who comes at this instant: nobody was known before."""

    at: int

    @property
    def first(self) -> int:
        return self.at

    def moment(self) -> int:
        """Some are interesting within minutes, some within a day, some come back after a while."""
        high = self.at + self.dice.weighted({6 * MINUTE: 40, DAY: 35, 12 * DAY: 25})
        draw = self.dice.office if self.dice.chance(0.75) else self.dice.between
        return draw(self.at + MINUTE, high)


def draw_newcomers(seed: int, people: int, start: int, day: int) -> Story:
    """Those of the `day`th day, counted from the dawn after `start`; the same arguments are always the same story."""
    block = _block(seed, people, start, day)
    cast = draw_cast(seed, people, start, block)
    humans: list[Human] = []
    namesakes: set[Namesake] = set()
    for number in range(block.first, block.end):
        humans.append(_draw(seed, number, dawn_of(start, day), cast, namesakes))
        namesakes.add(namesake(humans[-1].person))
    deals = [settled(one.deal, [one], cast) for one in humans if one.deal]
    settled_by = {one.number: one for one in deals}
    humans = [replace(one, deal=settled_by.get(one.person.number)) for one in humans]
    return Story(seed, start, block, cast, tuple(humans), tuple(deals), by_human(deals))


def dawn_of(start: int, day: int) -> int:
    return start + DAWN + day * DAY


def _block(seed: int, people: int, start: int, day: int) -> Block:
    """Neighbours by the day of their arrival, in companies that are as new as they are."""
    dice, rate = Dice(f"{seed}/arrivals/{day}"), people / _SHARE
    room = ROLE_EVERY * ceil((rate * (1 + _SWING) + 1) / ROLE_EVERY)
    first = SIZE * (len(blocks_of(people)) + 1) + day * room
    wanted = rate * (1 - _SWING + 2 * _SWING * dice.between(0, 100) / 100)
    if day_of(dawn_of(start, day) + DAY // 2).weekday() >= 5:
        wanted *= _WEEKEND
    count = int(wanted) + dice.chance(wanted % 1)
    over = first + count > _MOST_PEOPLE or day > MOST_DAYS
    return Block(_FIRST_BLOCK + day, first, first if over else first + count)


def _draw(seed: int, number: int, dawn: int, cast: Cast, namesakes: set[Namesake]) -> Human:
    """Drawn again until the story can be told while it happens, and its verdicts never hang on seconds."""
    for turn in range(_TURNS):
        human = drawn(_arrival(f"{seed}/{number}/{turn}", dawn, cast), number, cast)
        human = replace(
            human,
            course=replace(human.course, opted_out=False),  # since when, no CRM would say
            twins=tuple(replace(one, by_phone=False) for one in human.twins),  # a number is not shown later on
        )
        deals, known = (human.deal,) if human.deal else (), first_known(human.course) or 0
        is_new = known > dawn and namesake(human.person) not in namesakes
        if is_new and is_ripe(human, human.touches, deals, dawn, dawn + _REACH):
            return human
    raise RuntimeError(f"town: no story for newcomer {number} of seed {seed}; choose another seed")


def _arrival(seed: str, dawn: int, cast: Cast) -> Arrival:
    dice = Dice(seed)
    draw = dice.office if dice.chance(0.7) else dice.between
    return Arrival(dice, cast.reps, dawn + _REACH, dice.between(60, 600), draw(dawn + 30 * MINUTE, dawn + DAY - MINUTE))
