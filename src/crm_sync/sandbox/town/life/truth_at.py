"""The truth at an instant of the town's life: drawn again from the seed, cut there, and judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crm_sync.sandbox.town.block import deal_records, person_records
from crm_sync.sandbox.town.blocks import blocks_of
from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.life.cut import cut
from crm_sync.sandbox.town.life.going_on import gone_on
from crm_sync.sandbox.town.life.newcomers import MOST_DAYS, dawn_of, draw_newcomers
from crm_sync.sandbox.town.story import Story
from crm_sync.sandbox.town.told import Answers
from crm_sync.sandbox.town.truth import Truth, answers_of


def truth_at(seed: int, people: int, start: int, lived: int, now: int) -> Truth:
    """What had happened by `lived`, judged as of `now`."""
    truth = Truth(seed, now)
    for story in _stories(seed, people, start, lived):
        truth.add(_answers(replace(cut(story, lived), now=now)))
    return truth


def _stories(seed: int, people: int, start: int, until: int) -> Iterator[Story]:
    """Everybody of the first evening, block by block, and those who came since, day by day."""
    for block in blocks_of(people):
        story = draw_story(seed, people, start, block)
        yield gone_on(story, dawn_of(start, 0)) if block.number == 0 else story
    day = 0
    while day <= MOST_DAYS and dawn_of(start, day) <= until:
        yield draw_newcomers(seed, people, start, day)
        day += 1


def _answers(story: Story) -> Answers:
    persons = {one.person.number: person_records(one) for one in story.humans}
    return answers_of(story, persons, {one.number: deal_records(one) for one in story.deals})
