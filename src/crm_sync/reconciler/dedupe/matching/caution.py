"""How sure a merge has to be among these people: found from the odds of the groups themselves, without labels.

The more people, the more namesakes: the same threshold lets more wrong merges through in one export than in another.
Scores are odds, so what they leave open says how many merged groups hold two people; by how much that is off among so
many people, and how many of the surest links are wrong all the same, was measured where the truth was known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, log
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.mappings.identity import IdentityModel
from crm_sync.reconciler.dedupe.matching.clusters import edges_of

ENOUGH: Final = 1_000  # merged groups: fewer tell nothing about a share
FARTHEST: Final = 0.5  # natural logarithm: so far off were the scores of no size that was measured


def cautious_link(
    groups: Sequence[int], links: pa.Table, whole: pa.Table, model: IdentityModel, shift: float
) -> float:  # fmt: skip
    """The score that two groups have to reach: `model.link`, or a lower one, down to `model.least`, as long as no more
    than `model.poisoned` of the merged groups are to be expected wrong. `groups` are the leaders of records, `links`
    the best pair of each record in them, `whole` the scores of groups; `shift` was added to the score of every pair."""
    if len(merged_of(groups)) < ENOUGH:
        return model.link
    promised = misjudged(len(groups), shift, model)
    for score, wrong, merged in one_by_one(groups, links, whole, model):
        if wrong * promised > model.poisoned * merged:
            return min(score, model.link)
    return model.least


def one_by_one(
    groups: Sequence[int], links: pa.Table, whole: pa.Table, model: IdentityModel
) -> Iterator[tuple[float, float, int]]:
    """Each score at which two groups become one, the surest first, with how many of all merged groups the scores then
    expect to be wrong, and how many there are."""
    several = merged_of(groups)
    merged = len(several)
    wrong = (compute.sum(doubts(links["score"])).as_py() or 0.0) + model.mistaken * len(links)
    leader: dict[int, int] = {}
    for score, x, y in edges_of(whole, model.least):
        one, other = found(leader, x), found(leader, y)
        if one == other:
            continue
        wrong += 1 / (1 + exp(score))
        merged += 1 - (one in several) - (other in several)
        yield score, wrong, merged
        leader[other] = one
        several.add(one)


def merged_of(groups: Sequence[int]) -> set[int]:
    """The leaders of several records."""
    counted = compute.value_counts(pa.array(groups, pa.int32()))
    return set(counted.field("values").filter(compute.greater(counted.field("counts"), 1)).to_pylist())


def misjudged(records: int, shift: float, model: IdentityModel) -> float:
    """How many merged groups are wrong for each that the scores expect: among fewer records than `model.even` more than
    one, since scores promise too much there, among more records fewer. The more pairs are no duplicates, the lower are
    all scores, while those that are sure stay so: `model.returned` of the `shift` is taken back here."""
    off = model.fading * log(model.even / records) + model.returned * shift
    return exp(min(max(off, -FARTHEST), FARTHEST))


def doubts(scores: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """How likely each is wrong."""
    return compute.divide(1.0, compute.add(compute.exp(scores.cast(pa.float64())), 1.0))


def found(leader: dict[int, int], x: int) -> int:
    while (above := leader.get(x)) is not None:
        leader[x] = leader.get(above, above)
        x = above
    return x
