"""A company's name, said alike: without legal forms, case, accents and the words that one may leave out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crm_sync.mappings.companies import CompanyWords
from crm_sync.mappings.tables import unaccented
from crm_sync.reconciler.dedupe.countries import REGION_OF

LONGEST: Final = 120  # signs that are looked at: what is longer is a note in the wrong column
LETTERS: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "’": "'"})
HOST: Final = re.compile(r"(?:www\.)?([^\s.@/]+)(?:\.[a-z]{2,4}){1,2}")
SINGLE: Final = re.compile(r"\b\w(?: \w)+\b")  # letters that stand alone: I B M
UMLAUT: Final = re.compile(r"([aou])e")
SEEN: Final = 1 << 17
CODE: Final = 3  # letters of a country's code, which is too short to be recognised in a name


@dataclass(frozen=True, slots=True)
class Named:
    """`words` in their order; `land` the ISO code of a country that the name ends with; `distinct` whether any word
    tells this company from others; `form` is its legal form."""

    words: tuple[str, ...]
    form: str | None
    land: str | None
    distinct: bool

    @property
    def glued(self) -> str:
        """In one word: `Tec Milenio` and `Tecmilenio` are the same, and so are `Müller` and `Mueller`."""
        return UMLAUT.sub(r"\1", "".join(self.words))


class CompanyNames:
    """Reads names by the words of the tables."""

    def __init__(self, words: CompanyWords) -> None:
        self.words = words
        forms = "|".join(map(re.escape, sorted(words.legal_forms, key=lambda form: (-len(form), form))))
        self.after, self.before = re.compile(f"( (?:{forms}))+ *$"), re.compile(f"^ *((?:{forms}) )+")
        self.glued = re.compile("|".join(form for form in sorted(words.legal_forms) if not form.isascii()))
        self.read = lru_cache(SEEN)(self._read)

    def _read(self, name: str | None) -> Named | None:
        """None where the name says nothing."""
        plain = folded(name or "")
        if plain in self.words.no_values:
            return None
        bare, form = self.without_forms(plain)
        words = [self.words.short_forms.get(word, word) for word in bare.split()]
        words = [word for word in words if word not in self.words.idle_words] or words
        kept, land = self.without_country(words)
        return Named(tuple(kept), form, land, self.distinct(kept)) if kept else None

    def without_forms(self, plain: str) -> tuple[str, str | None]:
        """The name without legal forms on either side, unless it is made of them alone; and the form behind it."""
        text = f" {self.glued.sub(' ', plain)}"
        form, cut = self.after.search(text), self.after.sub("", text)
        found = self.before.sub("", f"{cut.strip()} ").strip() or cut.strip() or plain
        told = form[0].strip() if form and cut.strip() else ""
        return SINGLE.sub(as_one, found), self.words.same_forms.get(told, told).replace(" ", "") or None

    def without_country(self, words: list[str]) -> tuple[list[str], str | None]:
        """`Acme México` is Acme, in Mexico; `Banco de México` keeps its name."""
        for length in (3, 2, 1):
            country, rest = " ".join(words[-length:]), words[:-length]
            if len(country) > CODE and country in REGION_OF:
                return (rest if self.distinct(rest) else words), REGION_OF[country]
        return words, None

    def distinct(self, words: list[str]) -> bool:
        return any(len(word) > 1 and not word.isdigit() and word not in self.words.generic_words for word in words)


def as_one(letters: re.Match[str]) -> str:
    return letters[0].replace(" ", "")


def folded(text: str) -> str:
    """Letters and digits without case and accents, anything else a blank; of a host, what was registered."""
    text = text[:LONGEST].strip().casefold().translate(LETTERS).replace("'", "")
    host = HOST.fullmatch(text)
    return " ".join(re.sub(r"[\W_]+", " ", unaccented(host[1] if host else text)).split())
