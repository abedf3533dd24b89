"""A first sync floods nobody: what was over before stays off the records; what is open is written, and so is news."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.base import Window
from crm_sync.connectors.memory import Memory
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import TryLater
from crm_sync.mappings import load_vocabulary
from crm_sync.records import Assignment, Person, Record, Ref, StageChange, Touch
from crm_sync.reports.sla_person import explain_sla
from crm_sync.settings import HubSpotSettings, Settings
from crm_sync.store import Store, open_store
from crm_sync.sync.backfill import backfill
from crm_sync.sync.run import Parts, sync
from tests.conftest import Towns
from tests.reconciler.sla.lead import ANSWERS, BORN, LUIS, TASK, mexico, user
from tests.sync.town import crm_sync

DAY = timedelta(days=1)
FIRST = "22 10:00"  # of the first sync, in June


def person(name: str, *stages: str, crm: str = "salesforce") -> list[Record]:
    """`1 10:00 MQL`: stages in order; Luis owns everybody from the beginning."""
    ref = Ref(crm, "Lead", name)
    told = [one.rsplit(" ", 1) for one in stages]
    return [
        Person(ref, "1", BORN, BORN, owner=LUIS.ref),
        Assignment(ref, "0", BORN, LUIS.ref),
        *(StageChange(ref, str(place), mexico(at), word, field="Status") for place, (at, word) in enumerate(told)),
    ]


def call(name: str, at: str, logged: str = "", **said: object) -> Touch:
    when, ref = mexico(at), Ref("salesforce", "Task", f"{name} {at}")
    told = mexico(logged or at)
    return Touch(ref, "1", when, told, told, (Ref("salesforce", "Lead", name),), (), LUIS.ref, facts=TASK)


def reply(name: str, at: str) -> Touch:
    kind, facts = ANSWERS["replies"]
    return replace(call(name, at), ref=Ref("salesforce", kind, f"{name} {at}"), facts=facts)


class Crm(Memory):
    """Salesforce, with people to whom all kinds of things happened before anybody looked."""

    def __init__(self, crm: str = "salesforce", *records: Record) -> None:
        super().__init__(crm, user("luis"), *records, now=mexico(FIRST))
        self.busy = False

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        if self.busy:
            raise TryLater(self.crm, "busy", after=1.0)
        return await super().push(writes)

    def ours(self, name: str) -> dict[str, str]:
        found = self.person(Ref(self.crm, "Lead", name))
        assert found
        return dict(found.ours)

    def shown(self, name: str) -> str:
        """Status and target as a rep sees them; empty where nothing is written."""
        held = self.ours(name)
        return f"{held.get('sla_status', '')} {held.get('sla_target', '')}".strip()


@pytest.fixture
def crm() -> Crm:
    return Crm(
        "salesforce",
        *person("missed", "1 10:00 MQL", "9 10:00 Unqualified"),
        *person("answered", "1 10:00 MQL"),
        call("answered", "1 11:00"),
        reply("answered", "1 12:00"),
        *person("stale", "1 10:00 MQL"),
        *person("fresh", "22 09:30 MQL"),
        *person("reader", "1 10:00 Newsletter"),
    )


@pytest.fixture
def parts(crm: Crm) -> Parts:
    return parts_of(open_store("sqlite://"), crm)


def parts_of(store: Store, *crms: Crm) -> Parts:
    return Parts(
        store, DuckDB(), load_vocabulary(), {one.crm: one for one in crms}, Settings(hubspot=HubSpotSettings())
    )


async def test_what_was_over_is_held_back_and_what_is_open_is_written(parts: Parts, crm: Crm) -> None:
    assert (await sync(parts)).held_back == 2
    assert [crm.shown(name) for name in ("missed", "answered")] == ["", ""]
    assert not any(field.startswith(("sla_", "attempt", "first_", "last_att")) for field in crm.ours("missed"))
    assert (crm.shown("stale"), crm.shown("fresh")) == ("breached first_attempt", "on_track first_attempt")


async def test_who_somebody_is_is_written_whatever_is_over(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    assert [crm.ours(name)["stage"] for name in ("missed", "answered", "reader")] == [
        "disqualified", "mql", "subscriber",
    ]  # fmt: skip
    assert all(crm.ours(name)["person_id"] for name in ("missed", "answered", "reader"))


async def test_the_next_sync_holds_the_same_people_back_and_writes_nothing(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(timedelta(minutes=10))
    again = await sync(parts)
    assert (again.planned, again.held_back, again.judged) == (0, 2, again.people)
    crm.wait(timedelta(minutes=10))
    later = await sync(parts)  # looks at the one alone whose time has come
    assert (later.planned, later.held_back) == (0, 2)
    assert later.judged < later.people == again.people


async def test_a_rehearsal_before_the_first_sync_changes_nothing_about_it(parts: Parts, crm: Crm) -> None:
    rehearsed = await sync(parts, dry_run=True)
    done = await sync(parts)
    assert (rehearsed.planned, rehearsed.held_back) == (done.planned, done.held_back)
    assert done.held_back == 2


async def test_history_is_written_when_it_is_asked_for_and_kept_true_from_then_on(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    written = await sync(parts, write_history=True)
    assert (written.held_back, crm.shown("missed"), crm.shown("answered")) == (0, "breached none", "met none")
    again = await sync(parts)
    assert (again.planned, again.held_back) == (0, 0)


async def test_history_that_a_busy_crm_did_not_take_goes_out_with_the_next_sync(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.busy = True
    with pytest.raises(TryLater):
        await sync(parts, write_history=True)
    crm.busy = False
    await sync(parts)
    assert crm.shown("missed") == "breached none"


# what comes after the first sync


async def test_a_new_cycle_of_somebody_who_was_held_back_is_written(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(DAY)
    crm.put(StageChange(Ref("salesforce", "Lead", "missed"), "9", mexico("23 09:30"), "MQL", field="Status"))
    assert (await sync(parts)).held_back == 1
    assert (crm.shown("missed"), crm.ours("missed")["sla_started_at"]) == (
        "on_track first_attempt",
        "2026-06-23T15:30:00Z",
    )


async def test_what_was_open_is_kept_true_when_it_ends(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(DAY)
    crm.put(StageChange(Ref("salesforce", "Lead", "stale"), "9", mexico("23 09:30"), "Unqualified", field="Status"))
    await sync(parts)
    assert crm.shown("stale") == "breached none"


async def test_an_end_of_before_that_is_read_later_leaves_nobody_open(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.put(StageChange(Ref("salesforce", "Lead", "stale"), "9", mexico("21 09:30"), "Unqualified", field="Status"))
    await sync(parts)
    assert crm.shown("stale") == "breached none"


async def test_a_call_of_then_that_is_written_down_now_is_news(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(DAY)
    crm.put(call("missed", "8 11:00", logged="23 09:00"))
    assert (await sync(parts)).held_back == 1
    assert (crm.shown("missed"), crm.ours("missed")["attempt_count"]) == ("met_late none", "1")


async def test_who_becomes_a_lead_and_is_decided_between_two_syncs_is_written(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(DAY)
    crm.put(*person("quick", "22 11:00 MQL", "22 12:00 Qualified"), call("quick", "22 11:30"))
    assert (await sync(parts)).held_back == 2
    assert crm.shown("quick") == "met none"


# imports and backfills


async def test_a_crm_that_joins_later_floods_nobody_either(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(10 * DAY)
    other = Crm("files", *person("old", "22 11:00 MQL", "23 10:00 Unqualified", crm="files"))
    other.wait(10 * DAY)
    both = parts_of(parts.store, crm, other)
    assert [(await sync(both)).held_back for _ in range(2)] == [3, 3]
    assert other.shown("old") == ""
    assert other.ours("old")["stage"] == "disqualified"


async def test_what_a_backfill_brings_to_light_is_held_back_by_later_syncs_too(parts: Parts, crm: Crm) -> None:
    await sync(parts)
    crm.wait(10 * DAY)
    window = Window(BORN - DAY, crm.now())
    crm.put(*person("found", "23 10:00 MQL", "25 10:00 Unqualified"), *person("waits", "23 10:00 MQL"))
    assert (await backfill(parts, ["Lead"], window.since, window.until)).held_back == 3
    assert (crm.shown("found"), crm.shown("waits")) == ("", "pending first_attempt")  # calls are not read yet
    assert [(await sync(parts)).held_back for _ in range(2)] == [3, 3]
    assert crm.shown("found") == ""
    await backfill(parts, ["Lead"], window.since, window.until, write_history=True)
    assert crm.shown("found") == "breached none"


async def test_of_a_cycle_from_before_the_pinned_holidays_it_is_said_that_nobody_knows_them(crm: Crm) -> None:
    ref, began = Ref("salesforce", "Lead", "old"), mexico("1 10:00").replace(year=2005)
    crm.put(Person(ref, "1", began, began), StageChange(ref, "1", began, "MQL", field="Status"))
    parts = parts_of(open_store("sqlite://"), crm)
    [note], *later = [(await sync(parts)).notes for _ in range(3)]
    assert later == [(note,), (note,)]  # the last one judges nobody
    assert note.startswith("holidays.toml: [MX] begins with 2006, so days of 2005 count as worked.")
    old, fresh = (explain_sla(parts.store, parts.vocabulary, name, crm.now(), {}).cycles for name in ("old", "fresh"))
    assert (old[0].notes, fresh[0].notes) == ((note,), ())


# over the wire


@pytest.mark.slow
def test_a_first_sync_of_two_crms_tells_what_is_open_and_no_more_until_it_is_asked_to(towns: Towns) -> None:
    town = towns(people=200, seed=11)
    crm_sync(town, "schema", "apply")
    first = json.loads(crm_sync(town, "sync", "--json").stdout)
    held, people = town.held(), town.truth()["people"]
    written = [(one, held[ref]) for one in people for ref in one["records"] if ref in held]
    judged = [(one, record) for one, record in written if one["sla"]]
    is_open = {one["id"]: one["sla"]["target"] != "none" or one["sla"]["status"] == "pending" for one, _ in judged}
    assert all(record.get("sla_status") == one["sla"]["status"] for one, record in judged if is_open[one["id"]])
    over = [record for one, record in judged if not is_open[one["id"]]]
    assert len(over) > 20
    assert not any(name.startswith("sla_") or name == "attempt_count" for record in over for name in record)
    assert all(record.get("stage") == one["stage"] and record["person_id"] for one, record in written)
    assert first["held_back"] == sum(not found for found in is_open.values())
    again = json.loads(crm_sync(town, "sync", "--json").stdout)
    assert (again["planned"], again["held_back"]) == (0, first["held_back"])
    crm_sync(town, "sync", "--write-history")
    held = town.held()
    asked = [(one, held[ref]) for one in people if one["sla"] for ref in one["records"] if ref in held]
    assert all(record.get("sla_status") == one["sla"]["status"] for one, record in asked)
    after = json.loads(crm_sync(town, "sync", "--json").stdout)
    assert (after["planned"], after["held_back"]) == (0, 0)
