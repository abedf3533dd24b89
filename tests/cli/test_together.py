"""Options that a command could not obey together are refused, before anything is opened or written."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_sync.cli.together import names
from tests.cli.commands import crm
from tests.cli.conftest import OwnStore

SANDBOX = ("--url", "http://127.0.0.1:9")
TROUBLE = ("sandbox", "fault", *SANDBOX)
REFUSED = [
    (("verify", "--force"), "found --force without --repair; allowed: --force together with --repair."),
    (("commitment", "capacity", "--hours", "80"), "found --hours without --leads"),
    (("commitment", "capacity", "--minutes", "6", "--attempts", "5"), "found --minutes and --attempts without --leads"),
    (("commitment", "depth", "--policies", "--json"), "found --policies with --json"),
    (("sla", "compliance", "--from", "2026-05-01", "--months", "6"), "found --from with --months"),
    (("diagnose", "--as-of", "2026-05-29"), "found --as-of without EXPORTS"),
    (("dupes", "review", "--apart"), "found --same or --apart without RECORD OTHER"),
    (("dupes", "review", "--note", "brothers"), "found --note without RECORD OTHER"),
    (("dupes", "undo", "7", "--companies"), "found decision 7 with --companies"),
    (("dupes", "train", "--reset", "--dry-run"), "found --reset with --dry-run"),
    (("demo", "--once", "--port", "0"), "found --once with --port"),
    ((*TROUBLE, "--list", "--clear"), "found --list with --clear"),
    ((*TROUBLE, "hubspot-down", "--clear"), "found --clear with PRESET"),
    ((*TROUBLE, "--times", "2", "--list"), "found --list with --times"),
    (("sandbox", "act", "merge", "--after", "0", *SANDBOX), "found --after without --match"),
]
TAKES_NO_SETTINGS = [
    (("diagnose", "."), "found --config with EXPORTS"),
    (("init",), "init: found --config; allowed: the command without it. `crm-sync init DIRECTORY` says where"),
    (("demo", "--once"), "demo: found --config; allowed: the command without it."),
    (("sandbox", "serve", "--people", "5"), "sandbox: found --config; allowed: the command without it."),
    (("sandbox", "calls", *SANDBOX), "sandbox: found --config; allowed: the command without it."),
]


@pytest.mark.parametrize(("words", "told"), REFUSED, ids=[" ".join(words[:4]) for words, _ in REFUSED])
def test_what_would_be_passed_over_is_refused(
    own: OwnStore, tmp_path: Path, words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = own()
    ran = crm(*words)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1), ran.err
    assert told in ran.err
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("words", "told"), TAKES_NO_SETTINGS, ids=[words[0] for words, _ in TAKES_NO_SETTINGS])
def test_settings_are_not_passed_over_by_commands_that_read_none(
    tmp_path: Path, words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = crm("--config", "elsewhere.toml", *words)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1), ran.err
    assert told in ran.err
    assert list(tmp_path.iterdir()) == []


def test_zero_and_an_empty_word_are_something_that_was_said() -> None:
    assert names({"--hours": 0.0, "--note": None, "--force": False, "--with": [], "--by": ""}) == "--hours and --by"
