"""What matching people goes by: tables of words, and the weights of the evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Label, Shape, read_toml, shaped


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
    evidence: Mapping[str, Mapping[str, Label]]
    renewal: Renewal = Renewal()


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
