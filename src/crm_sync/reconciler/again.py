"""People judged again, as the last plan linked them, under another promise, or as of another day."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from crm_sync.changes import Known
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.attribution.touches import steps_of
from crm_sync.reconciler.deals import one_of_each
from crm_sync.reconciler.dedupe.ids import age
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.reconciler.merge import Circumstances, known
from crm_sync.reconciler.qualify import Examiner
from crm_sync.reconciler.sla.court import Court
from crm_sync.reconciler.timeline import Timeline, by_person, classified, timelines
from crm_sync.records import Person, Snapshot


def known_again(
    found: Collection[Timeline], vocabulary: Vocabulary, court: Court, language: str = "en"
) -> Iterator[Known]:
    """Each person of `timelines_again`, judged."""
    rules = vocabulary.survivorship.rules()["person"]
    under = Circumstances(vocabulary, court, court.directory, language, rules, Examiner(vocabulary.criteria))
    for one in found:
        yield known(one, steps_of(one.person_id, one.happened, vocabulary.channels), under)


def timelines_again(snapshot: Snapshot, vocabulary: Vocabulary) -> tuple[Timeline, ...]:
    """One for each person that the last plan knew; records that came later have to wait for the next one."""
    linked = as_linked(snapshot)
    deals = by_person(one_of_each(snapshot.deals, snapshot.stage_changes, linked.person_of))
    return timelines(snapshot.happenings, linked, deals, classified(snapshot.touches, vocabulary.activities))


def as_linked(snapshot: Snapshot) -> Linked:
    records: dict[str, list[Person]] = {}
    for person in snapshot.people:
        if person.ref in snapshot.person_ids:
            records.setdefault(snapshot.person_ids[person.ref], []).append(person)
    oldest_first = {person_id: tuple(sorted(some, key=age)) for person_id, some in sorted(records.items())}
    return Linked((), oldest_first, snapshot.person_ids, ())
