"""Second records of the same human, each provable by one exact key: an address, or a mobile number with the name."""

from __future__ import annotations

from crm_sync.sandbox.town.calendar import DAY, HOUR
from crm_sync.sandbox.town.course import Setting
from crm_sync.sandbox.town.origin import draw_label, draw_visit
from crm_sync.sandbox.town.people import role
from crm_sync.sandbox.town.story import EXITS, HUBSPOT, QUEUE, SALESFORCE, UNMAPPED, Course, Person, Twin
from crm_sync.sandbox.town.words import carelessly, plain_letters


def draw_twins(setting: Setting, person: Person, course: Course) -> tuple[Twin, ...]:
    """None for most; a second HubSpot contact or a second Salesforce lead for some."""
    dice = setting.dice
    if role(person.number) or person.nameless or course.odd or course.unlinked:
        return ()
    if course.home != SALESFORCE and dice.chance(0.06):
        return _contact(setting, person, course)
    if course.lead_at is not None and dice.chance(0.08):
        return _lead(setting, person, course)
    return ()


def _contact(setting: Setting, person: Person, course: Course) -> tuple[Twin, ...]:
    """Signed up again with a private address, before any exit, for a sign-up would reopen a closed case."""
    dice = setting.dice
    until = min([setting.last, *(one.at - HOUR for one in course.stages if one.what in EXITS)])
    if until - course.born < 2 * HOUR:
        return ()
    at = dice.between(course.born + HOUR, min(until, course.born + 40 * DAY))
    email = f"{plain_letters(person.first)[:1]}{plain_letters(person.last)}.{person.number}@gmail.com"
    return (Twin(HUBSPOT, at, email, dice.chance(0.6), visit=draw_visit(dice, at) if dice.chance(0.7) else None),)


def _lead(setting: Setting, person: Person, course: Course) -> tuple[Twin, ...]:
    """Typed in again by the rep who owns the first record, so that nobody's work changes hands."""
    dice = setting.dice
    if not course.owners:  # qualified in the last minutes of the story: nobody owns it yet
        return ()
    after = max(course.lead_at or 0, course.owners[-1].at, course.contact_at or 0) + 2 * HOUR
    until = min([setting.last, *(one.at - HOUR for one in course.stages if one.what in EXITS)])
    owner = course.owners[-1].what
    if owner == QUEUE or course.first_status == UNMAPPED or until < after:
        return ()
    at = dice.between(after, min(until, after + 12 * DAY))
    return (Twin(SALESFORCE, at, carelessly(dice, person.email), owner=owner, label=draw_label(dice)),)
