"""Whose a person is: the owner most recently set in any record."""

from __future__ import annotations

from tests.reconciler.made import BORN, assigned, at, contact, lead

from crm_sync.reconciler.owners import owner_at, ownership
from crm_sync.records import Ref

LUIS, EVA, QUEUE = (Ref("salesforce", kind, number) for kind, number in (("User", "1"), ("User", "2"), ("Group", "3")))
ANA, LEAD = contact(1, owner=LUIS), lead(1, owner=EVA)


def test_a_record_without_history_was_assigned_when_it_was_created() -> None:
    assert ownership([ANA], []) == ((BORN, LUIS),)


def test_nobody_ever_owned_a_record_without_owner_and_history() -> None:
    assert ownership([contact(1)], []) == ()


def test_the_owner_before_the_first_change_holds_from_the_beginning() -> None:
    owned = ownership([LEAD], [assigned(LEAD.ref, "2026-02-01 00:00", EVA, was=QUEUE)])
    assert owned == ((BORN, QUEUE), (at("2026-02-01 00:00"), EVA))


def test_the_last_assignment_of_any_record_holds() -> None:
    history = [assigned(ANA.ref, "2026-03-01 00:00", LUIS), assigned(LEAD.ref, "2026-02-01 00:00", EVA, was=QUEUE)]
    owned = ownership([ANA, LEAD], history)
    assert owner_at(owned, at("2026-02-15 00:00")) == EVA
    assert owner_at(owned, at("2026-03-01 00:00")) == LUIS


def test_an_owner_may_be_taken_away() -> None:
    owned = ownership(
        [ANA], [assigned(ANA.ref, BORN.strftime("%F %R"), LUIS), assigned(ANA.ref, "2026-02-01 00:00", None, LUIS)]
    )
    assert owner_at(owned, at("2026-02-02 00:00")) is None


def test_before_everything_nobody_owns_anybody() -> None:
    assert owner_at(ownership([ANA], []), at("2025-12-31 00:00")) is None
