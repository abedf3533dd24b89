"""How often two records of one person agree, and two of two people: found among these people, without labels.

Expectation and maximization over the findings of all pairs that a key brings together (Fellegi and Sunter 1969,
Winkler 1988). What is known from other lists stands for as many pairs as `trust` says: a few records change little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log
from typing import Final, NamedTuple

from crm_sync.mappings.lists import LEVELS, ListModel
from crm_sync.reconciler.dedupe.lists.evidence import MISS, OTHERS, Shares, weights_of

ROUNDS: Final = 40
STILL: Final = 1e-3  # of the share of duplicates: less is no change
SOME: Final = 10.0  # pairs: what a usual share of duplicates counts
MOST: Final = 0.5  # of all pairs
FARTHEST: Final = 30.0  # natural logarithm of odds
SIDES: Final = tuple(LEVELS)


class Pattern(NamedTuple):
    """What `pairs` pairs have in common: a level of each side, and what rarity adds."""

    levels: tuple[str, ...]
    bits: float
    contested: bool
    pairs: float


class Learnt(NamedTuple):
    """`share`: how many of all pairs are one person; how often each finding is made of one person's records (`same`)
    and of two people's (`other`)."""

    share: float
    same: Shares
    other: Shares

    @property
    def bias(self) -> float:
        return log(self.share / (1 - self.share))


def learnt(met: Sequence[Pattern], drawn: Sequence[Pattern], records: int, model: ListModel) -> Learnt:
    """`met` are patterns of the pairs that keys bring together, `drawn` those of pairs drawn at large."""
    pairs, usual = records * (records - 1) / 2, 1 / (records + OTHERS)
    now = Learnt(usual, model.same, model.other)
    for _ in range(ROUNDS):
        before, found, rest = now, odds(met, now), odds(drawn, now)
        likely = sum(p * one.pairs for p, one in zip(found, met, strict=True))
        now = Learnt(
            min((likely + SOME) / (pairs + SOME / usual), MOST),
            counted(met, found, model.same, model.trust),
            counted(drawn, [1 - p for p in rest], model.other, model.trust),
        )
        if abs(log(now.share / before.share)) < STILL:
            break
    return now


def odds(patterns: Sequence[Pattern], known: Learnt) -> list[float]:
    """How likely each is one person."""
    weights, bias = weights_of(known.same, known.other), known.bias
    columns = [weights[side] | {MISS: 0.0} for side in SIDES]
    return [
        0.0 if one.contested else 1 / (1 + exp(-max(min(total, FARTHEST), -FARTHEST)))
        for one in patterns
        for total in [bias + one.bits + sum(column[level] for column, level in zip(columns, one.levels, strict=True))]
    ]


def counted(patterns: Iterable[Pattern], likely: Iterable[float], known: Shares, trust: float) -> Shares:
    counts: dict[str, dict[str, float]] = {side: dict.fromkeys(levels, 0.0) for side, levels in LEVELS.items()}
    for one, p in zip(patterns, likely, strict=True):
        weight = p * one.pairs
        for side, level in zip(SIDES, one.levels, strict=True):
            if level != MISS:
                counts[side][level] += weight
    return {side: mixed(counts[side], known[side], trust) for side in SIDES}


def mixed(counts: Mapping[str, float], known: Mapping[str, float], trust: float) -> dict[str, float]:
    total = sum(counts.values()) + trust
    return {level: (count + trust * known[level]) / total for level, count in counts.items()}
