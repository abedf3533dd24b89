"""The exam's result as a page: which promise each connector keeps, how, and which tests proved it in this run."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CRMS = {"hubspot": "HubSpot", "salesforce": "Salesforce", "memory": "memory", "files": "files"}
HEAD = """\
# What every connector promises

One exam for all of them: `make exam` runs it on the sandbox and writes this page. A promise is kept when every test
that asks for it passed; the number behind it says how many did. The tests stand in `tests/exam/`, the words in
`tests/exam/promises.toml`.
"""


@dataclass
class Marks:
    """(promise, crm) → outcomes and the tests, by name, that gave them."""

    outcomes: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    tests: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, promise: str, crm: str, test: str, outcome: str) -> None:
        self.outcomes.setdefault((promise, crm), Counter())[outcome] += 1
        self.tests.setdefault((promise, crm), set()).add(test)


def promises() -> dict[str, Mapping[str, str]]:
    return tomllib.loads((Path(__file__).parent / "promises.toml").read_text(encoding="utf-8"))


def crm_of(test_id: str) -> str:
    """The examinee of a test, from its parameters."""
    parameters = test_id.partition("[")[2]
    return next((crm for crm in CRMS if parameters.startswith(crm)), "")


def page(marks: Marks) -> str:
    return "\n".join([HEAD, *(line for name, one in promises().items() for line in section(name, one, marks))]) + "\n"


def section(name: str, one: Mapping[str, str], marks: Marks) -> list[str]:
    rows = [row(name, crm, how, marks) for crm, how in one.items() if crm != "promise"]
    return [f"## {name.capitalize()}", "", one["promise"], "", "| | how | proof |", "|---|---|---|", *rows, ""]


def row(name: str, crm: str, how: str, marks: Marks) -> str:
    tests = ", ".join(f"`{test}`" for test in sorted(marks.tests.get((name, crm), ())))
    return f"| {CRMS[crm]} | {how} | {verdict(marks.outcomes.get((name, crm), Counter()))} {tests} |"


def verdict(outcomes: Mapping[str, int]) -> str:
    if not outcomes:
        return "not examined"
    failed = sum(count for outcome, count in outcomes.items() if outcome != "passed")
    return f"**not kept**: {failed} of {sum(outcomes.values())} failed" if failed else f"kept ({outcomes['passed']})"
