"""What a look at people finds out, share by share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeVar

from crm_sync.changes import Change, Known
from crm_sync.reconciler.attribution.touches import Step, steps_of
from crm_sync.reconciler.compare import changes_of
from crm_sync.reconciler.merge import Circumstances, known
from crm_sync.reconciler.moved import Telling
from crm_sync.reconciler.packed import Packed
from crm_sync.reconciler.past import is_past
from crm_sync.reconciler.qualify import Examiner
from crm_sync.reconciler.shares import Brief, Share
from crm_sync.reconciler.sla.court import court_of
from crm_sync.reconciler.timeline import classified, timelines
from crm_sync.reconciler.unmapped import unknowns_of
from crm_sync.reconciler.want import wanted
from crm_sync.records import Happenings, Ref, Unknown

Item = TypeVar("Item")
MANY: Final = 100_000  # people; what is known of more is packed: half the memory, and a fifth more time


@dataclass(slots=True)
class Findings:
    """`steps` are those of people who have a part in deals, `records` those that were looked at where not all were."""

    known: Sequence[Known] = ()
    changes: Sequence[Change] = ()
    unknowns: set[Unknown] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    records: set[Ref] = field(default_factory=set)

    def add(self, more: Findings) -> None:
        pack = isinstance(more.known, Packed) or len(self.known) + len(more.known) > MANY
        self.known = joined(tuple[Known, ...], self.known, more.known, pack=pack)
        self.changes = joined(tuple[Change, ...], self.changes, more.changes, pack=pack)
        self.unknowns |= more.unknowns
        self.steps += more.steps
        self.records |= more.records


class Hands(Protocol):
    """Looks at shares, of so many people in all, and tells what was found in the order of the shares. The order in
    which they are looked at, and where, makes no difference."""

    def __call__(self, brief: Brief, shares: Iterable[Share], people: int, /) -> Iterator[Findings]: ...


class Here:
    """Looks at one share after the other in this process."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling

    def __call__(self, brief: Brief, shares: Iterable[Share], people: int, /) -> Iterator[Findings]:
        return map(Inspector(brief, self._telling), shares)


@dataclass(frozen=True, slots=True)
class Everything:
    """Tells all that happened, whoever is asked about: for people in one share."""

    all: Happenings

    def happenings(self, people: object, others: object) -> Happenings:
        return self.all

    def strays(self) -> Happenings:
        return self.all


class Inspector:
    """How people are looked at, by what is `telling` what happened to them."""

    def __init__(self, brief: Brief, telling: Telling) -> None:
        vocabulary = brief.vocabulary
        court = court_of(vocabulary, brief.directory, brief.now, brief.horizon, brief.former, brief.editions)
        rules = vocabulary.survivorship.rules()["person"]
        self._brief, self._telling = brief, telling
        self._under = Circumstances(
            vocabulary, court, brief.directory, brief.language, rules, Examiner(vocabulary.criteria)
        )

    def __call__(self, share: Share) -> Findings:
        vocabulary, language = self._brief.vocabulary, self._brief.language
        directory = replace(self._brief.directory, companies=share.companies, employers=share.employers)
        under = replace(self._under, directory=directory)
        happenings = self._happenings(share)
        happened = classified(happenings.touches, vocabulary.activities)
        people = timelines(happenings, share.linked, share.deals, happened)
        steps = {one.person_id: steps_of(one.person_id, one.happened, vocabulary.channels) for one in people}

        # merge and judge: what is known of each, and whether it is over
        judged = [one for one in people if share.judged is None or one.person_id in share.judged]
        pairs = [(known(one, steps[one.person_id], under), one) for one in judged]
        past = self._brief.past
        everybody = [replace(one, held_back=True) if is_past(one, own, past) else one for one, own in pairs]

        # want and compare: what our fields should say, and where they do not yet
        everybody = [replace(one, wanted=wanted(one, vocabulary, language)) for one in everybody]
        records = {record.ref: record for one in judged for record in one.records}
        found = Findings(everybody, list(changes_of(everybody, records, self._brief.profile)))
        found.unknowns = unknowns_of(people, happened, vocabulary)
        found.steps = [step for person_id, some in steps.items() if person_id in share.deals for step in some]
        if share.judged is not None:
            found.records = {record.ref for one in people for record in one.records}
            found.records.update(one.touch.ref for one in happened)
        return found

    def _happenings(self, share: Share) -> Happenings:
        if share.strays:
            return self._telling.strays()
        return self._telling.happenings(share.linked.person_of, share.others)


def findings_of(shares: Iterable[Findings]) -> Findings:
    found = Findings()
    for one in shares:
        found.add(one)
    return found


def joined(
    block: type[tuple[Item, ...]], before: Sequence[Item], more: Sequence[Item], *, pack: bool
) -> Sequence[Item]:
    if not pack:
        return (*before, *more)
    found = before if isinstance(before, Packed) else Packed(block, before)
    found.put(more)
    return found
