"""How good clusters are, against the truth: pairs, B-cubed, and groups that hold more than one human being."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """`poisoned` is the share of merged groups with more than one human being; `false_merges` how many of these there
    are per 10,000 people."""

    precision: float
    recall: float
    f1: float
    b_cubed: float
    poisoned: float
    false_merges: float


def scores(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Scores:
    """`found` and `truth` name the group of each row."""
    both, groups, people = Counter(zip(found, truth, strict=True)), Counter(found), Counter(truth)
    right, said, true = (sum(n * (n - 1) // 2 for n in some.values()) for some in (both, groups, people))
    precision, recall = right / said if said else 1.0, right / true if true else 1.0
    members: dict[Hashable, int] = defaultdict(int)
    for group, _ in both:
        members[group] += 1
    merged = [group for group, size in groups.items() if size > 1]
    poisoned = sum(members[group] > 1 for group in merged)
    b_precision = sum(n * n / groups[group] for (group, _), n in both.items()) / len(truth)
    b_recall = sum(n * n / people[human] for (_, human), n in both.items()) / len(truth)
    return Scores(
        precision, recall, harmonic(precision, recall), harmonic(b_precision, b_recall),
        poisoned / len(merged) if merged else 0.0, poisoned / len(people) * 10_000,
    )  # fmt: skip


def harmonic(one: float, two: float) -> float:
    return 2 * one * two / (one + two) if one + two else 0.0
