"""What concerns one person is read without everybody else, and is the same as in what is read of everybody."""

from __future__ import annotations

from dataclasses import replace

from crm_sync.records import Assignment, Owner, Ref, StageChange
from crm_sync.store import Store

from .samples import ANA, HOUR, LEAD, LUIS, MONDAY, deal, known, person, touch

TWIN = Ref("files", "person", '51"%_\\')  # an id that means something in SQL and in JSON
OTHER = Ref("hubspot", "contacts", "5")
LONGER = Ref("hubspot", "contacts", "511")


def filled(store: Store) -> None:
    refs = (ANA, LEAD, TWIN, OTHER, LONGER)
    store.save_page("hubspot", "contacts", [person(ref) for ref in refs], cursor="1")
    deals = [deal(Ref("hubspot", "deals", str(number)), people=(ref,)) for number, ref in enumerate(refs)]
    touches = [touch(Ref("hubspot", "calls", str(number)), people=(ref,)) for number, ref in enumerate(refs)]
    touches += [
        touch(Ref("hubspot", "calls", "8"), people=(OTHER, ANA)),
        touch(Ref("hubspot", "calls", "9"), people=()),
    ]
    changed = [*refs, *(one.ref for one in deals)]
    changes = [StageChange(ref, str(number), MONDAY + number * HOUR, "MQL") for ref in changed for number in range(2)]
    owned = [Assignment(ref, "1", MONDAY, LUIS) for ref in refs]
    owners = [Owner(LUIS, "1", MONDAY, "Luis", "luis@acme.test")]
    store.save_page("hubspot", "rest", [*deals, *touches, *changes, *owned, *owners], cursor="1")


def test_it_is_what_the_whole_says_of_that_person(store: Store) -> None:
    filled(store)
    for refs in ((ANA,), (ANA, LEAD), (TWIN,), (LONGER, OTHER)):
        whole, found = store.snapshot(), store.snapshot_about(known("p-1", refs))
        deals = tuple(one for one in whole.deals if {*one.people} & {*refs})
        assert found.deals == deals
        assert found.people == tuple(one for one in whole.people if one.ref in refs)
        assert found.touches == tuple(one for one in whole.touches if {*one.people} & {*refs})
        under = {*refs, *(one.ref for one in deals)}
        assert found.stage_changes == tuple(one for one in whole.stage_changes if one.ref in under)
        assert found.assignments == tuple(one for one in whole.assignments if one.ref in refs)
        assert (found.owners, found.person_ids) == (whole.owners, dict.fromkeys(refs, "p-1"))
        assert len(found.touches) >= len(refs)


def test_who_is_gone_since_the_last_plan_is_left_out(store: Store) -> None:
    filled(store)
    store.save_page("hubspot", "contacts", [], cursor="2", gone=[ANA])
    found = store.snapshot_about(known("p-1", (ANA, LEAD)))
    assert [one.ref for one in found.people] == [LEAD]
    assert {one.ref for one in found.assignments} == {LEAD}


def test_who_is_named_no_more_or_anew_is_found_by_what_holds_now(store: Store) -> None:
    call = touch(Ref("hubspot", "calls", "1"), people=(ANA, OTHER))
    store.save_page("hubspot", "contacts", [person(ANA), person(OTHER), person(LEAD)], cursor="1")
    store.save_page("hubspot", "calls", [call], cursor="1")
    later = call.modified_at + HOUR
    store.save_page(
        "hubspot", "calls", [replace(call, people=(LEAD, OTHER), version="2", modified_at=later)], cursor="2"
    )
    found = {ref: len(store.snapshot_about(known("p-1", (ref,))).touches) for ref in (ANA, OTHER, LEAD)}
    assert found == {ANA: 0, OTHER: 1, LEAD: 1}
    store.save_page("hubspot", "calls", [], cursor="3", gone=[call.ref])
    assert store.snapshot_about(known("p-1", (LEAD,))).touches == ()


def test_touches_of_nobody_who_is_here_are_strays(store: Store) -> None:
    filled(store)
    store.save_page("hubspot", "contacts", [], cursor="2", gone=[TWIN])
    store.save_page("hubspot", "rest", [], cursor="2", gone=[Ref("hubspot", "calls", "9")])
    late = touch(Ref("hubspot", "calls", "10"), people=(Ref("hubspot", "contacts", "unread"),))
    both = touch(Ref("hubspot", "calls", "11"), people=(TWIN, ANA))
    store.save_page("hubspot", "rest", [late, both], cursor="3")
    assert [one.ref.id for one in store.strays().touches] == ["10", "2"]
    mine = store.happenings((ANA, LEAD, OTHER, LONGER), ()).touches
    assert sorted((*mine, *store.strays().touches), key=lambda one: one.ref) == list(store.snapshot().touches)
