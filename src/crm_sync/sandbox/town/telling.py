"""Builds a town: its story is drawn and told block by block, written into both faces of the world, the truth kept."""

from __future__ import annotations

from collections import Counter

from crm_sync.sandbox.town.blocks import blocks_of
from crm_sync.sandbox.town.cast import draw_cast
from crm_sync.sandbox.town.crew import told_blocks
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE
from crm_sync.sandbox.town.tell_hubspot import tell_owners
from crm_sync.sandbox.town.tell_salesforce_deals import tell_campaigns
from crm_sync.sandbox.town.tell_salesforce_hours import tell_working_time
from crm_sync.sandbox.town.tell_salesforce_house import tell_users
from crm_sync.sandbox.town.truth import Truth
from crm_sync.sandbox.town.writing import write_sheet, write_told, writing
from crm_sync.sandbox.world import World

_MUCH = 20_000


def build(world: World, people: int, seed: int, workers: int | None = None) -> Truth:
    """Fills a world whose faces are installed with a town of so many people, as it stands at the world's now.

    The same seed, number of people and start of the clock give the same records and the same truth, to the byte,
    by however many workers; without a number, large towns have one for each processor.
    """
    if people < 1:
        raise ValueError(f"town: {people} people cannot be a town; give --people at least 1")
    now = world.clock.now_ms() // 1000
    truth, reached = Truth(seed, now), Counter[int]()
    with writing(world, much=people >= _MUCH):
        for told in told_blocks(seed, people, now, workers):
            write_told(world, told)
            truth.add(told.answers)
            reached.update(told.reached)
        write_house(world, seed, people, now, reached)
    return truth


def write_house(world: World, seed: int, people: int, now: int, reached: Counter[int]) -> None:
    """Who works in the town's company, and its campaigns: the same for every block."""
    cast = draw_cast(seed, people, now, blocks_of(people)[0])
    hubspot, salesforce = Ledger(HUBSPOT), Ledger(SALESFORCE)
    tell_owners(cast, now, hubspot)
    tell_users(cast, now, salesforce)
    tell_working_time(now, salesforce)
    tell_campaigns(cast, reached, salesforce)
    for sheet in (*hubspot.sheets(), *salesforce.sheets()):
        write_sheet(world, sheet)
