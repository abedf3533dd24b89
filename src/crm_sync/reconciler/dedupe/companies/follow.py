"""Companies changed: whom that concerns is matched anew with the statistics that are kept, nobody else is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

import pyarrow as pa

from crm_sync.reconciler.dedupe.companies import chain as questions
from crm_sync.reconciler.dedupe.companies.kept import Crowd, Doubt, Evidence, Kept
from crm_sync.reconciler.dedupe.companies.match import Matching, model_of
from crm_sync.reconciler.dedupe.companies.told import weight_table
from crm_sync.reconciler.dedupe.kept.grouping import closure, tied
from crm_sync.reconciler.dedupe.kept.local import Local
from crm_sync.reconciler.dedupe.kept.pairing import Keys, members, rehang
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair, grouped


@dataclass(frozen=True, slots=True)
class News:
    """Numbered as `names` of Kept has it: `said`, `told` and `staff` of records that are new or changed, as kept_of
    takes them; `gone`, those that are not there any more; `decided`, all that is decided now, the lower name first."""

    said: pa.Table
    told: pa.Table
    staff: pa.Table
    gone: Collection[int] = ()
    decided: Decided = field(default_factory=Decided)


def follow(kept: Kept, by: Matching, news: News) -> bool:
    """Leaves `kept` as a matching of all with its statistics would. Returns whether anything is another. Raises
    Failed."""
    here, tables = news.told["cid"].to_pylist(), {}
    if here:
        read = {"told": news.told, "staff": news.staff, **kept.statistics}
        firms = questions.spoken(read, by.words.thresholds, by.engine, questions.of_these(kept.statistics, news.told))
        tables = {name: firms[name] for name in ("firms", "rare", "staff")}
        kept.known.put(tables["firms"])
        kept.told.put(news.told)
        kept.said.put(news.said)
    for sheet in (kept.known, kept.told, kept.said):
        sheet.drop(news.gone)
    changed = {*here, *news.gone}
    touched = (pair_up(kept, by, changed, tables) if changed else set()) | decide(kept, news.decided)
    if touched:
        tell(kept, by, *regroup(kept, by, touched))
    return bool(touched)


def decide(kept: Kept, decided: Decided) -> set[int]:
    """Keeps what is decided now. Returns the records of which something else was decided."""
    before, kept.decided = kept.decided, decided
    other = (set(decided.one) ^ set(before.one)) | (set(decided.two) ^ set(before.two))
    return {number for pair in other for number in pair}


def pair_up(kept: Kept, by: Matching, changed: Collection[int], tables: questions.Tables) -> set[int]:
    """Brings blocks and pairs up to date for records of which `tables` say everything now; they say nothing of those
    that are gone. Returns every record of which a pair came, went or may count otherwise now."""
    before = {number: [key for (key,) in kept.keys[number]] for number in changed}
    now = keys_of(tables, by)
    affected = {key for keys in (*before.values(), *now.values()) for key in keys}
    old = {key: members(kept, key) for key in affected}
    rehang(kept, changed, before, now)
    pairs = {(one, other) for one in changed for other, _ in kept.pairs[one]}
    wanted = {(one, other) for one in changed for other in brought_together(kept, now.get(one, ()), one)}
    for key, were in old.items():
        if together(key, len(were)) != together(key, kept.blocks.count(key)):
            # What hung on this key alone comes or goes; whether two have people in common may be another for the rest.
            for one, other in combinations((were | members(kept, key)) - set(changed), 2):
                pairs.add((one, other))
                if has_common(kept, one, other):
                    wanted.add((one, other))
    for one, other in pairs:
        kept.pairs.drop(one, other)
        kept.pairs.drop(other, one)
    score(kept, by, {in_order(kept, one, other) for one, other in wanted})
    count_crowds(kept, by, affected, tables)
    return {*changed, *(end for pair in pairs | wanted for end in pair)}


def keys_of(tables: questions.Tables, by: Matching) -> Keys:
    found: dict[int, list[int]] = {}
    if tables:
        keyed = questions.keyed(tables, by.engine)
        for key, number in zip(keyed["key"].to_pylist(), keyed["cid"].to_pylist(), strict=True):
            found.setdefault(number, []).append(key)
    return found


def together(key: int, count: int) -> bool:
    """Whether a key that so many records have brings them together."""
    return 2 <= count <= questions.most_of(key)


def brought_together(kept: Kept, keys: Iterable[int], one: int) -> set[int]:
    found = {other for key in keys if together(key, kept.blocks.count(key)) for other in members(kept, key)}
    return found - {one}


def has_common(kept: Kept, one: int, other: int, *rules: str) -> bool:
    """Whether a key, of some rules or of any, brings the two together."""
    common = {key for (key,) in kept.keys[one]} & {key for (key,) in kept.keys[other]}
    return any(together(key, kept.blocks.count(key)) for key in common if not rules or questions.rule_of(key) in rules)


def in_order(kept: Kept, one: int, other: int) -> Pair:
    """The lower name first."""
    return (one, other) if kept.names[one] < kept.names[other] else (other, one)


def score(kept: Kept, by: Matching, pairs: Collection[Pair]) -> None:
    """Compares these pairs and keeps what comes of it."""
    if pairs:
        found = questions.scored(compared(kept, by, pairs), by.words.thresholds, by.engine)
        for one, other, score in zip(*(found[name].to_pylist() for name in ("a", "b", "score")), strict=True):
            kept.pairs.add(one, (other, score))
            kept.pairs.add(other, (one, score))


def compared(kept: Kept, by: Matching, pairs: Collection[Pair]) -> questions.Tables:
    """The tables that weighing these pairs needs."""
    firms = kept.known.rows(sorted({end for pair in pairs for end in pair}))
    tables = questions.of_these(kept.statistics, firms) | {
        "firms": firms,
        "pairs": pairs_table(sorted(pairs)),
        "colleagues": pairs_table(sorted(pair for pair in pairs if has_common(kept, *pair, "staff"))),
        "weights": weight_table(by.words, by.language),
    }
    return tables | {"compared": questions.compared(tables, by.engine)}


def pairs_table(pairs: Iterable[Pair]) -> pa.Table:
    a, b = list(zip(*pairs, strict=True)) or ((), ())
    return pa.table({"a": pa.array(a, pa.int32()), "b": pa.array(b, pa.int32())})


def count_crowds(kept: Kept, by: Matching, affected: Iterable[int], tables: questions.Tables) -> None:
    """What too many share now, and what no more."""
    crowded = {
        key
        for key in affected
        if questions.rule_of(key) in questions.LISTED and kept.blocks.count(key) > questions.most_of(key)
    }
    for key in set(affected) - crowded:
        kept.crowds.pop(key, None)
    if fresh := crowded - set(kept.crowds):
        texts = questions.listed(tables, by.engine)  # a key gets too many records by one that changed
        kept.crowds.update({key: Crowd(*texts[key]) for key in fresh})


def regroup(kept: Kept, by: Matching, touched: Iterable[int]) -> tuple[set[int], set[int]]:
    """Brings the groups of these records, and of those connected with them, up to date. Returns all records that this
    is about, and everybody who led one of their groups or does."""
    one, link = tied(kept.decided.one), by.words.thresholds.link

    def sure(number: int) -> Iterable[int]:
        yield from (other for other, score in kept.pairs[number] if score >= link)
        yield from one.get(number, ())

    touched = set(touched)
    local = Local.of(kept, closure(touched - kept.names.gone, sure))
    inside = local.decided(kept.decided)
    leaders = local.back(grouped(len(local), local.pairs(kept.pairs), model_of(by.words), link, inside))
    old = {kept.leaders.one(number) for number in touched | set(local.numbers) if kept.leaders[number]}
    for leader in old:
        kept.members[leader] = []
    for number in touched & kept.names.gone:
        kept.leaders[number] = []
    for number, leader in zip(local.numbers, leaders, strict=True):
        kept.leaders[number] = [(leader,)]
        kept.members.add(leader, (number,))
    return touched | set(local.numbers), old | set(leaders)


def tell(kept: Kept, by: Matching, records: Iterable[int], leaders: Iterable[int]) -> None:
    """Puts what ties these records to their groups, and what is in doubt of these groups, into place of what there
    was."""
    for leader in leaders:
        for ends in list(kept.doubted.get(leader, ())):
            kept.doubts.pop(ends)
            for end in ends:
                kept.doubted[end].discard(ends)
    best = {number: most_alike(kept, number) for number in records}
    doubts = doubts_of(kept, leaders, by.words.thresholds.review)
    asked = {in_order(kept, number, found[0]) for number, found in best.items() if found}
    asked |= {pair for pair, _ in doubts.values()}
    because: Mapping[Pair, Evidence] = {}
    if asked:
        because = questions.evidence(compared(kept, by, asked), sorted(asked), by.engine)

    def finding(pair: Pair) -> int:
        return kept.findings.number(because.get(pair, ()))

    for number, found in best.items():
        kept.alike[number] = [(*found, finding(in_order(kept, number, found[0])))] if found else []
    for ends, (pair, score) in doubts.items():
        kept.doubts[ends] = Doubt(*pair, score, finding(pair))
        kept.mark(ends)


def most_alike(kept: Kept, number: int) -> tuple[int, float] | None:
    """The record of the same group that it resembles most, and the score; of equal ones the one of the lower name."""
    if not kept.leaders[number]:
        return None
    leader = kept.leaders.one(number)
    inside = [(other, score) for other, score in kept.pairs[number] if kept.leaders.one(other) == leader]
    return min(inside, key=lambda one: (-one[1], kept.names[one[0]]), default=None)


def doubts_of(kept: Kept, leaders: Iterable[int], least: float) -> dict[Pair, tuple[Pair, float]]:
    """Leaders of two groups, of which these are one → the likeliest pair between them, and its score."""
    found: dict[Pair, list[tuple[float, Pair]]] = {}
    for leader in leaders:
        for (number,) in kept.members[leader]:
            for other, score in kept.pairs[number]:
                theirs = kept.leaders.one(other) if score >= least else leader
                if theirs != leader:
                    ends = min(leader, theirs), max(leader, theirs)
                    found.setdefault(ends, []).append((score, in_order(kept, number, other)))

    def likeliest(row: tuple[float, Pair]) -> tuple[float, str, str]:
        score, (one, other) = row
        return -score, kept.names[one], kept.names[other]

    return {ends: (pair, score) for ends, rows in found.items() for score, pair in [min(rows, key=likeliest)]}
