"""Ids that stay: a person or company keeps the id under which the oldest of its records is known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from crm_sync.records import Ref


class Aged(Protocol):
    """A record of a person or company."""

    @property
    def ref(self) -> Ref: ...
    @property
    def created_at(self) -> datetime: ...


Groups = Sequence[Sequence[Aged]]  # records of one person or company each, oldest first


def person_ids(groups: Groups, held: Mapping[Ref, str]) -> list[str]:
    """`p-` and twelve digits for each person."""
    return stable_ids(groups, held, "p")


def company_ids(groups: Groups, held: Mapping[Ref, str]) -> list[str]:
    """`c-` and twelve digits for each company."""
    return stable_ids(groups, held, "c")


def stable_ids(groups: Groups, held: Mapping[Ref, str], letter: str) -> list[str]:
    """One id per group, no two alike. When a group falls apart, the part with the oldest record keeps the id."""
    ids = held_ids(groups, held)
    taken = set(ids.values())
    for place in sorted(set(range(len(groups))) - set(ids), key=lambda place: age(groups[place][0])):
        ids[place] = fresh_id(groups[place][0].ref, taken, letter)
        taken.add(ids[place])
    return [ids[place] for place in range(len(groups))]


def held_ids(groups: Groups, held: Mapping[Ref, str]) -> dict[int, str]:
    """Place of a group → the id that it keeps, claimed by its records from the oldest on."""
    claims = [
        (age(record), place, held[record.ref])
        for place, group in enumerate(groups)
        for record in group
        if record.ref in held
    ]
    ids: dict[int, str] = {}
    taken: set[str] = set()
    for _, place, claimed in sorted(claims):
        if place not in ids and claimed not in taken:
            ids[place] = claimed
            taken.add(claimed)
    return ids


def age(record: Aged) -> tuple[datetime, Ref]:
    """Sorts records from the oldest on, equal ages by ref."""
    return record.created_at, record.ref


def fresh_id(ref: Ref, taken: set[str], letter: str) -> str:
    """From the ref alone, so that an empty store comes to the same ids again."""
    text, salt = str(ref), 1
    while (found := f"{letter}-{hashlib.sha256(text.encode()).hexdigest()[:12]}") in taken:
        salt += 1
        text = f"{ref}#{salt}"
    return found
