"""What another promise would have given: outcomes per target before and after, and whose verdict differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_sync.changes import Known, TargetVerdict, Verdict
from crm_sync.reports.plain import plain

Key = tuple[str, datetime | None, str]  # person id, qualifying event, target


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many cycles end in a state, before and after."""

    target: str
    state: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Differs:
    """One target of one cycle that stands otherwise; a state is None where there is no such target."""

    person_id: str
    name: str
    qualified_at: datetime | None
    target: str
    before: str | None
    after: str | None
    due_before: datetime | None
    due_after: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class SlaChange:
    """Cycles that began at `since` or later, and what became of their targets."""

    since: datetime
    cycles: int
    outcomes: tuple[Outcome, ...]
    differs: tuple[Differs, ...]

    def as_json(self) -> dict[str, Any]:
        people = len({one.person_id for one in self.differs})
        return {**plain(self), "people": people}


def compare(before: Iterable[Known], after: Iterable[Known], since: datetime) -> SlaChange:
    """The same people judged twice."""
    names: dict[str, str] = {}
    old, new = dict(targets(before, since, names)), dict(targets(after, since, names))
    keys = sorted(old.keys() | new.keys(), key=lambda key: (key[1] or since, key[0], key[2]))
    counts = [Counter((key[2], one.state) for key, one in some.items()) for some in (old, new)]
    outcomes = sorted(set(counts[0]) | set(counts[1]))
    return SlaChange(
        since,
        len({key[:2] for key in keys}),
        tuple(Outcome(target, state, *(some[target, state] for some in counts)) for target, state in outcomes),
        tuple(differs(key, names[key[0]], old.get(key), new.get(key)) for key in keys if stands(old, new, key)),
    )


def targets(people: Iterable[Known], since: datetime, names: dict[str, str]) -> Iterator[tuple[Key, TargetVerdict]]:
    for known in people:
        names[known.person_id] = known.name
        for verdict in verdicts(known):
            if verdict.qualified_at and verdict.qualified_at >= since:
                for one in verdict.targets:
                    yield (known.person_id, verdict.qualified_at, one.target), one


def verdicts(known: Known) -> Iterator[Verdict]:
    yield from known.earlier
    if known.verdict:
        yield known.verdict


def stands(old: dict[Key, TargetVerdict], new: dict[Key, TargetVerdict], key: Key) -> bool:
    """Whether a target stands otherwise: another state, or another due."""
    before, after = old.get(key), new.get(key)
    return before is None or after is None or (before.state, before.due_at) != (after.state, after.due_at)


def differs(key: Key, name: str, before: TargetVerdict | None, after: TargetVerdict | None) -> Differs:
    because = after.because if after else "no such target any more"
    states = before.state if before else None, after.state if after else None
    dues = before.due_at if before else None, after.due_at if after else None
    return Differs(key[0], name, key[1], key[2], *states, *dues, because)
