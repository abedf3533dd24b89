"""Groups of records that are one person: the surest pairs first, and nobody joins a group that speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Final, Protocol

import pyarrow as pa
import pyarrow.compute as compute

SURE: Final = float("inf")

Pair = tuple[int, int]  # the lower number first
Edge = tuple[float, int, int]


class Bounds(Protocol):
    """What holds a group together; the words are those of IdentityModel."""

    @property
    def veto(self) -> float: ...
    @property
    def unseen(self) -> float: ...
    @property
    def together(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Decided:
    """What people decided: pairs that are one person, and pairs that are two."""

    one: Collection[Pair] = ()
    two: Collection[Pair] = ()


def grouped(count: int, scored: pa.Table, model: Bounds, link: float, decided: Decided = Decided()) -> list[int]:
    """The lowest number of each record's group, for the records 0 to `count` - 1. `scored` are pairs with their scores;
    those from `link` on join groups; their order does not matter. Linear in the pairs, since groups are small."""
    sure = scored.filter(compute.greater_equal(scored["score"], link))
    settled = of_one_mind(sure, decided) if link >= model.veto else pa.nulls(len(sure), pa.bool_())
    home = homes(count, sure.filter(settled))
    edges = edges_of(sure.filter(compute.invert(settled.fill_null(False))), link)
    connected = components(count, chain(decided.one, ((x, y) for _, x, y in edges)))
    inside = inside_of(scored, connected) | dict.fromkeys(decided.one, SURE) | dict.fromkeys(decided.two, -SURE)
    members: dict[int, list[int]] = {}
    for score, x, y in chain(((SURE, x, y) for x, y in sorted(decided.one)), edges):
        low, high = sorted((home[x], home[y]))
        if low == high:
            continue
        ours, theirs = members.get(low, [low]), members.get(high, [high])
        if agree(ours, theirs, score, inside, model):
            members[low] = ours + theirs
            for one in members.pop(high, theirs):
                home[one] = low
    return home


def of_one_mind(sure: pa.Table, decided: Decided) -> pa.Array:
    """Of each pair, whether its two records belong to some that are all paired with each other and with nobody else,
    and that nothing decided concerns: those are one group, in whichever order they join. Most are."""
    a, b = (sure[side].combine_chunks() for side in ("a", "b"))
    ends = pa.table({"one": pa.chunked_array([a, b], pa.int32()), "other": pa.chunked_array([b, a], pa.int32())})
    seen = ends.group_by("one").aggregate([("other", "min"), ("other", "count")]).combine_chunks()
    records = seen["one"].combine_chunks()
    first = compute.min_element_wise(records, seen["other_min"].combine_chunks())
    of_a, of_b = (first.take(compute.index_in(side, records)) for side in (a, b))
    named = pa.array({one for pairs in (decided.one, decided.two) for pair in pairs for one in pair}, pa.int32())
    free = compute.invert(compute.or_(compute.is_in(a, named), compute.is_in(b, named)))
    inside = compute.and_(free, compute.equal(of_a, of_b))
    return compute.and_(inside, compute.is_in(of_a, all_paired(first, seen["other_count"], of_a.filter(inside))))


def all_paired(first: pa.Array, partners: pa.ChunkedArray, inside: pa.Array) -> pa.Array:
    """Those of the lowest partners (`first` of each record) whose records are all paired with each other and with
    nobody else; `inside` has the lowest partner of the two records of each pair where it is the same."""
    told = pa.table({"first": first, "partners": partners})
    told = told.group_by("first").aggregate([("partners", "sum"), ("first", "count")]).combine_chunks()
    within = compute.value_counts(inside)
    pairs = within.field("counts").take(compute.index_in(told["first"].combine_chunks(), within.field("values")))
    most = compute.multiply(told["first_count"], compute.subtract(told["first_count"], 1))
    full = compute.and_(compute.equal(told["partners_sum"], most), compute.equal(compute.multiply(pairs, 2), most))
    return told["first"].filter(full).combine_chunks()


def homes(count: int, pairs: pa.Table) -> list[int]:
    """Everybody alone, but for the sets of records that are all paired with each other: those are with the lowest."""
    home = list(range(count))
    lowest = pairs.filter(compute.invert(compute.is_in(pairs["a"], pairs["b"].combine_chunks())))
    for low, high in zip(lowest["a"].to_pylist(), lowest["b"].to_pylist(), strict=True):
        home[high] = low
    return home


def edges_of(scored: pa.Table, link: float) -> list[Edge]:
    """The pairs that are sure enough, the surest first, equal ones by number."""
    sure = scored.filter(compute.greater_equal(scored["score"], link))
    sure = sure.sort_by([("score", "descending"), ("a", "ascending"), ("b", "ascending")])
    return list(zip(*(sure[name].to_pylist() for name in ("score", "a", "b")), strict=True))


def agree(ours: Sequence[int], theirs: Sequence[int], score: float, inside: dict[Pair, float], model: Bounds) -> bool:
    """Whether no two of them exclude each other, and all together speak for it. A pair says no more than the one that
    brings the groups together: one sure pair must not carry others."""
    total = 0.0
    for x, y in product(ours, theirs):
        said = inside.get((x, y) if x < y else (y, x), score if len(ours) == len(theirs) == 1 else model.unseen)
        if said < model.veto and (score < SURE or said == -SURE):
            return False
        total += min(said, score)
    return score == SURE or total >= min(model.together, score) * len(ours) * len(theirs)


def components(count: int, pairs: Iterable[Pair]) -> list[int]:
    """The lowest record that each is connected with."""
    leader: dict[int, int] = {}  # of those that any pair names

    def find(x: int) -> int:
        while (above := leader.setdefault(x, x)) != x:
            leader[x] = leader[above]
            x = above
        return x

    for x, y in pairs:
        one, two = find(x), find(y)
        if one != two:
            leader[max(one, two)] = min(one, two)
    found = list(range(count))
    for x in leader:
        found[x] = find(x)
    return found


def inside_of(scored: pa.Table, connected: Sequence[int]) -> dict[Pair, float]:
    """The scores between connected records, where three and more are: nothing else is asked for."""
    leaders = pa.array(connected, pa.int32())
    counted = compute.value_counts(leaders)
    many = counted.field("values").filter(compute.greater(counted.field("counts"), 2))
    many = compute.if_else(compute.is_in(leaders, many), leaders, None)  # nothing equals nothing
    found = scored.filter(compute.equal(many.take(scored["a"]), many.take(scored["b"])))
    a, b, scores = (found[name].to_pylist() for name in ("a", "b", "score"))
    return dict(zip(zip(a, b, strict=True), scores, strict=True))
