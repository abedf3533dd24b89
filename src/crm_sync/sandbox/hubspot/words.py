"""CONTAINS_TOKEN: whether the words of a pattern are words of a value."""

from __future__ import annotations

import re


def has_token(value: object, pattern: str) -> bool:
    """True when all words of the pattern are words of the value; with `*` a word may go on."""
    if value is None:
        return False
    text = str(value).casefold()
    if "*" in pattern:
        wanted = ".*".join(re.escape(part) for part in pattern.casefold().split("*"))
        return any(re.fullmatch(wanted, word) for word in [*text.split(), *_words(text), text])
    return set(_words(pattern.casefold())) <= set(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
