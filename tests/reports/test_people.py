"""One person, explained from what was stored."""

from __future__ import annotations

import json

from tests.reports.story import lead

from crm_sync.mappings import Vocabulary
from crm_sync.reports.people import explain
from crm_sync.store import Store


def test_a_person_comes_with_records_and_what_ties_them(store: Store, vocabulary: Vocabulary) -> None:
    found = explain(store, vocabulary, "person1@example.com").explanation
    assert found is not None
    assert [(str(held.ref), held.because) for held in found.records] == [
        ("hubspot:contacts:1", ""),
        (str(lead(1)), "HubSpot names this Salesforce lead"),
    ]


def test_the_journey_holds_this_persons_touches_in_order_of_time(store: Store, vocabulary: Vocabulary) -> None:
    """Contact 10's note is somebody else's, although `1` is how its id begins."""
    found = explain(store, vocabulary, "p-1").explanation
    assert found is not None
    assert [(moment.activity.en, moment.channel and moment.channel.en) for moment in found.journey] == [
        ("Visit", "Organic search"),
        ("Call", None),
    ]


def test_a_touch_says_whether_it_counted_and_why(store: Store, vocabulary: Vocabulary) -> None:
    found = explain(store, vocabulary, "p-1").explanation
    assert found is not None
    visit, call = found.journey
    assert (visit.counted, call.counted, call.rule) == (None, True, "an outbound call")


def test_credits_are_those_of_the_persons_touches(store: Store, vocabulary: Vocabulary) -> None:
    found = explain(store, vocabulary, "p-3").explanation
    assert found is not None
    assert len(found.credits) == 5


def test_several_people_are_listed_not_guessed(store: Store, vocabulary: Vocabulary) -> None:
    answer = explain(store, vocabulary, "a")
    assert answer.explanation is None
    assert len(answer.matches) > 1


def test_nobody_is_an_answer_too(store: Store, vocabulary: Vocabulary) -> None:
    for text in ("nobody@example.com", "   "):
        answer = explain(store, vocabulary, text)
        assert (answer.matches, answer.explanation) == ((), None)


def test_the_json_can_be_written_and_names_refs_as_text(store: Store, vocabulary: Vocabulary) -> None:
    found = json.loads(json.dumps(explain(store, vocabulary, "p-1").as_json()))
    assert found["person"]["records"][1]["ref"] == str(lead(1))
    assert found["person"]["verdict"]["targets"][0]["due_at"] == "2026-05-05T12:00:00Z"
