"""One person's timeline: everything that happened, from all records, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from crm_sync.mappings import Activities, Activity
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.reconciler.owners import Owned, ownership
from crm_sync.reconciler.reasons import Reason, reasons_of
from crm_sync.reconciler.stages import Word, words_of
from crm_sync.records import Assignment, Happenings, Person, Ref, StageChange, Touch, frozen

Changed = TypeVar("Changed", StageChange, Assignment)


class Happened(NamedTuple):
    """A touch and what activities.toml says it is; None: no rule fits."""

    touch: Touch
    activity: Activity | None


@frozen
class Timeline:
    """`records` oldest first, everything else in order of time."""

    person_id: str
    records: tuple[Person, ...]
    words: tuple[Word, ...]
    owned: tuple[Owned, ...]
    happened: tuple[Happened, ...]
    deals: tuple[OneDeal, ...]
    reasons: tuple[Reason, ...]


def timelines(
    happenings: Happenings, linked: Linked, deals: Mapping[str, Sequence[OneDeal]], happened: Iterable[Happened]
) -> tuple[Timeline, ...]:
    """One for each person, in order of their ids. `deals` by person."""
    changes = by_ref(happenings.stage_changes)
    assignments = by_ref(happenings.assignments)
    touches = of_people(happened, linked.person_of)
    return tuple(
        Timeline(
            person_id,
            records,
            tuple(sorted(word for one in records for word in words_of(one, changes.get(one.ref, ())))),
            ownership(records, (change for one in records for change in assignments.get(one.ref, ()))),
            tuple(sorted(touches.get(person_id, ()), key=lambda one: one.touch.at)),  # in order of ref at one instant
            tuple(deals.get(person_id, ())),
            tuple(reason for one in records for reason in reasons_of(one, changes.get(one.ref, ()))),
        )
        for person_id, records in linked.records.items()
    )


def by_person(deals: Iterable[OneDeal]) -> Mapping[str, Sequence[OneDeal]]:
    found: dict[str, list[OneDeal]] = {}
    for deal in deals:
        for person_id in deal.person_ids:
            found.setdefault(person_id, []).append(deal)
    return found


def by_ref(changes: Iterable[Changed]) -> Mapping[Ref, Sequence[Changed]]:
    found: dict[Ref, list[Changed]] = {}
    for change in changes:
        found.setdefault(change.ref, []).append(change)
    return found


def of_people(happened: Iterable[Happened], person_of: Mapping[Ref, str]) -> dict[str, list[Happened]]:
    """Person id → touches, a touch once however many records of the person it names."""
    found: dict[str, list[Happened]] = {}
    for one in happened:
        for person_id in {person_of[ref] for ref in one.touch.people if ref in person_of}:
            found.setdefault(person_id, []).append(one)
    return found


def classified(touches: Iterable[Touch], activities: Activities) -> tuple[Happened, ...]:
    """Every touch with its activity, in order of ref."""
    judge = Classifier(activities)
    return tuple(Happened(touch, judge(touch)) for touch in sorted(touches, key=lambda one: one.ref))


class Classifier:
    """What touches are; facts that several touches share are asked about once."""

    def __init__(self, activities: Activities) -> None:
        self._activities = activities
        self._known: dict[tuple[str, int, str], Activity | None] = {}

    def __call__(self, touch: Touch) -> Activity | None:
        kind, facts = touch.ref.kind, touch.facts
        asked = kind, id(facts), self._activities.beginning(kind, touch.subject)
        if asked not in self._known:
            self._known[asked] = self._activities.classify(kind, facts, asked[2])
        return self._known[asked]
