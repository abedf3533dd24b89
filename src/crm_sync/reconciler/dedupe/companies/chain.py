"""The questions of matching companies, one after the other: each sees the answers of those before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

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


def scored(tables: Tables, at: Thresholds, engine: Engine) -> pa.Table:
    """a, b, score, because of every pair that a rule brings together. `tables` are those of told.py, and get what is
    found on the way. Raises Failed."""
    for name, question in QUESTIONS.items():
        tables[name] = engine.ask(question.replace("the_most_homonyms", repr(at.homonyms)), tables)
    blocks = dict(found(tables, engine))
    tables["colleagues"], tables["found"] = blocks["staff"], pa.concat_tables(blocks.values())
    tables["pairs"] = engine.ask(PAIRS["distinct_pairs"], tables)
    tables["compared"] = engine.ask(PAIRS["compared"], tables)
    return engine.ask(PAIRS["scored"].replace("the_bias", repr(at.bias)), tables)


def found(tables: Tables, engine: Engine) -> Iterator[tuple[str, pa.Table]]:
    for name in RULES:
        yield name, engine.ask(asking("block", name), tables)


def skipped(tables: Tables, engine: Engine) -> Iterator[tuple[str, str, int, int]]:
    """Rule, key, number of its first record, and how many share it."""
    for name in LISTED:
        for row in engine.ask(asking("skipped", name), tables).to_pylist():
            yield name, row["key"], row["cid"], row["records"]


def asking(question: str, rule: str) -> str:
    return PAIRS[question].replace("the_rule", RULES[rule]).replace("the_most", str(MOST[rule]))
