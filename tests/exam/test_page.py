"""The page about the connectors says what the exam asks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.exam.page import Marks, page, promises, verdict

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "connectors.md"


def asked() -> set[str]:
    """Promises that tests name."""
    return {
        name for file in HERE.glob("test_*.py") for name in re.findall(r'mark\.promise\("([^"]+)"\)', file.read_text())
    }


def test_every_promise_has_a_test_and_every_test_a_promise() -> None:
    assert asked() == promises().keys()


def test_the_page_is_that_of_a_run_in_which_every_promise_was_kept() -> None:
    told = PAGE.read_text(encoding="utf-8")
    assert "not kept" not in told
    assert "not examined" not in told
    assert without_results(told) == without_results(page(Marks()))


def without_results(text: str) -> str:
    return re.sub(r"\| (?:kept|not examined|\*\*not kept)[^|]*\|", "|", text)


def test_a_promise_that_was_broken_once_is_not_kept() -> None:
    assert verdict(Counter(passed=40, failed=1)) == "**not kept**: 1 of 41 failed"
    assert verdict(Counter(passed=41)) == "kept (41)"
    assert verdict({}) == "not examined"
