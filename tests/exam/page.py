"""The exam's result as a page: which promise each connector keeps, how, and which tests proved it in this run."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

#: Under which name a row stands; `every` is what holds for all connectors at once.
CRMS = {"hubspot": "HubSpot", "salesforce": "Salesforce", "memory": "memory", "files": "files", "every": "every CRM"}
HEAD = """\
# What every connector promises

One exam for all of them: `make exam` runs it on the sandbox and writes this page. Most promises are traps into which
other readers of these CRMs have fallen; a CRM that is not named cannot fall into that one. A promise is kept when every
test that proves it passed; the number says how often they did. The words stand in `tests/exam/promises.toml`, the tests
in `tests/` under their names.
"""
COLUMNS = ("| promise | by | how | proof |", "|---|---|---|---|")

Promise = Mapping[str, str]  # `promise`, and how each connector keeps it


@dataclass
class Marks:
    """(promise, crm) → outcomes and the tests, by name, that gave them."""

    outcomes: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    tests: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, promise: str, crm: str, test: str, outcome: str) -> None:
        self.outcomes.setdefault((promise, crm), Counter())[outcome] += 1
        self.tests.setdefault((promise, crm), set()).add(test)


@cache
def chapters() -> dict[str, dict[str, Promise]]:
    return tomllib.loads((Path(__file__).parent / "promises.toml").read_text(encoding="utf-8"))


@cache
def promises() -> dict[str, Promise]:
    """All of them by name, whatever their chapter."""
    return {name: one for chapter in chapters().values() for name, one in chapter.items()}


def page(marks: Marks) -> str:
    """One table per chapter."""
    lines = [HEAD]
    for title, some in chapters().items():
        lines += [
            f"## {title}",
            "",
            *COLUMNS,
            *(row for name, one in some.items() for row in rows(name, one, marks)),
            "",
        ]
    return "\n".join(lines)


def rows(name: str, one: Promise, marks: Marks) -> Iterator[str]:
    """The promise itself stands in its first row only."""
    told = f"**{name}**: {one['promise']}"
    for crm, how in one.items():
        if crm != "promise":
            yield f"| {told} | {CRMS[crm]} | {how} | {proof(name, crm, marks)} |"
            told = ""


def proof(name: str, crm: str, marks: Marks) -> str:
    tests = [f"`{test}`" for test in sorted(marks.tests.get((name, crm), ()))]
    return "<br>".join([verdict(marks.outcomes.get((name, crm), Counter())), *tests])


def verdict(outcomes: Mapping[str, int]) -> str:
    if not outcomes:
        return "not examined"
    failed = sum(count for outcome, count in outcomes.items() if outcome != "passed")
    return f"**not kept**: {failed} of {sum(outcomes.values())} failed" if failed else f"kept ({outcomes['passed']})"
