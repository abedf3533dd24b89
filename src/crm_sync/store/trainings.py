"""Weights that a company's own records taught: never rewritten, the last one holds; none is a way back, too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import select

from crm_sync.clock import to_iso
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.identity import Identity, IdentityModel
from crm_sync.store.cells import storable
from crm_sync.store.database import Database
from crm_sync.store.schema import trainings

AGAIN = "Train again: crm-sync dupes train"
MADE = (
    trainings.c.id, trainings.c.at, trainings.c.by, trainings.c.begun_with, trainings.c.records, trainings.c.pairs,
    trainings.c.weights, trainings.c.checks,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trained:
    """`weights`: name → before and after; none where somebody went back to the weights of the tables. `begun_with` is
    the digest of the weights that it began with, `pairs` how many sure pairs it was learnt from."""

    number: int
    at: datetime
    by: str
    begun_with: str
    records: int
    pairs: int
    weights: Mapping[str, tuple[float, float]]
    checks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class InForce:
    """The weights that matching goes by: `trained` is None for those of the tables. `outdated`: there are trained ones
    that began with other weights than those of the tables now."""

    model: IdentityModel
    trained: Trained | None = None
    outdated: Trained | None = None

    def told(self, zone: tzinfo = UTC) -> str:
        """In a sentence, with the day on somebody's wall."""
        if self.outdated:
            since = f"{self.outdated.at.astimezone(zone):%Y-%m-%d}"
            return (
                f"The weights trained on {since} began with others than the tables have now, and are not used. {AGAIN}"
            )
        if self.trained:
            one = self.trained
            day = f"{one.at.astimezone(zone):%Y-%m-%d}"
            return f"The weights were trained on {day} on {one.records:,} records of this company."
        return "The weights are those of the tables."

    def as_json(self) -> dict[str, Any]:
        held = self.trained or self.outdated
        state = "trained" if self.trained else "outdated" if self.outdated else "tables"
        return {"weights": state, "trained_at": to_iso(held.at) if held else None}


def keep_training(database: Database, made: Trained) -> int:
    """Returns its number; that of `made` is not looked at."""
    row = {
        "at": made.at, "by": storable(made.by), "begun_with": made.begun_with, "records": made.records,
        "pairs": made.pairs, "weights": json.dumps(made.weights) if made.weights else None,
        "checks": json.dumps(made.checks) if made.checks else None,
    }  # fmt: skip
    with database.writing() as connection:
        (number,) = connection.execute(trainings.insert().values(**row)).inserted_primary_key or (0,)
    return int(number)


def read_trainings(database: Database, limit: int | None = None) -> list[Trained]:
    """The newest first."""
    with database.reading() as connection:
        asked = select(*MADE).order_by(trainings.c.id.desc()).limit(limit)
        return [trained_of(tuple(row)) for row in connection.execute(asked)]


def trained_of(row: tuple[Any, ...]) -> Trained:
    number, at, by, begun_with, records, pairs, weights, checks = row
    read = {name: (before, after) for name, (before, after) in json.loads(weights or "{}").items()}
    return Trained(number, at, by, begun_with, records, pairs, read, json.loads(checks or "[]"))


def in_force(model: IdentityModel, last: Trained | None) -> InForce:
    """`model` are the weights of the tables, `last` the last training that was kept."""
    if last is None or not last.weights:
        return InForce(model)
    if last.begun_with != model.digest:
        return InForce(model, outdated=last)
    weights = {**model.weights, **{name: after for name, (_, after) in last.weights.items()}}
    return InForce(model.model_copy(update={"weights": weights}), trained=last)


def trained_vocabulary(vocabulary: Vocabulary, last: Trained | None) -> tuple[Vocabulary, tuple[str, ...]]:
    """The vocabulary with the weights in force, and what is odd about these, in sentences."""
    held = in_force(vocabulary.identity.model, last)
    told = (held.told(),) if held.outdated else ()
    return replace(vocabulary, identity=Identity(vocabulary.identity.words, held.model)), told
