"""Reasons in the reader's language. Plans say and keep them in English; reasons.toml has each of their phrases in both.

    no attempt yet, due 2026-06-02T16:00:00Z       todavía sin intento, vence el 2026-06-02T16:00:00Z
    cadence: 2 of 5 attempts yet; more than ...    Cadencia: todavía 2 de 5 intentos; más de ...

A phrase has places, and what stands in a place may be a phrase again. Instants stay as they are: a page tells them on
its own wall. A reason stays as it is, all of it, where any part is in no table: nothing gets lost, or is half said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from string import Formatter
from typing import Final

from crm_sync.clock import SAID
from crm_sync.dashboards.words import Words, texts_in
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import CRMS, Label
from crm_sync.reconciler.words import crm_name

FILE: Final = Path(__file__).parent / "reasons.toml"
KEPT_IN: Final = "en"
BETWEEN: Final = "; "
WEIGHT: Final = r" \([+-]\d+\.\d\)"
PLAIN: Final[Mapping[str, str]] = {
    "at": SAID.pattern,
    "day": r"\d{4}-\d\d-\d\d",
    "number": r"-?\d+",
    "span": r"\d+(?:bh|bd|d|h|m)",
    "text": r".+?",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What may stand in a place: how it is written, as a pattern without groups, and how the reader is told it."""

    said: str
    tell: Callable[[str], str]


Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the table, for one language."""

    said: re.Pattern[str]  # with a group for each place
    holds: Kinds
    told: str

    def tell(self, text: str) -> str | None:
        """None when the text is another phrase."""
        found = self.said.fullmatch(text)
        if found is None:
            return None
        return self.told.format(**{place: kind.tell(found[place]) for place, kind in self.holds.items()})


class Reasons:
    """`reasons("no contact yet, due 2026-06-02T16:00:00Z")`: the same for the reader."""

    def __init__(self, parts: Sequence[Phrase]) -> None:
        self.parts = parts

    def __call__(self, reason: str) -> str:
        told = self.known(reason)
        return reason if told is None else told

    def known(self, reason: str) -> str | None:
        """None where the table does not have all of it. Parts first: an open place would take in all that follows."""
        for parts in (reason.split(BETWEEN), [reason]):
            told = [one for part in parts if (one := first_told(self.parts, part)) is not None]
            if len(told) == len(parts):
                return BETWEEN.join(told)
        return None


def first_told(phrases: Iterable[Phrase], text: str) -> str | None:
    return next((told for one in phrases if (told := one.tell(text)) is not None), None)


def reasons_in(say: Words, vocabulary: Vocabulary) -> Reasons:
    """For readers of one language. Raises ConfigError."""
    if say.language == KEPT_IN:
        return Reasons(())
    return reasons_of(texts_in(FILE), say, vocabulary)


def reasons_of(texts: Mapping[str, Label], say: Words, vocabulary: Vocabulary) -> Reasons:
    """`texts` by `table.name`, each table below those that it names; the last one has the parts of reasons."""
    kinds, phrases = kinds_of(say, vocabulary), list[Phrase]()
    for table, keys in groupby(texts, key=lambda key: key.partition(".")[0]):
        labels = [texts[key] for key in keys]
        phrases = [phrase_of(label, kinds, say) for label in labels]
        kinds[table] = Kind("|".join(pattern_of(label.en, kinds) for label in labels), teller_of(phrases))
    return Reasons(phrases)


def phrase_of(label: Label, kinds: Kinds, say: Words) -> Phrase:
    holds = {place: kinds[kind or place] for _, place, kind, _ in Formatter().parse(label.en) if place}
    return Phrase(re.compile(pattern_of(label.en, kinds, named=True), re.DOTALL), holds, say.label(label))


def pattern_of(text: str, kinds: Kinds, *, named: bool = False) -> str:
    """A phrase as a pattern; each place is a group of its name, or none."""
    found = ""
    for words, place, kind, _ in Formatter().parse(text):
        found += re.escape(words)
        if place:
            found += f"({f'?P<{place}>' if named else '?:'}{kinds[kind or place].said})"
    return found


def teller_of(phrases: Sequence[Phrase]) -> Callable[[str], str]:
    return lambda text: first_told(phrases, text) or text


def kinds_of(say: Words, vocabulary: Vocabulary) -> dict[str, Kind]:
    """What stays as it is, and what has its word elsewhere."""
    activities = {one.label.en: say.label(one.label) for one in vocabulary.activities.by_name.values()}
    pauses = vocabulary.lifecycle.pause_labels
    crms = {crm_name(crm): say.of("crm", crm) for crm in CRMS}
    return {kind: Kind(pattern, str) for kind, pattern in PLAIN.items()} | {
        "target": Kind(r"[^\s:;]+", lambda name: say.of("target", name)),
        "activity": Kind(r".+?", lambda name: activities.get(name, name)),
        "condition": Kind(r".+?", lambda name: say.label(pauses[name]) if name in pauses else name),
        "crm": Kind("|".join(map(re.escape, crms)), lambda name: crms[name]),
        "findings": findings_of(say, vocabulary),
    }


def findings_of(say: Words, vocabulary: Vocabulary) -> Kind:
    """`same e-mail (+6.1), same given name, same surname (+2.3)`; a plan says them in the language of the settings."""
    tables = (*vocabulary.identity.words.evidence.values(), *vocabulary.companies.evidence.values())
    labels = [label for levels in tables for label in levels.values()]
    words = {said: say.label(label) for label in labels for said in (label.es, label.en)}
    any_of = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))  # some begin with the whole of another
    one = rf"(?:{any_of})(?:{WEIGHT})?"
    each = re.compile(rf"(?:(?<=\A)|(?<=, ))(?:{any_of})(?=,|\Z|{WEIGHT})")
    return Kind(f"{one}(?:, {one})*", lambda text: each.sub(lambda found: words[found[0]], text))
