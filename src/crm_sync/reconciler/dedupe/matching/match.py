"""Who is who among the rows of a table: groups, and for each row the best evidence that it belongs to its group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final, NamedTuple

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching.chain import explained, prepared, scored
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.dedupe.matching.features import GROUPS, LEVELS

MOST_REVIEWS: Final = 0.03  # of all people: more than that nobody looks at


class Why(NamedTuple):
    """Two rows by number, the natural logarithm of the odds that they are one person, what was found on each side of
    the comparison, and what each group of evidence adds to the odds."""

    a: int
    b: int
    score: float
    found: Mapping[str, str]
    adds: Mapping[str, float]

    @property
    def probability(self) -> float:
        return 1 / (1 + exp(-self.score))


@dataclass(frozen=True, slots=True)
class Matched:
    """`leader` of each row is the lowest number of its group; `why` tells of each row but the leader which row of the
    group it resembles most; `reviews` are pairs that a person should look at, the likeliest first."""

    leader: Sequence[int]
    why: Mapping[int, Why]
    reviews: Sequence[Why]
    pairs: int


def match(
    people: pa.Table, words: IdentityWords, model: IdentityModel, engine: Engine, decided: Decided = Decided()
) -> Matched:
    """`people` has the columns of chain.PEOPLE, `rid` from 0 on. Raises Failed."""
    tables = prepared(people, words, engine)
    pairs = scored(tables, model, engine)
    a, b, scores = (pairs[name].to_pylist() for name in ("a", "b", "score"))
    found = grouped(len(people), a, b, scores, model, decided)
    best = best_inside(found.leader, a, b, scores)
    doubtful = to_review(found.leader, a, b, scores, model)
    told = explained(tables, pairs_of([*best.values(), *doubtful]), model, engine)
    reasons = {(one.a, one.b): one for one in whys(told, model)}
    return Matched(
        found.leader,
        {row: reasons[pair] for row, pair in best.items()},
        tuple(reasons[pair] for pair in doubtful),
        len(a),
    )


def best_inside(
    leader: Sequence[int], a: Sequence[int], b: Sequence[int], scores: Sequence[float]
) -> dict[int, tuple[int, int]]:
    """Of each row but the first of its group, the pair with the best score inside the group."""
    best: dict[int, tuple[float, int, int]] = {}
    for x, y, score in zip(a, b, scores, strict=True):
        if leader[x] == leader[y]:
            for row in (x, y):
                if row != leader[row] and (row not in best or (score, -x, -y) > best[row]):
                    best[row] = (score, -x, -y)
    return {row: (-x, -y) for row, (_, x, y) in best.items()}


def to_review(
    leader: Sequence[int], a: Sequence[int], b: Sequence[int], scores: Sequence[float], model: IdentityModel
) -> list[tuple[int, int]]:
    """The likeliest pair of any two groups that are not one, as far as people can be asked about them."""
    likely: dict[tuple[int, int], tuple[float, int, int]] = {}
    for x, y, score in zip(a, b, scores, strict=True):
        if score >= model.review and leader[x] != leader[y]:
            between = (min(leader[x], leader[y]), max(leader[x], leader[y]))
            likely[between] = max(likely.get(between, (score, -x, -y)), (score, -x, -y))
    people = len(set(leader))
    return [(-x, -y) for _, x, y in sorted(likely.values(), reverse=True)[: int(people * MOST_REVIEWS)]]


def pairs_of(pairs: Sequence[tuple[int, int]]) -> pa.Table:
    distinct = sorted(set(pairs))
    return pa.table({name: pa.array([pair[at] for pair in distinct], pa.int32()) for at, name in enumerate("ab")})


def whys(told: pa.Table, model: IdentityModel) -> Iterator[Why]:
    columns: dict[str, list[Any]] = {name: told[name].to_pylist() for name in told.column_names}
    sides, weights = [columns[side] for side in LEVELS], [columns[f"{group}_weight"] for group in GROUPS]
    for row, (a, b) in enumerate(zip(columns["a"], columns["b"], strict=True)):
        found = dict(zip(LEVELS, (side[row] for side in sides), strict=True))
        adds = dict(zip(GROUPS, (weight[row] for weight in weights), strict=True))
        yield Why(a, b, model.bias + sum(adds.values()), found, adds)
