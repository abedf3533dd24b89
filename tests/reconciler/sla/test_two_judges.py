"""docs/sla.md was written down twice: here and in the sandbox's town. Both must judge every story alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from tests.reconciler.told import ANSWERS, DEEDS, STATUS, TEAM

from crm_sync.changes import Known
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler import make_plan
from crm_sync.records import Assignment, Person, Ref, Snapshot, StageChange, Touch
from crm_sync.sandbox.town.judge import Facts, boundaries, cycles_of, judge, walk

WORDS, ENGINE = load_vocabulary(), DuckDB(threads=1)
MONDAY = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())
HALF_HOUR, HOUR, DAY = 1800, 3600, 86_400
CHANNELS = {"call": "calls", "email": "mails", "message": "messages", "meeting": "meets"}
STAGES = (*(stage for stage in STATUS if stage not in ("held", "checked")), "mql", "mql", "mql")


class Parts(NamedTuple):
    """One person's records."""

    person: Person
    stages: tuple[StageChange, ...]
    owners: tuple[Assignment, ...]
    touches: tuple[Touch, ...]


def story(dice: Random, now: int) -> Facts:
    """What happened to somebody, often at the very instants that decide, or half an hour beside them."""
    span = dice.choice([2, 10, 30]) * DAY
    stages = {some_time(dice, span): dice.choice(STAGES) for _ in range(dice.randint(1, 4))}
    owners = {some_time(dice, span): dice.choice(["luis", "luis", None]) for _ in range(dice.randint(0, 2))}
    owners |= {MONDAY - DAY: dice.choice(["luis", "luis", None])}
    held = tuple((at, stage) for at, stage in sorted(stages.items()) if at <= now)
    owned = tuple((at, owner) for at, owner in sorted(owners.items()) if at <= now)
    bare = Facts(held, owned, (), (), (), opted_out=dice.random() < 0.05)
    edges = [at for cycle in cycles_of(bare) for at in (*boundaries(bare, cycle, now), now)]

    def moment() -> int:
        near = edges and dice.random() < 0.6
        return dice.choice(edges) + dice.choice([-HALF_HOUR, -1, 0, 0, 1]) if near else some_time(dice, span)

    made = {(moment(), dice.choice(list(CHANNELS))) for _ in range(dice.choice([0, 1, 2, 4, 9]))}
    made |= {(at + HALF_HOUR + dice.choice([0, 1]), how) for at, how in sorted(made) if dice.random() < 0.3}
    deeds = tuple(sorted(made))
    booked, replies = ({moment() for _ in range(dice.choice([0, 0, 0, 1]))} for _ in range(2))
    every = tuple(sorted(booked | replies))
    starts = {at: moment() for at in (*booked, *(at for at, how in deeds if how == "meeting")) if dice.random() < 0.5}
    meetings = tuple((at, max(at + 1, start)) for at, start in sorted(starts.items()))
    said = deeds, every, tuple(sorted(booked))
    return Facts(held, owned, *said, opted_out=bare.opted_out, meetings=meetings)


def some_time(dice: Random, span: int) -> int:
    return MONDAY + dice.choice([dice.randrange(span), dice.randrange(span // HALF_HOUR) * HALF_HOUR])


def waits_again(facts: Facts) -> bool:
    """The town takes nobody back without an owner; there the reconciler says `pending`, as the page does."""
    cycles, history = cycles_of(facts), walk(facts)
    return bool(cycles) and cycles[-1].end is not None and history[-1][1] in ("mql", "sal")


def as_records(number: int, facts: Facts) -> Parts:
    ref, born = Ref("salesforce", "Lead", f"00Q{number:04}"), instant(MONDAY - 2 * DAY)
    deeds = [(at, *DEEDS[CHANNELS[how]]) for at, how in facts.attempts]
    deeds += [(at, *ANSWERS["books a meeting" if at in facts.booked else "replies"]) for at in facts.answers]
    starts = dict(facts.meetings)
    return Parts(
        Person(ref, "1", born, born, opted_out=facts.opted_out),
        tuple(
            StageChange(ref, f"{place:03}", instant(at), STATUS[stage], field="Status")
            for place, (at, stage) in enumerate(facts.stages)
        ),
        tuple(
            Assignment(ref, f"{place:03}", instant(at), TEAM[name or "queue"].ref)
            for place, (at, name) in enumerate(facts.owners)
        ),
        tuple(touch(ref, place, *deed, starts.get(deed[0])) for place, deed in enumerate(deeds)),
    )


def touch(person: Ref, place: int, at: int, kind: str, facts: dict[str, str], starts: int | None) -> Touch:
    when = instant(at)
    starts_at = instant(starts) if starts is not None and kind == "meetings" else None
    ref, rep = Ref("hubspot", kind, f"{person.id}{place:03}"), TEAM["luis"].ref
    return Touch(ref, "1", when, when, when, (person,), actor=rep, facts=facts, starts_at=starts_at)


def instant(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def reconciled(stories: list[Facts], now: int) -> list[Known]:
    """The reconciler's word on the stories, in their order."""
    people = [as_records(number, facts) for number, facts in enumerate(stories)]
    snapshot = Snapshot(
        people=tuple(one.person for one in people),
        owners=tuple(TEAM.values()),
        stage_changes=tuple(change for one in people for change in one.stages),
        assignments=tuple(change for one in people for change in one.owners),
        touches=tuple(touch for one in people for touch in one.touches),
    )
    profile = WORDS.fields.profile(minimal=False)
    plan = make_plan(snapshot, WORDS, ENGINE, instant(now), instant(now), profile=profile)
    return sorted(plan.known, key=lambda known: known.refs)


def in_words(known: Known) -> Any:
    """Status, target, both states, attempts and breaches; None without a cycle."""
    verdict = known.verdict
    if verdict is None:
        return None
    found = {target.target: target.state for target in verdict.targets}
    states = tuple(found.get(name, verdict.status) for name in ("first_attempt", "cadence"))
    return verdict.status, verdict.target, *states, len(verdict.attempts), verdict.breach_count


def in_their_words(facts: Facts, now: int) -> Any:
    verdict = judge(facts, now)
    if verdict is None:
        return None
    first, cadence = verdict.first.state, verdict.cadence.state
    return verdict.status, verdict.target, first, cadence, verdict.attempts, verdict.breaches


def test_who_goes_out_before_the_hours_of_a_working_day_has_until_the_next_one_opens_to_come_back() -> None:
    tuesday_at_half_past_midnight, wednesday_at_nine = MONDAY + 18 * HOUR + HALF_HOUR, MONDAY + 51 * HOUR
    out = tuesday_at_half_past_midnight, "recycled"
    stories = [
        Facts(((MONDAY, "mql"), out, (back, "mql")), ((MONDAY, "luis"),), (), (), ())
        for back in (wednesday_at_nine, wednesday_at_nine + 1)
    ]
    assert started(stories, MONDAY + 4 * DAY) == [MONDAY, wednesday_at_nine + 1]


def test_who_is_given_to_somebody_while_out_and_comes_back_in_time_is_theirs_since_then() -> None:
    given, back = MONDAY + 5 * HOUR, MONDAY + 7 * HOUR
    stages = ((MONDAY, "mql"), (MONDAY + 4 * HOUR, "recycled"), (back, "mql"))
    owned, taken = (given, "luis"), (given + HOUR, None)
    stories = [Facts(stages, owners, (), (), ()) for owners in ((owned,), (owned, taken), ((back, "luis"),))]
    assert started(stories, MONDAY + 4 * DAY) == [given, given, back]


def started(stories: list[Facts], now: int) -> list[int | None]:
    """When the rep's clock started, in both readings, which agree in all else as well."""
    known = reconciled(stories, now)
    assert [in_words(one) for one in known] == [in_their_words(facts, now) for facts in stories]
    theirs = [verdict.start if (verdict := judge(facts, now)) else None for facts in stories]
    assert [seconds(one.verdict.started_at) if one.verdict else None for one in known] == theirs
    return theirs


def seconds(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


@pytest.mark.parametrize("seed", range(8))
def test_two_readings_of_the_promise_agree(seed: int) -> None:
    dice = Random(seed)
    start = MONDAY + dice.choice([1, 3, 9, 15, 35]) * DAY
    now = start + dice.choice([0, 5 * HALF_HOUR, dice.randrange(DAY)])
    stories = [facts for facts in (story(dice, now) for _ in range(400)) if not waits_again(facts)]
    for facts, known in zip(stories, reconciled(stories, now), strict=True):
        assert in_words(known) == in_their_words(facts, now), (facts, now)
