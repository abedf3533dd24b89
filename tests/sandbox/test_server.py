"""The sandbox as a server: ports, files, card, and leaving without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
import tomllib

import httpx
import pytest

from crm_sync.sandbox.server import Sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(people=50, seed=3, directory=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


def trusting(sandbox: Sandbox) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=sandbox.card()["ca_file"])


def test_both_ports_answer_with_the_same_world(sandbox):
    card = sandbox.card()
    headers = {"authorization": f"Bearer {card['hubspot']['token']}"}
    path = "/crm/v3/objects/contacts?limit=5"
    plain = httpx.get(card["hubspot"]["url"] + path, headers=headers)
    safe = httpx.get(card["salesforce"]["url"] + path, headers=headers, verify=trusting(sandbox))
    assert [one["id"] for one in plain.json()["results"]] == [one["id"] for one in safe.json()["results"]]
    assert len(plain.json()["results"]) == 5
    assert len(plain.headers.get_list("date")) == 1


def test_the_card_is_json_and_its_files_are_there(sandbox):
    card = json.loads(json.dumps(sandbox.card()))
    assert card["hubspot"]["token"].startswith("pat-na1-")
    assert (card["people"], card["seed"]) == (50, 3)
    assert json.loads(sandbox.directory.joinpath("truth.json").read_text())["seed"] == 3
    for name in ("truth.json", "server.pem", "crm-sync.toml"):
        assert stat.S_IMODE(sandbox.directory.joinpath(name).stat().st_mode) == 0o600


def test_the_settings_file_is_ready_to_use(sandbox):
    card = sandbox.card()
    said = tomllib.loads(sandbox.settings_file.read_text())
    assert said == {
        "database": f"sqlite:///{sandbox.directory}/crm-sync.db",
        "hubspot": {"base_url": card["hubspot"]["url"], "token": card["hubspot"]["token"]},
        "salesforce": {
            "login_url": card["salesforce"]["url"],
            "client_id": card["salesforce"]["client_id"],
            "client_secret": card["salesforce"]["client_secret"],
            "ca_file": card["ca_file"],
        },
    }


def test_salesforce_lets_the_card_in_over_https(sandbox):
    force = sandbox.card()["salesforce"]
    form = {
        "grant_type": "client_credentials",
        "client_id": force["client_id"],
        "client_secret": force["client_secret"],
    }
    answer = httpx.post(f"{force['url']}/services/oauth2/token", data=form, verify=trusting(sandbox))
    assert (answer.status_code, answer.json()["instance_url"]) == (200, force["url"])


def test_a_port_that_is_taken_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} cannot be opened"):
            Sandbox(people=0, port=port).start()


def test_a_temporary_sandbox_leaves_nothing_behind():
    with Sandbox(people=0) as running:
        directory, url = running.directory, running.url
        assert directory.joinpath("ca.pem").exists()
        assert running.card()["truth_file"] is None
    assert not directory.exists()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_the_command_prints_one_line_and_leaves_with_its_parent(tmp_path):
    command = [sys.executable, "-m", "crm_sync.sandbox", "--people", "0", "--directory", str(tmp_path), "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        card = json.loads(child.stdout.readline())
        assert httpx.get(f"{card['hubspot']['url']}/sandbox/").status_code == 200
        child.stdin.close()
        assert child.wait(timeout=20) == 0


def test_a_sandbox_that_ends_in_the_middle_of_calls_fails_in_none_of_them():
    command = [sys.executable, "-m", "crm_sync.sandbox", "--people", "5", "--with-parent"]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    for _ in range(6):
        with subprocess.Popen(command, env=os.environ, **streams) as child:
            card = json.loads(child.stdout.readline())["hubspot"]
            callers = [threading.Thread(target=call_until_it_is_gone, args=(card,)) for _ in range(3)]
            for caller in callers:
                caller.start()
            time.sleep(0.1)
            child.stdin.close()
            assert b"Traceback" not in child.stderr.read()
            assert child.wait(timeout=20) == 0
            for caller in callers:
                caller.join()


def call_until_it_is_gone(card):
    headers = {"Authorization": f"Bearer {card['token']}"}
    with httpx.Client(base_url=card["url"], headers=headers) as client, contextlib.suppress(httpx.HTTPError):
        while True:
            client.get("/crm/v3/objects/contacts")


def test_exports_that_are_not_there_are_told_in_one_sentence(tmp_path):
    command = [sys.executable, "-m", "crm_sync.sandbox", "--load", str(tmp_path / "nowhere")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("sandbox: ")
    assert ended.stderr.count("\n") == 1
