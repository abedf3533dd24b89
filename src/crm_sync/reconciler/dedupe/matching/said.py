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


def explanation(words: IdentityWords, model: IdentityModel, language: str) -> str:
    """A question over `judged` and `pairs`: a, b, and a list of what was found, each with its `weight` in the odds, the
    weightiest first. What a group adds is computed once."""
    groups = {group: found for group in GROUPS if (found := found_in(group, words, language))}
    weighed = ", ".join(f"{score(model.weights, (group,))} AS {group}_weight" for group in groups)
    parts = ", ".join(
        f"{{'size': abs({group}_weight), 'told': {found}, 'weight': {group}_weight}}" for group, found in groups.items()
    )
    told = f"list_reverse_sort(list_filter([{parts}], lambda one: one.told IS NOT NULL))"
    found = f"list_transform({told}, lambda one: {{'told': one.told, 'weight': one.weight}})"
    whole = f"{{'told': {text(words.evidence['whole']['more'].in_language(language))}, 'weight': whole::DOUBLE}}"
    listed = f"CASE WHEN abs(whole) >= {FELT} THEN list_append({found}, {whole}) ELSE {found} END"
    return f"SELECT a, b, {listed} AS evidence FROM (SELECT *, {weighed} FROM judged JOIN pairs USING (a, b))"


def found_in(group: str, words: IdentityWords, language: str) -> str:
    """The words of the sides of a group; NULL where there is nothing to tell."""
    sides = [side_of(side, words, language) for side in LEVELS if GROUP_OF[side] == group and side in words.evidence]
    return f"nullif(concat_ws(', ', {', '.join(sides)}), '')" if sides else ""


def side_of(side: str, words: IdentityWords, language: str) -> str:
    """Of the words in the table, those for what is found among leads: general lists know more."""
    cases = " ".join(
        f"WHEN '{level}' THEN {text(label.in_language(language))}"
        for level, label in words.evidence[side].items()
        if level in LEVELS[side]
    )
    return f"CASE {side} {cases} END"
