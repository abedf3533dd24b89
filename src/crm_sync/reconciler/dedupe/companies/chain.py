"""The questions of matching companies, one after the other: each sees the answers of those before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

import pyarrow as pa

from crm_sync.changes import Reason
from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_questions
from crm_sync.mappings.companies import Thresholds

QUESTIONS: Final = read_questions(__package__, "questions.sql")
RULES: Final = read_questions(__package__, "rules.sql")
PAIRS: Final = read_questions(__package__, "pairs.sql")
#: The most records that a key of each rule brings together: what more of them share does not name one company.
MOST: Final = {
    "domain": 50, "label": 30, "name": 50, "words": 50, "name_and_city": 20, "rare_word": 20, "beginning": 30,
    "end": 30, "initials": 20, "phone": 10, "staff": 10,
}  # fmt: skip
LISTED: Final = ("domain", "name", "phone")  # rules whose skipped keys mean something to a person

Tables = dict[str, pa.Table]
Pair = tuple[int, int]  # places of two records, the lower one first


def prepared(tables: Tables, at: Thresholds, engine: Engine) -> Tables:
    """`tables` are those of told.py; with them everything that comparing needs but the pairs. Raises Failed."""
    tables = dict(tables)
    for name, question in QUESTIONS.items():
        tables[name] = engine.ask(question.replace("the_most_homonyms", repr(at.homonyms)), tables)
    return tables | {"colleagues": engine.ask(asking("block", "staff"), tables)}


def pairs_of(tables: Tables, engine: Engine) -> pa.Table:
    """a, b: every pair that a rule of rules.sql brings together. Raises Failed."""
    others = (engine.ask(asking("block", rule), tables) for rule in RULES if rule != "staff")
    return engine.ask(PAIRS["distinct_pairs"], {"found": pa.concat_tables([tables["colleagues"], *others])})


def compared(tables: Tables, engine: Engine) -> pa.Table:
    """`pairs` with what they say of each other, side by side. Raises Failed."""
    return engine.ask(PAIRS["compared"], tables)


def scored(tables: Tables, at: Thresholds, engine: Engine) -> pa.Table:
    """a, b, score of the pairs that were `compared`. Raises Failed."""
    return engine.ask(PAIRS["scored"].replace("the_bias", repr(at.bias)), tables)


def evidence(tables: Tables, pairs: Iterable[Pair], engine: Engine) -> dict[Pair, tuple[Reason, ...]]:
    """What was found of some of the pairs that were `compared`, the weightiest first. Raises Failed."""
    ends = list(pairs)
    asked = pa.table({"a": pa.array([a for a, _ in ends], pa.int32()), "b": pa.array([b for _, b in ends], pa.int32())})
    told = engine.ask(PAIRS["told"], {**tables, "asked": asked}).to_pylist()
    by_pair = groupby(told, key=lambda row: (row["a"], row["b"]))
    return {pair: tuple(Reason(row["told"], row["weight"]) for row in rows) for pair, rows in by_pair}


def skipped(tables: Tables, engine: Engine) -> Iterator[tuple[str, str, int, int]]:
    """Rule, key, number of its first record, and how many share it."""
    for name in LISTED:
        for row in engine.ask(asking("skipped", name), tables).to_pylist():
            yield name, row["key"], row["cid"], row["records"]


def asking(question: str, rule: str) -> str:
    return PAIRS[question].replace("the_rule", RULES[rule]).replace("the_most", str(MOST[rule]))
