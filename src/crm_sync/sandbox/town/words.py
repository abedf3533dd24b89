"""Small changes of spelling: without accents, in capitals, with stray spaces."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from crm_sync.sandbox.town.dice import Dice

_MANY: Final = 1 << 14  # the town has few names and many bearers


@lru_cache(_MANY)
def without_accents(text: str) -> str:
    split = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


@lru_cache(_MANY)
def plain_letters(text: str) -> str:
    """What is left of a name in a mail address."""
    return "".join(letter for letter in without_accents(text).lower() if letter.isascii() and letter.isalnum())


def carelessly(dice: Dice, email: str) -> str:
    """The same address as somebody in a hurry types it."""
    return dice.pick((email.upper(), f" {email}", f"{email} ", email.title(), email))


def respelled(dice: Dice, name: str) -> str:
    """The same name up to accents and capitals."""
    return dice.pick((name.upper(), without_accents(name), name.lower(), without_accents(name).upper()))
