"""Questions are answered from the tables they are handed, and from nothing else."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import Failed

TOUCHES = pa.table({"person": ["a", "b", "a"], "day": pa.array([datetime(2026, 5, 18, 5, tzinfo=UTC)] * 3)})
secret = pa.table({"x": [1]})


def engine(threads: int | None = None) -> Engine:
    return DuckDB(threads)


def test_a_question_is_answered_over_the_given_tables() -> None:
    question = (
        "-- name: touches\n-- Touches of each person.\nSELECT person, count(*) AS n FROM touches GROUP BY 1 ORDER BY 1"
    )
    found = engine(2).ask(question, {"touches": TOUCHES}).to_pylist()
    assert found == [{"person": "a", "n": 2}, {"person": "b", "n": 1}]


def test_days_are_days_in_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Mexico_City")
    question = "SELECT DISTINCT CAST(day AS DATE)::TEXT AS day FROM touches"
    assert engine().ask(question, {"touches": TOUCHES}).to_pylist() == [{"day": "2026-05-18"}]


def test_nothing_is_kept_between_questions() -> None:
    one = engine()
    one.ask("SELECT 1 FROM touches", {"touches": TOUCHES})
    with pytest.raises(Failed, match="touches does not exist"):
        one.ask("SELECT 1 FROM touches", {})


def test_a_question_that_cannot_be_run_fails_with_its_name() -> None:
    with pytest.raises(Failed, match=r"duckdb: question funnel: Binder Error.*stages"):
        engine().ask("-- name: funnel\n-- Oops.\nSELECT stages FROM touches", {"touches": TOUCHES})


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_text('{file}')",
        "COPY (SELECT 1) TO '{file}.out'",
        "ATTACH '{file}.db'",
        "INSTALL httpfs",
        "SELECT * FROM secret",
        "SET enable_external_access = true",
        "CREATE TABLE t (a INTEGER); SELECT * FROM read_csv('{file}')",
        "",
    ],
)
def test_a_question_reaches_no_file_no_network_and_no_variable(question: str, tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("a\n")
    with pytest.raises(Failed):
        engine().ask(question.format(file=file), {})
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_question_that_takes_its_time_draws_no_bar_among_the_data() -> None:
    """DuckDB draws one where Python was started without a file."""
    question = "SELECT current_setting('enable_progress_bar') AS bar, sum(n) AS n FROM rows"
    asked = f'DuckDB().ask("{question}", {{"rows": pa.table({{"n": [1]}})}})["bar"]'
    script = f"import pyarrow as pa; from crm_sync.engine.duckdb import DuckDB; print({asked})"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "false" in ran.stdout
