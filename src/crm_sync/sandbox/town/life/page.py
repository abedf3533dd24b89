"""What one CRM shows of one human at an instant: the rows, the values that fields have held, and the links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from crm_sync.sandbox.town.blocks import Block
from crm_sync.sandbox.town.ledger import Change, Ledger, Link
from crm_sync.sandbox.town.life.cut import cut_deal, cut_human, lateness
from crm_sync.sandbox.town.story import HUBSPOT, Cast, Deal, Human, Story
from crm_sync.sandbox.town.tell_hubspot import tell_hubspot
from crm_sync.sandbox.town.tell_hubspot_touches import OBJECTS
from crm_sync.sandbox.town.tell_salesforce import tell_salesforce
from crm_sync.sandbox.world import CREATED, Row

#: Tables whose records are counted where they are told, rather than named after a person.
COUNTED: Final = frozenset(name for name, _ in OBJECTS.values()) | {
    "Task", "Event", "LeadHistory", "OpportunityHistory", "OpportunityContactRole", "CampaignMember",
}  # fmt: skip

#: A table, and what makes a row of it the same row on the next page.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class One:
    """One human of a story, with the deals of which the human is part."""

    seed: int
    cast: Cast
    human: Human
    deals: tuple[Deal, ...]

    @property
    def number(self) -> int:
        return self.human.person.number


def everybody(story: Story) -> Iterator[One]:
    """The humans of a story one by one."""
    for human in story.humans:
        yield One(story.seed, story.cast, human, story.deals_by_human.get(human.person.number, ()))


@dataclass(frozen=True, slots=True)
class Page:
    """`late` are instants at which rows appear that are in the story already: what was logged later, or mirrored."""

    rows: dict[Key, Row] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    late: tuple[int, ...] = ()


def page_of(one: One, face: str, at: int) -> Page:
    """The page at this instant, empty before the CRM knows the human."""
    human = cut_human(one.human, at, face)
    if human is None:
        return Page()
    tell = tell_hubspot if face == HUBSPOT else tell_salesforce
    return _read(tell(_alone(one, human, face, at)), at)


def _alone(one: One, human: Human, face: str, at: int) -> Story:
    """A story of this human alone. A deal is told with who opened it; the others only hear of it."""
    cuts = [cut_deal(deal, at, lateness(one.human.course, deal, face)) for deal in one.deals]
    deals = tuple(deal for deal in cuts if deal is not None)
    block = Block(0, one.number, one.number + 1)
    own = tuple(deal for deal in deals if deal.people[0] == one.number)
    cast = replace(one.cast, mailings=())  # everybody's, told with the whole block
    return Story(one.seed, at, block, cast, (human,), own, {one.number: deals})


def _read(ledger: Ledger, at: int) -> Page:
    rows, hidden = dict[Key, Row](), dict[Key, int]()
    for table, row in _rows(ledger):
        if row[CREATED] <= at * 1000:
            rows[_key(table, row)] = row
        else:
            hidden[table, row["_id"]] = row[CREATED] // 1000
    links = [one for one in ledger.links if one[:2] not in hidden and one[2:4] not in hidden]
    return Page(rows, ledger.changes, links, tuple(hidden.values()))


def _rows(ledger: Ledger) -> Iterator[tuple[str, Row]]:
    for sheet in ledger.sheets():
        for values in sheet.rows:
            yield sheet.table, dict(zip(sheet.columns, values, strict=True))


def _key(table: str, row: Row) -> Key:
    """The id, which counts up in the order of time; but a lead's history is told field by field."""
    if table == "LeadHistory":
        return table, f"{row[CREATED]} {row['Field']} {row['DataType']} {row['NewValue']}"
    return table, row["_id"]
