"""The watch over a whole session can fail: sessions of their own, with a contract that the sandbox does not keep."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_sync.sandbox.contract import CONTRACTS

pytestmark = pytest.mark.slow  # every test starts a session

ROOT = Path(__file__).parents[3]

HERE = """
import httpx
from crm_sync.sandbox.app import build_app, new_world

async def ask(path, times=1):
    world = new_world()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_app(world)), base_url="http://sandbox") as http:
        for _ in range(times):
            await http.get(path)
    world.db.close()

async def test_asks_for_contacts():
    await ask("/crm/v3/objects/contacts", 2)

async def test_asks_for_owners():
    await ask("/crm/v3/owners")
"""

ELSEWHERE = """
import subprocess, sys, json, httpx

def test_asks_a_sandbox_that_is_a_process_of_its_own():
    command = [sys.executable, "-m", "crm_sync.sandbox", "--people", "0", "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        card = json.loads(running.stdout.readline())
        httpx.get(card["hubspot"]["url"] + "/crm/v3/objects/contacts")
        running.stdin.close()
"""

LATE = """
import pytest
from test_here import ask

@pytest.fixture
async def parting():
    yield
    await ask("/crm/v3/objects/contacts")

def test_leaves_something_behind(parting):
    pass
"""

ORDERED = """
import httpx
from crm_sync.sandbox.app import build_app, new_world

async def test_meets_a_fault_that_was_ordered():
    world = new_world()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build_app(world)), base_url="http://sandbox") as http:
        await http.post("/sandbox/faults", json={"match": "GET /crm", "status": 503, "body": {"never": "seen"}})
        assert (await http.get("/crm/v3/objects/contacts")).status_code == 503
    world.db.close()
"""


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A contract with one operation, whose 401 is a text: the sandbox's is an object."""
    text = {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}
    directory = tmp_path / "contracts" / "hubspot" / "v3"
    directory.mkdir(parents=True)
    paths = {"/crm/v3/objects/contacts": {"get": {"responses": {"401": text}}}}
    (directory / "contacts.json").write_text(json.dumps({"openapi": "3.0.3", "paths": paths}))
    return tmp_path / "contracts"


@pytest.fixture
def session(tmp_path: Path, contract: Path):
    """Runs these tests in a session of their own, under watch."""

    def run(*words: str, checked: bool = True, **tests: str) -> subprocess.CompletedProcess[str]:
        for name, text in tests.items():
            (tmp_path / f"test_{name}.py").write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
        environment = {name: value for name, value in os.environ.items() if name not in (CONTRACTS, "PYTEST_ADDOPTS")}
        environment |= {CONTRACTS: str(contract)} if checked else {}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src"), environment.get("PYTHONPATH", "")])
        command = [sys.executable, "-m", "pytest", "-p", "tests.contract_watch", "-q", *words, str(tmp_path)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return run


SENTENCE = "GET /crm/v3/objects/contacts: 401 differs from v3/contacts.json at body: {"


@pytest.mark.parametrize("words", [("-n", "0"), ("-n", "2")])
def test_the_test_that_provokes_a_violation_fails_and_says_which(session, words):
    ran = session(*words, here=HERE)
    assert ran.returncode == 1
    assert "1 failed, 1 passed" in ran.stdout
    assert "FAILED test_here.py::test_asks_for_contacts" in ran.stdout
    assert SENTENCE in ran.stdout
    assert "(2 times)" in ran.stdout
    assert "1 kinds of answers compared (operation and status), 1 differ" in ran.stdout


def test_calls_that_no_document_covers_are_listed(session):
    assert "1 calls that no document covers: GET /crm/v3/owners" in session("-n", "0", here=HERE).stdout


def test_a_sandbox_in_another_process_is_watched_too(session):
    ran = session("-n", "2", elsewhere=ELSEWHERE)
    assert (ran.returncode, "1 failed" in ran.stdout, SENTENCE in ran.stdout) == (1, True, True)


def test_what_happens_after_the_last_test_fails_the_session(session):
    ran = session("-n", "0", "-k", "leaves", here=HERE, late=LATE)
    assert "1 passed" in ran.stdout
    assert (ran.returncode, SENTENCE in ran.stdout) == (1, True)


def test_an_answer_that_was_ordered_is_nobodys_violation(session):
    ran = session("-n", "0", ordered=ORDERED)
    assert (ran.returncode, "0 differ" in ran.stdout) == (0, True)


def test_without_contracts_the_session_says_that_it_compared_nothing(session):
    ran = session("-n", "0", checked=False, here=HERE)
    assert ran.returncode == 0
    assert "HubSpot's contract: nothing compared, CRM_SYNC_CONTRACTS names no directory" in ran.stdout
