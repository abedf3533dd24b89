"""Links: records of one person, with evidence, and person ids that stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.made import at, contact, lead

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.groups import grouped
from crm_sync.reconciler.dedupe.ids import person_ids
from crm_sync.reconciler.dedupe.link import Linked, link_people
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.records import Company, Decision, Person, Ref, Snapshot

MATCHER = Matcher(*load_identity(), DuckDB(threads=1))
OLDER = at("2025-01-01 00:00")


def linked(
    *people: Person,
    merged: tuple[tuple[Ref, Ref], ...] = (),
    held: Mapping[Ref, str] | None = None,
    decisions: tuple[Decision, ...] = (),
    companies: tuple[Company, ...] = (),
) -> Linked:
    told = Snapshot(people=people, companies=companies, merged=merged, person_ids=held or {}, decisions=decisions)
    return link_people(told, MATCHER)


def together(found: Linked) -> list[set[str]]:
    """Record ids per person."""
    return sorted(({record.ref.id for record in records} for records in found.records.values()), key=min)


def because(found: Linked) -> dict[str, str]:
    return {link.ref.id: link.because for link in found.links}


def test_the_same_address_in_both_crms_is_one_person() -> None:
    found = linked(contact(1, email="ana@x.com", created_at=OLDER), lead(1, email=" ANA@x.com"))
    assert because(found)["00Q1"].startswith("same e-mail (+")
    assert because(found)["00Q1"].endswith("): HubSpot contact 1")
    assert len({link.person_id for link in found.links}) == 1


def test_an_address_among_more_addresses_links_too() -> None:
    assert (
        len(linked(contact(1, email="ana@x.com"), contact(2, email="a@y.com", more_emails=("ana@x.com",))).records) == 1
    )


def test_what_a_crm_says_itself_is_the_better_evidence() -> None:
    ana = contact(1, email="ana@x.com", same_as=(Ref("salesforce", "Lead", "00Q1"),))
    found = linked(ana, lead(1, email="ana@x.com", created_at=OLDER))
    assert because(found) == {"00Q1": "", "1": "HubSpot says Salesforce lead 00Q1"}


def test_the_record_that_was_named_says_who_named_it() -> None:
    ana = contact(1, created_at=OLDER, same_as=(Ref("salesforce", "Lead", "00Q1"),))
    assert because(linked(ana, lead(1)))["00Q1"] == "HubSpot says so in contact 1"


def test_what_names_a_record_that_was_merged_away_belongs_to_the_survivor() -> None:
    gone, survivor = Ref("salesforce", "Lead", "00Q1"), lead(2)
    ana = contact(1, created_at=OLDER, same_as=(gone,))
    found = linked(ana, survivor, merged=((gone, survivor.ref),))
    assert because(found) == {"1": "", "00Q2": "Salesforce says so in lead 00Q1"}
    assert found.person_of[gone] == found.person_of[survivor.ref] == found.person_of[ana.ref]


def test_two_records_that_name_one_that_is_gone_are_one_person() -> None:
    gone = Ref("hubspot", "contacts", "9")
    found = linked(contact(1, same_as=(gone,)), contact(2, same_as=(gone,)))
    assert together(found) == [{"1", "2"}]
    assert found.person_of[gone] == found.person_of[Ref("hubspot", "contacts", "1")]
    assert {link.ref.id for link in found.links} == {"1", "2"}


def test_the_same_phone_and_name_are_one_person() -> None:
    ana = contact(1, phones=("55 5123 4867",), country="Mexico", first_name="Ana", last_name="Ruíz", created_at=OLDER)
    twin = lead(1, phones=("+52 1 55 5123 4867",), first_name="ANA", last_name="Ruiz")
    told = because(linked(ana, twin))["00Q1"]
    assert "same phone" in told
    assert "same given name, same surname" in told


def test_colleagues_behind_one_switchboard_stay_apart() -> None:
    ana = contact(1, phones=("+525551234867",), first_name="Ana", last_name="Ruiz")
    luz = contact(2, phones=("+525551234867",), first_name="Luz", last_name="Ruiz")
    nobody = contact(3, phones=("+525551234867",))
    assert len(linked(ana, luz, nobody).records) == 3


def test_people_who_write_from_a_role_mailbox_stay_apart() -> None:
    assert len(linked(contact(1, email="info@x.com"), contact(2, email="info@x.com")).records) == 2


def test_evidence_chains() -> None:
    chain = [
        contact(1, email="a@x.com"),
        contact(2, email="b@x.com", more_emails=("a@x.com",)),
        lead(3, email="b@x.com"),
    ]
    assert together(linked(*chain)) == [{"00Q3", "1", "2"}]


def test_a_key_of_more_than_fifty_records_links_nobody_and_is_reported() -> None:
    crowd = [contact(number, email="same@x.com") for number in range(51)]
    found = linked(*crowd)
    assert len(found.records) == 51
    assert [one.reason for one in found.set_aside] == ["not matched by its mailbox: 51 records share it"]
    assert len(linked(*crowd[:50]).records) == 1


@pytest.mark.promise("ids", crm="every")
def test_a_person_keeps_the_id_of_its_oldest_known_record() -> None:
    one, two = contact(1, email="ana@x.com"), contact(2, email="ana@x.com", created_at=OLDER)
    found = linked(
        one,
        two,
        contact(3, email="ana@x.com", created_at=at("2020-01-01 00:00")),
        held={one.ref: "p-1", two.ref: "p-2"},
    )
    assert set(found.records) == {"p-2"}


def test_a_new_person_is_named_after_its_oldest_record() -> None:
    one, two = contact(1, email="ana@x.com"), contact(2, email="ana@x.com", created_at=OLDER)
    assert set(linked(one, two).records) == set(linked(two).records) != set(linked(one).records)


@pytest.mark.promise("ids", crm="every")
def test_when_a_person_falls_apart_the_oldest_record_keeps_the_id() -> None:
    one, two = contact(1, email="a@x.com"), contact(2, email="b@x.com", created_at=OLDER)
    found = linked(one, two, held={one.ref: "p-1", two.ref: "p-1"})
    assert found.person_of[two.ref] == "p-1"
    assert found.person_of[one.ref] not in ("p-1", "")


def test_an_id_is_not_given_twice_even_when_a_fresh_one_would_be_the_same() -> None:
    one, two = contact(1), contact(2)
    (fresh,) = person_ids([[one]], {})
    assert len(set(person_ids([[one], [two]], {two.ref: fresh}))) == 2


def test_records_come_oldest_first() -> None:
    found = linked(contact(1, email="a@x.com"), lead(2, email="a@x.com", created_at=OLDER))
    assert [record.ref.id for records in found.records.values() for record in records] == ["00Q2", "1"]


def test_nobody_at_all_is_fine() -> None:
    assert linked() == Linked((), {}, {}, ())


REFS = [Ref("hubspot", "contacts", str(number)) for number in range(8)]
PAIRS = st.lists(st.tuples(st.sampled_from(REFS), st.sampled_from(REFS)))


@given(PAIRS, st.randoms())
def test_groups_do_not_depend_on_the_order_of_pairs(pairs: list[tuple[Ref, Ref]], chance: Random) -> None:
    groups = grouped(REFS, pairs)
    assert groups == grouped(reversed(REFS), chance.sample(pairs, len(pairs)))
    assert sorted(ref for group in groups for ref in group) == sorted(REFS)
    assert all(any(one in group and two in group for group in groups) for one, two in pairs)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=3), max_size=5),
    st.dictionaries(st.integers(0, 14), st.sampled_from("abc")),
)
def test_ids_are_unique_and_stay(shape: list[list[int]], held: dict[int, str]) -> None:
    numbers = iter(range(100))
    groups = [[contact(next(numbers)) for _ in group] for group in shape]
    known = {Ref("hubspot", "contacts", str(number)): person_id for number, person_id in held.items()}
    ids = person_ids(groups, known)
    assert len(set(ids)) == len(groups)
    again = {record.ref: person_id for group, person_id in zip(groups, ids, strict=True) for record in group}
    assert person_ids(groups, again) == ids


@pytest.mark.promise("ids", crm="every")
def test_a_changed_record_changes_no_id() -> None:
    one = contact(1, email="ana@x.com")
    assert set(linked(replace(one, email="eva@x.com", modified_at=at("2026-05-01 00:00"))).records) == set(
        linked(one).records
    )


def decided(number: int, one: Person, other: Person, *, same: bool) -> Decision:
    return Decision(number, one.ref, other.ref, same, "ana", at("2026-05-01 00:00"))


ONE, TWO, THREE = contact(1, email="ana@x.com"), contact(2, email="ana@x.com"), contact(3, email="eva@y.com")


def test_whom_somebody_told_apart_stay_apart() -> None:
    found = linked(ONE, TWO, decisions=(decided(1, ONE, TWO, same=False),))
    assert together(found) == [{"1"}, {"2"}]
    assert found.reviews == ()


def test_whom_somebody_made_one_is_one_and_says_who_decided() -> None:
    found = linked(ONE, THREE, decisions=(decided(1, ONE, THREE, same=True),))
    assert together(found) == [{"1", "3"}]
    assert because(found)["3"] == "ana decided on 2026-05-01 that it is HubSpot contact 1"


def test_the_later_decision_about_two_records_holds() -> None:
    both = (decided(2, ONE, TWO, same=True), decided(1, TWO, ONE, same=False))
    assert together(linked(ONE, TWO, decisions=both)) == [{"1", "2"}]


def test_a_decision_outweighs_what_a_crm_says() -> None:
    sure = replace(ONE, same_as=(THREE.ref,))
    assert together(linked(sure, THREE)) == [{"1", "3"}]
    assert together(linked(sure, THREE, decisions=(decided(1, sure, THREE, same=False),))) == [{"1"}, {"3"}]


def test_a_decision_about_a_record_that_was_merged_away_holds_for_the_survivor() -> None:
    gone = contact(9)
    found = linked(ONE, TWO, merged=((gone.ref, TWO.ref),), decisions=(decided(1, ONE, gone, same=False),))
    assert together(found) == [{"1"}, {"2"}]


def test_a_decision_about_a_record_that_is_deleted_does_nothing() -> None:
    assert together(linked(ONE, TWO, decisions=(decided(1, ONE, contact(9), same=True),))) == [{"1", "2"}]


def test_decisions_that_contradict_each_other_are_told() -> None:
    said = (decided(1, ONE, TWO, same=True), decided(2, TWO, THREE, same=True), decided(3, ONE, THREE, same=False))
    found = linked(ONE, TWO, THREE, decisions=said)
    assert found.person_of[ONE.ref] != found.person_of[THREE.ref]
    reason = "decision 3 keeps it apart from HubSpot contact 3, others make them one person"
    assert [(one.ref, one.reason) for one in found.set_aside] == [(ONE.ref, reason)]
