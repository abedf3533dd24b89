"""When one CRM learns what was said in the other: a few minutes later, or never when nothing connects the records."""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.sandbox.town.deals import stages_of
from crm_sync.sandbox.town.ids import QUEUE_ID
from crm_sync.sandbox.town.story import BOTH, QUEUE, SALESFORCE, Course, Deal, Human, Said


def hears(course: Course, said: Said, face: str) -> int | None:
    """The instant at which this face shows it."""
    if said.where == face:
        return said.at
    return said.at + course.delay if course.home == BOTH and course.delay else None


def stages_heard(human: Human, deals: tuple[Deal, ...], face: str) -> list[tuple[int, str]]:
    """The human's stages in this face's time."""
    said = (*human.course.stages, *stages_of(deals))
    times = [(hears(human.course, one, face), one.what) for one in said]
    return sorted(((at, what) for at, what in times if at is not None), key=lambda one: one[0])


def owners_heard(human: Human, face: str, ids: Mapping[str, str]) -> list[tuple[int, str]]:
    """Owner ids in this face's time, each new one once; HubSpot has no queues."""
    found: list[tuple[int, str]] = []
    for one in human.course.owners:
        at = hears(human.course, one, face)
        owner = QUEUE_ID if one.what == QUEUE else ids[one.what]
        if at is None or (one.what == QUEUE and face != SALESFORCE) or (found and found[-1][1] == owner):
            continue
        found.append((at, owner))
    return found
