"""Questions stand in .sql files, each with a name and a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crm_sync.engine.questions import name_of, read_question, read_questions


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "asking", raising=False)
    (tmp_path / "asking").mkdir()
    (tmp_path / "asking/__init__.py").touch()
    read_questions.cache_clear()
    return tmp_path / "asking"


def test_a_file_of_questions_is_read_by_name(package: Path) -> None:
    (package / "all.sql").write_text(
        "-- name: one\n-- The first.\nSELECT 1\n\n-- name: two\n-- The second.\nSELECT 2\n"
    )
    found = read_questions("asking", "all.sql")
    assert list(found) == ["one", "two"]
    assert found["two"] == "-- name: two\n-- The second.\nSELECT 2"


def test_a_file_with_one_question_is_that_question(package: Path) -> None:
    (package / "one.sql").write_text("-- name: one\n-- The only one.\nSELECT 1\n")
    assert read_question("asking", "one.sql").endswith("SELECT 1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        "SELECT 0;\n-- name: one\n-- Told.\nSELECT 1",
        "-- name: one\nSELECT 1",
        "-- name: a\n-- A.\n" * 2,
    ],
)
def test_a_question_without_name_or_sentence_is_refused(package: Path, text: str) -> None:
    (package / "bad.sql").write_text(text)
    with pytest.raises(ValueError, match=r"asking/bad.sql: "):
        read_questions("asking", "bad.sql")


def test_a_question_is_called_by_its_name_or_its_first_line() -> None:
    assert name_of("-- name: funnel\n-- A sentence.\nSELECT 1") == "funnel"
    assert name_of("SELECT 1\nFROM x") == "SELECT 1"
    assert name_of("") == "(empty)"
