"""What a comparison found, in words: the best evidence first."""

from __future__ import annotations

from crm_sync.mappings.identity import IdentityWords
from crm_sync.reconciler.dedupe.matching.features import GROUP_OF
from crm_sync.reconciler.dedupe.matching.match import Why


def because(why: Why, words: IdentityWords, language: str) -> str:
    """`same e-mail (+6.1), same given name, same surname (+2.3)`: what was found, and what each group adds."""
    said: dict[str, list[str]] = {}
    for side, level in why.found.items():
        if level in words.evidence.get(side, {}):
            label = words.evidence[side][level]
            said.setdefault(GROUP_OF[side], []).append(label.es if language == "es" else label.en)
    groups = sorted(said, key=lambda group: -abs(why.adds[group]))
    return ", ".join(f"{', '.join(said[group])} ({why.adds[group]:+.1f})" for group in groups)
