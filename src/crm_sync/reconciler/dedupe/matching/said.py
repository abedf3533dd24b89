"""What a comparison found, in words: an expression for the engine, since a million links have to be told."""

from __future__ import annotations

from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching.features import GROUP_OF, GROUPS, LEVELS, score
from crm_sync.reconciler.dedupe.matching.speech import text


def sentence(words: IdentityWords, model: IdentityModel, language: str) -> str:
    """`same e-mail (+6.1), same given name, same surname (+2.3)`: what was found and what each group of it adds to the
    odds, the weightiest first."""
    parts = [
        f"{{'weight': abs({score(model.weights, (group,))}), 'told': {told}}}"
        for group in GROUPS
        if (told := group_of(group, words, model, language))
    ]
    whole = text(words.evidence["whole"]["more"].in_language(language))
    parts.append(f"{{'weight': 0.0, 'told': CASE WHEN abs(whole) >= 0.05 THEN {whole} || printf(' (%+.1f)', whole) END}}")
    heaviest = f"list_reverse_sort(list_filter([{', '.join(parts)}], lambda one: one.told IS NOT NULL))"
    return f"array_to_string(list_transform({heaviest}, lambda one: one.told), ', ')"


def group_of(group: str, words: IdentityWords, model: IdentityModel, language: str) -> str:
    """The words of the sides of a group with their weight; NULL where there is nothing to tell."""
    sides = [side_of(side, words, language) for side in LEVELS if GROUP_OF[side] == group and side in words.evidence]
    if not sides:
        return ""
    return f"nullif(concat_ws(', ', {', '.join(sides)}), '') || printf(' (%+.1f)', {score(model.weights, (group,))})"


def side_of(side: str, words: IdentityWords, language: str) -> str:
    cases = " ".join(
        f"WHEN '{level}' THEN {text(label.in_language(language))}" for level, label in words.evidence[side].items()
    )
    return f"CASE {side} {cases} END"
