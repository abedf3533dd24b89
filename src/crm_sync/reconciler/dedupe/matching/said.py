"""What a comparison found, in words: an expression for the engine, since a million links have to be told."""

from __future__ import annotations

from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching.features import GROUP_OF, GROUPS, LEVELS, score
from crm_sync.reconciler.dedupe.matching.speech import text


def explanation(words: IdentityWords, model: IdentityModel, language: str) -> str:
    """A question over `judged`: a, b, because. `same e-mail (+6.1), same given name, same surname (+2.3)`: what was
    found and what each group of it adds to the odds, the weightiest first."""
    groups = {group: found for group in GROUPS if (found := found_in(group, words, language))}
    weighed = ", ".join(f"{score(model.weights, (group,))} AS {group}_weight" for group in groups)
    told = ", ".join(
        f"{{'weight': abs({group}_weight), 'told': {found} || printf(' (%+.1f)', {group}_weight)}}"
        for group, found in groups.items()
    )
    heaviest = f"list_reverse_sort(list_filter([{told}], lambda one: one.told IS NOT NULL))"
    because = f"array_to_string(list_transform({heaviest}, lambda one: one.told), ', ')"
    return f"SELECT a, b, {because} AS because FROM (SELECT *, {weighed} FROM judged)"


def found_in(group: str, words: IdentityWords, language: str) -> str:
    """The words of the sides of a group; NULL where there is nothing to tell."""
    sides = [side_of(side, words, language) for side in LEVELS if GROUP_OF[side] == group and side in words.evidence]
    return f"nullif(concat_ws(', ', {', '.join(sides)}), '')" if sides else ""


def side_of(side: str, words: IdentityWords, language: str) -> str:
    cases = " ".join(
        f"WHEN '{level}' THEN {text(label.in_language(language))}" for level, label in words.evidence[side].items()
    )
    return f"CASE {side} {cases} END"
