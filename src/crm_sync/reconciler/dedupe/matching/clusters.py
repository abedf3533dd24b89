"""Groups of records that are one person: the surest pairs first, and nobody joins a group that speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from crm_sync.mappings.identity import IdentityModel

Pair = tuple[int, int]  # the lower number first


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided: pairs that are one person, and pairs that are not."""

    one: Collection[Pair] = ()
    two: Collection[Pair] = ()


@dataclass(frozen=True, slots=True)
class Grouped:
    """`leader` of every record is the lowest number of its group. `doubtful` pairs wanted to join groups that did not
    agree."""

    leader: Sequence[int]
    doubtful: Sequence[tuple[float, int, int]]


def grouped(
    count: int, a: Sequence[int], b: Sequence[int], scores: Sequence[float], model: IdentityModel, decided: Decided
) -> Grouped:
    """Groups of the records 0 to `count` - 1, whose pairs are `a`, `b` with their scores. The order of pairs does not
    matter. Linear in the pairs, since groups are small."""
    edges = [(score, x, y) for x, y, score in zip(a, b, scores, strict=True) if score >= model.link]
    leader = components(count, [(x, y) for _, x, y in edges], decided.one)
    inside = pairs_inside(leader, a, b, scores)
    for pair in decided.one:
        inside[pair] = float("inf")
    for pair in decided.two:
        inside[pair] = float("-inf")
    members: dict[int, list[int]] = {}
    doubtful: list[tuple[float, int, int]] = []
    home = list(range(count))
    wanted = [*((float("inf"), x, y) for x, y in decided.one), *edges]
    for score, x, y in sorted(wanted, key=lambda edge: (-edge[0], edge[1], edge[2])):
        low, high = sorted((home[x], home[y]))
        if low == high:
            continue
        ours, theirs = members.get(low, [low]), members.get(high, [high])
        if score != float("inf") and not agree(ours, theirs, score, inside, model):
            doubtful.append((score, x, y))
            continue
        members[low] = ours + theirs
        members.pop(high, None)
        for one in theirs:
            home[one] = low
    return Grouped(home, doubtful)


def agree(
    ours: Sequence[int], theirs: Sequence[int], score: float, inside: dict[Pair, float], model: IdentityModel
) -> bool:
    """Whether no two of them exclude each other, and all together speak for it. A pair says no more than the one that
    brings the groups together: one sure pair must not carry others."""
    total = 0.0
    for x, y in product(ours, theirs):
        said = inside.get((x, y) if x < y else (y, x), model.unseen)
        if said < model.veto:
            return False
        total += min(said, score)
    return total >= min(model.together, score) * len(ours) * len(theirs)


def components(count: int, pairs: Iterable[Pair], more: Iterable[Pair]) -> list[int]:
    """The lowest record that each is connected with."""
    leader = list(range(count))

    def find(x: int) -> int:
        while leader[x] != x:
            leader[x] = leader[leader[x]]
            x = leader[x]
        return x

    for some in (pairs, more):
        for x, y in some:
            one, two = find(x), find(y)
            if one != two:
                leader[max(one, two)] = min(one, two)
    return [find(x) for x in range(count)]


def pairs_inside(
    leader: Sequence[int], a: Sequence[int], b: Sequence[int], scores: Sequence[float]
) -> dict[Pair, float]:
    """The scores between connected records: only they are asked for."""
    return {(x, y): score for x, y, score in zip(a, b, scores, strict=True) if leader[x] == leader[y]}
