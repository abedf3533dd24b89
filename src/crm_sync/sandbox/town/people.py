"""One inhabitant: a name, an address, a number and a company, unlike anybody else's."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.names import CITIES, FIRST_A, FIRST_B, SURNAMES, SURNAMES_EN, TITLES
from crm_sync.sandbox.town.phones import phone_of
from crm_sync.sandbox.town.story import Cast, Person
from crm_sync.sandbox.town.words import plain_letters

#: Of every so many numbers two neighbours answer the same role mailbox of one company: one in each CRM.
ROLE_EVERY, ROLE_HUBSPOT, ROLE_SALESFORCE = 60, 7, 8
_CODES: Final = {city: code for city, _, code in CITIES}


def draw_person(dice: Dice, number: int, cast: Cast) -> Person:
    """The `number`th inhabitant."""
    first, last = _name(dice, number)
    company = _company(dice, number, cast)
    home = cast.companies[company]
    country = _CODES[home.city]
    return Person(
        number=number,
        first=first,
        last=last,
        email=_email(dice, number, first, last, home.domain),
        phone=phone_of(country, number),
        company=company,
        title=dice.pick(TITLES),
        nameless=dice.chance(0.02) and not role(number),
        behind_switchboard=dice.chance(0.08) or role(number),
    )


def role(number: int) -> bool:
    """Does this inhabitant use a mailbox that belongs to no person?"""
    return number % ROLE_EVERY in (ROLE_HUBSPOT, ROLE_SALESFORCE)


def draw_colleague(dice: Dice, number: int, cast: Cast, company: int) -> Person:
    """Somebody else in a company that is already part of the story."""
    first, last = _name(dice, number)
    home = cast.companies[company]
    country = _CODES[home.city]
    email = f"{plain_letters(first)}.{plain_letters(last)}{number}@{home.domain}"
    return Person(number, first, last, email, phone_of(country, number), company, dice.pick(TITLES))


def _name(dice: Dice, number: int) -> tuple[str, str]:
    # Neighbours draw from different lists, so that two users of one role mailbox never share a name.
    first = dice.pick(FIRST_A if number % 2 else FIRST_B)
    if dice.chance(0.2):
        return first, dice.pick(SURNAMES_EN)
    two = dice.chance(0.4)
    return first, " ".join(dice.pick(SURNAMES) for _ in range(2 if two else 1))


def _company(dice: Dice, number: int, cast: Cast) -> int:
    first = next(iter(cast.companies))
    if role(number):
        return first + number // ROLE_EVERY % len(cast.companies)
    return dice.between(first, first + len(cast.companies) - 1)


def _email(dice: Dice, number: int, first: str, last: str, domain: str) -> str:
    if role(number):
        return f"{'info' if number // ROLE_EVERY % 2 else 'ventas'}@{domain}"
    if dice.chance(0.12):
        domain = dice.pick(("gmail.com", "outlook.com", "hotmail.com"))
    return f"{plain_letters(first)}.{plain_letters(last)}{number}@{domain}"
