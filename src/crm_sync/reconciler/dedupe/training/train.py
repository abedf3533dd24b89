"""Weights from a company's own records, and everything that says whether they may be believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.mappings.usual import Usual
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.training.checks import (
    Check,
    Told,
    Tried,
    checks,
    enough_pairs,
    enough_records,
    sure_pairs,
)
from crm_sync.reconciler.dedupe.training.examples import examples
from crm_sync.reconciler.dedupe.training.learn import Learnt, learnt
from crm_sync.reconciler.dedupe.training.measure import measured
from crm_sync.reconciler.dedupe.training.trial import asked_of, partners, trial


class Weight(NamedTuple):
    """A weight that moves, and of how many sure pairs of one person, and of two, its finding was made."""

    name: str
    before: float
    after: float
    one: int
    two: int


@dataclass(frozen=True, slots=True)
class Training:
    """`one` and `two`: how many sure pairs it was learnt from. `changed`: how many records would be with others."""

    records: int
    one: int
    two: int
    weights: tuple[Weight, ...]
    checks: tuple[Check, ...]
    changed: int = 0

    @property
    def accepted(self) -> bool:
        return bool(self.weights) and all(one.held for one in self.checks)


@dataclass(frozen=True, slots=True)
class Trainer:
    """What training is handed; `model` are the weights that it begins with."""

    words: IdentityWords
    model: IdentityModel
    usual: Usual
    engine: Engine

    def __call__(self, people: pa.Table, told: Told = Told()) -> Training:
        """`people` has the columns of chain.PEOPLE, `rid` from 0 on; the pairs of `told` name its rows. Raises
        Failed."""
        records = enough_records(len(people))
        if not records.held:
            return Training(len(people), 0, 0, (), (records,))
        tables, few = asked_of(people, self.matcher(self.model))
        found = learnt(self.model, self.usual, lambda model: measured(tables, model, self.engine))
        weights, enough = tuple(weights_of(self.model, found)), (records, *enough_pairs(found.counts))
        one, two = sure_pairs(found.counts)
        if not weights or not all(check.held for check in enough):
            return Training(len(people), one, two, weights, enough)
        tried = self.tried(people, tables, found, told, few=few)
        return Training(len(people), one, two, weights, (*enough, *checks(tried)), tried.changed)

    def tried(self, people: pa.Table, tables: dict[str, pa.Table], found: Learnt, told: Told, *, few: bool) -> Tried:
        """What both sets of weights make of the people, then of them with examples by the statistics of the people."""
        both = tuple(self.matcher(model) for model in (self.model, found.model))
        before, after = (trial(len(people), tables, by, few=few) for by in both)
        made = examples(people)
        shown, _ = asked_of(made.people, both[0], before.statistics)
        ends = tuple(
            trial(len(made.people), shown, by, few=few, statistics=some.statistics)
            for by, some in zip(both, (before, after), strict=True)
        )
        changed = sum(x != y for x, y in zip(partners(before.groups), partners(after.groups), strict=True))
        return Tried(self.model, found, (before, after), (ends[0], ends[1]), made, told, changed)

    def matcher(self, model: IdentityModel) -> Matcher:
        return Matcher(self.words, model, self.engine)


def weights_of(model: IdentityModel, found: Learnt) -> Iterator[Weight]:
    """Those that move, in the order of the table of what is usual."""
    pairs = {f"{side}_{finding}": pair for side, told in found.counts.items() for finding, pair in told.items()}
    for name in found.moves:
        yield Weight(name, model.weights.get(name, 0.0), found.model.weights[name], *pairs[name])
