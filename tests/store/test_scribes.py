"""Who writes down what others did."""

from __future__ import annotations

import pytest

from crm_sync.records import Owner, Ref
from crm_sync.store import Store
from crm_sync.store.scribes import Scribe

from .samples import MONDAY, touch

WRITER = Ref("salesforce", "User", "005hubspot")


def wrote(store: Store, count: int, colleagues: int, writer: Ref = WRITER) -> None:
    some = [
        touch(
            Ref("salesforce", "Task", f"{writer.id} {number}"),
            actor=Ref("salesforce", "User", f"rep{number % colleagues}"), logged_by=writer,
        )
        for number in range(count)
    ]  # fmt: skip
    store.save_page("salesforce", "Task", some, cursor="1")


def user(store: Store, *, human: bool = True, ref: Ref = WRITER) -> None:
    store.save_page("salesforce", "User", [Owner(ref, "1", MONDAY, "HubSpot", "sync@us.test", human=human)], cursor="1")


def test_who_wrote_down_many_touches_of_several_colleagues_is_named(store: Store) -> None:
    user(store)
    wrote(store, 20, 3)
    assert store.scribes() == [Scribe(WRITER, "HubSpot", "sync@us.test", 20, 3)]


@pytest.mark.parametrize(("count", "colleagues"), [(19, 3), (40, 2)])
def test_an_assistant_and_a_favour_are_nothing(store: Store, count: int, colleagues: int) -> None:
    user(store)
    wrote(store, count, colleagues)
    assert store.scribes() == []


def test_nor_is_what_somebody_did_and_wrote_down(store: Store) -> None:
    rep = Ref("salesforce", "User", "rep0")
    user(store, ref=rep)
    wrote(store, 50, 1, writer=rep)
    assert store.scribes() == []


def test_a_program_by_its_crm_is_known_already(store: Store) -> None:
    user(store, human=False)
    wrote(store, 20, 3)
    assert store.scribes() == []
