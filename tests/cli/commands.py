"""Runs commands as people type them, and keeps what they print; in this process, since importing takes its second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from crm_sync.cli.main import exit_code
from tests.sync.town import Town

SCRIPT = "from crm_sync.cli.main import run; run()"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


def crm(*words: str | Path) -> Ran:
    """`crm-sync words ...`, from its arguments to its exit code."""
    given, out, err = sys.argv, StringIO(), StringIO()
    sys.argv = ["crm-sync", *map(str, words)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = exit_code(debug="--debug" in sys.argv)
    finally:
        sys.argv = given
    return Ran(code, out.getvalue(), err.getvalue())


def crm_on(town: Town, *words: str | Path) -> Ran:
    """The command with the settings of a town."""
    return crm("--config", town.settings_file, *words)


def command(*words: str | Path) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-c", SCRIPT, *map(str, words)]


def crm_outside(*words: str | Path, **environment: str) -> Ran:
    """The command in a process of its own: for logging, signals and what a terminal would see."""
    env = os.environ | environment
    ran = subprocess.run(command(*words), capture_output=True, text=True, check=False, timeout=120, env=env)
    return Ran(ran.returncode, ran.stdout, ran.stderr)
