"""What is kept of a matching of all companies, so that later ones need to look at little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.changes import Compared, Reason, SetAside
from crm_sync.reconciler.dedupe.companies import chain as questions
from crm_sync.reconciler.dedupe.companies.match import (
    Alike,
    Matched,
    Matching,
    Statistics,
    alike,
    asked_of,
    doubtful,
    inside,
    model_of,
)  # fmt: skip
from crm_sync.reconciler.dedupe.kept.kept import one_piece, places
from crm_sync.reconciler.dedupe.kept.names import Names
from crm_sync.reconciler.dedupe.kept.pairing import members
from crm_sync.reconciler.dedupe.kept.shelf import Sheet, Shelf, both_ways
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair, grouped
from crm_sync.records import Company

MOST_REVIEWS: Final = 0.03  # of all companies: more than that nobody looks at
FEW_REVIEWS: Final = 20  # that somebody looks at in any case
SAID: Final = pa.schema([("cid", pa.int32()), ("text", pa.string()), ("staff", pa.string())])
ALIKE: Final = pa.schema([("cid", pa.int32()), ("other", pa.int32()), ("score", pa.float32()), ("finding", pa.int32())])

Evidence = tuple[Reason, ...]
Places = Sequence[Any]  # by number; None for what is gone, which nothing that is kept leads to


class Doubt(NamedTuple):
    """The likeliest pair between two companies; `finding` is the number of its evidence."""

    a: int
    b: int
    score: float
    finding: int


class Crowd(NamedTuple):
    """What too many records share."""

    rule: str
    value: str


class Findings:
    """Evidence by number: there are a few hundred kinds of it among all companies."""

    def __init__(self, told: Iterable[Evidence] = ()) -> None:
        self.told = list(told)
        self._numbers = {evidence: number for number, evidence in enumerate(self.told)}

    def number(self, evidence: Evidence) -> int:
        if evidence not in self._numbers:
            self._numbers[evidence] = len(self.told)
            self.told.append(evidence)
        return self._numbers[evidence]


@dataclass(slots=True)
class Kept:
    """All of it by the numbers of `names`.

    said     record → what it was read from, its own and that of its people; `told`: what that says
    known    record → what it says with the help of its people and of `statistics`
    blocks   key → records, and `keys`: record → keys
    pairs    record → records and scores
    leaders  record → the leader of its group, and `members` back
    alike    record → the record of its group that it resembles most, the score, and the number of what was found
    doubts   leaders of two groups → the likeliest pair between them, whatever was decided
    crowds   key → what too many records share
    """

    statistics: Statistics
    names: Names
    said: Sheet
    told: Sheet
    known: Sheet
    blocks: Shelf
    keys: Shelf
    pairs: Shelf
    leaders: Shelf
    members: Shelf
    alike: Shelf
    doubts: dict[Pair, Doubt]
    crowds: dict[int, Crowd]
    findings: Findings
    decided: Decided
    doubted: dict[int, set[Pair]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ends in self.doubts:
            self.mark(ends)

    @property
    def changed(self) -> int:
        """How many records came, changed or went since all were matched."""
        return len(self.said.fresh)

    def mark(self, ends: Pair) -> None:
        for end in ends:
            self.doubted.setdefault(end, set()).add(ends)

    def matched(self, companies: Sequence[Company]) -> Matched:
        """By the places of `companies`, which are all of them in order of ref."""
        living = self.names.living()["number"].to_pylist()
        place: Places = places(living, len(self.names.base) + len(self.names.later))
        leaders = self.leaders.base["leader"].to_pylist()
        fresh = self.leaders.fresh
        leader = [place[fresh[one][0][0] if one in fresh else leaders[one]] for one in living]

        @cache
        def compared(score: float, finding: int) -> Compared:
            return Compared(score, self.findings.told[finding])

        because = [", ".join(f"{one.told} ({one.weight:+.1f})" for one in told) for told in self.findings.told]
        found = {
            place[number]: Alike(place[other], compared(score, finding), because[finding])
            for number, other, score, finding in rows_of(self.alike)
        }
        return Matched(
            tuple(leader), found,
            {(place[one.a], place[one.b]): compared(one.score, one.finding) for one in self.looked_at(place)},
            tuple(self.set_aside(place, companies)),
        )  # fmt: skip

    def looked_at(self, place: Places) -> list[Doubt]:
        """The likeliest first; not what has been decided already, and no more than somebody would look at."""
        leader = self.leaders.one
        apart = {tuple(sorted((leader(one), leader(other)))) for one, other in self.decided.two}
        open_ones = [doubt for ends, doubt in self.doubts.items() if ends not in apart]
        most = max(FEW_REVIEWS, int((len(place) - len(self.names.gone)) * MOST_REVIEWS))
        return sorted(open_ones, key=lambda one: (-one.score, place[one.a], place[one.b]))[:most]

    def set_aside(self, place: Places, companies: Sequence[Company]) -> Iterator[SetAside]:
        order = {rule: number for number, rule in enumerate(questions.LISTED)}
        counted = [(self.blocks.count(key), key, one) for key, one in self.crowds.items()]
        for count, key, one in sorted(counted, key=lambda row: (order[row[2].rule], -row[0], row[2].value)):
            first = min(found for number in members(self, key) if (found := place[number]) is not None)
            said = f"companies not compared by {one.rule}: {count} records share {one.value}"
            yield SetAside(companies[first].ref, said)


def rows_of(shelf: Shelf) -> Iterator[tuple[Any, ...]]:
    """Every row with its number."""
    for number, *row in zip(*(column.to_pylist() for column in shelf.base.columns), strict=True):
        if number not in shelf.fresh:
            yield (number, *row)
    for number, rows in shelf.fresh.items():
        yield from ((number, *row) for row in rows)


def kept_of(
    said: pa.Table, told: pa.Table, staff: pa.Table, names: pa.Array, decided: Decided, by: Matching,
    statistics: Statistics | None = None,
) -> Kept:  # fmt: skip
    """All are matched, with their own statistics where none are given. `told` and `staff` are the tables of told.py,
    `said` what these were read from, `names` sorted; all are numbered by place. Raises Failed."""
    at, engine = by.words.thresholds, by.engine
    tables = asked_of(told, staff, by, statistics)
    keyed = one_piece(questions.keyed(tables, engine))
    tables["pairs"] = questions.pairs_of(tables, engine)
    tables["compared"] = questions.compared(tables, engine)
    scored = questions.scored(tables, at, engine)
    leader = grouped(len(told), scored, model_of(by.words), at.link, decided)
    best, doubts = alike(inside(scored, leader)), doubtful(scored, leader, at.review)
    pairs = {(min(one, other), max(one, other)) for one, (other, _) in best.items()}
    because = questions.evidence(tables, [*pairs, *(pair for pair, _ in doubts.values())], engine)
    findings = Findings()

    def finding(one: int, other: int) -> int:
        return findings.number(because.get((min(one, other), max(one, other)), ()))

    numbers = range(len(told))
    groups = pa.table({"cid": pa.array(numbers, pa.int32()), "leader": pa.array(leader, pa.int32())})
    return Kept(
        statistics={name: tables[name] for name in questions.STATISTICS},
        names=Names(names),
        said=Sheet(said),
        told=Sheet(told),
        known=Sheet(one_piece(tables["firms"].sort_by("cid"))),
        blocks=Shelf(keyed),
        keys=Shelf(one_piece(keyed.select(["cid", "key"]).sort_by("cid"))),
        pairs=Shelf(one_piece(both_ways(scored))),
        leaders=Shelf(groups),
        members=Shelf(one_piece(groups.select(["leader", "cid"]).sort_by("leader"))),
        alike=Shelf(table_of(ALIKE, ((one, *best[one], finding(one, best[one][0])) for one in sorted(best)))),
        doubts={ends: Doubt(*pair, score, finding(*pair)) for ends, (pair, score) in doubts.items()},
        crowds=crowds_of(keyed, tables, by),
        findings=findings,
        decided=decided,
    )


def table_of(schema: pa.Schema, rows: Iterable[Sequence[object]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(cells, one.type) for cells, one in zip(columns, schema, strict=True)], schema)


def crowds_of(keyed: pa.Table, tables: Mapping[str, pa.Table], by: Matching) -> dict[int, Crowd]:
    """What too many records share, of the rules that are listed."""
    counted = compute.value_counts(keyed["key"].combine_chunks())
    many = counted.filter(compute.greater(counted.field("counts"), min(questions.MOST.values())))
    shared = [row["values"] for row in many.to_pylist() if row["counts"] > questions.most_of(row["values"])]
    listed = [key for key in shared if questions.rule_of(key) in questions.LISTED]
    if not listed:
        return {}
    theirs = keyed.filter(compute.is_in(keyed["key"], pa.array(listed, pa.uint64())))["cid"].combine_chunks()
    firms = tables["firms"].filter(compute.is_in(tables["firms"]["cid"], theirs))
    texts = questions.listed({"firms": firms}, by.engine)
    return {key: Crowd(*texts[key]) for key in listed}
