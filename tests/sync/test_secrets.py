"""No secret ever leaves the process: not on stdout or stderr with --debug, not in the database, not in an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sync.town import Town, crm_sync, running_town

pytestmark = pytest.mark.slow

SESSION = re.compile(r"00D\w{12,15}!\w+")  # what Salesforce's logins hand out
RUN = (
    ("doctor",),
    ("schema", "apply"),
    ("sync",),
    ("sync", "--dry-run", "--json"),
    ("status", "--json"),
    ("explain", "a", "--json"),
    ("runs", "--json"),
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with running_town(tmp_path_factory.mktemp("secrets"), 30) as town:
        yield town


def secrets_of(card: dict[str, Any]) -> list[str]:
    return [card["hubspot"]["token"], card["salesforce"]["client_secret"]]


def shown(town: Town, *words: str) -> str:
    ran = crm_sync(town, "--debug", *words, check=False)
    return ran.stdout + ran.stderr


def kept(directory: Path) -> str:
    """Everything that stands in the files of the database."""
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in sorted(directory.glob("crm-sync.db*")))


def test_a_whole_run_with_debugging_shows_and_keeps_no_secret(town: Town) -> None:
    told = {words: shown(town, *words) for words in RUN}
    assert "HTTP" in told[("sync",)], "debugging shows the calls"
    for words, text in (*told.items(), ("the database", kept(town.settings_file.parent))):
        assert not [secret for secret in secrets_of(town.card) if secret in text], words
        assert not SESSION.search(text), words


@pytest.mark.parametrize("odd", ["\\n", " and more", "\\u00e4", "\\u0000"])
def test_a_token_that_no_header_can_hold_is_refused_unseen(town: Town, tmp_path: Path, odd: str) -> None:
    """Whoever sends such a header gets it back in the client's complaint."""
    token = town.card["hubspot"]["token"]
    file = tmp_path / "crm-sync.toml"
    text = town.settings_file.read_text(encoding="utf-8").replace(f'"{token}"', f'"{token}{odd}{token}"')
    file.write_text(text, encoding="utf-8")
    ran = crm_sync(town, "--debug", "--config", str(file), "doctor", check=False)
    assert ran.returncode == 4
    assert "hubspot.token: found a text with blanks or letters that no token has" in ran.stderr
    assert token not in ran.stdout + ran.stderr
