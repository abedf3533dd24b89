"""Who works in the town's company, which companies it sells to, and the campaigns it runs."""

from __future__ import annotations

from crm_sync.sandbox.town.blocks import Block, blocks_of
from crm_sync.sandbox.town.calendar import DAY, HOUR
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.names import (
    CAMPAIGNS,
    CITIES,
    COMPANY_FIRST,
    COMPANY_SECOND,
    INDUSTRIES,
    MARKETERS,
    REPS,
)
from crm_sync.sandbox.town.phones import phone_of
from crm_sync.sandbox.town.story import Campaign, Cast, Company, Rep
from crm_sync.sandbox.town.words import plain_letters

TEAMS = ("Ventas Centro", "Ventas Norte")
_HOUSE = "acme.example"
_MAILS_FROM = 100_000  # people
_SWITCHBOARDS = 1_500_000  # far from the numbers of the people


def draw_cast(seed: int, people: int, now: int, block: Block) -> Cast:
    """Six reps in a small town, ten in a large one; the companies are those of one block, the others are the same in
    all blocks."""
    dice, count = Dice(f"{seed}/cast"), min(10, 6 + people // 1_000)
    reps = tuple(_colleague(f"rep{at}", *REPS[at], TEAMS[at % 2]) for at in range(count))
    marketers = tuple(_colleague(f"marketer{at}", *name, "Marketing") for at, name in enumerate(MARKETERS))
    companies = {at: _company(dice, at) for at in blocks_of(people)[0].companies}
    campaigns = tuple(
        Campaign(name, kind, channel, now - dice.between(60, 120) * DAY) for name, kind, channel in CAMPAIGNS
    )
    if block.number:
        dice = Dice(f"{seed}/cast/{block.number}")
        companies = {at: _company(dice, at) for at in block.companies}
    staff = tuple(one.key for one in (*reps, *marketers))
    return Cast(reps, marketers, companies, campaigns, staff, _mailings(now) if people >= _MAILS_FROM else ())


def _mailings(now: int) -> tuple[int, ...]:
    """A large company writes to everybody every ten days: touches by the million that are nobody's attempt."""
    return tuple(now - days * DAY - 10 * HOUR for days in range(110, 0, -10))


def _colleague(key: str, first: str, last: str, team: str) -> Rep:
    return Rep(key, first, last, f"{plain_letters(first)}.{plain_letters(last)}@{_HOUSE}", team)


def _company(dice: Dice, at: int) -> Company:
    name = f"{COMPANY_FIRST[at % len(COMPANY_FIRST)]} {dice.pick(COMPANY_SECOND)} {at + 1}"
    city, country, code = dice.pick(CITIES)
    ending = {"MX": "com.mx", "ES": "es", "US": "com"}[code]
    domain = f"{plain_letters(name)}.{ending}"
    switchboard = phone_of(code, _SWITCHBOARDS + at)
    return Company(name, domain, city, country, dice.pick(INDUSTRIES), dice.between(3, 2_000), switchboard)
