"""What is packed comes back as it was, in its order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_sync.changes import Change, Known, NextAction
from crm_sync.mappings.tables import Label
from crm_sync.reconciler.shelf import Shelf
from crm_sync.records import Ref

AT = datetime(2026, 5, 1, 15, 0, 0, 7, tzinfo=UTC)
REF = Ref("hubspot", "contacts", "1")
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
CHANGES = st.builds(Change, st.just(REF), WORDS, st.none() | WORDS, st.none() | WORDS, WORDS)


@given(st.lists(st.lists(CHANGES), max_size=4))
def test_blocks_are_read_one_after_the_other(blocks: list[list[Change]]) -> None:
    shelf = Shelf(Change)
    for block in blocks:
        shelf.put(block)
    told = [change for block in blocks for change in block]
    assert list(shelf) == list(shelf) == told
    assert len(shelf) == len(told)
    assert list(shelf[1:]) == told[1:]


def test_what_is_known_of_somebody_comes_back() -> None:
    """To the microsecond, with labels in all languages, and with nothing where nothing is."""
    action = NextAction(Label(en="Call", es="Llamar"), 1, 2, AT + timedelta(hours=1))
    told = [
        Known("p-1", (REF,), "Ñandú 🦤", None, "", None, (), None, None, "x", "y", None, None, AT, None),
        Known("p-2", (REF,), "", "a@b.test", None, "mql", (), REF, "", "x", "y", "z", None, None, None,
              wanted={"stage": "mql", "sla_due_at": None}, action=action, held_back=True, moves_at=AT),
    ]  # fmt: skip
    shelf = Shelf(Known, told)
    assert list(shelf) == told
    assert shelf[1].action == action
