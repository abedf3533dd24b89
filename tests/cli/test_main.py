"""What holds for every command: streams, colours, width, wrong words, a fast start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crm_sync.cli import main
from crm_sync.errors import CrmSyncError
from tests.cli.commands import crm, crm_on, crm_outside
from tests.sync.town import Town

SLOW = ("sqlalchemy", "pyarrow", "duckdb", "httpx", "hubspot", "simple_salesforce", "uvicorn", "crm_sync.sandbox")
READING = [
    ("doctor",),
    ("schema", "plan"),
    ("schema", "apply"),
    ("backfill", "--object", "deals", "--since", "2026-05-01", "--until", "2026-05-02"),
    ("status",),
    ("explain", "a"),
    ("runs",),
    ("lock", "status"),
    ("vocab", "render"),
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_json_is_one_document_and_nothing_else_on_stdout(synced: Town, words: tuple[str, ...]) -> None:
    ran = crm_on(synced, *words, "--json")
    assert isinstance(ran.json, dict | list)
    assert ran.out.endswith(("}\n", "]\n"))


@pytest.mark.parametrize("words", [("status",), ("explain", "a"), ("snyc",)], ids=" ".join)
def test_in_a_pipe_there_are_no_colours_and_no_broken_lines(synced: Town, words: tuple[str, ...]) -> None:
    ran = crm_outside("--config", synced.settings_file, *words, COLUMNS="40", TERM="xterm-256color")
    assert "\x1b" not in ran.out + ran.err
    assert ran == crm_on(synced, *words)


def test_nothing_slow_is_imported_before_a_command_needs_it() -> None:
    script = f"import sys, crm_sync.cli.main; print([name for name in {SLOW} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("snyc",), "Did you mean 'sync'? `crm-sync --help` shows what there is."),
        (("sync", "--forse"), "No such option: --forse"),
        (("sync", "--quiet"), "It goes before the command: crm-sync --quiet sync"),
        (("schema", "apply", "--config"), "It goes before the command: crm-sync --config schema apply"),
        (("explain",), "Missing argument"),
        (("lock", "stats"), "`crm-sync lock --help` shows what there is."),
        (("status", "--stale-after", "soon"), "--stale-after"),
    ],
)
def test_wrong_words_are_one_sentence_and_never_look_like_pending_changes(words: tuple[str, ...], told: str) -> None:
    ran = crm(*words)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert told in ran.err


@pytest.mark.parametrize("words", [(), ("schema",), ("lock",)])
def test_no_words_show_the_help(words: tuple[str, ...]) -> None:
    ran = crm_outside(*words)
    assert (ran.code, ran.err) == (4, "")
    assert "Usage: crm-sync" in ran.out


def test_help_lists_every_command_and_every_exit_code() -> None:
    ran = crm_outside("--help")
    assert ran.code == 0
    assert all(f"{code} " in ran.out.rpartition("Exit codes:")[2] for code in (0, 1, 2, 3, 4, 5, 6))


def test_a_defect_of_ours_is_one_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: object) -> None:
        raise KeyError("a [bracket]\nand a second line")

    monkeypatch.setattr("crm_sync.cli.context.load_settings", broken)
    ran = crm("status")
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert "unexpected KeyError" in ran.err
    assert "[bracket]" in ran.err
    assert "--debug" in ran.err


def test_what_a_person_stops_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crm_sync.cli.context.load_settings", stopped)
    ran = crm("status")
    assert (ran.code, len(ran.lines)) == (130, 1)
    assert "the next run goes on from there" in ran.err


def test_every_error_has_an_exit_code_that_the_help_names() -> None:
    errors: list[type[CrmSyncError]] = [CrmSyncError, *CrmSyncError.__subclasses__()]
    assert all(f"{one.exit_code} " in main.EXIT_CODES for one in errors)
