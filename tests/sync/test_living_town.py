"""Days later: the town has lived on, and what the product finds out then is true then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crm_sync.clock import from_iso
from tests.sync.test_thread import expected_sla
from tests.sync.town import Held, Town, crm_sync, running_town

PEOPLE = 400
STRIDES = ("101h", "6d", "13d")  # from the evening on which the town begins to one at night, when nobody works
HOURS = "15h"  # to the end of the next working day; within a day only those are judged whom something concerns
SLA = ("sla_status", "sla_target", "attempt_count", "sla_breach_count", "sla_started_at", "sla_due_at")

pytestmark = pytest.mark.slow

Then = tuple[dict[str, Any], Held, dict[str, Any]]  # the truth, what the CRMs hold, and what the run says


@pytest.fixture(scope="module", params=[7, 23])
def days(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Then]:
    """A sync on the first evening, and one after each stride, at a quiet moment of the night; one more hours later, and
    at once another one that looks at everybody."""
    with running_town(tmp_path_factory.mktemp("town"), PEOPLE, request.param) as town:
        crm_sync(town, "schema", "apply")
        crm_sync(town, "sync", "--write-history")
        return [*(after(town, stride) for stride in (*STRIDES, HOURS)), synced(town, "--everybody")]


def after(town: Town, stride: str) -> Then:
    clock(town, advance=stride, speed=0)
    while not is_quiet(town):
        clock(town, advance="20m")
    return synced(town)


def synced(town: Town, *how: str) -> Then:
    run = json.loads(crm_sync(town, "sync", *how, "--json").stdout)
    return town.truth_now(), town.held(), run


def clock(town: Town, **said: object) -> Any:
    return town.http.post("/sandbox/clock", json=said).raise_for_status().json()


def is_quiet(town: Town) -> bool:
    """Both CRMs know the same, for ten minutes at least, and every call is written down."""
    here = town.http.get("/sandbox/").json()
    now, last = from_iso(here["now"]), from_iso(here["life"]["last"][-1]["at"])
    return last + timedelta(hours=1) < now < from_iso(here["life"]["next_at"]) - timedelta(minutes=10)


def records(days: list[Then]) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """(person of the truth, what a CRM holds) for every writable record, each day."""
    for truth, held, _ in days:
        yield from ((person, held[ref]) for person in truth["people"] for ref in person["records"] if ref in held)


def test_people_come_and_reps_act_from_day_to_day(days: list[Then]) -> None:
    people = [truth["totals"]["people"] for truth, _, _ in days]
    won = [truth["totals"]["won"] for truth, _, _ in days]
    attempts = [sum(one["sla"]["attempts"] for one in truth["people"] if one["sla"]) for truth, _, _ in days]
    assert PEOPLE < people[0] < people[1] < people[2]
    assert won[0] < won[2]
    assert attempts[0] < attempts[1] < attempts[2]


def test_every_record_is_read_and_written_and_nobody_is_counted_twice(days: list[Then]) -> None:
    for truth, held, run in days:
        assert {ref for one in truth["people"] for ref in one["records"] if ref in held} == set(held)
        assert (run["people"], run["links"]) == (truth["totals"]["people"], truth["totals"]["duplicates"])


def test_everybody_is_judged_after_a_day_and_few_are_after_hours(days: list[Then]) -> None:
    *runs, few, _ = (run for _, _, run in days)
    assert all(run["judged"] == run["people"] for run in runs)
    assert 0 < few["judged"] < few["people"] / 2


def test_where_few_were_judged_nobody_was_missed(days: list[Then]) -> None:
    (_, before, _), (_, after, everybody) = days[-2:]
    assert everybody["judged"] == everybody["people"]
    assert (everybody["planned"], after) == (0, before)


def test_every_persons_sla_equals_the_truth_of_the_day(days: list[Then]) -> None:
    wrong = [
        (person["id"], {name: record.get(name) for name in SLA}, expected_sla(person))
        for person, record in records(days)
        if {name: record[name] for name in SLA if name in record} != expected_sla(person)
    ]
    assert wrong == []


def test_stage_and_sources_equal_the_truth_of_the_day(days: list[Then]) -> None:
    wrong = [
        (person["id"], record, person["stage"], person["channels"])
        for person, record in records(days)
        if record.get("stage") != person["stage"]
        or record["source_first"] != (person["channels"][0][1] if person["channels"] else "unknown")
        or record["source_last"] != (person["channels"][-1][1] if person["channels"] else "unknown")
    ]
    assert wrong == []
