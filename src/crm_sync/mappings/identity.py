"""What matching people goes by: tables of words, and the weights of the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crm_sync.mappings.tables import Label, Shape, read_toml, shaped


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


class IdentityModel(Shape):
    """identity_model.toml: natural logarithms of odds. Pairs whose sum reaches `sure` are grouped first; two groups that
    together reach `link` are one person, as `whole` weighs them; from `review` on a person looks at it; two records below `veto` are never in one group. `prior` is the share of the pairs that
    were one person where the weights were trained. `unseen` counts for two records of a group that no key brought
    together; `together` is what all pairs between two groups must reach on average."""

    bias: float
    prior: float
    sure: float
    link: float
    review: float
    veto: float
    unseen: float
    together: float
    weights: Mapping[str, float]
    whole_bias: float = 0.0
    whole: Mapping[str, float] = {}


def load_identity_words(path: Path) -> IdentityWords:
    """Raises ConfigError."""
    return shaped(IdentityWords, read_toml(path), path.name)


def load_identity_model(path: Path) -> IdentityModel:
    """Raises ConfigError."""
    return shaped(IdentityModel, read_toml(path), path.name)
