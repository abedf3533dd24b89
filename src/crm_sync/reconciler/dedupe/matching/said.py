"""What a comparison found, in words: an expression for the engine, since a million links have to be told."""

from __future__ import annotations

from typing import Final

from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching.features import GROUP_OF, GROUPS, LEVELS, score
from crm_sync.reconciler.dedupe.matching.speech import text

#: `same e-mail (+6.1), same given name, same surname (+2.3)`
SENTENCE: Final = (
    "array_to_string(list_transform(evidence, lambda one: one.told || printf(' (%+.1f)', one.weight)), ', ')"
)

FELT: Final = 0.05  # of what the groups as a whole add: less is told as nothing


def evidence(words: IdentityWords, model: IdentityModel, language: str) -> str:
    """A list of what was found, each with its `weight` in the odds, the weightiest first."""
    parts = [
        f"{{'size': abs({weight}), 'told': {told}, 'weight': {weight}}}"
        for group in GROUPS
        if (told := group_of(group, words, language)) and (weight := score(model.weights, (group,)))
    ]
    told = f"list_reverse_sort(list_filter([{', '.join(parts)}], lambda one: one.told IS NOT NULL))"
    found = f"list_transform({told}, lambda one: {{'told': one.told, 'weight': one.weight}})"
    whole = f"{{'told': {text(words.evidence['whole']['more'].in_language(language))}, 'weight': whole::DOUBLE}}"
    return f"CASE WHEN abs(whole) >= {FELT} THEN list_append({found}, {whole}) ELSE {found} END"


def group_of(group: str, words: IdentityWords, language: str) -> str:
    """The words of the sides of a group; NULL where there is nothing to tell."""
    sides = [side_of(side, words, language) for side in LEVELS if GROUP_OF[side] == group and side in words.evidence]
    return f"nullif(concat_ws(', ', {', '.join(sides)}), '')" if sides else ""


def side_of(side: str, words: IdentityWords, language: str) -> str:
    cases = " ".join(
        f"WHEN '{level}' THEN {text(label.in_language(language))}" for level, label in words.evidence[side].items()
    )
    return f"CASE {side} {cases} END"
