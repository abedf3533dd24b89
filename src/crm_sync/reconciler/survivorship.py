"""Survivorship: of all that the records of one person or company say in a field, the value that holds, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from crm_sync.changes import GoldenValue
from crm_sync.mappings import Survives
from crm_sync.reconciler.words import counted, crm_name
from crm_sync.records import Ref


class Said(NamedTuple):
    """A record says a value."""

    ref: Ref
    created_at: datetime
    value: str


Complete = Callable[[Said], int]  # how much a value says


def survivor(field: str, rule: Survives, said: Sequence[Said], complete: Complete) -> GoldenValue | None:
    """The value that holds by the rule; None where nobody says anything. By creation: the time of the last change moves
    with everything that we write ourselves."""
    if not said:
        return None
    if len(said) == 1:
        return GoldenValue(field, said[0].value, said[0].ref, "no other record says anything")
    newest = sorted(said, key=lambda one: (one.created_at, one.ref), reverse=True)
    best, because = chosen(rule, newest, complete)
    if len({one.value.casefold() for one in newest}) == 1:
        because = f"{len(newest)} records say so"
    return GoldenValue(field, best.value, best.ref, because)


def chosen(rule: Survives, newest: Sequence[Said], complete: Complete) -> tuple[Said, str]:
    records = counted(len(newest), "record", "records")
    match rule.rule:
        case "most_complete":
            return max(newest, key=complete), f"the most complete of {records}"
        case "first":
            return newest[-1], f"the oldest of {records}"
        case "crm_of_record":
            return trusted((str(rule.crm),), newest, "decides")
        case "most_trusted":
            return trusted(rule.order, newest, "is trusted most")
        case _:
            return newest[0], f"the newest of {records}"


def trusted(order: Sequence[str], newest: Sequence[Said], verb: str) -> tuple[Said, str]:
    """The newest value of the first source that says anything; without one, the newest of all."""
    for source in order:
        crm, _, kind = source.partition(":")
        for one in newest:
            if one.ref.crm == crm and kind in ("", one.ref.kind):
                return one, f"{' '.join(filter(None, (crm_name(crm), kind)))} {verb}"
    records = counted(len(newest), "record", "records")
    return newest[0], f"the newest of {records}: {crm_name(order[0].partition(':')[0])} says nothing"
