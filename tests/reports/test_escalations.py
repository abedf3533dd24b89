"""Who has to hear now of which lead: levels in their order, in working hours, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_sync.changes import Known, Plan, Stretch, TargetState, Verdict
from crm_sync.mappings import Vocabulary
from crm_sync.records import Owner, Ref
from crm_sync.reports.escalations import Due, due_escalations
from crm_sync.store import Store, open_store

from .story import EVA, LUIS, known, may, verdict

BOSS = Ref("hubspot", "owners", "9")
OWNERS = (
    Owner(LUIS, "1", may(1), name="Luis Mora", email="luis@acme.test", team="North", manager=BOSS),
    Owner(BOSS, "1", may(1), name="Olga Paz", email="olga@acme.test"),
    Owner(EVA, "1", may(1), name="Eva Stone", email="eva@acme.test"),
)
Ask = Callable[..., list[Due]]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In May 2026, by the wall in Mexico City."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


WEDNESDAY_9 = at(27, 9)  # the office opens; eight working hours end at 18:00, three quarters of them at 16:00


def lead(state: TargetState, owner: Ref | None = LUIS, **said: object) -> Known:
    made = verdict("p-1", WEDNESDAY_9, owner or LUIS, "met", "met", "at_risk")
    first = replace(made.targets[0], state=state, due_at=at(27, 18), settled_at=None, starts_at=WEDNESDAY_9)
    stretches = (Stretch("first_attempt", owner, WEDNESDAY_9, None, state, at(27, 18), None, ""),) if owner else ()
    judged: Verdict = replace(
        made, targets=(first,), stretches=stretches, qualified_at=WEDNESDAY_9, attempts=(), policy="standard",
        policy_version="2026-1", owner=owner, **said,
    )  # fmt: skip
    return known(1, "Ana Ruiz", [("mql", 1)], "email", judged)


@pytest.fixture
def ask(tmp_path: Path, vocabulary: Vocabulary) -> Ask:
    @contextmanager
    def told(one: Known, now: datetime, owners: tuple[Owner, ...]) -> Iterator[Store]:
        store = open_store(f"sqlite:///{tmp_path}/{now:%d%H%M}{one.verdict.targets[0].state if one.verdict else ''}.db")
        store.save_page("hubspot", "owners", owners, cursor="end", horizon=now, fetched=len(owners))
        store.save_plan(store.start_run("sync", now), Plan(now, now, (), (one,), (), (), (), (), 0))
        yield store
        store.close()

    def ask(one: Known, now: datetime, words: Vocabulary = vocabulary, owners: tuple[Owner, ...] = OWNERS) -> list[Due]:
        with told(one, now, owners) as store:
            return list(due_escalations(store, words, now).due)

    return ask


def heard(due: Due) -> tuple[str, list[str | None]]:
    return due.level, [one.name for one in due.tell]


def test_the_owner_hears_of_it_when_three_quarters_of_the_time_are_over(ask: Ask) -> None:
    assert ask(lead("on_track"), at(27, 15, 59)) == []
    [due] = ask(lead("at_risk"), at(27, 16))
    assert (heard(due), due.since) == (("at_risk", ["Luis Mora"]), at(27, 16))
    assert due.then == ("breach", at(27, 18))


def test_the_manager_hears_of_the_breach_and_the_head_of_the_team_a_business_day_later(
    ask: Ask, vocabulary: Vocabulary
) -> None:
    [breach] = ask(lead("breached"), at(27, 18, 1))
    assert heard(breach) == ("breach", ["Luis Mora", "Olga Paz"])
    assert breach.then == ("overdue", at(28, 18))
    [overdue] = ask(lead("breached"), at(28, 18))
    assert heard(overdue) == ("overdue", ["Luis Mora", "Olga Paz", None])
    assert (overdue.tell[-1].team, overdue.then) == ("North", None)
    named = replace(vocabulary, promise=replace(vocabulary.promise, team_leads={"north": "eva@acme.test"}))
    [known_head] = ask(lead("breached"), at(28, 19), named)
    assert (known_head.tell[-1].name, known_head.tell[-1].email) == ("Eva Stone", "eva@acme.test")


def test_each_level_has_one_key_however_often_it_is_asked_for(ask: Ask) -> None:
    keys = [
        due.key
        for now, state in ((at(27, 16), "at_risk"), (at(27, 17), "at_risk"), (at(27, 19), "breached"))
        for due in ask(lead(state), now)
    ]
    assert keys[0] == keys[1] == "p-1/2026-05-27T15:00:00Z/first_attempt/at_risk"
    assert keys[2].endswith("/breach")


@pytest.mark.parametrize("state", ["met", "met_late", "exempt", "closed_untouched", "paused"])
def test_what_is_satisfied_or_stands_still_calls_for_nobody(ask: Ask, state: TargetState) -> None:
    assert ask(lead(state), at(29, 12)) == []


def test_neither_does_a_cycle_that_ended_nor_somebody_who_is_exempt(ask: Ask) -> None:
    assert ask(lead("breached", ended_at=at(28, 9)), at(29, 12)) == []
    assert ask(lead("breached", status="exempt"), at(29, 13)) == []


def test_of_a_breach_that_the_crms_were_not_read_for_nobody_hears(ask: Ask) -> None:
    [due] = ask(lead("pending"), at(28, 19))
    assert (due.level, due.then) == ("at_risk", ("breach", at(27, 18)))


def test_what_falls_into_the_night_waits_for_the_morning(ask: Ask) -> None:
    one = lead("breached")
    assert one.verdict
    target = replace(one.verdict.targets[0], due_at=at(28, 4))
    night = replace(one, verdict=replace(one.verdict, targets=(target,)))
    [asleep] = ask(night, at(28, 8, 59))
    assert asleep.level == "at_risk"
    [awake] = ask(night, at(28, 9))
    assert (awake.level, awake.since) == ("breach", at(28, 9))


def test_a_lead_that_nobody_owns_is_for_those_who_assign_leads(ask: Ask) -> None:
    one = lead("breached", owner=None)
    assert one.verdict
    target = replace(one.verdict.targets[0], target="assignment", clock="lead")
    waiting = replace(one, verdict=replace(one.verdict, targets=(target,), started_at=None))
    [due] = ask(waiting, at(27, 19))
    assert [told.role for told in due.tell] == ["routing"]


def test_an_owner_who_is_out_of_office_is_told_so(ask: Ask) -> None:
    away = replace(OWNERS[0], away=("2026-05-27T00:00:00Z/2026-05-31T00:00:00Z",))
    [due] = ask(lead("at_risk"), at(27, 16), owners=(away, *OWNERS[1:]))
    assert due.away_until == datetime(2026, 5, 31, tzinfo=UTC)


def test_more_attempts_missing_than_days_left_is_a_risk_before_most_of_the_time_is_over(ask: Ask) -> None:
    """Five attempts until Friday evening, four are missing when Tuesday is over: told on Wednesday."""
    one = lead("at_risk")
    assert one.verdict
    target = replace(one.verdict.targets[0], target="cadence", due_at=at(29, 18), starts_at=at(25, 9))
    [due] = ask(replace(one, verdict=replace(one.verdict, targets=(target,), attempts=(at(26, 9),))), at(27, 10))
    assert (due.level, due.since) == ("at_risk", at(27, 9))
    three = replace(one.verdict, targets=(target,), attempts=(at(25, 9), at(25, 12), at(26, 9)))
    assert ask(replace(one, verdict=three), at(27, 11)) == []


def test_whoever_is_owed_something_is_read_one_after_the_other_and_no_further_than_needed(tmp_path: Path) -> None:
    people = [replace(lead("at_risk"), person_id=f"p-{n}") for n in range(3)]
    store = open_store(f"sqlite:///{tmp_path}/several.db")
    store.save_plan(store.start_run("sync", may(27)), Plan(may(27), may(27), (), tuple(people), (), (), (), (), 0))
    running = store.running()
    first = next(running)
    one = people[0]
    assert (first.person_id, first.name, first.company, first.verdict) == (
        one.person_id, one.name, one.company, one.verdict,
    )  # fmt: skip
    assert not hasattr(first, "history")
    assert [rest.person_id for rest in running] == ["p-1", "p-2"]
    store.close()
