"""The page about the connectors says what is promised, and every promise on it has tests that are there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exam.page import Marks, page, promises, verdict

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "connectors.md"

Pair = tuple[str, str]  # a promise, and a test of it


def marked() -> Iterator[Pair]:
    """What the sources say: every mark of a promise, with the test below it."""
    for file in TESTS.rglob("test_*.py"):
        if "mark.promise(" in (text := file.read_text(encoding="utf-8")):
            for one in ast.walk(ast.parse(text)):
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from ((promise, one.name) for promise in promises_on(one.decorator_list))


def promises_on(decorators: list[ast.expr]) -> Iterator[str]:
    for one in decorators:
        match one:
            case ast.Call(func=ast.Attribute(attr="promise"), args=[ast.Constant(value=str(name)), *_]):
                yield name


def told(text: str) -> Iterator[tuple[str, str, str]]:
    """(promise, verdict, tests) for each row of the page's tables; the promise stands in the first of its rows."""
    promise = ""
    for first, _, _, proof in re.findall(r"^\| (.*?) ?\| (.*?) \| (.*?) \| (.*?) \|$", text, flags=re.MULTILINE):
        promise = found[1] if (found := re.match(r"\*\*(.+?)\*\*", first)) else promise
        if first != "promise":
            yield promise, *proof.partition("<br>")[::2]


@pytest.fixture(scope="module")
def written() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_that_of_a_run_in_which_every_promise_was_kept(written: str) -> None:
    rows = list(told(written))
    assert {promise for promise, _, _ in rows} == promises().keys()
    assert [(promise, found) for promise, found, tests in rows if not (found.startswith("kept") and tests)] == []


def test_the_page_names_the_tests_that_there_are_and_all_of_them(written: str) -> None:
    named = {(promise, test) for promise, _, tests in told(written) for test in re.findall(r"`(\w+)`", tests)}
    assert named == set(marked())


def test_the_page_says_what_the_table_of_promises_says(written: str) -> None:
    assert without_results(written) == without_results(page(Marks()))


def without_results(text: str) -> str:
    return re.sub(r"\| (?:kept|not examined|\*\*not kept)[^|]*\|", "|", text)


def test_a_row_belongs_to_the_promise_above_it() -> None:
    head = "| promise | by | how | proof |\n|---|---|---|---|\n"
    rows = "| **ties**: a | HubSpot | by id | kept (2)<br>`test_a`<br>`test_b` |\n|  | files | b | not examined |\n"
    assert list(told(head + rows)) == [("ties", "kept (2)", "`test_a`<br>`test_b`"), ("ties", "not examined", "")]


def test_a_promise_that_was_broken_once_is_not_kept() -> None:
    marks = Marks()
    for outcome in ("passed", "failed"):
        marks.add("ties", "hubspot", "test_a", outcome)
    assert "| **not kept**: 1 of 2 failed<br>`test_a` |" in page(marks)
    assert verdict(Counter(passed=41)) == "kept (41)"
    assert verdict({}) == "not examined"
