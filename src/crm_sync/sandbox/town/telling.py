"""Builds a town: draws its story, tells it into both faces of the world, and keeps the truth."""

from __future__ import annotations

from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.ids import hubspot_id, sobject_id
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE, Deal, Human
from crm_sync.sandbox.town.tell_hubspot import tell_hubspot
from crm_sync.sandbox.town.tell_salesforce import tell_salesforce
from crm_sync.sandbox.town.truth import Truth, truth_of
from crm_sync.sandbox.world import World


def build(world: World, people: int, seed: int) -> Truth:
    """Fills a world whose faces are installed with a town of so many people, as it stands at the world's now.

    The same seed, number of people and start of the clock give the same records and the same truth, to the byte.
    """
    if people < 1:
        raise ValueError(f"town: {people} people cannot be a town; give --people at least 1")
    story = draw_story(seed, people, world.clock.now_ms() // 1000)
    for ledger in (tell_hubspot(story), tell_salesforce(story)):
        ledger.write(world)
    persons = {one.person.number: _person_records(one) for one in story.humans}
    return truth_of(story, persons, {one.number: _deal_records(one) for one in story.deals})


def _person_records(human: Human) -> list[str]:
    number, course = human.person.number, human.course
    found = [f"hubspot:contacts:{hubspot_id('contacts', number)}"] if course.home != SALESFORCE else []
    if course.lead_at is not None:
        found.append(f"salesforce:Lead:{sobject_id('Lead', number)}")
    if course.contact_at is not None:
        found.append(f"salesforce:Contact:{sobject_id('Contact', number)}")
    return found + [_twin_record(number, twin.face) for twin in human.twins]


def _twin_record(number: int, face: str) -> str:
    if face == HUBSPOT:
        return f"hubspot:contacts:{hubspot_id('contacts', number, twin=True)}"
    return f"salesforce:Lead:{sobject_id('Lead', number, twin=True)}"


def _deal_records(deal: Deal) -> list[str]:
    found = [f"hubspot:deals:{hubspot_id('deals', deal.number)}"] if deal.home != SALESFORCE else []
    return found + (
        [f"salesforce:Opportunity:{sobject_id('Opportunity', deal.number)}"] if deal.home != HUBSPOT else []
    )
