"""What of a story has happened by an instant: in truth, or as far as one CRM has heard of it."""

from __future__ import annotations

from dataclasses import replace

from crm_sync.sandbox.town.deals import by_human
from crm_sync.sandbox.town.heard import hears
from crm_sync.sandbox.town.story import BOTH, EXITS, HUBSPOT, SALESFORCE, Course, Deal, Human, Origin, Said, Story


def cut(story: Story, at: int) -> Story:
    """The truth at this instant; people of whom no CRM knows yet are not in it."""
    humans = tuple(one for human in story.humans if (one := cut_human(human, at)))
    deals = [known for deal in story.deals if (known := cut_deal(deal, at))]
    return replace(story, now=at, humans=humans, deals=tuple(deals), deals_by_human=by_human(deals))


def cut_human(human: Human, at: int, face: str | None = None) -> Human | None:
    """One human as of this instant; None before the first record. With a face, as far as that CRM has heard."""
    known = first_known(human.course, face)
    if known is None or known > at:
        return None
    course = _course(human.course, at, face)
    return replace(
        human,
        course=course,
        origin=_origin(human.origin, course, at),
        # An activity that is logged late, or mirrored, is in the story from its own instant on: telling draws in order.
        touches=tuple(one for one in human.touches if one.at <= at),
        twins=tuple(one for one in human.twins if one.at <= at),
        deal=cut_deal(human.deal, at, lateness(human.course, human.deal, face)) if human.deal else None,
    )


def cut_deal(deal: Deal, at: int, late: int = 0) -> Deal | None:
    """The steps that were taken, as seen by who hears of each so many seconds later."""
    steps = tuple(step for step in deal.steps if step[0] + late <= at)
    return replace(deal, steps=steps) if steps else None


def first_known(course: Course, face: str | None = None) -> int | None:
    """When this CRM, or any, made its first record of the human."""
    hubspot = [course.born] if course.home != SALESFORCE and face != SALESFORCE else []
    salesforce = [course.lead_at, course.contact_at] if face != HUBSPOT else []
    return min((at for at in (*hubspot, *salesforce) if at is not None), default=None)


def lateness(course: Course, deal: Deal, face: str | None) -> int:
    """How long after it happened a step of the deal shows in this CRM."""
    return course.delay if face == HUBSPOT and course.home == BOTH and deal.home != HUBSPOT else 0


def when(course: Course, said: Said, face: str | None) -> int | None:
    """When this CRM hears it; without a face, when it was said."""
    return said.at if face is None else hears(course, said, face)


def _course(course: Course, at: int, face: str | None) -> Course:
    exits = [one for one in course.stages if one.what in EXITS]
    return replace(
        course,
        stages=_said(course, course.stages, at, face),
        owners=_said(course, course.owners, at, face),
        lead_at=_until(course.lead_at, at),
        contact_at=_until(course.contact_at, at),
        reason=course.reason if len(_said(course, tuple(exits), at, face)) == len(exits) else None,
    )


def _said(course: Course, some: tuple[Said, ...], at: int, face: str | None) -> tuple[Said, ...]:
    times = [(one, when(course, one, face)) for one in some]
    return tuple(one for one, heard in times if heard is not None and heard <= at)


def _origin(origin: Origin, course: Course, at: int) -> Origin:
    """A response has a day without a time; before that day the campaign had only reached them."""
    known = course.lead_at is not None or course.contact_at is not None
    responses = tuple(
        one if one.date is None or one.date <= at else replace(one, date=None) for one in origin.responses if known
    )
    return replace(
        origin,
        visits=tuple(one for one in origin.visits if one.at <= at),
        conversions=tuple(one for one in origin.conversions if one[0] <= at),
        responses=responses,
    )


def _until(one: int | None, at: int) -> int | None:
    return one if one is not None and one <= at else None
