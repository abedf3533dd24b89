"""Functions of texts as DuckDB has them. Where its answer hangs on tables of Unicode, only signs are taken of which no
table says something else: Latin letters with their accents, and punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any, Final

from crm_sync.engine.few.base import Beyond, Unknown

LATIN: Final = 0x250  # the first sign behind the Latin letters
FOLDED: Final = "".join(chr(code) for code in range(LATIN) if code not in (0x130, 0x149, 0x1F0))
PUNCTUATION: Final = "".join(map(chr, range(0x2010, 0x2028)))
#: Blanks other than the plain one, and signs that end a line, are read in other ways by other libraries.
ODD: Final = frozenset(map(chr, (*range(0x1F), 0x7F, *range(0x80, 0xA0), 0xA0, 0x130, 0x149, 0x1F0)))
TAKEN: Final = re.compile(f"[{re.escape(''.join(sign for sign in FOLDED + PUNCTUATION if sign not in ODD))}]*")
CLASS: Final = re.compile(r"\\p\{(\w+)\}")
#: What is written alike and means the same in both libraries.
PATTERN: Final = re.compile(r"(?:[\w @.,+*?|/:^$()\[\]{}#-]|\\[.swpx]|\\p\{[LN]\})*")


def taken(text: str) -> str:
    """The same text. Raises Beyond where it has other signs."""
    if text.isascii() and text.isprintable():
        return text
    if TAKEN.fullmatch(text) is None:
        raise Beyond
    return text


def lower(text: str) -> str:
    return taken(text).lower()


def strip_accents(text: str) -> str:
    if taken(text).isascii():
        return text
    return "".join(map(plain, text))


@cache
def plain(sign: str) -> str:
    """Without its accents."""
    return "".join(one for one in unicodedata.normalize("NFD", sign) if unicodedata.category(one) != "Mn")


def trim(text: str) -> str:
    return taken(text).strip(" ")


@cache
def pattern_of(pattern: str) -> re.Pattern[str]:
    """A regular expression of RE2 as Python reads it. Raises Unknown where it may read it in another way."""
    if PATTERN.fullmatch(pattern) is None:
        raise Unknown(pattern)
    told = CLASS.sub(lambda found: signs_of(found[1]), pattern)
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", told), re.ASCII)


@cache
def signs_of(kind: str) -> str:
    """All signs that are taken here whose class begins so, to stand between brackets."""
    found = [sign for sign in FOLDED + PUNCTUATION if unicodedata.category(sign).startswith(kind)]
    return re.escape("".join(found))


def replaced(text: str, pattern: str, by: str, options: str = "") -> str:
    """Raises Beyond for what is more than a pattern and a text."""
    if options not in ("", "g") or "\\" in by:
        raise Beyond
    return pattern_of(pattern).sub(by, taken_between(text), count=0 if options else 1)


def taken_between(text: str) -> str:
    """As `taken`; the sign that stands between cells is no sign of a cell."""
    if "\x1f" in text:
        taken(text.replace("\x1f", ""))
        return text
    return taken(text)


def matches(text: str, pattern: str) -> bool:
    return pattern_of(pattern).fullmatch(taken(text)) is not None


def split(text: str, pattern: str) -> list[str]:
    return pattern_of(pattern).split(taken(text))


def like(text: str, pattern: str) -> bool:
    return like_pattern(pattern).fullmatch(text) is not None


@cache
def like_pattern(pattern: str) -> re.Pattern[str]:
    signs = {"%": ".*", "_": "."}
    return re.compile("".join(signs.get(sign) or re.escape(sign) for sign in pattern), re.DOTALL)


@lru_cache(maxsize=4096)
def damerau_levenshtein(one: str, other: str) -> int:
    """Between bytes, as there."""
    a, b = one.encode(), other.encode()
    if not a or not b:
        return len(a) + len(b)
    far = len(a) + len(b)
    last: dict[int, int] = {}
    table = [[far] * (len(b) + 2)] + [[far, row, *[0] * len(b)] for row in range(len(a) + 1)]
    table[1] = [far, *range(len(b) + 1)]
    for i, x in enumerate(a, 1):
        matched = 0
        for j, y in enumerate(b, 1):
            k, m = last.get(y, 0), matched
            if x == y:
                matched = j
            table[i + 1][j + 1] = min(
                table[i][j] + (x != y), table[i + 1][j] + 1, table[i][j + 1] + 1, table[k][m] + i - k - 1 + j - m
            )
        last[x] = i
    return table[-1][-1]


@lru_cache(maxsize=4096)
def jaro_winkler(one: str, other: str) -> float:
    """Between bytes, as there."""
    a, b = one.encode(), other.encode()
    if not a or not b:
        return 0.0
    near = max(max(len(a), len(b)) // 2 - 1, 0)
    theirs: list[int] = []
    ours = [place for place, sign in enumerate(a) if found(sign, place, b, near, theirs)]
    if not ours:
        return 0.0
    swapped = sum(a[x] != b[y] for x, y in zip(ours, sorted(theirs), strict=True)) // 2
    same = float(len(ours))
    alike = (same / len(a) + same / len(b) + (same - swapped) / same) / 3.0
    begun = sum(1 for _ in takewhile(lambda signs: signs[0] == signs[1], zip(a[:4], b[:4], strict=False)))
    return alike + begun * 0.1 * (1.0 - alike) if alike > 0.7 else alike


def found(sign: int, place: int, among: bytes, near: int, used: list[int]) -> bool:
    """Whether the sign stands near this place where none was found yet; notes where."""
    for other in range(max(0, place - near), min(len(among), place + near + 1)):
        if among[other] == sign and other not in used:
            used.append(other)
            return True
    return False


def printed(form: str, number: float) -> str:
    return form % number


def form_of(form: Any) -> str:
    """Raises Unknown for what `printed` may tell in another way."""
    if not isinstance(form, str) or re.fullmatch(r"[^%]*%\+?\.\d+f[^%]*", form) is None:
        raise Unknown(str(form))
    return form
