"""The floor plan of docs/architecture.md holds: imports run downwards only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from crm_sync.mappings.tables import CRMS

ROOT = Path(__file__).parent.parent
CODE = ROOT / "src" / "crm_sync"


def test_imports_keep_to_the_floors_of_the_house() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("room", ["reconciler", "mappings"])
def test_the_core_never_asks_a_clock(room: str) -> None:
    asked = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in (CODE / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today", "monotonic", "perf_counter")
        if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date", "time")
    ]
    assert asked == []


def test_nobody_but_a_connector_asks_which_crm_it_is() -> None:
    """A new CRM is a folder and columns in the tables: no rule, report or command compares with a CRM's name."""
    asked = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in CODE.rglob("*.py")
        if not {"sandbox", "connectors"} & set(file.relative_to(CODE).parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare | ast.MatchValue)
        if any(isinstance(part, ast.Constant) and part.value in CRMS for part in ast.walk(node))
    ]
    assert asked == []


def test_every_file_opens_with_one_sentence_that_says_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in CODE.rglob("*.py")
        if file.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []
