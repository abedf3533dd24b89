"""A store that is not there, or whose path was misspelt: who only looks is told so, and makes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import crm
from tests.cli.settings import settings_of
from tests.sync.town import Town

LOOKS = [
    ("status",), ("explain", "ana"), ("company", "acme"), ("sla", "escalations"), ("sla", "compliance"),
    ("report", "sla"), ("report", "handoff"), ("commitment", "report"), ("dupes", "list"), ("dupes", "review"),
    ("dupes", "undo", "1"), ("dupes", "train", "--dry-run"), ("errors", "list"), ("runs",), ("lock", "status"),
]  # fmt: skip


@pytest.mark.parametrize("words", LOOKS, ids=[" ".join(words) for words in LOOKS])
def test_who_only_looks_makes_no_store(town: Town, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = settings_of(town, tmp_path, database=f"sqlite:///{tmp_path}/typo/store.db")
    ran = crm("--config", file, *words)
    told = f"There is no store at sqlite:///{tmp_path}/typo/store.db yet."
    assert ran.err.replace("\n", " ").startswith(told), ran.err
    assert not (tmp_path / "typo").exists()
    assert "Traceback" not in ran.err


def test_where_a_store_is_nothing_is_said(town: Town, tmp_path: Path) -> None:
    file = settings_of(town, tmp_path)
    (tmp_path / "own.db").touch()
    assert "no store" not in crm("--config", file, "status").err
