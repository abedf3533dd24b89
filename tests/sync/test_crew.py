"""Several processes find what one finds, and a process that ends takes nothing with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from subprocess import Popen
from typing import Any

import pytest

from crm_sync.changes import Plan
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import Failed
from crm_sync.reconciler import make_plan
from crm_sync.reconciler import plan as making
from crm_sync.reconciler.findings import Findings, Hands, Here
from crm_sync.reconciler.shares import Brief, Share
from crm_sync.records import News
from crm_sync.store import Store, open_store
from crm_sync.store.database import Database, read_url
from crm_sync.sync import crew
from crm_sync.sync.crew import Crew
from tests.sync.test_following import START, WORDS, Host, lives_on

ALL = 0  # people from which on it is worth it


class OnDisk(Host):
    def __init__(self, file: Path) -> None:
        super().__init__(follows=False)
        self.store.close()
        self.store = open_store(f"sqlite:///{file}")
        self.parts = replace(self.parts, store=self.store)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OnDisk]:
    """A town whose people come one by one."""
    monkeypatch.setattr(making, "SHARE", 1)
    host, alone = OnDisk(tmp_path / "store.db"), Host(follows=False)
    lives_on(Random(5), [host, alone], 8)
    yield host
    host.store.close()
    alone.store.close()


def plan(host: Host, hands: Hands, news: News | None = None) -> Plan:
    now, snapshot, profile = (
        host.crms["hubspot"].now(),
        host.store.snapshot_alone(),
        WORDS.fields.profile(minimal=False),
    )
    found = make_plan(snapshot, WORDS, DuckDB(threads=1), now, now, profile=profile, hands=hands, news=news)
    return replace(found, known=tuple(found.known), changes=tuple(found.changes))


@pytest.mark.parametrize("processes", [2, 3])
def test_several_processes_find_what_one_finds(host: OnDisk, processes: int) -> None:
    alone = plan(host, Here(host.store))
    assert len(alone.known) >= processes
    assert plan(host, Crew(host.store, processes, ALL)) == alone


def test_so_they_do_of_those_whom_something_concerns(host: OnDisk) -> None:
    refs = frozenset(one.ref for one in host.store.snapshot_alone().people[:2])
    news = News(refs, of_deals=True, due=frozenset(), earners=frozenset(), employers={}, unknowns=())
    alone = plan(host, Here(host.store), news)
    assert alone.scope
    assert alone.known
    assert plan(host, Crew(host.store, 2, ALL), news) == alone


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Popen[bytes]]:
    """Every process that is started."""
    seen: list[Popen[bytes]] = []

    def start(*words: Any, **how: Any) -> Popen[bytes]:
        seen.append(Popen(*words, **how))
        return seen[-1]

    monkeypatch.setattr(crew, "Popen", start)
    return seen


def test_they_are_gone_when_all_is_told(host: OnDisk, started: list[Popen[bytes]]) -> None:
    plan(host, Crew(host.store, 2, ALL))
    assert [one.poll() is None for one in started] == [False, False]


def test_they_are_gone_when_nobody_listens_any_more(host: OnDisk, started: list[Popen[bytes]]) -> None:
    def tired(brief: Brief, shares: Iterable[Share], people: int) -> Iterator[Findings]:
        told = Crew(host.store, 2, ALL)(brief, shares, people)
        yield next(told)
        assert [one.poll() is None for one in started] == [True, True]
        told.close()

    plan(host, tired)
    assert [one.poll() is None for one in started] == [False, False]


def test_a_process_that_ends_is_told_with_what_helps(host: OnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "HAND", "tests.sync")  # has no program
    with pytest.raises(Failed, match=r"a process beside this one ended \(1\)\. With `processes = 1`"):
        plan(host, Crew(host.store, 2, ALL))


def test_what_a_process_could_not_do_is_told_as_it_says(host: OnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "HAND", "tests.sync.failing_hand")
    with pytest.raises(Failed, match="the disk is full"):
        plan(host, Crew(host.store, 2, ALL))


def test_none_is_started_for_few_people_for_one_process_or_a_store_in_memory(
    host: OnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "HAND", "tests.sync")
    alone = plan(host, Here(host.store))
    assert plan(host, Crew(host.store, 2)) == plan(host, Crew(host.store, 1, ALL)) == alone
    in_memory = Host(follows=False)
    in_memory.plans(START)
    assert plan(in_memory, Crew(in_memory.store, 2, ALL)).known == ()
    in_memory.store.close()


def test_another_process_is_told_the_password() -> None:
    store = Store(Database(read_url("postgresql://eva:secret@db/crm")))
    assert store.url == "postgresql+psycopg://eva:secret@db/crm"
    store.close()
