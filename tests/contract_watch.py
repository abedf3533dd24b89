"""Watches a whole test session: whatever test provokes a HubSpot answer that its contract does not allow, fails.

Every process of the session, and every sandbox that it starts, writes what it has seen into one file per worker
(sandbox/contract_log.py). After each test its worker reads what is new; at the end all files are told together."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from crm_sync.sandbox.contract import CONTRACTS
from crm_sync.sandbox.contract_log import VIOLATIONS

Line = dict[str, Any]

_ROW = re.compile(r"/\d+/")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Watch:
    """One process of the session: its file, and how far it has been read."""

    def __init__(self, worker: str) -> None:
        self.first = worker == "main"
        self.directory = Path(tempfile.mkdtemp(prefix="crm-sync-seen-")) if self.first else _named()
        self.file = self.directory / f"{worker}.jsonl"
        self.read = 0
        self._before = os.environ.get(VIOLATIONS)
        os.environ[VIOLATIONS] = str(self.file)

    def news(self) -> list[Line]:
        """Violations since the last question."""
        lines = seen([self.file])
        self.read, fresh = len(lines), lines[self.read :]
        return [one for one in fresh if one["kind"] == "violation"]

    def everything(self) -> list[Line]:
        return seen(sorted(self.directory.glob("*.jsonl")))

    def close(self) -> None:
        if self._before is None:
            os.environ.pop(VIOLATIONS, None)
        else:
            os.environ[VIOLATIONS] = self._before
        if self.first:
            shutil.rmtree(self.directory, ignore_errors=True)


KEY = pytest.StashKey[Watch]()


def _named() -> Path:
    """Where the session's first process keeps its file: workers inherit its environment."""
    return Path(os.environ[VIOLATIONS]).parent


def seen(files: Iterable[Path]) -> list[Line]:
    return [json.loads(line) for file in files if file.exists() for line in file.read_text("utf-8").splitlines()]


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    config.stash[KEY] = Watch(worker)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[KEY].close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    result = yield
    news = item.config.stash[KEY].news()
    if news:
        pytest.fail("HubSpot's contract does not allow this:\n" + "\n".join(told(news)), pytrace=False)
    return result


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What came after the last test, or while fixtures went, fails the session."""
    watch = session.config.stash[KEY]
    if watch.first and exitstatus == 0 and any(one["kind"] == "violation" for one in watch.everything()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not os.environ.get(CONTRACTS):
        return terminalreporter.write_line(f"HubSpot's contract: nothing compared, {CONTRACTS} names no directory")
    lines = config.stash[KEY].everything()
    violations = told(one for one in lines if one["kind"] == "violation")
    checked = {one["what"] for one in lines if one["kind"] == "checked"}
    unanswered = {one["what"] for one in lines if one["kind"] == "unanswered"}
    unknown = sorted({one["what"] for one in lines if one["kind"] == "unknown"})
    terminalreporter.section("HubSpot's contract", "-")
    terminalreporter.write_line(
        f"{len(checked)} kinds of answers compared (operation and status), {len(violations)} differ"
    )
    for text in violations:
        terminalreporter.write_line(f"  {text}", red=True)
    if unanswered:
        terminalreporter.write_line(f"{len(unanswered)} operations were asked for that the sandbox does not imitate")
    if unknown:
        terminalreporter.write_line(f"{len(unknown)} calls that no document covers: {', '.join(unknown)}")
    return None


def told(violations: Iterable[Line]) -> list[str]:
    """One sentence for each kind of violation, with how often it was seen."""
    text = "{call}: {status} differs from {document} at {place}: {problem}"
    counted = Counter(_UUID.sub("<uuid>", text.format(**one, place=_ROW.sub("/*/", one["at"]))) for one in violations)
    return [f"{sentence} ({times} times)" if times > 1 else sentence for sentence, times in counted.items()]
