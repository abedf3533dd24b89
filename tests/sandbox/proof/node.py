"""Clients from npm, run as they come: one directory per package, and a script that tells one JSON object."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def installed(package: str, place: Path) -> Path:
    """The directory with the package in it, or a skip that says why there is none."""
    if os.environ.get("CI") != "true":
        pytest.skip("installs from npm: runs with CI=true")
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not installed")
    (place / "package.json").write_text("{}")
    command = [npm, "install", package, "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        pytest.skip(f"the npm registry cannot be reached: {done.stderr.strip()[-200:]}")
    return place


def told_by(script: str, place: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What the script saw."""
    done = subprocess.run(
        ["node", str(HERE / script)],
        cwd=place,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
