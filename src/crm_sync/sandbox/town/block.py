"""One block of the town, from the draw to the rows: everything that can be done without the world."""

from __future__ import annotations

from collections import Counter

from crm_sync.sandbox.town.blocks import Block
from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.ids import hubspot_id, sobject_id
from crm_sync.sandbox.town.ledger import NOTHING
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE, Deal, Human
from crm_sync.sandbox.town.tell_hubspot import tell_hubspot
from crm_sync.sandbox.town.tell_salesforce import tell_salesforce
from crm_sync.sandbox.town.told import Told
from crm_sync.sandbox.town.truth import answers_of


def tell_block(seed: int, people: int, now: int, block: Block) -> Told:
    """The same arguments are always the same rows."""
    story = draw_story(seed, people, now, block)
    hubspot, salesforce = tell_hubspot(story), tell_salesforce(story)
    persons = {one.person.number: _person_records(one) for one in story.humans}
    deals = {one.number: _deal_records(one) for one in story.deals}
    return Told(
        sheets=[*hubspot.sheets(NOTHING), *salesforce.sheets(NOTHING)],
        changes=hubspot.changes,
        pairs=hubspot.pairs,
        reached=dict(Counter(one.campaign for human in story.humans for one in human.origin.responses)),
        answers=answers_of(story, persons, deals),
    )


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
