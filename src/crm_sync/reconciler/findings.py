"""What a look at people finds out: share by share, so that what happened to all of them is never in memory at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from crm_sync.changes import Change, Known
from crm_sync.mappings import OurField
from crm_sync.reconciler.attribution.touches import Step, steps_of
from crm_sync.reconciler.compare import changes_of
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.reconciler.merge import Circumstances, known
from crm_sync.reconciler.moved import Look, Telling
from crm_sync.reconciler.packed import Packed
from crm_sync.reconciler.past import Past, is_past
from crm_sync.reconciler.timeline import classified, timelines
from crm_sync.reconciler.unmapped import unknowns_of
from crm_sync.reconciler.want import wanted
from crm_sync.records import Happenings, Ref, Unknown

Item = TypeVar("Item")
SHARE: Final = 5_000  # people; what is the same for all costs nothing beside so many
MANY: Final = 100_000  # people; what is known of more is packed: half the memory, and a fifth more time


class Share(NamedTuple):
    """Some people, and what happened to them."""

    linked: Linked
    happenings: Happenings


@dataclass(slots=True)
class Findings:
    """`steps` are those of people who have a part in deals, `records` those that were looked at where not all were."""

    known: Sequence[Known] = ()
    changes: Sequence[Change] = ()
    unknowns: set[Unknown] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    records: set[Ref] = field(default_factory=set)


class Inspector(NamedTuple):
    """How people are looked at: what they are judged under, which deals are whose, what is over, and which fields of
    ours there are."""

    under: Circumstances
    deals: Mapping[str, Sequence[OneDeal]]
    past: Past
    profile: tuple[OurField, ...]

    def inspect(self, share: Share, look: Look, found: Findings) -> None:
        """Adds to what was `found` what there is to be found in a share."""
        vocabulary, language = self.under.vocabulary, self.under.language
        happened = classified(share.happenings.touches, vocabulary.activities)
        people = timelines(share.happenings, share.linked, self.deals, happened)
        steps = {one.person_id: steps_of(one.person_id, one.happened, vocabulary.channels) for one in people}

        # merge and judge: what is known of each, and whether it is over
        judged = [one for one in people if look.judges(one.person_id)]
        pairs = [(known(one, steps[one.person_id], self.under), one) for one in judged]
        everybody = [replace(one, held_back=True) if is_past(one, own, self.past) else one for one, own in pairs]

        # want and compare: what our fields should say, and where they do not yet
        everybody = [replace(one, wanted=wanted(one, vocabulary, language)) for one in everybody]
        records = {record.ref: record for one in judged for record in one.records}
        pack = len(found.known) + len(everybody) > MANY
        found.known = joined(tuple[Known, ...], found.known, everybody, pack=pack)
        changes = changes_of(everybody, records, self.profile)
        found.changes = joined(tuple[Change, ...], found.changes, changes, pack=pack)
        found.unknowns |= unknowns_of(people, happened, vocabulary)
        found.steps += (step for person_id, some in steps.items() if person_id in self.deals for step in some)
        if look.scope:
            found.records.update(record.ref for one in people for record in one.records)
            found.records.update(one.touch.ref for one in happened)


def findings_of(shares: Iterable[Share], look: Look, inspector: Inspector) -> Findings:
    found = Findings()
    for share in shares:
        inspector.inspect(share, look, found)
    return found


def joined(
    block: type[tuple[Item, ...]], before: Sequence[Item], more: Sequence[Item], *, pack: bool
) -> Sequence[Item]:
    if not pack:
        return (*before, *more)
    found = before if isinstance(before, Packed) else Packed(block, before)
    found.put(more)
    return found


def shares_of(look: Look, happenings: Happenings, telling: Telling | None) -> Iterator[Share]:
    """Without `telling` all are one share, and `happenings` is what happened to them. Where everybody is looked at,
    touches of nobody who is here come last."""
    if telling is None:
        yield Share(look.linked, happenings)
        return
    own: dict[str, list[Ref]] = {}
    for ref, person_id in look.linked.person_of.items():
        own.setdefault(person_id, []).append(ref)
    rest, others = iter(look.linked.records.items()), look.others
    while (some := dict(islice(rest, SHARE))) or others:
        refs = [ref for person_id in some for ref in own[person_id]]
        yield Share(replace(look.linked, records=some), telling.happenings(refs, others))
        others = frozenset()
    if look.scope is None:
        yield Share(replace(look.linked, records={}), telling.strays())
