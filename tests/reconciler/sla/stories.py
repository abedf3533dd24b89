"""Whole stories of one person by chance: records in both CRMs, what they said, whose they were, what was done; often at
the same instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, TypeVar

from hypothesis import strategies as st
from tests.reconciler.sla.lead import (
    BORN,
    CALL,
    CONTACT,
    DAY,
    LEAD,
    QUEUE,
    TASK,
    WORDS,
    mexico,
    promise,
    promise_with,
    user,
)
from tests.reconciler.told import ANSWERS, MAIL

from crm_sync.changes import Known
from crm_sync.mappings import Promise, Vocabulary
from crm_sync.reconciler.again import known_again, timelines_again
from crm_sync.reconciler.directory import directory_of
from crm_sync.reconciler.sla.court import Horizon, court_of
from crm_sync.records import (
    CLOSE_REASON,
    Assignment,
    Calendar,
    Deal,
    Owner,
    Person,
    Ref,
    Snapshot,
    StageChange,
    Touch,
)
from crm_sync.store.conclusions import body_of

Kind = TypeVar("Kind")
TWIN = Ref("hubspot", "contacts", "2")
RECORDS = (LEAD, CONTACT, TWIN)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
EDGES = [
    mexico(text) for text in ("1 09:00", "1 10:00", "1 13:59", "1 17:00", "2 10:00", "3 12:00", "9 10:00", "15 10:00")
]
BESIDE = [-MINUTE, timedelta(), timedelta(), timedelta(), SECOND, MINUTE, 30 * MINUTE]
NOW = mexico("22 10:00")
FIELDS = {
    LEAD: {"Status": ("Open", "MQL", "Working", "On Hold", "Legal Review", "Qualified", "Nurture", "Unqualified")},
    CONTACT: {
        "lifecyclestage": ("lead", "marketingqualifiedlead", "salesqualifiedlead"),
        "hs_lead_status": ("ON_HOLD", "BAD_TIMING", "UNQUALIFIED", "NEW"),
    },
}
FIELDS[TWIN] = FIELDS[CONTACT]
REASONS = ("Duplicate", "Spam", "No budget", "")
TEAM = (
    user("luis", team="North", working_hours="monday-friday 07:00-12:00", time_zone="America/Tijuana"),
    user("eva", team="North", away=("2026-06-02T15:00:00Z/2026-06-04T23:00:00Z",)),
    user("olga", team="South"),
    QUEUE,
    Owner(Ref("hubspot", "owners", "luis"), "1", BORN, "Luis", "luis@acme.mx"),
    Owner(
        Ref("hubspot", "owners", "eva"),
        "1",
        BORN,
        "Eva",
        "eva@acme.mx",
        away=("2026-06-01T15:00:00Z/2026-06-01T20:00:00Z",),
    ),
)
POLICIES = """
[[policies]]
name = "north"
when = { team = ["north"], country = ["mx"] }
[policies.targets]
first_attempt = "30m"
cadence = "4 in 3bd"

[[policies]]
name = "ours"
when = { owner = ["eva@acme.mx"] }
exempt = "she knows best"

[[policies]]
name = "both"
when = { crm = ["hubspot"], score_band = ["a", "b"] }
[policies.targets]
first_attempt = "4bh"

[[policies]]
name = "told"
when = { last_source = ["email", "direct"] }
[policies.targets]
cadence = "2 in 20bh"

"""
PROMISES: Mapping[str, Promise] = {
    "as shipped": WORDS.promise,
    "on the owner's hours": replace(promise(), calendar_source="owner"),
    "on the hours of the house, holds only": replace(promise('pauses = ["hold"]'), calendar_source="org"),
    "of the owner, written down within a day": promise('actor = "owner"', late_logging_grace='"24h"'),
    "of anybody": promise('actor = "anyone"\ncount_unnamed = true'),
    "from the second on, read a little further": promise('enforce_from = 2026-06-02\nlookback = "10m"'),
    "in other units, at the next opening": promise(
        'roll = "next_open"', first_attempt='"2bd"', cadence='"3 in 30bh"', contact='"90m"', assignment='"1d"'
    ),
    "by who they are": promise_with(POLICIES),
}
KINDS = (
    ("hubspot", "calls", CALL),
    ("hubspot", "emails", MAIL),
    ("salesforce", "Task", TASK),
    *(("hubspot", *found) for found in ANSWERS.values()),
)


@dataclass(frozen=True)
class Story:
    """A snapshot of everything about one person, in the order in which it was told, and the name of the promise."""

    snapshot: Snapshot
    promise: str

    def judged(self, dice: Random | None = None) -> str:
        """All that is concluded, as it is stored; by `dice`, everything arrived in another order."""
        snapshot = shuffled(self.snapshot, dice) if dice else self.snapshot
        return body_of(replace(self, snapshot=snapshot).known(NOW, Horizon(NOW)))

    def known(self, now: datetime, horizon: Horizon) -> Known:
        """As of a moment, with the CRMs read so far."""
        words: Vocabulary = replace(WORDS, promise=PROMISES[self.promise])
        court = court_of(words, directory_of(self.snapshot, words.promise.integrations), now, horizon)
        [known] = known_again(timelines_again(self.snapshot, words), words, court)
        return known


def shuffled(snapshot: Snapshot, dice: Random) -> Snapshot:
    names = ("people", "deals", "touches", "owners", "calendars", "stage_changes", "assignments")
    return replace(snapshot, **{name: in_any_order(getattr(snapshot, name), dice) for name in names})


def in_any_order(records: Sequence[Kind], dice: Random) -> tuple[Kind, ...]:
    return tuple(dice.sample(records, len(records)))


moments = st.builds(lambda edge, beside: edge + beside, st.sampled_from(EDGES), st.sampled_from(BESIDE))
owners = st.sampled_from([*(one.ref for one in TEAM), None])
actors = st.one_of(st.sampled_from([TEAM[0].ref, TEAM[1].ref, TEAM[4].ref]), owners)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    people = draw(st.lists(st.sampled_from(RECORDS), min_size=1, max_size=3, unique=True))
    words, reasons = draw(st.lists(said(people), max_size=10)), draw(st.lists(given_up(people), max_size=4))
    first = [StageChange(LEAD, "0", EDGES[1], "MQL", "Open", "Status")] if LEAD in people else []
    hands = draw(st.lists(st.tuples(st.sampled_from(people), moments, owners), max_size=5))
    return Story(
        Snapshot(
            people=tuple(draw(persons(one)) for one in people),
            deals=tuple(draw(st.lists(st.builds(sold, st.just(people[0]), moments), max_size=1))),
            touches=tuple(draw(st.lists(touches(people), max_size=9, unique_by=lambda one: one.ref))),
            owners=TEAM,
            calendars=CALENDARS,
            stage_changes=(*first, *numbered([*words, *reasons])),
            assignments=tuple(Assignment(ref, str(place), at, owner) for place, (ref, at, owner) in enumerate(hands)),
            person_ids=MappingProxyType(dict.fromkeys(people, "p-1")),
        ),
        draw(st.sampled_from(sorted(PROMISES))),
    )


CALENDARS = tuple(
    Calendar(Ref("salesforce", "BusinessHours", name), "1", BORN, name, "America/Mexico_City", hours, main=True)
    for name, hours in (("early", "monday-friday 07:00-12:00"), ("late", "monday-friday 12:00-20:00"))
)


def persons(ref: Ref) -> st.SearchStrategy[Person]:
    every = [word for words in FIELDS[ref].values() for word in words]
    return st.builds(
        Person,
        st.just(ref),
        st.just("1"),
        st.sampled_from([BORN, BORN + DAY, EDGES[1]]),
        st.just(NOW),
        owner=owners,
        stage=st.lists(st.sampled_from(every), max_size=2).map(tuple),
        close_reason=st.sampled_from(["Duplicate", "No budget", None]),
        opted_out=st.integers(0, 7).map(lambda number: number == 7),
        country=st.sampled_from(["MX", "US", None]),
    )


def said(people: Sequence[Ref]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Ref, instant, value, field."""
    fields = [(ref, field, word) for ref in people for field, words in FIELDS[ref].items() for word in words]
    return st.builds(lambda place, at: (place[0], at, place[2], place[1]), st.sampled_from(fields), moments)


def given_up(people: Sequence[Ref]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.sampled_from(people), moments, st.sampled_from(REASONS), st.just(CLOSE_REASON))


def numbered(found: Sequence[tuple[Any, ...]]) -> tuple[StageChange, ...]:
    """Changes with the ids that a CRM gives them: they count upwards."""
    return tuple(
        StageChange(ref, str(place), at, value, field=field) for place, (ref, at, value, field) in enumerate(found, 8)
    )


def sold(person: Ref, at: datetime) -> Deal:
    return Deal(Ref("salesforce", "Opportunity", "1"), "1", at, at, people=(person,))


@st.composite
def touches(draw: st.DrawFn, people: Sequence[Ref]) -> Touch:
    """Some name a touch of the other CRM as their twin, some were written down much later, of some only the day is
    known."""
    crm, kind, facts = draw(st.sampled_from(KINDS))
    at, day_only = draw(moments), draw(st.sampled_from([False, False, False, True]))
    when = at.replace(hour=6, minute=0, second=0) if day_only else at
    late = draw(st.sampled_from([timedelta(), timedelta(), MINUTE, 2 * DAY, 8 * DAY, 15 * DAY]))
    twin = draw(st.sampled_from([None, None, Ref("hubspot", "calls", "1"), Ref("salesforce", "Task", "2")]))
    return Touch(
        Ref(crm, kind, str(draw(st.integers(1, 5)))), "1", when, at + late, at + late,
        tuple(draw(st.lists(st.sampled_from(people), min_size=1, max_size=2, unique=True))),
        actor=draw(actors), facts=facts, same_as=(twin,) if twin else (), day_only=day_only,
    )  # fmt: skip
