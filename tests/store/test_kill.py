"""A process that is killed in the middle of a page leaves that page out, cursor and all."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from crm_sync.store import open_store

PAGE = 200
STORY = """
import os, signal, sys
from datetime import UTC, datetime
from sqlalchemy import event
from crm_sync.records import Person, Ref
from crm_sync.store import open_store

url, moment = sys.argv[1:]
now = datetime(2026, 5, 18, tzinfo=UTC)
store = open_store(url)

def save(number):
    refs = [Ref("hubspot", "contacts", str(each)) for each in range(number * 200, number * 200 + 200)]
    people = [Person(ref, "1", now, now) for ref in refs]
    store.save_page("hubspot", "contacts", people, cursor=str(number + 1), gone=refs[:1], fetched=200)

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def die_at(connection, cursor, statement, *_):
    if statement.startswith(moment):
        die()

save(0)
if moment == "COMMIT":
    event.listen(store.database.engine, "commit", die)
else:
    event.listen(store.database.engine, "after_cursor_execute", die_at)
save(1)
"""


@pytest.mark.promise("interruption", crm="every")
@pytest.mark.parametrize(
    "moment", ["SELECT people", "INSERT INTO people", "UPDATE people", "INSERT INTO progress", "COMMIT"]
)
def test_page_and_cursor_agree_after_a_kill(url: str, moment: str) -> None:
    killed = subprocess.run([sys.executable, "-c", STORY, url, moment], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    store = open_store(url)
    progress = store.progress("hubspot", "contacts")
    assert (progress.cursor, progress.total) == ("1", PAGE)
    assert len(store.snapshot().people) == PAGE - 1
    store.close()
