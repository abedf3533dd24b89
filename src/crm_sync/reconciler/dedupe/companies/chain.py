"""The questions of matching companies, one after the other: each sees the answers of those before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.changes import Reason
from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_questions
from crm_sync.mappings.companies import Thresholds

QUESTIONS: Final = read_questions(__package__, "questions.sql")
RULES: Final = read_questions(__package__, "rules.sql")
PAIRS: Final = read_questions(__package__, "pairs.sql")
PLACES: Final = tuple(RULES)
#: The most records that a key of each rule brings together: what more of them share does not name one company.
MOST: Final = {
    "domain": 50, "label": 30, "name": 50, "words": 50, "name_and_city": 20, "rare_word": 20, "beginning": 30,
    "end": 30, "initials": 20, "phone": 10, "staff": 10,
}  # fmt: skip
LISTED: Final = ("domain", "name", "phone")  # rules whose skipped keys mean something to a person

#: Questions whose answers are kept until all are matched anew, and the column that tells which rows somebody needs.
STATISTICS: Final = {
    "homes": "city", "frequent": "glued", "rivals": "glued", "travelled": "glued", "crowded": "site",
    "switchboards": "phone",
}  # fmt: skip
KEY_BITS: Final = 58  # that pairs.sql leaves of a kept key's hash; those above say which rule it is of

Tables = dict[str, pa.Table]
Pair = tuple[int, int]  # places of two records, the lower one first


def prepared(
    tables: Tables, at: Thresholds, engine: Engine, statistics: Mapping[str, pa.Table] | None = None
) -> Tables:
    """`tables` are those of told.py; with them everything that comparing needs but the pairs. Raises Failed."""
    tables = spoken(tables, at, engine, statistics)
    return tables | {"colleagues": engine.ask(asking("block", "staff"), tables)}


def spoken(tables: Tables, at: Thresholds, engine: Engine, statistics: Mapping[str, pa.Table] | None = None) -> Tables:
    """What the records say, question by question; with `statistics` those are not asked anew. Raises Failed."""
    tables = dict(tables)
    for name, question in QUESTIONS.items():
        if statistics is not None and name in STATISTICS:
            tables[name] = statistics[name]
        else:
            tables[name] = engine.ask(question.replace("the_most_homonyms", repr(at.homonyms)), tables)
    return tables


def of_these(statistics: Mapping[str, pa.Table], rows: pa.Table) -> Tables:
    """The statistics that concern some rows of `told` or `firms`."""
    return {
        name: table.filter(compute.is_in(table[column], rows[column].combine_chunks()))
        for name, column in STATISTICS.items()
        for table in [statistics[name]]
    }


def keyed(tables: Mapping[str, pa.Table], engine: Engine) -> pa.Table:
    """key, cid: every key of every record once, sorted by key; its upper bits are the place of its rule. Raises
    Failed."""
    return engine.ask(PAIRS["keyed"].replace("the_keys", union(RULES)), tables)


def listed(tables: Mapping[str, pa.Table], engine: Engine) -> dict[int, tuple[str, str]]:
    """Kept key → rule and text, of the rules that are LISTED. Raises Failed."""
    rows = engine.ask(PAIRS["listed"].replace("the_keys", union(LISTED)), tables)
    return {row["key"]: (row["name"], row["value"]) for row in rows.to_pylist()}


def union(rules: Iterable[str]) -> str:
    place = {rule: number << KEY_BITS for number, rule in enumerate(RULES)}
    return "\nUNION ALL ".join(
        f"SELECT {place[rule]}::UBIGINT AS rule, '{rule}' AS name, key, cid FROM ({RULES[rule]}\n)" for rule in rules
    )


def most_of(key: int) -> int:
    """The most records that the key brings together."""
    return MOST[rule_of(key)]


def rule_of(key: int) -> str:
    return PLACES[key >> KEY_BITS]


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


def asking(question: str, rule: str) -> str:
    return PAIRS[question].replace("the_rule", RULES[rule]).replace("the_most", str(MOST[rule]))
