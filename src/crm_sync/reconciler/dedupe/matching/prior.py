"""How common duplicates are among these people: found from the scores alone, by expectation and maximization.

Scores are odds under the share of duplicates among the pairs that the weights were trained on. Elsewhere that share is
another one; what each pair's evidence says of it, taken together, tells which (Saerens, Latinne and Decaestecker 2002).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.mappings.identity import IdentityModel

ENOUGH: Final = 200  # pairs: fewer tell nothing about a share
ROUNDS: Final = 100
BELIEVED: Final = 0.5  # of what raises scores: where duplicates seem common, namesakes are common, too
FARTHEST: Final = 3.5  # natural logarithm of odds: beyond that, the people are unlike any that we know


def shift(pairs_with: Mapping[float, int], prior: float) -> float:
    """What to add to each score, from a histogram of scores. `prior` is the share that the weights were trained on."""
    total = sum(pairs_with.values())
    if total < ENOUGH:
        return 0.0
    share, add = prior, 0.0
    for _ in range(ROUNDS):
        share = sum(pairs / (1 + exp(-score - add)) for score, pairs in pairs_with.items()) / total
        add = logit(min(max(share, 1e-6), 1 - 1e-6)) - logit(prior)
    add = min(max(add, -FARTHEST), FARTHEST)
    return add * BELIEVED if add > 0 else add


def logit(share: float) -> float:
    return log(share / (1 - share))


def moved(scored: pa.Table, add: float, model: IdentityModel) -> pa.Table:
    """The same pairs with another score: moved by `add`, at least `proven` where a key proves it, and at most
    `contested` where something speaks against it that no sum may outweigh."""
    scores = compute.add(scored["score"], pa.scalar(add, pa.float32()))
    at_least = compute.max_element_wise(scores, pa.scalar(model.proven, pa.float32()))
    at_most = compute.min_element_wise(scores, pa.scalar(model.contested, pa.float32()))
    held = compute.if_else(scored["contested"], at_most, compute.if_else(scored["proven"], at_least, scores))
    return scored.select(["a", "b"]).append_column("score", held)
