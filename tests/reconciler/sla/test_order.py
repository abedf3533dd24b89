"""What is concluded about a person depends on what happened, never on the order in which it became known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.sla.lead import CONTACT, DAY, EVA, LEAD, LUIS, Lead, call, mexico
from tests.reconciler.sla.stories import Story, in_any_order, stories

from crm_sync.records import CLOSE_REASON, Assignment, Person, Record, Ref, Snapshot, StageChange, Touch
from crm_sync.store import Store, open_store

dices = st.randoms(use_true_random=False)


@settings(max_examples=200)
@given(stories(), dices)
def test_the_order_in_which_things_became_known_decides_nothing(story: Story, dice: Random) -> None:
    assert story.judged(dice) == story.judged()


@settings(max_examples=20)
@given(stories(), dices)
def test_nor_does_the_order_of_pages_and_of_versions(story: Story, dice: Random) -> None:
    """Everything is told twice, on pages in any order; what was edited also as it was before the edit."""
    store = open_store("sqlite://")
    told = list(everything(story.snapshot))
    arriving = in_any_order([*told, *told, *(before(one) for one in told if isinstance(one, Person | Touch))], dice)
    while arriving:
        size = dice.randint(1, 5)
        page, arriving = arriving[:size], arriving[size:]
        save(store, page)
    assert (
        replace(story, snapshot=replace(store.snapshot(), person_ids=story.snapshot.person_ids)).judged()
        == story.judged()
    )
    store.close()


def everything(snapshot: Snapshot) -> Iterator[Record]:
    yield from (*snapshot.people, *snapshot.deals, *snapshot.touches, *snapshot.owners, *snapshot.calendars)
    yield from (*snapshot.stage_changes, *snapshot.assignments)


def before(record: Person | Touch) -> Record:
    """An earlier version of it, which said something else."""
    modified_at = record.modified_at - DAY
    if isinstance(record, Person):
        return replace(record, version="0", modified_at=modified_at, opted_out=not record.opted_out, owner=None)
    return replace(record, version="0", modified_at=modified_at, at=record.at - DAY, actor=None)


def save(store: Store, page: tuple[Record, ...]) -> None:
    store.save_page("salesforce", "anything", page, cursor="")


# who said it last, at one instant


@dataclass
class Told(Lead):
    """A lead whose changes have the ids that a CRM gave them."""

    changes: tuple[StageChange, ...] = ()
    given: tuple[Assignment, ...] = ()

    def snapshot(self) -> Snapshot:
        bare = super().snapshot()
        return replace(
            bare, stage_changes=(*bare.stage_changes, *self.changes), assignments=(*bare.assignments, *self.given)
        )


def said(at: str, *told: str, field: str = "Status") -> tuple[StageChange, ...]:
    """`9 MQL`: a word under its id. They count upwards, and nine comes before ten."""
    pairs = (one.split(" ", 1) for one in told)
    return tuple(StageChange(LEAD, number, mexico(at), word, field=field) for number, word in pairs)


def test_of_two_words_at_one_instant_the_later_one_holds() -> None:
    held = Told(stages=[], changes=said("1 10:00", "9 MQL", "10 On Hold"))
    assert (held.state(), len(held.verdict().pauses)) == ("paused", 1)
    again = Told(stages=[], changes=said("1 10:00", "9 On Hold", "10 MQL"))
    assert (again.state(), again.verdict().pauses) == ("on_track", ())


def test_who_went_out_and_came_back_in_one_instant_is_back() -> None:
    back = Told(stages=[], changes=said("1 10:00", "9 Nurture", "10 MQL")).known()
    assert (back.stage, back.verdict and back.verdict.status) == ("mql", "on_track")
    assert Told(stages=[], changes=said("1 10:00", "9 MQL", "10 Nurture")).known().stage == "recycled"


def test_the_word_of_another_record_at_the_same_instant_is_put_by_the_ladder() -> None:
    """Which of two records spoke last is not known: what HubSpot says is put behind its own last word, no more."""
    contact = Person(CONTACT, "1", mexico("1 09:00"), mexico("1 09:00"), same_as=(LEAD,))
    words = [StageChange(CONTACT, "1", mexico("1 10:00"), "salesqualifiedlead", field="lifecyclestage")]
    lead = Told(stages=[], also=(contact,), changes=(*words, *said("1 10:00", "9 Nurture", "10 MQL")))
    assert [one.stage for one in lead.known().history] == ["recycled", "mql", "sql"]


def test_of_two_reasons_for_closing_at_one_instant_the_later_one_holds() -> None:
    out = [("1 10:00", "MQL"), ("1 12:00", "Unqualified")]
    excused = said("1 12:00", "9 No budget", "10 Duplicate", field=CLOSE_REASON)
    assert Told(stages=out, now="1 13:00", changes=excused).state() == "exempt"
    assert Told(stages=out, now="1 13:00", changes=excused[::-1]).state() == "exempt"
    missed = said("1 12:00", "9 Duplicate", "10 No budget", field=CLOSE_REASON)
    assert Told(stages=out, now="1 13:00", changes=missed).state() == "closed_untouched"


def test_of_two_owners_at_one_instant_the_later_one_holds() -> None:
    to_eva = [Assignment(LEAD, "10", mexico("1 10:00"), EVA.ref), Assignment(LEAD, "9", mexico("1 10:00"), LUIS.ref)]
    assert Told(owners=[], given=tuple(to_eva)).verdict().owner == EVA.ref


def test_what_a_record_says_in_two_fields_that_it_does_not_name_holds_at_once() -> None:
    """Without a history: the word that stops the clock may stand in either of the two."""
    since = mexico("1 09:00")
    for words in (("ON_HOLD", "marketingqualifiedlead"), ("marketingqualifiedlead", "ON_HOLD")):
        contact = Person(CONTACT, "1", since, since, same_as=(LEAD,), stage=words)
        assert Lead(stages=[], also=(contact,)).state() == "paused"


def test_an_attempt_of_which_only_the_day_is_known_stands_where_its_day_does() -> None:
    """It names a record of the other CRM that was never read, and is looked at after those that may be its twin."""
    early = call("1 00:00", day_only=True, same_as=(Ref("salesforce", "Task", "unread"),))
    lead = Lead(touches=[early, call("3 11:00")], now="9 10:00")
    assert lead.verdict().attempts == (mexico("1 00:00"), mexico("3 11:00"))
    assert lead.state() == "met"
