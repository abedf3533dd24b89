"""Owners and calendars as they were: what a plan holds is what the next one is handed."""

from __future__ import annotations

from dataclasses import replace

from crm_sync.records import Calendar, Edition, Owner, Ref
from crm_sync.store import Store

from .samples import HOUR, MONDAY, known, plan

LUIS = Owner(Ref("salesforce", "User", "005"), "", MONDAY, "Luis", "luis@acme.test", "Norte ☀", away=("a/b",))
OFFICE = Calendar(Ref("salesforce", "BusinessHours", "1"), "", MONDAY, holidays=("2026-12-25 Christmas",), main=True)
FIRST = (Edition(OFFICE.ref, MONDAY, OFFICE), Edition(LUIS.ref, MONDAY, LUIS))
MOVED = (
    *FIRST,
    Edition(OFFICE.ref, MONDAY + HOUR, None),
    Edition(LUIS.ref, MONDAY + HOUR, replace(LUIS, team=None, human=False)),
)


def test_they_come_back_in_order_of_time(store: Store) -> None:
    assert store.snapshot().editions == ()
    for held in (FIRST, MOVED, MOVED, FIRST):
        store.save_plan(store.start_run("sync", MONDAY), replace(plan(known()), editions=held))
        assert store.snapshot().editions == held
        assert store.snapshot_about(known()).editions == held
