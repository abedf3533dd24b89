"""What reps still do about the people of the first evening: open leads are taken up and worked, open deals move on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crm_sync.sandbox.town.build import settled
from crm_sync.sandbox.town.calendar import DAY, HOUR, MINUTE, days_later, due_after
from crm_sync.sandbox.town.course import Setting, ended
from crm_sync.sandbox.town.deals import STEPS, by_human, draw_deal
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.facts import facts_of
from crm_sync.sandbox.town.judge import cycles_of, walk
from crm_sync.sandbox.town.life.page import One, everybody
from crm_sync.sandbox.town.life.ripe import is_ripe
from crm_sync.sandbox.town.pursuit import Chase, chase_of, draw_pursuit
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE, Cast, Deal, Human, Said, Story

_REACH: Final = 60 * DAY
_TAKEN_UP: Final = 0.8  # of the open leads that somebody owns
_ASSIGNED: Final = 0.6  # of those that nobody does
_TURNS: Final = 50  # after so many throws, the lead is left lying

Deals = tuple[Deal, ...]


def gone_on(story: Story, dawn: int) -> Story:
    """The same story with a future after `dawn`; cut at the town's first now, it is the same as before."""
    humans = {human.person.number: _worked(story, human, dawn) for human in story.humans}
    before = {deal.number: _moved_on(story.seed, deal, dawn) for deal in story.deals}
    opened = {
        number: settled(human.deal, [human], story.cast)
        for number, human in humans.items()
        if human.deal is not None and number not in before
    }
    deals = [*before.values(), *opened.values()]
    by_number = {deal.number: deal for deal in deals}
    told = tuple(replace(human, deal=by_number.get(number)) for number, human in humans.items())
    return replace(story, humans=told, deals=tuple(deals), deals_by_human=by_human(deals))


def with_more(before: Story, after: Story) -> Iterator[One]:
    """Those for whom something is still to come."""
    known = {one.number: one for one in everybody(before)}
    for one in everybody(after):
        old = known[one.number]
        if (one.human.course, one.human.touches, one.deals) != (old.human.course, old.human.touches, old.deals):
            yield one


def _worked(story: Story, human: Human, dawn: int) -> Human:
    """A human with an open lead, worked to some end; anybody else as they are."""
    deals = story.deals_by_human.get(human.person.number, ())
    facts = facts_of(human, deals)
    stages = walk(facts)
    if not stages or stages[-1][1] not in ("mql", "sal") or human.course.opted_out:
        return human
    cycles = cycles_of(facts)
    start = cycles[-1].start if cycles and cycles[-1].end is None else None
    for turn in range(_TURNS):
        dice = Dice(f"{story.seed}/{human.person.number}/on/{turn}")
        if not dice.chance(_ASSIGNED if start is None else _TAKEN_UP):
            return human
        further = _further(dice, human, start, dawn, story.cast)
        touches = further.touches[len(human.touches) :]
        if is_ripe(further, touches, (further.deal,) if further.deal else deals, dawn, dawn + _REACH):
            return further
    return human


def _further(dice: Dice, human: Human, start: int | None, dawn: int, cast: Cast) -> Human:
    """One throw: a lead that nobody owns is assigned first."""
    setting, course = Setting(dice, cast.reps, dawn + _REACH, human.course.delay), human.course
    if start is None:
        at = dice.office(dawn + HOUR, dawn + 5 * DAY)
        owner = Said(at, setting.rep(), HUBSPOT if course.home == HUBSPOT else SALESFORCE)
        course = replace(course, owners=(*course.owners, owner))
        chase = chase_of(at, setting.last, course.home, owner.what)
    else:
        chase = _chase(start, dawn, setting.last, course.home, course.owners[-1].what)
    touches, ending = draw_pursuit(dice, chase)
    course = ended(setting, course, ending, touches)
    deal = draw_deal(setting, human.person, course) if ending and ending.kind == "forward" else human.deal
    return replace(human, course=course, touches=(*human.touches, *touches), deal=deal)


def _chase(start: int, dawn: int, last: int, home: str, rep: str) -> Chase:
    """What was promised at the start and is still ahead; what has been missed is done some time."""
    due, limit = due_after(start, 8 * HOUR), days_later(start, 14)
    return Chase(
        dawn + HOUR,
        due if due > dawn + DAY else due_after(dawn, 8 * HOUR),
        limit if limit > dawn + 2 * DAY else days_later(dawn, 14),
        last,
        home,
        rep,
    )


def _moved_on(seed: int, deal: Deal, dawn: int) -> Deal:
    """Every few days one more step, to the end or until it is forgotten."""
    if deal.state != "open":
        return deal
    dice, steps, at = Dice(f"{seed}/{deal.number}/deal"), list(deal.steps), dawn
    ahead = STEPS[STEPS.index(steps[-1][1]) + 1 :]
    for step in (*ahead, dice.weighted({"won": 55, "lost": 35, "": 10})):
        at = dice.office(at + 30 * MINUTE, at + 9 * DAY)
        if step:
            steps.append((at, step))
        if step != "won" and dice.chance(0.1):
            break
    return replace(deal, steps=tuple(steps))
