"""How far weights move where a company's own pairs have findings more often, or less often, than is usual.

What a finding is worth is the logarithm of how much oftener it is made of one person than of two (Fellegi and Sunter
1969). Both are counted in the same way here as where the weights were trained, so that what the way of counting gets
wrong stands on both sides, and only the difference is learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import log
from typing import Final, NamedTuple

from crm_sync.mappings.identity import IdentityModel
from crm_sync.mappings.usual import Counts, Usual

FEW: Final = 0.25  # variance of what a finding is worth from company to company: what few pairs tell is believed less
HALF: Final = 0.5  # pairs: so many more than were counted
ROUNDS: Final = 8
STILL: Final = 0.03  # natural logarithm: weights that move by less have come to rest

Count = Callable[[IdentityModel], Counts]  # how often each finding is made, with the weights of a model


class Learnt(NamedTuple):
    """`moves`: weight → by how much it moves; those that do not are left out. `stopped` are weights that own data would
    move farther than is allowed. `rest` is how far the last round moved any of them."""

    model: IdentityModel
    moves: Mapping[str, float]
    stopped: tuple[str, ...]
    counts: Counts
    rounds: int
    rest: float


def learnt(model: IdentityModel, usual: Usual, count: Count) -> Learnt:
    """Expectation and maximization, from `model` on: the weights say which pairs are sure, these say the weights."""
    found = Learnt(model, {}, (), {}, 0, 0.0)
    for rounds in range(1, ROUNDS + 1):
        found = learnt_once(found, model, usual, count(found.model), rounds)
        if found.rest <= STILL:
            break
    return found


def learnt_once(last: Learnt, model: IdentityModel, usual: Usual, counts: Counts, rounds: int) -> Learnt:
    told = differences(counts, usual.pairs)
    moves = {name: move for name, difference in told.items() if (move := believed(difference, usual))}
    rest = max((abs(moves.get(one, 0) - last.moves.get(one, 0)) for one in told), default=0.0)
    stopped = tuple(name for name, move in moves.items() if move in (usual.most, -usual.least))
    now = model.model_copy(update={"weights": moved(model.weights, moves)})
    return Learnt(now, moves, stopped, counts, rounds, rest)


def differences(own: Counts, usual: Counts) -> dict[str, float]:
    """Weight → by how much what its finding is worth differs from what is usual, as far as there are pairs to tell."""
    return {f"{side}_{finding}": told for side in usual for finding, told in of_side(own.get(side, {}), usual[side])}


def of_side(own: Mapping[str, tuple[int, int]], usual: Mapping[str, tuple[int, int]]) -> Iterator[tuple[str, float]]:
    ones, twos = (sum(own.get(finding, (0, 0))[of] + HALF for finding in usual) for of in (0, 1))
    all_ones, all_twos = (sum(known[of] + HALF for known in usual.values()) for of in (0, 1))
    for finding, (known_one, known_two) in usual.items():
        one, two = own.get(finding, (0, 0))
        worth = log((one + HALF) / ones) - log((two + HALF) / twos)
        usually = log((known_one + HALF) / all_ones) - log((known_two + HALF) / all_twos)
        doubt = sum(1 / (pairs + HALF) for pairs in (one, two, known_one, known_two))
        yield finding, (worth - usually) * FEW / (FEW + doubt)


def believed(difference: float, usual: Usual) -> float:
    beyond = max(abs(difference) - usual.spread, 0) * usual.share
    return min(beyond, usual.most) if difference > 0 else -min(beyond, usual.least)


def moved(weights: Mapping[str, float], moves: Mapping[str, float]) -> dict[str, float]:
    after = {name: round(weights.get(name, 0.0) + move, 4) for name, move in moves.items()}
    return {**weights, **after}
