"""Weights from the people that the store holds: what the last sync read, and what is known of them already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from crm_sync.reconciler.dedupe.rows import rows_of
from crm_sync.reconciler.dedupe.ties import Pair, Ties, ties_of
from crm_sync.reconciler.dedupe.training.checks import Told
from crm_sync.reconciler.dedupe.training.train import Trainer, Training
from crm_sync.records import Ref, Snapshot
from crm_sync.store import Store
from crm_sync.store.trainings import Trained


def train(snapshot: Snapshot, trainer: Trainer) -> Training:
    """Learnt from all records of people, without what is settled: that only checks it. Raises Failed."""
    people = sorted(snapshot.people, key=lambda person: person.ref)
    ties = ties_of({person.ref: person for person in people}, snapshot.merged, snapshot.decisions)
    number = {person.ref: place for place, person in enumerate(people)}
    return trainer(rows_of(people, {company.ref: company for company in snapshot.companies}), told_of(ties, number))


def told_of(ties: Ties, number: dict[Ref, int]) -> Told:
    """Pairs of rows: what CRMs say of records that are there, and what people decided; a decision outweighs a CRM."""

    def numbered(pairs: Iterable[Pair]) -> frozenset[tuple[int, int]]:
        return frozenset((number[one], number[other]) for one, other in pairs)

    decided = {tuple(sorted((one.one, one.other))) for one in ties.decisions if one.same} & ties.one
    return Told(numbered(ties.one - decided), numbered((one, other) for one, other in decided), numbered(ties.two))


def keep(store: Store, made: Training, begun_with: str, by: str, now: datetime) -> int:
    """Weights that hold from the next sync on. Returns their number."""
    weights = {one.name: (one.before, one.after) for one in made.weights}
    checks = [{**asdict(one), "held": one.held} for one in made.checks]
    return store.keep_training(Trained(0, now, by, begun_with, made.records, made.one + made.two, weights, checks))


def reset(store: Store, begun_with: str, by: str, now: datetime) -> int:
    """Back to the weights of the tables, from the next sync on."""
    return store.keep_training(Trained(0, now, by, begun_with, 0, 0, {}, ()))
