"""What is marked between two plans, and when the next one may go by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from crm_sync.changes import Basis, Change, Receipt, Scope
from crm_sync.records import Assignment, Calendar, Campaign, Company, Owner, Record, Ref, StageChange
from crm_sync.store import Store

from .samples import ANA, HOUR, LEAD, LUIS, MONDAY, deal, known, person, plan, touch

BY = Basis("tables", {"hubspot": MONDAY, "salesforce": None})
LATER = MONDAY + HOUR
ZOE, TWIN = Ref("hubspot", "contacts", "52"), Ref("salesforce", "Opportunity", "1")


def save(store: Store, *people: Any, by: Basis | None = BY, now: datetime = MONDAY, **said: Any) -> None:
    store.save_plan(store.start_run("sync", now), plan(*people, now=now, **said), by=by)


def told(store: Store, *records: Record, gone: Sequence[Ref] = ()) -> None:
    store.save_page("hubspot", "contacts", records, cursor="1", gone=gone)


def marked(store: Store) -> set[Ref]:
    news = store.news(LATER, BY)
    assert news
    return set(news.refs)


def test_before_a_plan_that_can_be_followed_nothing_is_marked(store: Store) -> None:
    told(store, person())
    assert store.news(LATER, BY) is None
    save(store, by=None)
    told(store, person(at=LATER))
    assert store.news(LATER, BY) is None
    save(store)
    assert marked(store) == set()


@pytest.mark.parametrize(
    ("record", "refs"),
    [
        (person(), {ANA}),
        (person(same_as=(LEAD,)), {ANA, LEAD}),
        (StageChange(ANA, "1", MONDAY, "mql"), {ANA}),
        (Assignment(ANA, "1", MONDAY, LUIS), {ANA}),
        (touch(people=(ANA, LEAD)), {touch().ref, ANA, LEAD}),
        (deal(same_as=(TWIN,)), {deal().ref, ANA, TWIN}),
    ],
)  # fmt: skip
def test_what_is_told_is_marked_with_whom_it_names_until_a_plan_has_seen_to_it(
    store: Store, record: Record, refs: set[Ref]
) -> None:
    save(store)
    told(store, record)
    assert marked(store) == refs
    told(store, record)
    assert marked(store) == refs
    save(store)
    assert marked(store) == set()
    told(store, record)  # and says nothing new
    assert marked(store) == set()


def test_whom_a_record_names_no_more_is_marked_too(store: Store) -> None:
    told(store, touch(people=(ANA,)), deal(people=(LEAD,)))
    save(store)
    told(store, replace(touch(people=(ZOE,)), version="2"), replace(deal(people=()), version="2"))
    assert marked(store) == {touch().ref, ANA, ZOE, deal().ref, LEAD}


def test_whom_a_record_named_that_is_gone_is_marked(store: Store) -> None:
    told(store, person(), touch(people=(LEAD,)), deal(people=(ZOE,), same_as=(TWIN,)))
    save(store)
    told(store, gone=[touch().ref, deal().ref])
    assert marked(store) == {touch().ref, LEAD, deal().ref, ZOE, TWIN}
    news = store.news(LATER, BY)
    assert news
    assert news.of_deals


def test_a_stamp_is_no_news(store: Store) -> None:
    told(store, person())
    save(store)
    told(store, replace(person(), version="2", modified_at=LATER))
    assert marked(store) == set()


@pytest.mark.parametrize(
    "record",
    [
        Owner(LUIS, "1", MONDAY, "Luis"),
        Calendar(Ref("salesforce", "BusinessHours", "1"), "1", MONDAY, "Office"),
        Campaign(Ref("salesforce", "Campaign", "1"), "1", MONDAY, MONDAY, "Fair"),
    ],
)
def test_who_works_in_the_house_and_what_it_does_concerns_everybody(store: Store, record: Record) -> None:
    save(store)
    told(store, record)
    assert store.news(LATER, BY) is None
    save(store)
    told(store, gone=[record.ref])
    assert store.news(LATER, BY) is None


def test_whom_a_company_concerns_is_for_the_plan_to_find_out(store: Store) -> None:
    acme = Company(Ref("hubspot", "companies", "1"), "1", MONDAY, MONDAY, "Acme")
    told(store, person(company=acme.ref))
    save(store)
    told(store, acme)
    assert marked(store) == {acme.ref}


def test_whose_time_has_come_is_named(store: Store) -> None:
    save(store, *(known(name, moves_at=at) for name, at in (("now", LATER), ("later", LATER + HOUR), ("never", None))))
    news = store.news(LATER, BY)
    assert news
    assert news.due == {"now"}


@pytest.mark.parametrize(
    ("now", "by"),
    [
        (LATER, replace(BY, tables="others")),
        (MONDAY - HOUR, BY),
        (MONDAY + timedelta(days=1), BY),
        (LATER, replace(BY, horizons={"hubspot": MONDAY - HOUR, "salesforce": None})),
        (LATER, replace(BY, horizons={"hubspot": None, "salesforce": None})),
        (LATER, replace(BY, horizons={"hubspot": MONDAY})),
    ],
    ids=["other tables", "a clock that was put back", "a day old", "read less far", "read anew", "a CRM less"],
)
def test_everybody_is_judged_where_the_last_plan_judged_by_something_else(
    store: Store, now: datetime, by: Basis
) -> None:
    save(store)
    assert store.news(LATER, BY)
    assert store.news(LATER, replace(BY, horizons={"hubspot": LATER, "salesforce": LATER}))
    assert store.news(now, by) is None


def test_plans_that_follow_do_not_make_the_last_one_of_everybody_younger(store: Store) -> None:
    save(store)
    save(store, now=MONDAY + 20 * HOUR, scope=Scope(frozenset(), frozenset(), credits=False))
    assert store.news(MONDAY + 23 * HOUR, BY)
    assert store.news(MONDAY + 24 * HOUR, BY) is None


def test_what_is_known_of_others_stays_and_who_is_linked_no_more_goes(store: Store) -> None:
    ana, luis, eva = (known(name, (Ref("hubspot", "contacts", name),)) for name in ("ana", "luis", "eva"))
    save(store, ana, luis, eva)
    first = plan(ana, luis)
    follows = replace(
        first, known=(replace(ana, name="Ana María"),), scope=Scope(frozenset({"ana"}), frozenset(), credits=False)
    )
    store.save_plan(store.start_run("sync", LATER), replace(follows, now=LATER), by=BY)
    found = {name: held.name for name in ("ana", "luis", "eva") if (held := store.known(name))}
    assert found == {"ana": "Ana María", "luis": luis.name}


def test_writes_that_wait_for_others_go_on_waiting(store: Store) -> None:
    ana, zoe = known("ana", (ANA,)), known("zoe", (ZOE,))
    changes = (Change(ANA, "stage", None, "mql", ""), Change(ZOE, "stage", None, "mql", ""))
    save(store, ana, zoe, changes=changes)
    follows = replace(plan(ana, zoe), known=(ana,), scope=Scope(frozenset({"ana"}), frozenset(), credits=False))
    queued = store.save_plan(store.start_run("sync", LATER), follows, by=BY)
    assert [write.ref for write in store.pending("hubspot", 9, LATER)] == [ZOE]
    assert (queued.planned, queued.per_crm) == (1, {"hubspot": 1})


def test_whoever_refused_a_write_is_looked_at_each_time(store: Store) -> None:
    save(store, known("ana", (ANA,)), changes=(Change(ANA, "stage", None, "mql", ""),))
    [write] = store.pending("hubspot", 9, MONDAY)
    store.settle([Receipt(write.key, "refused", "validation")], MONDAY)
    assert marked(store) == {ANA}
