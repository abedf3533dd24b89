"""No secret ever leaves the process: not on stdout or stderr with --debug, not in the database, not in an error."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_sync.sandbox.hubspot.account import SCOPES
from crm_sync.sandbox.hubspot.logins import Logins
from tests.cli.settings import settings_of
from tests.sync.town import Town, crm_sync, running_town

pytestmark = pytest.mark.slow

SESSION = re.compile(r"00D\w{12,15}!\w+")  # what Salesforce's logins hand out
ACCESS = re.compile(r"CIrT\w{32}AA|na1-[0-9a-f-]{36}")  # HubSpot's access and refresh tokens
KEY = "a-key-that-is-long-enough-to-be-one-4711"
RUN = (
    ("doctor",),
    ("schema", "apply"),
    ("sync",),
    ("sync", "--dry-run", "--json"),
    ("status", "--json"),
    ("explain", "a", "--json"),
    ("runs", "--json"),
)

#: The command as a developer might run it: every logger at DEBUG, tracebacks with the locals of every frame, and no
#: wait before another try.
LOUD = """
import asyncio, logging, sys, traceback
logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
from rich.console import Console

def with_locals(self, **named):
    problem = traceback.TracebackException(*sys.exc_info(), capture_locals=True)
    print("with locals", *problem.format(), sep="\\n", file=sys.stderr)

Console.print_exception, sleep = with_locals, asyncio.sleep
asyncio.sleep = lambda seconds, result=None: sleep(min(seconds, 0.01), result)
from crm_sync.cli.main import run
run()
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with running_town(tmp_path_factory.mktemp("secrets"), 30) as town:
        yield town


def secrets_of(card: dict[str, Any]) -> list[str]:
    return [card["hubspot"]["token"], card["salesforce"]["client_secret"], Logins().client_secret, KEY]


def shown(town: Town, *words: str) -> str:
    ran = crm_sync(town, "--debug", *words, check=False)
    return ran.stdout + ran.stderr


def loud(file: Path, *words: str) -> str:
    command = [sys.executable, "-c", LOUD, "--debug", "--config", str(file), *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return ran.stdout + ran.stderr


def kept(directory: Path) -> str:
    """Everything that stands in the files of the database."""
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in sorted(directory.glob("*.db*")))


def leaks(town: Town, text: str) -> list[str]:
    found = [secret for secret in secrets_of(town.card) if secret in text]
    return found + SESSION.findall(text) + ACCESS.findall(text)


def refresh_token(town: Town) -> str:
    """What installing the OAuth app in the town's HubSpot gives."""
    app, back = Logins(), "http://127.0.0.1:9/back"
    asked = {"client_id": app.client_id, "redirect_uri": back, "scope": " ".join(sorted(SCOPES))}
    sent_back = town.http.get("/oauth/authorize", params=asked).headers["location"]
    code = parse_qs(urlsplit(sent_back).query)["code"][0]
    form = {"client_id": app.client_id, "client_secret": app.client_secret, "redirect_uri": back, "code": code}
    answer = town.http.post("/oauth/v3/token", data={**form, "grant_type": "authorization_code"})
    return str(answer.json()["refresh_token"])


@pytest.fixture
def as_app(town: Town, tmp_path: Path) -> Path:
    """Settings of the town that sign in to HubSpot as an OAuth app; the store keeps the refresh token."""
    app = Logins()
    known = {"client_id": app.client_id, "client_secret": app.client_secret, "refresh_token": refresh_token(town)}
    return settings_of(town, tmp_path, secret_key=KEY, hubspot={"token": None, **known})


def test_a_whole_run_with_debugging_shows_and_keeps_no_secret(town: Town) -> None:
    told = {words: shown(town, *words) for words in RUN}
    assert "HTTP" in told[("sync",)], "debugging shows the calls"
    for words, text in (*told.items(), ("the database", kept(town.settings_file.parent))):
        assert not leaks(town, text), words


def test_an_app_that_renews_its_login_shows_and_keeps_no_secret(town: Town, as_app: Path) -> None:
    told = {words: loud(as_app, *words) for words in (("doctor",), ("schema", "apply"), ("sync",), ("doctor",))}
    assert "OAuth app" in told[("doctor",)]
    assert "DEBUG:asyncio" in told[("sync",)], "every logger speaks"
    assert "done" in loud(as_app, "runs", "--json")
    for words, text in (*told.items(), ("the database", kept(as_app.parent))):
        assert not leaks(town, text), words


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"match": "POST /oauth/v3/token", "status": 503}, "TryLater"),
        ({"match": "POST /oauth/v3/token", "status": 400}, "NeedsLogin"),
        ({"match": "POST /services/oauth2/token", "status": 401}, "NeedsLogin"),
        ({"match": "POST /services/oauth2/token", "then": "garble"}, "Failed"),
        ({"match": "* /crm/", "status": 401}, "NeedsLogin"),
        ({"match": "* /services/data/v", "status": 500}, "TryLater"),
        ({"match": "* /services/data/v", "then": "garble"}, "Failed"),
    ],
)
def test_a_traceback_with_the_locals_of_every_frame_shows_no_secret(
    town: Town, as_app: Path, trouble: dict[str, Any], told: str
) -> None:
    town.order(**trouble, times=1000)
    try:
        text = loud(as_app, "sync", "--dry-run")
    finally:
        town.http.delete("/sandbox/faults").raise_for_status()
    assert "with locals" in text
    assert " self = <" in text
    assert told in text
    assert not leaks(town, text)


def test_a_crm_that_quotes_a_secret_in_its_answer_is_not_quoted(town: Town, as_app: Path) -> None:
    """The refresh token of the settings, as a careless server would repeat it."""
    token = re.search(r'refresh_token = "(.+)"', as_app.read_text())
    assert token is not None
    said = {"error": "invalid_grant", "error_description": f"{token[1]} of {Logins().client_secret} is void"}
    town.order(match="POST /oauth/v3/token", status=400, body=said)
    text = loud(as_app, "doctor")
    assert "invalid_grant, … of … is void" in text
    assert not leaks(town, text)


def test_processes_that_share_a_token_which_is_replaced_at_every_use_all_get_in(town: Town, tmp_path: Path) -> None:
    app, file = Logins(), tmp_path / "hubspot.refresh"
    file.write_text(refresh_token(town))
    known = {"client_id": app.client_id, "client_secret": app.client_secret, "refresh_token_file": str(file)}
    settings = settings_of(town, tmp_path, salesforce=None, hubspot={"token": None, **known})
    command = [sys.executable, "-c", LOUD, "--config", str(settings), "doctor", "--json"]
    for _ in range(2):
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(3)]
        told = [json.loads(one.communicate(timeout=120)[0]) for one in running]
        assert [found["login"] for [found] in told] == ["OAuth app with a refresh token"] * 3


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
