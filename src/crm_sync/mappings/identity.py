"""What matching people goes by: tables of words, and the weights of the evidence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import Field, field_validator

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Label, Shape, read_toml, shaped, unaccented

Names = Mapping[str, tuple[str, ...]]  # a name → other ways of telling the same
WORD: Final = re.compile(r"[^\W_]+")


class Renewal(Shape):
    """When everybody is matched anew, and the statistics with them: once more than `share` of the records changed, and
    once `hours` are over. Fewer than `people` are matched anew every time. Companies go by the same numbers."""

    share: Annotated[float, Field(ge=0, le=1)] = 0.02
    hours: Annotated[float, Field(ge=0)] = 24
    people: Annotated[int, Field(ge=0)] = 2000


class IdentityWords(Shape):
    """identity.toml: words without case and accents."""

    honorifics: frozenset[str]
    particles: frozenset[str]
    role_mailboxes: frozenset[str]
    free_mail: frozenset[str]
    company_suffixes: tuple[str, ...]
    no_values: frozenset[str]
    moved_domains: Mapping[str, str]
    nicknames: Mapping[str, tuple[str, ...]]
    cities: Mapping[str, tuple[str, ...]] = {}
    title_words: Mapping[str, tuple[str, ...]] = {}
    titles: Mapping[str, tuple[str, ...]] = {}
    evidence: Mapping[str, Mapping[str, Label]]
    renewal: Renewal = Renewal()

    @field_validator("cities", "title_words", "titles")
    @classmethod
    def one_name_each(cls, table: Names) -> Names:
        seen: dict[str, str] = {}
        for name, ways in table.items():
            for way in map(folded, ways):
                if seen.setdefault(way, name) != name:
                    raise ValueError(f"each way of telling it under one name: {way!r} is {seen[way]!r} and {name!r}")
        return table

    @cached_property
    def city_names(self) -> Mapping[str, str]:
        """A city as it may be called, folded → its name."""
        return {folded(way): folded(name) for name, ways in self.cities.items() for way in ways}

    @cached_property
    def title_names(self) -> Mapping[str, str]:
        """A job title, its words as the table has them and in one order → the name of what it is."""
        return {self.in_order(way): self.in_order(name) for name, ways in self.titles.items() for way in ways}

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return {folded(way): folded(name) for name, ways in self.title_words.items() for way in ways}

    def in_order(self, title: str) -> str:
        """The words of a job title as the table has them, each once, in the order of the alphabet."""
        meant = (self._words.get(word, word) for word in folded(title).split())
        return " ".join(sorted({word for word in meant if word}))


def folded(text: str) -> str:
    """Words without case, accents and punctuation."""
    return " ".join(WORD.findall(unaccented(text.casefold())))


class IdentityModel(Shape):
    """identity_model.toml: natural logarithms of odds. Pairs whose sum reaches `sure` make groups. Two groups are one
    person, judged by all that is known of both (`whole`), from `link` on, or from a lower score on, down to `least`, as
    long as no more than `poisoned` of the merged groups are to be expected wrong; from `review` on a person looks at
    them; two records below `veto` are never in one group. Wrong merges are expected as the scores say it, and besides
    for a share of `mistaken` of all links, however sure; among `even` records that is right, and off by the power
    `fading` of how many more or fewer there are, and by the share `returned` of what every score was moved by for how
    common duplicates are. A pair that a key proves (a mailbox of their own, or a phone together with the name) has at
    least `proven`; one that is contradicted (one mailbox under two other names, two addresses and two phones at one
    company under half a name) at most `contested`. `prior` is the share of the pairs that were one person where the
    weights were trained. `unseen` counts for two records of a group that no key brought together; `together` is what
    all pairs between two groups must reach on average."""

    bias: float
    prior: float
    sure: float
    link: float
    least: float
    poisoned: float
    mistaken: float = 0.0
    even: float = 1.0
    fading: float = 0.0
    returned: float = 0.0
    proven: float
    contested: float
    review: float
    veto: float
    unseen: float
    together: float
    weights: Mapping[str, float]
    whole_bias: float = 0.0
    whole: Mapping[str, float] = {}

    @property
    def digest(self) -> str:
        """Another one where any number is another."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class Identity(NamedTuple):
    """What matching goes by."""

    words: IdentityWords
    model: IdentityModel


def load_identity_words(path: Path) -> IdentityWords:
    """Raises ConfigError."""
    return shaped(IdentityWords, read_toml(path), path.name)


def load_identity_model(path: Path) -> IdentityModel:
    """Raises ConfigError."""
    found = shaped(IdentityModel, read_toml(path), path.name)
    if not found.veto < found.contested < found.least <= found.link:
        told = f"veto {found.veto:g}, contested {found.contested:g}, least {found.least:g}, link {found.link:g}"
        raise ConfigError(path.name, told, "veto below contested, contested below least, least at most link")
    return found
