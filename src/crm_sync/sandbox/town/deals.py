"""Deals: opened when sales qualifies, moved on in steps, won or lost, in one CRM or mirrored in both."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.town.calendar import DAY, HOUR
from crm_sync.sandbox.town.course import Setting
from crm_sync.sandbox.town.people import draw_colleague
from crm_sync.sandbox.town.story import BOTH, HUBSPOT, SALESFORCE, Cast, Course, Deal, Person, Said

STEPS: Final = ("discovery", "proposal", "negotiation")


def draw_deal(setting: Setting, person: Person, course: Course) -> Deal | None:
    """The deal that this course led to, numbered like the human; None when it led to none."""
    dice = setting.dice
    created, home = _opened(setting, course)
    if created is None or created > setting.last:
        return None
    rep = course.owners[-1].what
    cents = dice.between(50_000, 4_000_000) if dice.chance(0.8) else dice.between(4_000_000, 9_500_000)
    steps = _steps(setting, created)
    return Deal(person.number, home, created, steps, cents, (person.number,), rep, person.company)


def draw_helper(setting: Setting, number: int, deal: Deal, cast: Cast) -> tuple[Person, Course]:
    """A colleague of the buyer who takes part in the deal; never a lead of sales."""
    dice = setting.dice
    person = draw_colleague(dice, number, cast, deal.company)
    seen = deal.home != SALESFORCE or dice.chance(0.5)
    born = deal.created - dice.between(DAY, 20 * DAY) if seen else deal.created
    home = deal.home if deal.home == HUBSPOT else BOTH if seen else SALESFORCE
    stages = (Said(born, "lead", HUBSPOT),) if seen else ()
    contact_at = deal.created if home != HUBSPOT else None
    owners = (Said(deal.created, deal.rep, HUBSPOT if home == HUBSPOT else SALESFORCE),)
    return person, Course(home, born, stages, owners, contact_at=contact_at, delay=setting.delay)


def stages_of(deals: tuple[Deal, ...]) -> tuple[Said, ...]:
    """What a person's deals say about the person, in the CRM where each deal was made."""
    found: list[Said] = []
    for deal in deals:
        where = HUBSPOT if deal.home == HUBSPOT else SALESFORCE
        found.append(Said(deal.created, "opportunity", where))
        found += [Said(at, "customer", where) for at, step in deal.steps if step == "won"]
    return tuple(found)


def by_human(deals: list[Deal]) -> dict[int, tuple[Deal, ...]]:
    """The deals that each human takes part in."""
    found: dict[int, tuple[Deal, ...]] = {}
    for deal in deals:
        for number in deal.people:
            found[number] = (*found.get(number, ()), deal)
    return found


def _opened(setting: Setting, course: Course) -> tuple[int | None, str]:
    dice = setting.dice
    if course.contact_at is not None and course.lead_at is not None:
        home = BOTH if course.home == BOTH and not course.unlinked and dice.chance(0.25) else SALESFORCE
        return (course.contact_at if dice.chance(0.9) else None), home
    sql = [one.at for one in course.stages if one.what == "sql"]
    if course.home == HUBSPOT and sql and dice.chance(0.75):
        return sql[-1] + dice.pick((0, dice.between(HOUR, 4 * DAY))), HUBSPOT
    return None, HUBSPOT


def _steps(setting: Setting, created: int) -> tuple[tuple[int, str], ...]:
    """Every few days one step, as far as the story reaches; after the last step won, lost, or still open."""
    dice, found, at = setting.dice, [(created, STEPS[0])], created
    for step in (*STEPS[1:], dice.weighted({"won": 58, "lost": 30, "": 12})):
        at = dice.office(at + DAY, at + 11 * DAY)
        if at > setting.last or not step:
            break
        found.append((at, step))
        if step != "won" and dice.chance(0.12):
            lost = dice.office(at + DAY, at + 5 * DAY)
            return (*found, (lost, "lost")) if step != "lost" and lost <= setting.last else tuple(found)
    return tuple(found)
