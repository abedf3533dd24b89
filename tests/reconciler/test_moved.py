"""Whom a plan judges that follows another one, and whether it tells credits anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from crm_sync.changes import Employer, KnownCompany, Scope
from crm_sync.reconciler.deals import OneDeal, one_of_each
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.reconciler.moved import look_at, scope_of, standing
from crm_sync.records import Deal, News, Person, Ref, Snapshot

BORN = datetime(2026, 5, 1, tzinfo=UTC)
ANA, LUIS, EVA, GONE = (Ref("hubspot", "contacts", name) for name in ("ana", "luis", "eva", "gone"))
DEAL, TWIN = Ref("hubspot", "deals", "1"), Ref("salesforce", "Opportunity", "1")
NO_NEWS = News(frozenset(), False, frozenset(), frozenset(), {}, ())
ACME = KnownCompany("c-1", (), "Acme", ())


def linked(**people: tuple[Ref, ...]) -> Linked:
    records = {name: tuple(Person(ref, "1", BORN, BORN) for ref in refs) for name, refs in people.items()}
    return Linked((), records, {ref: name for name, refs in people.items() for ref in refs}, ())


BOTH = linked(ana=(ANA,), luis=(LUIS,))
BEFORE = {ANA: "ana", LUIS: "luis"}


def scope(
    news: News = NO_NEWS,
    now: Linked = BOTH,
    before: dict[Ref, str] = BEFORE,
    deals: Collection[OneDeal] = (),
    firms: Collection[KnownCompany] = (ACME,),
    employers: Collection[Employer] = (),
) -> Scope:
    return scope_of(Snapshot(person_ids=before), now, list(deals), firms, employers, news)


def deal(*people: str, won: bool = True) -> OneDeal:
    return OneDeal(TWIN, BORN, won, None, None, None, people, (DEAL, TWIN))


def news(**said: Any) -> News:
    return replace(NO_NEWS, **said)


def test_without_news_nobody_is_judged() -> None:
    assert scope(deals=[deal("ana")]) == Scope(frozenset(), frozenset(), credits=False)


def test_whom_something_was_told_of_is_and_whose_time_has_come() -> None:
    assert scope(news(refs=frozenset({ANA, GONE}))).people == {"ana"}
    assert scope(news(due=frozenset({"luis", "nobody"}))).people == {"luis"}


def test_what_is_told_of_who_is_gone_is_told_of_whoever_took_the_place() -> None:
    now = replace(BOTH, person_of=BOTH.person_of | {GONE: "ana"})
    assert scope(news(refs=frozenset({GONE})), now).people == {"ana"}


@pytest.mark.parametrize(
    ("now", "before", "people"),
    [
        (linked(ana=(ANA, EVA), luis=(LUIS,)), BEFORE, {"ana"}),
        (BOTH, {**BEFORE, EVA: "ana"}, {"ana"}),
        (linked(ana=(ANA,), luis=(LUIS, EVA)), {**BEFORE, EVA: "ana"}, {"ana", "luis"}),
        (linked(ana=(ANA,), luis=(LUIS,), eva=(EVA,)), BEFORE, {"eva"}),
        (linked(ana=(ANA, LUIS)), BEFORE, {"ana"}),
    ],
    ids=["a record more", "a record less", "a record went over", "somebody new", "two became one"],
)
def test_who_has_other_records_than_before_is_judged(now: Linked, before: dict[Ref, str], people: set[str]) -> None:
    assert scope(now=now, before=before).people == people


@pytest.mark.parametrize(
    ("company", "before", "people"),
    [
        ("c-1", ("c-1", "Acme"), set()),
        ("c-1", ("c-1", "Acme SA"), {"ana"}),
        ("c-1", ("c-2", "Acme"), {"ana"}),
        ("c-1", None, {"ana"}),
        (None, ("c-1", "Acme"), {"ana"}),
    ],
    ids=["as before", "another name", "another company", "a first one", "none any more"],
)
def test_who_works_elsewhere_is_judged(company: str | None, before: tuple[str, str] | None, people: set[str]) -> None:
    employers = [Employer(ANA, company, "")] if company else []
    assert scope(news(employers={ANA: before} if before else {}), employers=employers).people == people


def test_who_has_a_part_in_a_deal_of_which_any_record_says_something_new_is_judged() -> None:
    for ref in (DEAL, TWIN):
        assert scope(news(refs=frozenset({ref})), deals=[deal("ana", "luis")]).people == {"ana", "luis"}


def test_who_has_a_part_in_a_deal_that_names_one_that_is_gone_is_judged() -> None:
    alone = Deal(DEAL, "1", BORN, BORN, people=(ANA,), same_as=(TWIN,))
    deals = one_of_each([alone], (), BOTH.person_of)
    assert scope(news(refs=frozenset({TWIN})), deals=deals).people == {"ana"}


@pytest.mark.parametrize(
    ("told", "deals", "anew"),
    [
        ({"refs": frozenset({ANA})}, [deal("ana")], True),
        ({"refs": frozenset({ANA})}, [deal("ana", won=False)], False),
        ({"refs": frozenset({ANA})}, [deal("luis")], False),
        ({"refs": frozenset({ANA}), "earners": frozenset({"ana"})}, [], True),
        ({"earners": frozenset({"ana"})}, [], False),
        ({"earners": frozenset({"nobody"})}, [], True),
        ({"of_deals": True}, [], True),
    ],
    ids=["earns", "lost", "another's", "earned", "earned and is as before", "earned and is gone", "deals"],
)  # fmt: skip
def test_credits_are_told_anew_where_anything_moved_that_they_rest_on(
    told: dict[str, Any], deals: list[OneDeal], anew: bool
) -> None:
    assert scope(news(**told), deals=deals).credits is anew


def test_people_are_looked_at_who_are_judged_or_earned() -> None:
    told = news(refs=frozenset({ANA, DEAL}), of_deals=False)
    look = look_at(Snapshot(person_ids=BEFORE), BOTH, [deal("luis")], (), (), told)
    assert set(look.linked.records) == {"ana", "luis"}
    assert [look.judges(one) for one in ("ana", "luis", "eva")] == [True, True, False]
    assert look.others == {ANA, DEAL}

    alone = look_at(Snapshot(person_ids=BEFORE), BOTH, [deal("luis")], (), (), news(refs=frozenset({ANA})))
    assert set(alone.linked.records) == {"ana"}
    assert not alone.credits


def test_unknown_words_of_others_stand() -> None:
    words = ((ANA, "Status", "Quux"), (LUIS, "Status", "Quux"))
    told = news(unknowns=words)
    assert standing(told, Scope(frozenset(), frozenset({ANA}), credits=False)) == [words[1]]
    assert standing(None, None) == []
