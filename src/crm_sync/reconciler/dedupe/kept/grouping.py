"""Which groups change when pairs do: the connected ones, those that meet them, and what is connected through these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.reconciler.dedupe.kept.kept import Kept
from crm_sync.reconciler.dedupe.kept.local import Local, scored_table
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair, grouped
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.matching.whole import LEAST, between, judged

Tied = Mapping[int, Collection[int]]


def regroup(kept: Kept, matcher: Matcher, touched: Iterable[int]) -> set[int]:
    """Brings all groups up to date after the pairs of these records changed. Returns the leaders of the first groups
    whose person, or whose evidence, may have changed. Raises Failed."""
    touched = set(touched)
    groups, left = first_groups(kept, matcher, touched)
    seeds, otherwise = judge(kept, matcher, groups, left)
    before = {row[0] for number in touched for row in kept.final[number]}
    return final_groups(kept, matcher, seeds, groups | otherwise, before)


def first_groups(kept: Kept, matcher: Matcher, touched: Iterable[int]) -> tuple[set[int], set[int]]:
    """Groups of the surest pairs. Returns their leaders and the leaders that there were."""
    one = tied(kept.decided.one)

    def sure(number: int) -> Iterable[int]:
        yield from (other for other, score in kept.pairs[number] if score >= matcher.model.sure)
        yield from one.get(number, ())

    touched = set(touched)
    local = Local.of(kept, closure(touched - kept.names.gone, sure))
    inside = local.decided(kept.decided)
    leaders = grouped(len(local), local.pairs(kept.pairs), matcher.model, matcher.model.sure, inside)
    old = {kept.first.one(number) for number in touched | set(local.numbers) if kept.first[number]}
    for leader in old:
        kept.members[leader] = []
    for number in touched & kept.names.gone:
        kept.first[number] = []
    for number, leader in zip(local.numbers, local.back(leaders), strict=True):
        kept.first[number] = [(leader,)]
        kept.members.add(leader, (number,))
    return set(local.back(leaders)), old


def judge(kept: Kept, matcher: Matcher, groups: set[int], left: set[int]) -> tuple[set[int], set[int]]:
    """Judges as a whole what may meet these groups; who else each of them could be counts as well. `left` led groups
    that are not there any more. Returns the leaders of all groups that were judged, and of those that came out of it
    otherwise than before."""
    meets = Meetings(kept, matcher)
    near = leading(kept, groups | others(kept, groups | left)) | reached(groups, meets)
    judged_with = leading(kept, near | others(kept, near | left)) | reached(near, meets)
    rivals = judged_with | reached(judged_with, meets)
    before = {leader: set(kept.wholes[leader]) for leader in left | near}
    for leader in left | near:
        for other, _ in kept.wholes[leader]:
            kept.wholes.drop(other, leader)
        kept.wholes[leader] = []
    if any(map(meets, near)):
        local = Local.of(kept, members_of(kept, rivals))
        tables = local.tables(kept, local.pairs(kept.pairs, members_of(kept, judged_with)), kept.first)
        met = between(tables, matcher.model, matcher.engine)
        found = judged(met.filter(of_some(met, [local.place[one] for one in near])), matcher.model, matcher.engine)
        for one, other, score in local.scores(found):
            kept.wholes.add(one, (other, score))
            kept.wholes.add(other, (one, score))
    moved = {leader: rows ^ set(kept.wholes[leader]) for leader, rows in before.items()}
    return judged_with, {end for leader, rows in moved.items() if rows for end in (leader, *(row[0] for row in rows))}


def of_some(met: pa.Table, leaders: Sequence[int]) -> pa.ChunkedArray:
    """Which of these meetings are of one of these groups."""
    some = pa.array(leaders, pa.int32())
    return compute.or_(compute.is_in(met["one"], some), compute.is_in(met["two"], some))


def final_groups(kept: Kept, matcher: Matcher, seeds: Iterable[int], changed: set[int], before: set[int]) -> set[int]:
    """Groups of groups. `changed` lead first groups that are others, or meet others, than they were; `before` led the
    groups of which these were part. Returns the leaders of the first groups whose person they change."""
    link = kept.statistics.link

    def linked(leader: int) -> Iterable[int]:
        return (other for other, score in kept.wholes[leader] if score >= link)

    local = Local.of(kept, closure(seeds, linked))
    apart = tied(kept.decided.two)
    two = {
        (number, other)
        for leader in local.numbers
        for (number,) in kept.members[leader]
        for other in apart.get(number, ())
    }
    first = {number: kept.first.one(number) for pair in two for number in pair}
    ends = ((first[one], first[other]) for one, other in two)
    between_groups = {pair for pair in ends if pair[0] in local.place and pair[1] in local.place}
    decided = Decided(two={local.pair(*pair) for pair in between_groups})
    pairs = pa.concat_tables([local.pairs(kept.wholes), excluded(kept, local, matcher.model.veto)])
    leaders = grouped(len(local), pairs, matcher.model, link, decided)
    homes: dict[int, set[int]] = {}
    for leader, final in zip(local.numbers, local.back(leaders), strict=True):
        homes[leader] = {final, *(row[0] for (number,) in kept.members[leader] for row in kept.final[number])}
        if leader in changed or len(homes[leader]) > 1:
            before = before | homes[leader]
        for (number,) in kept.members[leader]:
            kept.final[number] = [(final,)]
    return {leader for leader, led in homes.items() if led & before}


def excluded(kept: Kept, local: Local, veto: float) -> pa.Table:
    """a, b and score of groups that must never be one, as the question of that name asks."""
    lowest: dict[Pair, float] = {}
    for leader in local.numbers:
        for (number,) in kept.members[leader]:
            for other, score in kept.pairs[number]:
                theirs = kept.first.one(other)
                if score < veto and theirs != leader and theirs in local.place:
                    pair = local.pair(leader, theirs)
                    lowest[pair] = min(score, lowest.get(pair, score))
    return scored_table([(*pair, score) for pair, score in sorted(lowest.items())])


class Meetings:
    """Which groups may be one person with a group: as `likely` asks, for one group at a time."""

    def __init__(self, kept: Kept, matcher: Matcher) -> None:
        self.kept, self.veto = kept, matcher.model.veto
        self.found: dict[int, set[int]] = {}

    def __call__(self, leader: int) -> set[int]:
        if leader not in self.found:
            scores: dict[int, list[float]] = {}
            for (number,) in self.kept.members[leader]:
                for other, score in self.kept.pairs[number]:
                    scores.setdefault(self.kept.first.one(other), []).append(score)
            scores.pop(leader, None)
            self.found[leader] = {
                other for other, some in scores.items() if max(some) >= LEAST and min(some) >= self.veto
            }
        return self.found[leader]


def closure(seeds: Iterable[int], next_to: Callable[[int], Iterable[int]]) -> set[int]:
    """These and all that is connected with them."""
    found = set(seeds)
    waiting = list(found)
    while waiting:
        for other in next_to(waiting.pop()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def reached(leaders: Iterable[int], meets: Callable[[int], set[int]]) -> set[int]:
    return {other for leader in leaders for other in meets(leader)}


def others(kept: Kept, leaders: Iterable[int]) -> set[int]:
    return {other for leader in leaders for other, _ in kept.wholes[leader]}


def leading(kept: Kept, leaders: Iterable[int]) -> set[int]:
    """Those that still lead a group."""
    return {leader for leader in leaders if kept.members[leader]}


def members_of(kept: Kept, leaders: Iterable[int]) -> set[int]:
    return {number for leader in leaders for (number,) in kept.members[leader]}


def tied(pairs: Iterable[Pair]) -> Tied:
    """Each end → the other ends."""
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
