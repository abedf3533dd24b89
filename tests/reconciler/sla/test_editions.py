"""What has ended stays as it was judged, whatever is another now: teams, hours, absences, sources, tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.sla.lead import (
    BORN,
    CONTACT,
    ENGINE,
    EVA,
    LEAD,
    LUIS,
    QUEUE,
    WORDS,
    Lead,
    call,
    mexico,
    promise,
    promise_with,
)  # fmt: skip

from crm_sync.changes import Verdict
from crm_sync.mappings import Promise
from crm_sync.mappings.policies import KEPT_FILES, promise_of
from crm_sync.reconciler import make_plan
from crm_sync.reconciler.editions import editions_from
from crm_sync.records import Calendar, Edition, Owner, Person, Ref, Touch

ENDED = [("1 10:00", "MQL"), ("2 13:00", "Qualified")]
NORTH, SOUTH = replace(LUIS, team="North"), replace(EVA, team="South")
HELPER = replace(EVA, team="North")


@dataclass
class House:
    """A lead that is judged again and again; each time remembers what the time before held."""

    lead: Lead
    editions: tuple[Edition, ...] = ()

    def looked_at(self, now: str, change: Callable[[Lead], Lead] = lambda lead: lead) -> tuple[Verdict, ...]:
        """All cycles, those that no rep had, too."""
        self.lead = replace(change(self.lead), now=now, editions=self.editions)
        self.editions = editions_from(self.lead.snapshot(), mexico(now))
        known = self.lead.known()
        return (*known.earlier, *filter(None, [known.verdict]))

    def judged(self, now: str, change: Callable[[Lead], Lead] = lambda lead: lead) -> Verdict:
        return self.looked_at(now, change)[-1]


def team(*owners: Owner) -> Callable[[Lead], Lead]:
    return lambda lead: replace(lead, team=(*owners, QUEUE))


def edited(old: str, new: str) -> Promise:
    """The shipped promise, with another activities.toml."""
    texts = json.loads(WORDS.promise.text)
    assert old in texts["activities.toml"]
    return promise_of(texts | {"activities.toml": texts["activities.toml"].replace(old, new)})


HELPED = Lead(stages=ENDED, touches=[call("1 11:00", by=EVA)], team=(NORTH, HELPER, QUEUE))
LATER: list[Callable[[Lead], Lead]] = [
    team(NORTH, SOUTH),
    team(NORTH),
    team(NORTH, replace(HELPER, human=False)),
    team(replace(NORTH, human=False), HELPER),
    team(replace(NORTH, away=("2026-06-01T00:00:00Z/2026-06-03T00:00:00Z",)), HELPER),
]


@pytest.mark.parametrize("change", LATER)
def test_what_a_colleague_becomes_later_changes_nothing_about_a_cycle_that_has_ended(
    change: Callable[[Lead], Lead],
) -> None:
    house = House(HELPED)
    before = house.judged("3 10:00")
    assert before.status == "met"
    assert house.judged("4 10:00", change) == before
    assert house.judged("5 10:00") == before


def test_but_a_cycle_that_runs_goes_by_who_they_are_now() -> None:
    house = House(replace(HELPED, stages=ENDED[:1]))
    assert house.judged("2 10:30").targets[0].state == "met"
    assert house.judged("3 10:30", team(NORTH, SOUTH)).targets[0].state == "breached"


def test_what_was_known_when_it_ended_counts_however_late_it_was_judged() -> None:
    """The team changed on the second day at noon, as far as anybody knows; the lead was closed after that."""
    house = House(HELPED)
    house.judged("1 12:00")
    house.judged("2 12:00", team(NORTH, SOUTH))
    assert house.judged("3 10:00", team(NORTH, HELPER)).targets[0].state == "breached"


def test_an_absence_that_was_told_in_time_still_excuses() -> None:
    away = replace(NORTH, away=("2026-06-01T00:00:00Z/2026-06-03T00:00:00Z",))
    house = House(replace(HELPED, touches=[], team=(away, HELPER, QUEUE)))
    [before] = house.judged("2 14:00").stretches
    assert (before.state, "out of office" in before.because) == ("exempt", True)
    assert house.judged("3 10:00", team(NORTH, HELPER)).stretches == (before,)


def test_hours_that_a_crm_changes_later_move_no_due_of_before() -> None:
    def open_from(hours: str) -> tuple[Calendar, ...]:
        ref = Ref("salesforce", "BusinessHours", "1")
        return (Calendar(ref, "1", BORN, "Office", "America/Mexico_City", hours, main=True),)

    org = replace(promise(), calendar_source="org")
    house = House(replace(HELPED, promise=org, calendars=open_from("mon-fri 09:00-18:00")))
    before = house.judged("3 10:00")
    assert before.targets[0].due_at == mexico("1 18:00")
    assert house.judged("4 10:00", lambda lead: replace(lead, calendars=open_from("mon-fri 12:00-14:00"))) == before
    running = House(replace(house.lead, stages=ENDED[:1], calendars=open_from("mon-fri 12:00-14:00")))
    assert running.judged("4 10:00").targets[0].due_at > before.targets[0].due_at


def test_what_counts_as_an_attempt_is_what_counted_when_it_ended() -> None:
    nothing = edited('channel = "call"\nattempt = true', 'channel = "call"\nattempt = false')
    now = mexico("4 10:00")
    lead = replace(HELPED, now="5 10:00")
    today = replace(lead, promise=nothing, former=((now, WORDS.promise),))
    assert today.verdict() == lead.verdict()
    assert replace(today, former=()).state() == "breached"
    running = replace(today, stages=ENDED[:1])
    assert running.state() == "breached"


def test_a_promise_kept_without_activities_goes_by_those_of_today() -> None:
    old = replace(WORDS.promise, activities=None)
    lead = replace(HELPED, now="5 10:00")
    assert replace(lead, former=((mexico("4 10:00"), old),)).verdict() == lead.verdict()


def test_a_source_that_came_later_asks_for_no_other_policy() -> None:
    events = '[[policies]]\nname = "events"\nwhen = { last_source = "event" }\ntargets = { contact = "1h" }\n\n'
    lead = replace(HELPED, promise=promise_with(events), now="5 10:00")
    assert lead.verdict().policy == "standard"
    then, later = replace(lead, touches=[*lead.touches, at_a_fair("2 12:00")]), at_a_fair("3 12:00")
    assert then.verdict().policy == "events"
    assert replace(lead, touches=[*lead.touches, later]).verdict().policy == "standard"
    assert replace(lead, stages=ENDED[:1], touches=[*lead.touches, later]).verdict().policy == "events"
    label = replace(at_a_fair("1 09:00"), ref=Ref("files", "label", "1"), facts={})
    website = replace(later, source="Website")
    assert replace(lead, touches=[label]).verdict().policy == "events"
    assert replace(lead, touches=[label, website]).verdict().policy == "events"
    assert replace(lead, stages=ENDED[:1], touches=[label, website]).verdict().policy == "standard"


def at_a_fair(at: str) -> Touch:
    facts = {"type": "visit"}
    return replace(call(at, ref=Ref("files", "touch", at)), actor=None, facts=facts, source="Event")


def test_a_record_that_another_crm_got_later_asks_for_no_other_policy() -> None:
    both = '[[policies]]\nname = "both"\nwhen = { crm = "hubspot" }\ntargets = { contact = "1h" }\n\n'

    def with_a_contact_since(at: str, stages: list[tuple[str, str]]) -> Lead:
        contact = Person(CONTACT, "1", mexico(at), mexico(at), same_as=(LEAD,))
        return replace(HELPED, stages=stages, promise=promise_with(both), also=(contact,), now="5 10:00")

    assert with_a_contact_since("1 09:00", ENDED).verdict().policy == "both"
    assert with_a_contact_since("3 10:00", ENDED).verdict().policy == "standard"
    assert with_a_contact_since("3 10:00", ENDED[:1]).verdict().policy == "both"


def test_taken_back_the_owners_of_today_hold_from_an_earlier_day_on() -> None:
    house = House(HELPED)
    house.judged("3 10:00")
    house.judged("4 10:00", team(NORTH, SOUTH))
    taken_back = replace(house.lead, editions=editions_from(house.lead.snapshot(), mexico("1 10:00")))
    assert taken_back.state() == "breached"
    too_late = replace(house.lead, editions=editions_from(house.lead.snapshot(), mexico("2 13:01")))
    assert too_late.state() == "met"


def test_stamps_are_nothing_new_and_what_is_gone_is_kept() -> None:
    snapshot = HELPED.snapshot()
    first = editions_from(snapshot, mexico("3 10:00"))
    touched = replace(snapshot, owners=tuple(replace(one, version="2") for one in snapshot.owners), editions=first)
    assert editions_from(touched, mexico("4 10:00")) == first
    gone = editions_from(replace(touched, owners=touched.owners[1:]), mexico("4 10:00"))
    assert gone == (*first, Edition(touched.owners[0].ref, mexico("4 10:00"), None))


def test_a_plan_of_an_earlier_moment_forgets_no_edition() -> None:
    """`dupes apply` concludes as of the last read, which was before the last sync."""
    house = House(HELPED)
    house.judged("3 10:00")
    house.judged("4 10:00", team(NORTH, SOUTH))
    snapshot = replace(house.lead.snapshot(), editions=house.editions)
    assert len(house.editions) > len(snapshot.owners)
    plan = make_plan(snapshot, WORDS, ENGINE, mexico("3 12:00"), None, profile=())
    assert plan.editions == house.editions


OWNERS = st.builds(
    lambda one, team, human, away, hours, email: replace(
        one, team=team, human=human, away=away, working_hours=hours, email=email or one.email
    ),
    st.sampled_from([LUIS, EVA]),
    st.sampled_from(["North", "South", None]),
    st.booleans(),
    st.sampled_from([(), ("2026-06-01T00:00:00Z/2026-06-03T00:00:00Z",)]),
    st.sampled_from([None, "mon-sun 00:00-24:00", "mon 09:00-10:00"]),
    st.sampled_from([None, "both@acme.mx"]),
)
TEAMS = st.lists(OWNERS, max_size=2, unique_by=lambda one: one.ref)
BOTH = st.tuples(OWNERS.filter(lambda one: one.ref == LUIS.ref), OWNERS.filter(lambda one: one.ref == EVA.ref))
HOURS = st.sampled_from(["mon-fri 09:00-18:00", "mon-sun 00:00-24:00", "tue 12:00-13:00"])
SOURCES = st.sampled_from(["team", "owner", "org"])
TABLES = {
    "shipped": WORDS.promise,
    "eva is a program": replace(WORDS.promise, integrations=frozenset({"eva@acme.mx"})),
    "owner only": promise('actor = "owner"'),
    "no calls": edited('channel = "call"\nattempt = true', 'channel = "call"\nattempt = false'),
}
Day = tuple[tuple[Owner, ...], str, str, str]


@settings(max_examples=150, deadline=None)
@given(
    st.tuples(BOTH, HOURS, SOURCES, st.sampled_from(sorted(TABLES))),
    st.lists(st.tuples(TEAMS.map(tuple), HOURS, SOURCES, st.sampled_from(sorted(TABLES))), min_size=1, max_size=4),
    st.sampled_from(["2 13:00", "1 10:30", "3 09:00"]),
    st.sampled_from([[], ["1 11:00"], ["1 10:15", "3 08:00"]]),
)
def test_once_it_has_ended_no_edit_whatsoever_changes_a_verdict(
    first: Day, days: list[Day], end: str, calls: list[str]
) -> None:
    touches = [call(at, by=(EVA, LUIS)[place % 2]) for place, at in enumerate(calls)]
    house = House(Lead(stages=[("1 10:00", "MQL"), (end, "Qualified")], touches=touches))
    held: list[tuple[str, Promise]] = []
    seen = []
    for place, (owners, hours, source, tables) in enumerate((first, *days)):
        held.append((f"{4 + place} 10:00", replace(TABLES[tables], calendar_source=source)))
        org = Calendar(
            Ref("salesforce", "BusinessHours", "1"), "1", BORN, "Office", "America/Mexico_City", hours, main=True
        )
        former = tuple((mexico(until), before) for (_, before), (until, _) in pairwise(held))
        house.lead = replace(house.lead, promise=held[-1][1], former=former, calendars=(org,))
        seen.append(house.looked_at(held[-1][0], team(*owners)))
    assert [one for one in seen if one != seen[0]] == []
    assert len(seen[0]) == 1


def test_the_tables_that_are_kept_are_those_that_judge() -> None:
    assert sorted(json.loads(WORDS.promise.text)) == sorted(KEPT_FILES)
    assert WORDS.promise.activities == WORDS.activities
