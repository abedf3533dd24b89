"""How people write down what they hear: phones in many forms, words with a slip, names without accents."""

from __future__ import annotations

import random
import unicodedata

from tests.identity.names import LANDS


def plain(text: str) -> str:
    """Letters and digits alone, as they stand in an address."""
    return "".join(sign for sign in unaccented(text).lower() if sign.isalnum())


def unaccented(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def mistyped(text: str, dice: random.Random) -> str:
    """A letter lost, changed, doubled, or two that changed places."""
    if len(text) < 4:
        return text
    at, kind = dice.randrange(1, len(text) - 1), dice.random()
    if kind < 0.3:
        return text[:at] + text[at + 1 :]
    if kind < 0.55:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind < 0.8:
        return text[:at] + dice.choice("aeiourstln") + text[at + 1 :]
    return text[:at] + text[at] + text[at:]


def dialled(number: str, land: str, dice: random.Random) -> str:
    """A number with its country's code, as somebody there writes it."""
    code, kind = LANDS[land].code, dice.random()
    national = number.removeprefix(code)
    if kind < 0.3:
        return f"+{number}"
    if kind < 0.5:
        return f"+{code} {national[:2]} {national[2:6]} {national[6:]}"
    if kind < 0.6 and land == "es_MX":
        return f"+52 1 {national}"
    if kind < 0.7:
        return f"00{number}"
    if land in ("en_GB", "de_DE", "fr_FR"):
        return f"0{national}"
    return f"({national[:3]}) {national[3:6]}-{national[6:]}" if kind < 0.85 else national
