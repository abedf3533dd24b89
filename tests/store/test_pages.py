"""A page and its cursor are stored together, and only what is news is counted."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_sync.records import (
    Assignment,
    Calendar,
    Campaign,
    Company,
    Deal,
    Owner,
    Person,
    Record,
    Ref,
    StageChange,
    Touch,
)
from crm_sync.store import Progress, Store
from crm_sync.store.schema import metadata

from .samples import ANA, HOUR, LEAD, MONDAY, deal, person, touch


def save(store: Store, *records: Record, **more: object) -> int:
    return store.save_page("hubspot", "contacts", records, cursor="1", **more)  # type: ignore[arg-type]


def test_new_records_are_counted_and_come_back_as_they_were(store: Store) -> None:
    assert save(store, person(), deal(), touch()) == 3
    found = store.snapshot()
    assert (found.people, found.deals, found.touches) == ((person(),), (deal(),), (touch(),))


def test_the_same_page_again_is_no_news(store: Store) -> None:
    save(store, person(), deal(), touch())
    assert save(store, person(), deal(), touch()) == 0


@pytest.mark.promise("new stamps", crm="every")
def test_a_new_version_that_says_the_same_is_stored_but_is_no_news(store: Store) -> None:
    save(store, person())
    assert save(store, person(at=MONDAY + HOUR)) == 0
    assert store.snapshot().people[0].modified_at == MONDAY + HOUR


def test_who_was_merged_away_is_gone_and_still_tells_into_whom(store: Store) -> None:
    """Salesforce keeps the loser of a merge as a deleted record that names the winner."""
    loser, winner = Ref("salesforce", "Lead", "00Q1"), Ref("salesforce", "Lead", "00Q2")
    save(store, person(loser), person(winner))
    last_words = person(loser, at=MONDAY + HOUR, same_as=(winner, ANA))
    assert save(store, last_words, gone=[loser]) == 1
    found = store.snapshot()
    assert ([one.ref for one in found.people], found.merged) == ([winner], ((loser, winner),))
    assert save(store, last_words, gone=[loser]) == 0, "to be told again is no news"
    assert save(store, person(loser, at=MONDAY + 2 * HOUR)) == 1
    assert len(store.snapshot().people) == 2, "undeleted"


def test_what_says_something_else_is_news(store: Store) -> None:
    save(store, person())
    assert save(store, person(at=MONDAY + HOUR, ours={"stage": "mql"})) == 1
    assert store.snapshot().people[0].ours == {"stage": "mql"}


def test_the_same_money_in_other_digits_is_no_news(store: Store) -> None:
    """One interface of a CRM says 1500.10, another one 1500.1."""
    save(store, deal(amount=Decimal("1500.10")))
    assert save(store, deal(amount=Decimal("1500.1"))) == 0
    assert save(store, deal(amount=Decimal("1500.1"), at=MONDAY + HOUR)) == 0
    assert save(store, deal(amount=Decimal("1500.11"), at=MONDAY + HOUR)) == 1


def test_an_older_version_does_not_overwrite_a_newer_one(store: Store) -> None:
    save(store, person(at=MONDAY + HOUR, title="CEO"))
    assert save(store, person(title="intern")) == 0
    assert store.snapshot().people[0].title == "CEO"


def test_of_a_record_that_stands_twice_on_a_page_the_newer_version_stays(store: Store) -> None:
    assert save(store, person(at=MONDAY + HOUR, title="CEO"), person(title="intern")) == 1
    assert store.snapshot().people[0].title == "CEO"


def test_who_is_gone_is_not_in_the_snapshot_and_is_counted_once(store: Store) -> None:
    save(store, person(), StageChange(ANA, "1", MONDAY, "lead"))
    assert save(store, gone=[ANA, LEAD]) == 1
    assert save(store, gone=[ANA, LEAD]) == 0
    assert (store.snapshot().people, store.snapshot().stage_changes) == ((), ())


def test_who_comes_back_is_live_again_with_all_changes(store: Store) -> None:
    save(store, person(at=MONDAY + HOUR), StageChange(ANA, "1", MONDAY, "lead"))
    save(store, gone=[ANA])
    assert save(store, person()) == 1
    assert (len(store.snapshot().people), len(store.snapshot().stage_changes)) == (1, 1)


def test_records_come_in_the_order_of_their_refs_and_changes_in_the_order_of_time(store: Store) -> None:
    refs = [Ref("hubspot", "contacts", str(number)) for number in (9, 10, 1)]
    changes = [StageChange(LEAD, each, MONDAY + at * HOUR, "x") for each, at in (("b", 0), ("a", 0), ("c", -1))]
    save(store, *map(person, refs), *changes)
    assert [each.ref.id for each in store.snapshot().people] == ["1", "10", "9"]
    assert [each.id for each in store.snapshot().stage_changes] == ["c", "a", "b"]


def test_progress_adds_up_and_keeps_the_horizon_of_the_last_complete_read(store: Store) -> None:
    assert store.progress("hubspot", "contacts") == Progress("hubspot", "contacts", None, None, 0)
    save(store, fetched=100, horizon=MONDAY)
    store.save_page("hubspot", "contacts", [], cursor="2", fetched=11)
    assert store.progress("hubspot", "contacts") == Progress("hubspot", "contacts", "2", MONDAY, 111)
    assert store.all_progress() == [store.progress("hubspot", "contacts")]


def test_what_is_forgotten_is_read_from_its_beginning(store: Store) -> None:
    save(store, person())
    store.forget("hubspot", "contacts")
    assert store.progress("hubspot", "contacts").cursor is None
    assert len(store.snapshot().people) == 1


def test_a_page_that_cannot_be_stored_leaves_nothing(store: Store) -> None:
    naive = person(LEAD, at=MONDAY.replace(tzinfo=None))
    with pytest.raises(Exception, match="no time zone"):
        save(store, deal(), naive)
    assert (store.snapshot().deals, store.all_progress()) == ((), [])


@pytest.mark.promise("cut answers", crm="every")
def test_text_that_no_database_can_hold_loses_only_what_is_broken(store: Store) -> None:
    save(store, person(title="a\x00b \ud83d c", more_emails=("x\x00@example.com",)))
    found = store.snapshot().people[0]
    assert (found.title, found.more_emails) == ("ab ? c", ("x@example.com",))


def test_a_page_may_be_larger_than_what_one_question_may_ask(store: Store) -> None:
    many = [StageChange(Ref("salesforce", "Lead", str(number)), "1", MONDAY, "x") for number in range(12_000)]
    assert save(store, *many) == 12_000
    assert save(store, *many) == 0


KINDS = (Person, Company, Deal, Touch, Owner, Calendar, Campaign, StageChange, Assignment)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
ids = st.text("abcXYZ019:/-#%_'\" é", min_size=1, max_size=12)
refs = st.builds(Ref, st.sampled_from(["hubspot", "salesforce"]), st.sampled_from(["contacts", "Lead", "visit"]), ids)
whens = st.datetimes(min_value=MONDAY.replace(year=1900, tzinfo=None), timezones=st.just(UTC))
amounts = st.none() | st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14
)
mappings = st.dictionaries(words, words, max_size=3)
some_refs, maybe_ref, maybe_words = st.lists(refs, max_size=3).map(tuple), st.none() | refs, st.none() | words
by_type = {
    "ref": refs, "version": words, "created_at": whens, "modified_at": whens, "at": whens, "logged_at": whens,
    "id": ids, "value": words, "owner": maybe_ref, "company": maybe_ref, "amount": amounts, "cost": amounts,
    "ours": mappings, "facts": mappings, "email": maybe_words, "subject": maybe_words, "human": st.booleans(),
    "people": some_refs, "same_as": some_refs, "more_emails": st.lists(words, max_size=3).map(tuple),
    "was": st.none(), "closed_at": st.none() | whens, "working_hours": maybe_words, "hours": maybe_words,
    "away": st.lists(words, max_size=3).map(tuple), "holidays": st.lists(words, max_size=3).map(tuple),
    "main": st.booleans(),
}  # fmt: skip
of_kinds = [
    st.builds(kind, **{name: strategy for name, strategy in by_type.items() if name in kind.__dataclass_fields__})
    for kind in KINDS
]
any_record: st.SearchStrategy[Any] = st.one_of(of_kinds)
any_page = st.lists(
    any_record, max_size=6, unique_by=lambda record: (type(record), record.ref, getattr(record, "id", ""))
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_page)
def test_whatever_a_crm_says_comes_back_as_it_was(store: Store, page: list[Record]) -> None:
    clear(store)
    assert save(store, *page) == len(page)
    found = store.snapshot()
    held = [*found.people, *found.companies, *found.deals, *found.touches, *found.owners, *found.campaigns]
    held += [*found.calendars, *found.stage_changes, *found.assignments]
    assert len(held) == len(page)
    assert all(record in held for record in page)
    assert save(store, *page) == 0


def clear(store: Store) -> None:
    with store.database.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
