"""Which pairs come and go when records change: those of the changed ones, and those of keys that too many share now, or
not too many any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final, Protocol

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.kept import Crowd, Kept
from crm_sync.reconciler.dedupe.kept.shelf import Shelf
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import Pair
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.matching.prior import moved

CROWDING: Final = ("mailbox", "phone")  # rules whose keys are listed when too many share them
Keys = Mapping[int, Sequence[int]]  # of each record


class Hung(Protocol):
    """What keeps the keys of records both ways."""

    @property
    def blocks(self) -> Shelf: ...
    @property
    def keys(self) -> Shelf: ...


def pair_up(kept: Kept, matcher: Matcher, changed: Collection[int], told: chain.Tables) -> set[int]:
    """Brings blocks and pairs up to date for records of which `told` says everything now; it says nothing of those that
    are gone. Returns every record of which a pair came, went or counts otherwise now. Raises Failed."""
    before = {number: [key for (key,) in kept.keys[number]] for number in changed}
    now = keys_of(kept, matcher, told)
    touched = set(changed) | unpaired(kept, changed)
    affected = {key for keys in (*before.values(), *now.values()) for key in keys}
    blocks = {key: members(kept, key) if together(kept, key) else None for key in affected}
    crowded = {key for key in affected if kept.blocks.count(key) > chain.most_of(key)}
    rehang(kept, changed, before, now)
    for key, block in blocks.items():
        if block and kept.blocks.count(key) > chain.most_of(key):
            touched |= scattered(kept, set(block) - set(changed))
    wanted = {
        pair for key in affected if together(kept, key) for pair in fresh(kept, key, changed, all_of=key in crowded)
    }
    count_crowds(kept, matcher, affected, told)
    return touched | scored(kept, matcher, wanted)


def keys_of(kept: Kept, matcher: Matcher, told: chain.Tables) -> Keys:
    found: dict[int, list[int]] = {}
    if told:
        keyed = chain.keyed(told, matcher.engine, few=kept.statistics.few)
        for key, number in zip(keyed["key"].to_pylist(), keyed["rid"].to_pylist(), strict=True):
            found.setdefault(number, []).append(key)
    return found


def unpaired(kept: Kept, changed: Iterable[int]) -> set[int]:
    """Takes all their pairs away. Returns the other ends."""
    others: set[int] = set()
    for number in changed:
        pairs = kept.pairs[number]
        for other, _ in pairs:
            kept.pairs.drop(other, number)
            others.add(other)
        kept.compared -= len(pairs)
        kept.pairs[number] = []
    return others


def rehang(kept: Hung, changed: Iterable[int], before: Keys, now: Keys) -> None:
    """A record stands in a block as often as it has the key."""
    for number in changed:
        for key in set(before[number]):
            kept.blocks.drop(key, number)
        for key in now.get(number, ()):
            kept.blocks.add(key, (number,))
        kept.keys[number] = [(key,) for key in now.get(number, ())]


def members(kept: Hung, key: int) -> set[int]:
    return {number for (number,) in kept.blocks[key]}


def together(kept: Kept, key: int) -> bool:
    """Whether the key brings its records together."""
    return 2 <= kept.blocks.count(key) <= chain.most_of(key)


def scattered(kept: Kept, block: Iterable[int]) -> set[int]:
    """Takes those pairs of a block away that no other key brings together. Returns their ends."""
    ends: set[int] = set()
    for one, other in combinations(sorted(block), 2):
        common = {key for (key,) in kept.keys[one]} & {key for (key,) in kept.keys[other]}
        if not any(together(kept, key) for key in common) and has_pair(kept, one, other):
            kept.pairs.drop(one, other)
            kept.pairs.drop(other, one)
            kept.compared -= 1
            ends |= {one, other}
    return ends


def has_pair(kept: Kept, one: int, other: int) -> bool:
    return any(found == other for found, _ in kept.pairs[one])


def fresh(kept: Kept, key: int, changed: Collection[int], *, all_of: bool) -> Iterable[Pair]:
    """The pairs of a block that are not there yet; only those of changed records, unless the key brings its records
    together for the first time."""
    block = members(kept, key)
    for one in block if all_of else block & set(changed):
        for other in block - {one}:
            if one in changed or other in changed or not has_pair(kept, one, other):
                yield (one, other) if kept.names[one] < kept.names[other] else (other, one)


def scored(kept: Kept, matcher: Matcher, wanted: Collection[Pair]) -> set[int]:
    """Compares these pairs. Returns their ends."""
    ends = {end for pair in wanted for end in pair}
    if not wanted:
        return ends
    pairs = {
        side: pa.array(cells, pa.int32()) for side, cells in zip("ab", zip(*sorted(wanted), strict=True), strict=True)
    }
    tables = {"known": kept.known.rows(sorted(ends)), "pairs": pa.table(pairs)}
    found = moved(chain.scored(tables, matcher.model, matcher.engine), kept.statistics.shift, matcher.model)
    for one, other, score in zip(*(found[name].to_pylist() for name in ("a", "b", "score")), strict=True):
        kept.pairs.add(one, (other, score))
        kept.pairs.add(other, (one, score))
    kept.compared += len(wanted)
    return ends


def count_crowds(kept: Kept, matcher: Matcher, affected: Iterable[int], told: chain.Tables) -> None:
    """What too many share now, and what no more."""
    crowded = {
        key for key in affected if kept.blocks.count(key) > chain.most_of(key) and chain.rule_of(key) in CROWDING
    }
    for key in set(affected) - crowded:
        kept.crowds.pop(key, None)
    said = spoken_of(told, matcher) if crowded - set(kept.crowds) else {}
    for key in crowded & (set(said) | set(kept.crowds)):
        kind, value = said.get(key) or kept.crowds[key][:2]
        kept.crowds[key] = Crowd(kind, value, min(members(kept, key), key=kept.names.__getitem__))


def spoken_of(told: chain.Tables, matcher: Matcher) -> dict[int, tuple[str, str]]:
    """Kept key → kind and value, of all mailboxes and phones."""
    values = (told["mailboxes"]["mailbox"], told["telephones"]["phone"])
    rows = [(kind, value) for kind, cells in zip(CROWDING, values, strict=True) for value in cells.to_pylist()]
    kinds, cells = zip(*rows, strict=True) if rows else ((), ())
    asked = pa.table({"kind": pa.array(kinds, pa.string()), "value": pa.array(cells, pa.string())})
    return dict(zip(chain.crowd_keys(asked, matcher.engine), rows, strict=True))
