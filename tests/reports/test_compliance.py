"""How the promise was kept per team, rep, source and policy, month by month, and how long it took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_sync.changes import Known, Plan, Stretch, TargetState
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import ConfigError
from crm_sync.mappings import Vocabulary
from crm_sync.records import Owner, Ref
from crm_sync.reports.compliance import Compliance, compliance
from crm_sync.reports.lists import people
from crm_sync.store import Store, open_store

from .story import EVA, LUIS, NOW, known, may, verdict

HOUR = timedelta(hours=1)
APRIL = datetime(2026, 4, 6, 15, tzinfo=UTC)
MAY = datetime(2026, 5, 4, 15, tzinfo=UTC)
OWNERS = (
    Owner(LUIS, "1", may(1), name="Luis Mora", email="luis@acme.test", team="North"),
    Owner(EVA, "1", may(1), name="Eva Stone", email="eva@acme.test", team="South"),
)


def lead(
    number: int,
    start: datetime,
    state: TargetState,
    hours: int | None = None,
    owner: Ref = LUIS,
    source: str = "email",
    policy: str = "standard",
    due: datetime | None = None,
) -> Known:
    """A first attempt that was owed within eight hours, and took so many."""
    made = verdict(f"p-{number}", start, owner, "met", "on_track", "met")
    at = None if hours is None else start + hours * HOUR
    due_at = due or start + 8 * HOUR
    first = replace(made.targets[0], state=state, due_at=due_at, settled_at=at, starts_at=start)
    contact = replace(first, target="contact", clock="lead", state="met_late" if at else state)
    stretch = Stretch("first_attempt", owner, start, None, state, due_at, at, "as the lead")
    judged = replace(
        made, targets=(first, contact), stretches=(stretch,), qualified_at=start - HOUR, policy=policy,
        policy_version="1",
    )  # fmt: skip
    return known(number, f"Person {number}", [("mql", 1)], source, judged)


# April: Luis met four in 1, 2, 3, 4 hours and missed one; one is exempt. May: Luis met one; Eva met five, late one.
PEOPLE = (
    *(lead(number, APRIL, "met", number) for number in (1, 2, 3, 4)),
    lead(5, APRIL, "breached"),
    lead(6, APRIL, "exempt", policy="partners"),
    lead(7, MAY, "met", 2, source="direct"),
    *(lead(number, MAY, "met", 5, EVA) for number in (11, 12, 13, 14, 15)),
    lead(16, MAY, "met_late", 30, EVA, source="direct"),
    lead(17, MAY, "pending", owner=EVA, policy="partners"),
    lead(18, MAY, "at_risk", owner=EVA),
)


@pytest.fixture
def kept_so(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/kept.db")
    store.save_page("hubspot", "owners", OWNERS, cursor="end", horizon=NOW, fetched=2)
    store.save_plan(store.start_run("sync", NOW), Plan(NOW, NOW, (), PEOPLE, (), (), (), (), 0))
    yield store
    store.close()


@pytest.fixture
def ask(kept_so: Store, engine: DuckDB, vocabulary: Vocabulary) -> Any:
    return lambda **how: compliance(kept_so, engine, vocabulary, NOW, **how)


def told(found: Compliance, target: str = "first_attempt") -> Mapping[str, tuple[int, float | None]]:
    """Group → judged and in time, in all."""
    return {one.name: (line.judged, line.compliance) for one in found.groups for line in [one.line(target).whole]}


def test_each_team_is_judged_by_its_own_leads_and_no_share_stands_below_five(ask: Any) -> None:
    found = ask()
    assert told(found) == {"North": (6, 5 / 6), "South": (6, 5 / 6)}
    north = found.groups[0].line("first_attempt")
    assert [(one.judged, one.compliance) for one in north.months[-2:]] == [(5, 4 / 5), (1, None)]
    assert found.total.line("first_attempt").whole.judged == 12


def test_what_is_exempt_pending_or_open_is_counted_and_left_out(ask: Any) -> None:
    south = ask().groups[1].line("first_attempt").whole
    assert (south.states["pending"], south.open, south.judged) == (1, 1, 6)
    assert ask().groups[0].line("first_attempt").whole.states["exempt"] == 1


def test_half_and_nine_of_ten_are_told_per_group_and_month_where_five_were_met(ask: Any) -> None:
    north, south = ask().groups
    assert south.line("first_attempt").whole.hours == (5.0, 17.5)
    assert north.line("first_attempt").whole.hours == (2.0, 3.6)
    assert [one.hours for one in north.line("first_attempt").months[-2:]] == [None, None]  # four, and one
    assert south.line("contact").whole.hours == (6.0, 18.5)  # from the qualifying event on


def test_the_teams_of_a_lead_answer_for_what_runs_on_the_leads_clock(ask: Any) -> None:
    assert told(ask(), "contact") == {"North": (6, 0.0), "South": (6, 0.0)}


def test_reps_answer_for_what_they_owed_and_for_nothing_else(ask: Any) -> None:
    found = ask(grouped_by="rep")
    assert told(found) == {"Eva Stone": (6, 5 / 6), "Luis Mora": (6, 5 / 6)}
    assert "contact" not in found.targets


def test_sources_and_policies_group_the_same_leads(ask: Any) -> None:
    assert told(ask(grouped_by="source")) == {"direct": (2, None), "email": (10, 9 / 10)}
    assert told(ask(grouped_by="policy")) == {"partners": (0, None), "standard": (12, 10 / 12)}


def test_a_cohort_is_counted_by_the_day_on_which_its_leads_qualified(
    tmp_path: Path, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Qualified in April, due in May."""
    store = open_store(f"sqlite:///{tmp_path}/cohort.db")
    late = [lead(number, APRIL, "met", 1, due=MAY) for number in range(5)]
    store.save_plan(store.start_run("sync", NOW), Plan(NOW, NOW, (), tuple(late), (), (), (), (), 0))
    for counted_by, months in (("due", [0, 5]), ("qualified", [5, 0])):
        found = compliance(store, engine, vocabulary, NOW, counted_by=counted_by)
        assert [one.judged for one in found.total.line("first_attempt").months[-2:]] == months
    store.close()


def test_a_stretch_of_time_cuts_the_months_at_its_ends(ask: Any) -> None:
    found = ask(since=APRIL + 9 * HOUR, until=MAY + 8 * HOUR)
    assert [one.name for one in found.months] == ["2026-04", "2026-05"]
    assert found.total.line("first_attempt").whole.judged == 0  # April's were due before, May's at the very end
    assert ask(since=APRIL, until=MAY + 9 * HOUR).total.line("first_attempt").whole.judged == 12
    assert [one.name for one in ask(months=2).months] == ["2026-04", "2026-05"]
    with pytest.raises(ConfigError):
        ask(since=MAY, until=APRIL)


def test_every_number_opens_to_as_many_people(ask: Any, kept_so: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    for by in ("team", "rep", "source", "policy"):
        found = ask(grouped_by=by)
        for group in found.groups:
            line = group.line("first_attempt")
            for span, tally in zip((found.span, *found.months), (line.whole, *line.months), strict=True):
                for state in ("judged", "open", "pending", "exempt"):
                    asked = {"target": "first_attempt", "state": state, "due": span.name, by: group.key}
                    count = tally.states.get(state, getattr(tally, state, None))
                    assert len(people(kept_so, engine, vocabulary, asked, NOW).people) == count, asked


def test_a_month_that_is_none_has_nobody(kept_so: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    for month in ("2026-13", "soon", "2026-04-01", ".."):
        asked = {"target": "first_attempt", "due": month}
        assert people(kept_so, engine, vocabulary, asked, NOW).people == ()


def test_an_empty_store_has_months_and_no_groups(empty: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = compliance(empty, engine, vocabulary, NOW)
    assert (len(found.months), found.groups, found.total.line("cadence").whole.judged) == (6, (), 0)
    assert found.as_json()["groups"] == []
