"""The many ways in which people write the same telephone number."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.story import Phone

_AREAS: Final = {"MX": ("55", "33", "81"), "ES": ("61", "62", "65"), "US": ("212", "312", "512", "415")}
_CODES: Final = {"MX": "52", "ES": "34", "US": "1"}
_LENGTHS: Final = {"MX": 10, "ES": 9, "US": 10}

#: Forms with a country code stand alone; the others are read with the country on the record.
_FORMS: Final = {
    "MX": ("+52 {0} {1} {2}", "+52 1 {0} {1} {2}", "{0} {1} {2}", "({0}) {1}-{2}", "+52{0}{1}{2}", "{0}{1}{2}"),
    "ES": ("+34 {0}{1} {2}", "{0}{1}{2}", "0034 {0} {1} {2}", "+34{0}{1}{2}"),
    "US": ("+1 ({0}) {1}-{2}", "({0}) {1}-{2}", "{0}-{1}-{2}", "+1{0}{1}{2}"),
}


def phone_of(country: str, number: int) -> Phone:
    """The town's `number`th telephone in a country: no two are alike."""
    area = _AREAS[country][number % len(_AREAS[country])]
    left = _LENGTHS[country] - len(area)
    # 2..9 first, for no exchange begins with 0 or 1; the factor is prime to 10^k, so the tail visits every value once.
    tail = number // len(_AREAS[country]) * 7_919 % 10 ** (left - 1)
    return Phone(country, f"{area}{2 + number % 7}{tail:0{left - 1}d}")


def written(dice: Dice, phone: Phone) -> str:
    """One of the ways to write it."""
    return in_form(phone, dice.between(0, len(_FORMS[phone.country]) - 1))


def in_form(phone: Phone, form: int) -> str:
    """The same number in a chosen way, counted round."""
    area = len(_AREAS[phone.country][0])
    forms = _FORMS[phone.country]
    parts = phone.digits[:area], phone.digits[area:-4], phone.digits[-4:]
    return forms[form % len(forms)].format(*parts)


def plain(phone: Phone) -> str:
    """With country code and nothing else, the form that needs no country beside it."""
    return f"+{_CODES[phone.country]}{phone.digits}"
