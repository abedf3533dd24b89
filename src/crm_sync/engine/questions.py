"""Reads questions from a .sql file that stands beside the module that asks them.

A question begins with `-- name: so_and_so`, then one sentence as a comment, then SQL in DuckDB's dialect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from crm_sync.engine.base import Tables

NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)


@cache
def read_questions(package: str, file: str) -> Mapping[str, str]:
    """Name → text: `read_questions(__package__, "funnel.sql")`. Raises ValueError for a file that breaks the form."""
    text = (files(package) / file).read_text(encoding="utf-8")
    names, starts = name_lines(text)
    if not names or len(set(names)) < len(names) or text[: starts[0]].strip():
        raise ValueError(f"{package}/{file}: every question begins with a line `-- name: ...` of its own")
    ends = [*starts[1:], len(text)]
    found = {name: text[start:end].strip() for name, start, end in zip(names, starts, ends, strict=True)}
    for name, question in found.items():
        if not question.partition("\n")[2].startswith("-- "):
            raise ValueError(f"{package}/{file}: {name}: the line below the name is one sentence about the question")
    return MappingProxyType(found)


def read_question(package: str, file: str) -> str:
    """The text of a file that holds one question."""
    (question,) = read_questions(package, file).values()
    return question


def name_of(question: str) -> str:
    """The name above a question; a text without one is named by its first line."""
    match = NAME.search(question)
    return match[1] if match else next(iter(question.strip().splitlines()), "(empty)")[:60]


def mentioned(question: str, tables: Tables) -> Tables:
    """Those of the tables whose name stands in the question."""
    words = words_of(question)
    return {name: table for name, table in tables.items() if name.lower() in words}


@lru_cache
def words_of(question: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", question.lower()))


def name_lines(text: str) -> tuple[list[str], list[int]]:
    found = list(NAME.finditer(text))
    return [match[1] for match in found], [match.start() for match in found]
