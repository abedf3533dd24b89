"""What is packed comes back as it was, in its order."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_sync.changes import Change, Known, NextAction
from crm_sync.mappings.tables import Label
from crm_sync.reconciler.packed import AT_ONCE, Packed
from crm_sync.records import Ref

AT = datetime(2026, 5, 1, 15, 0, 0, 7, tzinfo=UTC)
REF = Ref("hubspot", "contacts", "1")
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
CHANGES = st.builds(Change, st.just(REF), WORDS, st.none() | WORDS, st.none() | WORDS, WORDS)


@given(st.lists(st.lists(CHANGES), max_size=4))
def test_blocks_are_read_one_after_the_other(blocks: list[list[Change]]) -> None:
    packed = Packed(tuple[Change, ...])
    for block in blocks:
        packed.put(block)
    told = [change for block in blocks for change in block]
    assert list(packed) == list(packed) == told
    assert len(packed) == len(told)
    assert list(packed[1:]) == told[1:]


def test_more_than_a_block_holds_comes_back_in_order() -> None:
    told = [Change(REF, "stage", None, str(number), "") for number in range(2 * AT_ONCE + 1)]
    packed = Packed(tuple[Change, ...], told)
    assert (list(packed), len(packed)) == (told, len(told))


def test_what_is_known_of_somebody_comes_back() -> None:
    """To the microsecond, with labels in all languages, and with nothing where nothing is."""
    action = NextAction(Label(en="Call", es="Llamar"), 1, 2, AT + timedelta(hours=1))
    told = [
        Known("p-1", (REF,), "Ñandú 🦤", None, "", None, (), None, None, "x", "y", None, None, AT, None),
        Known("p-2", (REF,), "", "a@b.test", None, "mql", (), REF, "", "x", "y", "z", None, None, None,
              wanted={"stage": "mql", "sla_due_at": None}, action=action, held_back=True, moves_at=AT),
    ]  # fmt: skip
    packed = Packed(tuple[Known, ...], told)
    assert list(packed) == told
    assert packed[1].action == action


def test_what_another_process_packed_is_put_behind_what_is_there() -> None:
    one, other = ([Change(REF, "stage", None, f"{name} {number}", "") for number in range(3)] for name in "ab")
    packed = Packed(tuple[Change, ...], one)
    packed.put(pickle.loads(pickle.dumps(Packed(tuple[Change, ...], other))))
    assert (list(packed), len(packed)) == ([*one, *other], 6)
