"""Changes: where a record does not yet say what it should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crm_sync.changes import Change, Known
from crm_sync.mappings import OurField
from crm_sync.reconciler.words import counted
from crm_sync.records import Person, Ref


def changes_of(
    known: Iterable[Known], records: Mapping[Ref, Person], profile: tuple[OurField, ...]
) -> tuple[Change, ...]:
    """For every record that can be written, by ref, fields in the order of the profile."""
    found = [change for one in known for ref in one.refs for change in of_record(records[ref], one, profile)]
    return tuple(sorted(found, key=lambda change: change.ref))


def of_record(record: Person, known: Known, profile: tuple[OurField, ...]) -> Iterator[Change]:
    if not record.writable:
        return
    for field in (one for one in profile if one.name in known.wanted):
        before, after = record.ours.get(field.name) or None, known.wanted.get(field.name)
        if before != after:
            yield Change(record.ref, field.name, before, after, because(field.name, known))


def because(field: str, known: Known) -> str:
    """Why the field should say so, in one sentence."""
    if field in ("stage", "owner_team", "next_action", "next_action_due_at"):
        return known.history[-1].because if known.history else "no record says a stage"
    if field == "person_id":
        return f"one person in {counted(len(known.refs), 'record', 'records')}"
    if field in REASONS:
        return REASONS[field]
    return known.verdict.because if known.verdict else "never a qualified lead"


REASONS = {
    "source_first": "the first touch that carries credit",
    "source_last": "the last touch that carries credit",
    "campaign": "the latest campaign that the person answered",
    "last_action": "the latest thing that the person did",
    "last_action_at": "the latest thing that the person did",
    "policy_version": "the SLA by which the person is judged",
}
