"""What is found on each side of pairs whose other sides leave next to no doubt: counted, without labels."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_questions
from crm_sync.mappings.identity import IdentityModel
from crm_sync.mappings.usual import SIDES, Counts
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.features import GROUP_OF, GROUPS, LEVELS, NUMBER_OF, number, numbered, score
from crm_sync.reconciler.dedupe.matching.prior import shift

QUESTIONS: Final = read_questions(__package__, "training.sql")
SURE: Final = log(0.95 / 0.05)  # natural logarithm of odds
LEFT_OUT: Final = tuple(dict.fromkeys(GROUP_OF[side] for side in SIDES))


def measured(tables: Mapping[str, pa.Table], model: IdentityModel, engine: Engine) -> Counts:
    """Side → finding → how many pairs of one person have it, and how many of two, as the other sides tell it. `tables`
    are `chain.prepared`. Raises Failed."""
    evidence = evidence_of(tables, model, engine)
    rest = {group: moved_rest(evidence, group, model, engine) for group in LEFT_OUT}
    return {side: counted(evidence, side, rest[GROUP_OF[side]], engine) for side in SIDES}


def evidence_of(tables: Mapping[str, pa.Table], model: IdentityModel, engine: Engine) -> pa.Table:
    """a, b, the finding on each side, and for each group of sides the score without it."""
    rest = ", ".join(
        f"({number(model.bias)} + {score(model.weights, without(group))})::FLOAT AS {rest_of(group)}"
        for group in LEFT_OUT
    )
    asked = f"{chain.COMPARED}\nSELECT a, b, {', '.join(SIDES)}, {rest} FROM judged"
    return engine.ask(numbered(asked), tables)


def without(group: str) -> tuple[str, ...]:
    return tuple(one for one in GROUPS if one != group)


def rest_of(group: str) -> str:
    return f"without_{group}"


def moved_rest(evidence: pa.Table, group: str, model: IdentityModel, engine: Engine) -> str:
    """The score without a group, as an expression: moved by how common duplicates are as far as it tells."""
    told = engine.ask(QUESTIONS["others"].replace("the_rest", rest_of(group)), {"evidence": evidence})
    return f"({rest_of(group)} + {number(shift(chain.histogram(told, engine), model.prior))})"


def counted(evidence: pa.Table, side: str, rest: str, engine: Engine) -> dict[str, tuple[int, int]]:
    question = QUESTIONS["findings"].replace("the_side", side).replace("the_rest", rest)
    found = engine.ask(question.replace("the_sure", number(SURE)), {"evidence": evidence})
    told = dict(
        zip(
            found["finding"].to_pylist(),
            zip(found["one"].to_pylist(), found["two"].to_pylist(), strict=True),
            strict=True,
        )
    )
    return {level: told.get(NUMBER_OF[level], (0, 0)) for level in LEVELS[side] if level != "miss"}
