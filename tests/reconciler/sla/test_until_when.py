"""Until when a verdict holds if nothing happens: never longer than it does, and hardly shorter."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.sla.lead import (
    CONTACT,
    DAY,
    LUIS,
    MEXICO,
    Lead,
    answer,
    call,
    mexico,
    promise,
    promise_with,
    user,
)
from tests.reconciler.sla.stories import BESIDE, EDGES, MINUTE, NOW, Story, stories

from crm_sync import reconciler
from crm_sync.changes import Known
from crm_sync.mappings import Promise
from crm_sync.reconciler.sla.court import Horizon
from crm_sync.records import Person, Ref
from crm_sync.store.conclusions import body_of, known_of

JUST, HOUR = timedelta(microseconds=1), timedelta(hours=1)
LATEST, LONG_AGO = NOW + 60 * DAY, EDGES[0] - 40 * DAY
CRMS = ("hubspot", "salesforce")
BEGIN, END = (at.replace(tzinfo=None) for at in (EDGES[0], NOW))


# stories by chance


@dataclass(frozen=True)
class Moment:
    """When somebody is judged, with each CRM read so far; None: not to an end yet."""

    now: datetime
    read: Mapping[str, datetime | None]

    def known(self, story: Story) -> Known:
        return story.known(self.now, Horizon(None, self.read))

    def horizon(self, known: Known) -> datetime | None:
        return Horizon(None, self.read).of({ref.crm for ref in known.refs})


edges = st.builds(
    lambda edge, beside: edge + beside, st.sampled_from([*EDGES, NOW]), st.sampled_from([*BESIDE, 6 * HOUR, DAY])
)
minutes_behind = st.sampled_from([0, 0, 0, 1, 30, 600, 4_000, 40_000, None])
shares = st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(0, 1))


def within(since: datetime, until: datetime) -> st.SearchStrategy[datetime]:
    return st.datetimes(since, until, timezones=st.just(UTC))


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    now = draw(st.one_of(edges, within(BEGIN, END), within(BEGIN, BEGIN + 2 * DAY)))
    behind = {crm: draw(minutes_behind) for crm in CRMS}
    return Moment(now, {crm: None if one is None else now - one * MINUTE for crm, one in behind.items()})


@st.composite
def later(draw: st.DrawFn, first: Moment, until: datetime | None) -> Moment:
    """A moment before `until`, often the last one, with each CRM read further, often as far as may be."""
    now = between(first.now, until - JUST if until else LATEST, draw(shares))
    read: dict[str, datetime | None] = {}
    for crm, at in first.read.items():
        read[crm] = draw(st.one_of(st.just(at), shares.map(lambda share, at=at: between(at or LONG_AGO, now, share))))
    return Moment(now, read)


def between(since: datetime, until: datetime, share: float) -> datetime:
    return since + share * (until - since)


@settings(max_examples=300)
@given(st.data(), stories(), moments())
def test_until_then_nothing_is_another(data: st.DataObject, story: Story, first: Moment) -> None:
    known = first.known(story)
    if known.moves_at and known.moves_at <= first.now:
        horizon = first.horizon(known)
        assert horizon is None or horizon < known.moves_at, "only for want of reading is anybody judged each time"
        return
    again = data.draw(later(first, known.moves_at)).known(story)
    assert replace(again, moves_at=None) == replace(known, moves_at=None)
    assert known.moves_at is None or (again.moves_at and known.moves_at <= again.moves_at), "nor comes it sooner"


@settings(max_examples=100)
@given(stories(), moments())
def test_nothing_that_is_concluded_is_watched(story: Story, moment: Moment) -> None:
    known = moment.known(story)
    assert {type(one) for one in leaves(known) if isinstance(one, datetime)} <= {datetime}
    assert known_of(body_of(known)) == known


def test_hardly_anybody_goes_around_the_watch() -> None:
    """Whoever asks for the plain instant has to say until when the answer holds; reports need not."""
    asked = {
        file.name
        for file in Path(reconciler.__file__).parent.rglob("*.py")
        if "dedupe" not in file.parts
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id == "plain")
        or (isinstance(node, ast.Attribute) and node.attr == "as_of")
    }
    assert asked == {"watch.py", "court.py", "hurry.py"}


def leaves(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        yield from (leaf for one in fields(value) for leaf in leaves(getattr(value, one.name)))
    elif isinstance(value, tuple | list | frozenset):
        yield from (leaf for one in value for leaf in leaves(one))
    elif isinstance(value, Mapping):
        yield from (leaf for one in value.items() for leaf in leaves(one))
    else:
        yield value


def test_of_the_stories_most_are_judged_again_later_or_never() -> None:
    """And they are of all kinds, so that what is said above of the stories says something."""
    found, states = Counter[str](), Counter[str]()

    @settings(max_examples=300, derandomize=True, database=None)
    @given(stories(), moments())
    def count(story: Story, moment: Moment) -> None:
        known = moment.known(story)
        found["never" if known.moves_at is None else "later" if known.moves_at > moment.now else "each time"] += 1
        states.update({target.state for target in known.verdict.targets} if known.verdict else ())

    count()
    assert found["each time"] < found.total() / 5
    assert found["never"] > found.total() / 10
    assert states.keys() >= {"on_track", "paused", "breached", "met", "exempt"}


# by hand


def one_target(target: str, rules: str = "") -> Promise:
    policy = f'[[policies]]\nname = "one"\nwhen = {{ stage = ["mql"] }}\n{rules}\n[policies.targets]\n{target}\n\n'
    return promise_with(policy)


FIRST, FIVE = one_target('first_attempt = "8bh"'), one_target('cadence = "5 in 14d"')
EVA = user("eva", away=("2026-06-01T18:00:00Z/2026-06-01T21:00:00Z",))  # from twelve to three
HELD = [("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("1 13:00", "MQL")]


def moves(lead: Lead) -> str | None:
    at = lead.known().moves_at
    return on_wall(at) if at else None


def on_wall(at: datetime) -> str:
    return f"{at.astimezone(MEXICO):%-d %H:%M:%S.%f}".removesuffix(".000000").removesuffix(":00")


def seen(lead: Lead, until: str = "20 00:00") -> list[str]:
    """What a rep sees of a lead to whom nothing happens any more, when looked at only when something may be another."""
    found: list[str] = []
    while True:
        known = lead.known()
        status = known.verdict.status if known.verdict else "none"
        if not found or not found[-1].endswith(f" {status}"):
            found.append(f"{lead.now} {status}")
        if known.moves_at is None or known.moves_at > mexico(until):
            return found
        assert known.moves_at > mexico(lead.now)
        lead = replace(lead, now=on_wall(known.moves_at))


def test_a_target_goes_from_on_track_to_at_risk_to_breached() -> None:
    """Six of eight hours are over at five."""
    told = ["1 11:00 on_track", "1 17:00 at_risk", "2 10:00:00.000001 breached"]
    assert seen(Lead(promise=FIRST)) == told
    assert (moves(Lead(promise=FIRST)), moves(Lead(promise=FIRST, now="2 10:01"))) == ("1 17:00", None)


def test_what_is_told_of_the_time_is_another_with_each_per_cent() -> None:
    assert moves(Lead(promise=FIRST, now="1 17:00")) == "1 17:02:24"  # half a per cent of eight hours
    assert moves(Lead(promise=FIRST, now="1 17:02:24")) == "1 17:07:12.000001"  # a half is rounded to what is even
    assert moves(Lead(promise=FIRST, now="2 09:58")) == "2 10:00"


def test_a_due_is_still_in_time() -> None:
    assert moves(Lead(promise=FIRST, now="2 10:00")) == "2 10:00:00.000001"


def test_of_several_attempts_the_days_that_are_left_are_told() -> None:
    assert moves(Lead(promise=FIVE)) == "1 18:00"
    assert moves(Lead(promise=FIVE, now="1 18:00")) == "2 18:00"
    assert moves(Lead(promise=FIVE, now="5 18:00")) == "8 18:00"
    assert seen(Lead(promise=FIVE)) == ["1 11:00 on_track", "9 18:00 at_risk", "15 10:00:00.000001 breached"]


def test_a_pause_begins_and_ends() -> None:
    lead = Lead(promise=FIRST, stages=HELD)
    assert (moves(lead), moves(replace(lead, now="1 12:30"))) == ("1 12:00", "1 13:00")
    told = ["1 11:00 on_track", "1 12:00 paused", "1 13:00 on_track", "1 18:00 at_risk", "2 11:00:00.000001 breached"]
    assert seen(lead) == told


def test_while_the_clock_stands_still_nothing_moves() -> None:
    lead = Lead(promise=FIRST, stages=HELD[:2])
    assert (moves(replace(lead, now="1 12:00")), moves(replace(lead, now="9 12:00"))) == (None, None)
    assert replace(lead, now="1 12:00").verdict().stretches == replace(lead, now="9 12:00").verdict().stretches


def test_an_absence_begins_and_ends() -> None:
    lead = Lead(promise=FIRST, owners=[("1 10:00", EVA)], team=(EVA,))
    assert (moves(lead), moves(replace(lead, now="1 12:00"))) == ("1 12:00", "1 15:00")
    held = replace(lead, stages=[("1 10:00", "MQL"), ("1 10:30", "On Hold")])
    assert (moves(held), moves(replace(held, now="1 12:00")), moves(replace(held, now="1 15:00"))) == (
        "1 12:00", "1 15:00", None,
    )  # fmt: skip


def test_an_owner_who_gets_the_lead_late_has_a_due_of_their_own() -> None:
    """The lead's was at ten on the second."""
    lead = Lead(promise=FIRST, owners=[("1 10:00", LUIS), ("2 09:00", EVA)], team=(LUIS, EVA), now="2 11:00")
    assert [one.state for one in lead.verdict().stretches] == ["exempt", "on_track"]
    assert (moves(lead), moves(replace(lead, now="2 16:00"))) == ("2 16:00", "2 18:00")
    assert [one.state for one in replace(lead, now="2 18:00:00.000001").verdict().stretches] == ["exempt", "breached"]


def test_what_lies_in_the_future_comes() -> None:
    met = Lead(promise=FIRST, touches=[call("1 10:30")])
    assert moves(met) is None
    assert moves(replace(met, touches=[*met.touches, call("7 12:00")])) == "7 12:00"
    assert moves(replace(met, touches=[*met.touches, answer("8 12:00")])) == "8 12:00"
    assert moves(replace(met, owners=[*met.owners, ("9 12:00", EVA)], team=(*met.team, EVA))) == "9 12:00"
    assert moves(replace(met, stages=[*met.stages, ("9 13:00", "Nurture"), ("9 14:00", "MQL")])) == "9 13:00"


@pytest.mark.parametrize(
    ("read", "lookback", "moved"),
    [
        ("same", "", None), ("2 10:00", "", None), ("2 09:59", "", "2 10:00"), (None, "", "2 10:00"),
        ("2 10:05", 'lookback = "10m"', "2 10:10"),
    ],
)  # fmt: skip
def test_a_horizon_that_is_behind_may_come_up_at_any_moment(read: str | None, lookback: str, moved: str | None) -> None:
    kept = one_target('first_attempt = "8bh"', lookback)
    assert moves(Lead(promise=kept, now="2 12:00", read=read)) == moved


def test_of_several_horizons_the_hindmost_is_waited_for() -> None:
    also = (Person(CONTACT, "1", mexico("1 09:00"), mexico("1 09:00"), same_as=(Ref("salesforce", "Lead", "00Q1"),)),)
    lead = Lead(promise=FIRST, now="2 12:00", also=also)
    for behind in CRMS:
        assert moves(replace(lead, horizons={behind: mexico("2 09:00")})) == "2 10:00"
        assert moves(replace(lead, horizons={behind: mexico("2 10:00")})) is None


def test_a_lookback_makes_the_due_come_later() -> None:
    kept = one_target('first_attempt = "8bh"', 'lookback = "10m"')
    assert moves(Lead(promise=kept, now="2 10:05")) == "2 10:10"
    assert moves(Lead(promise=kept, now="2 10:05", read=None)) == "2 10:10"


def test_who_was_never_a_lead_is_so_for_ever() -> None:
    assert moves(Lead(stages=[("1 10:00", "Open")], read=None)) is None


def test_what_is_over_is_over() -> None:
    closed = Lead(stages=[("1 10:00", "MQL"), ("1 12:00", "Unqualified")], promise=promise("enforce_from = 2026-01-01"))
    assert moves(replace(closed, now="1 13:00")) is None
