"""What matching companies goes by: tables of words, and what each piece of evidence weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm_sync.errors import ConfigError
from crm_sync.mappings.identity import Renewal, load_identity_words
from crm_sync.mappings.tables import Label, Shape, read_toml, shaped

#: The sides on which two records are compared, and what can be found there; see companies.toml.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("same", "common", "generic", "order", "near", "part", "short", "diff", "numbers"),
    "site": ("same", "crowd", "mail", "label", "other", "abroad", "apart"),
    "country": ("same", "diff", "named"),
    "city": ("same", "diff"),
    "form": ("same", "diff"),
    "phone": ("same", "diff"),
    "staff": ("same",),
}


class Weighed(Label):
    """A piece of evidence: what it is called, and what it adds to the odds."""

    weight: float


class Thresholds(Shape):
    """Natural logarithms of odds; see companies.toml."""

    bias: float
    link: float
    review: float
    veto: float
    unseen: float
    together: float
    homonyms: float


class CompaniesTable(Shape):
    shared_hosts: frozenset[str]
    open_endings: frozenset[str]
    legal_forms: frozenset[str]
    same_forms: Mapping[str, str]
    idle_words: frozenset[str]
    generic_words: frozenset[str]
    short_forms: Mapping[str, str]
    thresholds: Thresholds
    evidence: Mapping[str, Mapping[str, Weighed]]


@dataclass(frozen=True, slots=True)
class CompanyWords:
    """companies.toml, and the words of identity.toml that companies are told apart by."""

    silent_hosts: frozenset[str]  # free mail and shared hosts
    moved_domains: Mapping[str, str]
    open_endings: frozenset[str]
    legal_forms: frozenset[str]
    same_forms: Mapping[str, str]
    idle_words: frozenset[str]
    generic_words: frozenset[str]
    short_forms: Mapping[str, str]
    no_values: frozenset[str]
    thresholds: Thresholds
    evidence: Mapping[str, Mapping[str, Weighed]]
    renewal: Renewal


def load_companies(path: Path, identity: Path) -> CompanyWords:
    """Raises ConfigError."""
    found, words = shaped(CompaniesTable, read_toml(path), path.name), load_identity_words(identity)
    check_evidence(found.evidence, path.name)
    return CompanyWords(
        found.shared_hosts | words.free_mail, words.moved_domains, found.open_endings,
        found.legal_forms | {*words.company_suffixes}, found.same_forms, found.idle_words, found.generic_words,
        found.short_forms, words.no_values, found.thresholds, found.evidence, words.renewal,
    )  # fmt: skip


def check_evidence(evidence: Mapping[str, Mapping[str, Weighed]], where: str) -> None:
    for side, levels in evidence.items():
        if side not in LEVELS:
            raise ConfigError(f"{where}: [evidence.{side}]", "a side that is not known", f"one of {', '.join(LEVELS)}")
        for level in levels:
            if level not in LEVELS[side]:
                allowed = f"one of {', '.join(LEVELS[side])}"
                raise ConfigError(f"{where}: [evidence.{side}] {level}", "a finding that is not known", allowed)
