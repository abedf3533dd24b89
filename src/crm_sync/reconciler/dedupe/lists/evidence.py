"""What a comparison may find on each side of two records, what each finding weighs, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Final

from crm_sync.mappings.identity import IdentityWords
from crm_sync.mappings.lists import LEVELS
from crm_sync.reconciler.dedupe.matching.features import number
from crm_sync.reconciler.dedupe.matching.speech import text

MISS: Final = "miss"
#: A column that says how rare what is the same is, where that outweighs how often two people say the same.
RARE: Final[Mapping[tuple[str, str], str]] = {
    ("given", "same"): "given_bits", ("family", "same"): "family_bits", ("family", "both"): "family_bits",
    ("family", "half"): "family_bits", ("birth", "same"): "birth_bits", ("birth", "year"): "year_bits",
    ("mail", "same"): "mail_bits", ("mail", "local"): "local_bits", ("phone", "same"): "phone_bits",
    ("phone", "tail"): "phone_bits", ("number", "same"): "number_bits", ("home", "street"): "street_bits",
    ("home", "code"): "postcode_bits", ("home", "city"): "city_bits", ("title", "same"): "title_bits",
    ("company", "same"): "company_bits", ("company", "turned"): "company_bits",
}  # fmt: skip
#: What those columns are about: columns of `entries`.
TOLD_BY: Final[Mapping[str, str]] = {
    "given_bits": "g", "family_bits": "s", "birth_bits": "born", "year_bits": "year", "mail_bits": "mailbox",
    "local_bits": "local", "phone_bits": "phone", "number_bits": "nid", "street_bits": "street",
    "postcode_bits": "postcode", "city_bits": "city", "title_bits": "title", "company_bits": "company",
}  # fmt: skip
#: What follows from something that counts already adds no more than this: who shares an address or a phone shares the
#: surname too, colleagues share what stands behind the @, namesakes mostly live in one country, and names are turned
#: only where they agree in the other order.
SHARED: Final[Mapping[tuple[str, str], float]] = {
    ("family", "kin"): 0.5, ("phone", "home"): 0.5, ("mail", "host"): 0.5, ("country", "same"): 0.0,
    ("turned", "swap"): 0.0,
}  # fmt: skip
#: Among whom a value is rare, where not among all.
AMONG: Final[Mapping[str, str]] = {"city_bits": "country"}
#: What nothing outweighs.
PROVEN: Final[Mapping[tuple[str, str], float]] = {("number", "other"): -100.0}
OTHERS: Final = 200  # records that rarity and the share of duplicates are reckoned with besides those that are there

Shares = Mapping[str, Mapping[str, float]]
Weights = Mapping[str, Mapping[str, float]]


def weights_of(same: Shares, other: Shares) -> dict[str, dict[str, float]]:
    """Side and level → its weight, from how often it is found in one person's records and in two people's; where rarity
    stands for the second, from the first alone."""
    return {
        side: {level: weight_of(side, level, same[side][level], other[side][level]) for level in levels}
        for side, levels in LEVELS.items()
    }


def weight_of(side: str, level: str, same: float, other: float) -> float:
    if (side, level) in PROVEN:
        return PROVEN[side, level]
    if (side, level) in RARE:
        return log(same)
    return log(same) + SHARED[side, level] if (side, level) in SHARED else log(same / other)


def rarities() -> str:
    """Minus the logarithm of the share of records that say the same, a column for each of TOLD_BY, over `entries`."""
    return ", ".join(rare(bits, said) for bits, said in TOLD_BY.items())


def rare(bits: str, said: str) -> str:
    among = AMONG.get(bits, "true")
    share = f"count(*) OVER (PARTITION BY {said}, {among}) / (count({said}) OVER (PARTITION BY {among}) + {OTHERS})"
    return f"CASE WHEN {said} IS NOT NULL THEN -ln({share}) END AS {bits}"


def rarity() -> str:
    """The sum of what rare values add, as an expression over `judged`."""
    return " + ".join(rarity_of(side) for side in dict.fromkeys(side for side, _ in RARE))


def rarity_of(side: str) -> str:
    cases = " ".join(f"WHEN '{level}' THEN {column}" for (one, level), column in RARE.items() if one == side)
    return f"CASE {side} {cases} ELSE 0 END"


def weighed(side: str, weights: Weights) -> str:
    """What the side of a pair weighs, as an expression over `judged`."""
    cases = " ".join(
        f"WHEN '{level}' THEN {number(weight)}" + (f" + {RARE[side, level]}" if (side, level) in RARE else "")
        for level, weight in weights[side].items()
    )
    return f"CASE {side} {cases} ELSE 0e0 END"


def explanation(weights: Weights, words: IdentityWords, language: str) -> str:
    """A question over `judged`: a, b, and a list of what was found, each with its `weight`, the weightiest first."""
    weighing = ", ".join(f"{weighed(side, weights)} AS {side}_weight" for side in LEVELS)
    parts = ", ".join(
        f"{{'size': abs({side}_weight), 'told': {told(side, words, language)}, 'weight': ({side}_weight)::DOUBLE}}"
        for side in LEVELS
        if side in words.evidence
    )
    found = f"list_reverse_sort(list_filter([{parts}], lambda one: one.told IS NOT NULL))"
    listed = f"list_transform({found}, lambda one: {{'told': one.told, 'weight': one.weight}})"
    return f"SELECT a, b, {listed} AS evidence FROM (SELECT *, {weighing} FROM judged)"


def told(side: str, words: IdentityWords, language: str) -> str:
    """The words for what was found on a side; NULL where nothing is told."""
    labels = words.evidence[side]
    cases = " ".join(
        f"WHEN '{level}' THEN {text(label.in_language(language))}"
        for level, label in labels.items()
        if level in LEVELS[side]
    )
    return f"CASE {side} {cases} END"
