"""Two engines as one: each question is asked of both, and how their answers differ is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from math import isclose
from pathlib import Path
from typing import Any

import pyarrow as pa

from crm_sync.engine.base import Engine, Tables
from crm_sync.engine.duckdb import DuckDB
from crm_sync.engine.plans import Plans
from crm_sync.engine.questions import mentioned, name_of
from crm_sync.errors import Failed

Named = tuple[str, str]  # a question's name, and the sentence below it: names repeat from file to file
NAMED = re.compile(r"-- name: *(\w+) *\n(-- .*)")  # also of one that stands inside another
NEAR = 1e-5


class Plain:
    """DuckDB itself, also where few rows would be answered without it."""

    def __init__(self, duck: DuckDB) -> None:
        self.duck, self.plans = duck, Plans()

    def ask(self, question: str, tables: Tables) -> pa.Table:
        asked = mentioned(question, tables)
        found = self.plans.ask(question, asked)
        return self.duck.answered(question, asked) if found is None else found


class Both:
    """What `other` answers goes on to the next question. A question whose answers were equal once, with rows in them,
    is not compared again; `one` answers it alone."""

    def __init__(self, one: Engine, other: Engine) -> None:
        self.one, self.other = one, other
        self.compared: set[str] = set()
        self.answered: set[Named] = set()
        self.different: list[str] = []

    def ask(self, question: str, tables: Tables) -> pa.Table:
        expected = self.one.ask(question, tables)
        if question in self.compared:
            return expected
        try:
            found = self.other.ask(question, tables)
        except Failed as problem:
            self.different.append(str(problem))
            return expected
        self.different += [f"{name_of(question)}: {problem}" for problem in differences(expected, found)]
        if len(found):
            self.compared.add(question)
            self.answered.update(NAMED.findall(question))
        return found


def every_question() -> set[Named]:
    """Of all .sql files of the product."""
    texts = [file.read_text(encoding="utf-8") for file in Path(str(files("crm_sync"))).rglob("*.sql")]
    return {named for text in texts for named in NAMED.findall(text)}


def differences(expected: pa.Table, found: pa.Table) -> Iterator[str]:
    """Rows are compared as a set, numbers with a point within 1e-5."""
    if not found.schema.equals(expected.schema):
        yield f"columns {found.schema} instead of {expected.schema}"
    elif len(found) != len(expected):
        yield f"{len(found)} rows instead of {len(expected)}"
    else:
        pairs = zip(in_order(expected), in_order(found), strict=True)
        yield from (f"{two} instead of {one}" for one, two in pairs if not alike(one, two))


def in_order(table: pa.Table) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=lambda row: [parts(cell) for cell in row.values()])


def parts(cell: Any) -> tuple[str, str]:
    """To sort by: what is compared as it is before what is compared within a distance."""
    numbers = list(points(cell))
    return (re.sub(r"-?\d+\.\d+(e[+-]\d+)?", "", repr(cell)), " ".join(f"{one:+020.4f}" for one in numbers))


def points(cell: Any) -> Iterator[float]:
    if isinstance(cell, float):
        yield cell
    elif isinstance(cell, dict):
        yield from (one for inner in cell.values() for one in points(inner))
    elif isinstance(cell, list):
        yield from (one for inner in cell for one in points(inner))


def alike(one: Any, two: Any) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return isclose(one, two, rel_tol=NEAR, abs_tol=NEAR)
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(alike(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(alike, one, two))
    return bool(one == two)
