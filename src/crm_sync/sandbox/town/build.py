"""The story of a town, drawn from a seed: its cast, its humans one by one, and the deals between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crm_sync.sandbox.town.blocks import Block, blocks_of
from crm_sync.sandbox.town.calendar import HOUR
from crm_sync.sandbox.town.cast import draw_cast
from crm_sync.sandbox.town.course import PLOTS, Setting, draw_course
from crm_sync.sandbox.town.credit import channels_of
from crm_sync.sandbox.town.deals import by_human, draw_deal, draw_helper
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.origin import draw_origin
from crm_sync.sandbox.town.people import ROLE_EVERY, ROLE_HUBSPOT, draw_person, role
from crm_sync.sandbox.town.quiet import is_quiet
from crm_sync.sandbox.town.story import Cast, Deal, Human, Person, Story
from crm_sync.sandbox.town.truth import path_of
from crm_sync.sandbox.town.twins import draw_twins
from crm_sync.sandbox.town.words import plain_letters

_QUIET_BEFORE = 3 * HOUR  # before the town's now nothing happens, mirrors and late logging included
_TURNS = 500

Namesake = tuple[int, str]  # a company and a name


@dataclass(frozen=True, slots=True)
class _Town:
    """What the humans of a block are drawn from, one after the other with the same dice."""

    seed: int
    now: int
    cast: Cast
    dice: Dice

    def setting(self, name: str) -> Setting:
        dice = self.dice.again(f"{self.seed}/{name}")
        return Setting(dice, self.cast.reps, self.now - _QUIET_BEFORE, dice.between(60, 600))


def draw_story(seed: int, people: int, now: int, block: Block | None = None) -> Story:
    """One block of a town of so many people, the first unless told otherwise; the same seed, number, now and block
    are always the same story."""
    block = block or blocks_of(people)[0]
    cast = draw_cast(seed, people, now, block)
    town = _Town(seed, now, cast, Dice())
    humans: list[Human] = []
    deals: list[Deal] = []
    namesakes: set[Namesake] = set()
    while (number := block.first + len(humans)) < block.end:
        human = _draw_human(town, number, namesakes)
        namesakes.add(_namesake(human.person))
        humans.append(human)
        if human.deal is not None:
            helpers = _draw_helpers(town, number + 1, human.deal, block.end)
            deals.append(_settled(human.deal, [human, *helpers], cast))
            humans += helpers
    return Story(seed, now, block, cast, tuple(humans), tuple(deals), by_human(deals))


def _draw_human(town: _Town, number: int, namesakes: set[Namesake]) -> Human:
    """Drawn again until nothing about the human changes in the evening at which the town begins, and nobody of the
    same name works in the same company: behind one switchboard the two would look like one human."""
    for turn in range(_TURNS):
        human = _drawn(town.setting(f"{number}/{turn}"), number, town.cast)
        deals = (human.deal,) if human.deal else ()
        if _namesake(human.person) not in namesakes and is_quiet(human, deals, town.now):
            return human
    raise RuntimeError(f"town: no quiet story for inhabitant {number} of seed {town.seed}; choose another seed")


def _drawn(setting: Setting, number: int, cast: Cast) -> Human:
    person = draw_person(setting.dice, number, cast)
    course, touches = draw_course(setting, _plot(setting, number))
    if course.unlinked:
        person = replace(person, nameless=False)  # without a name the number alone would prove nothing
    origin = draw_origin(setting.dice, course, cast.campaigns, setting.last)
    deal = draw_deal(setting, person, course)
    return Human(person, origin, course, touches, draw_twins(setting, person, course), deal)


def _namesake(person: Person) -> Namesake:
    return person.company, plain_letters(person.first) + plain_letters(person.last)


def _plot(setting: Setting, number: int) -> str:
    if role(number):
        return "lead" if number % ROLE_EVERY == ROLE_HUBSPOT else "list"
    return setting.dice.weighted(PLOTS)


def _draw_helpers(town: _Town, number: int, deal: Deal, end: int) -> list[Human]:
    """Every fourth deal has a second person on the buyer's side, as long as the block has room."""
    setting = town.setting(f"{number}/helper")
    if number >= end or role(number) or not setting.dice.chance(0.25):
        return []
    person, course = draw_helper(setting, number, deal, town.cast)
    # No campaigns: a response has a date without a time, and two of one date would have no order.
    return [Human(person, draw_origin(setting.dice, course, (), setting.last), course)]


def _settled(deal: Deal, humans: list[Human], cast: Cast) -> Deal:
    """With everybody in it, and an amount that its touches share without a rest: which touch would get the odd cent
    is a convention, and the truth should not hang on one."""
    deal = replace(deal, people=tuple(one.person.number for one in humans))
    path = path_of(deal, {one.person.number: channels_of(one, cast.campaigns) for one in humans})
    return replace(deal, cents=deal.cents - deal.cents % (len(path) or 1))
