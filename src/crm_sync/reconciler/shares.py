"""People in shares: what happened to all of them is never in memory at once, and each share holds all that a look at
its people takes, so that it may be looked at in another process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from crm_sync.changes import Employer, KnownCompany
from crm_sync.mappings import OurField, Vocabulary
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.moved import Look
from crm_sync.reconciler.past import Past
from crm_sync.reconciler.sla.court import Former, Horizon
from crm_sync.records import Edition, Ref

SHARE: Final = 5_000  # people; what is the same for all costs nothing beside so many


@dataclass(frozen=True, slots=True)
class Brief:
    """What all people are looked at under. `directory` knows no companies: those of a share come with it."""

    vocabulary: Vocabulary
    directory: Directory
    now: datetime
    horizon: Horizon
    former: Former
    editions: tuple[Edition, ...]
    language: str
    past: Past
    profile: tuple[OurField, ...]


class Share(NamedTuple):
    """Some people, their deals, and where they work. `judged` None: all of them are. `others`: records about which
    something was told, whoever they are of; `strays`: what happened to nobody who is here is told, too."""

    linked: Linked
    deals: Mapping[str, Sequence[OneDeal]]
    companies: Mapping[str, KnownCompany]
    employers: Mapping[Ref, Employer]
    judged: frozenset[str] | None
    others: frozenset[Ref]
    strays: bool = False


def shares_of(
    look: Look,
    deals: Mapping[str, Sequence[OneDeal]],
    firms: Iterable[KnownCompany],
    employers: Iterable[Employer],
    size: int | None = None,
) -> Iterator[Share]:
    """So many people each, all in one without `size`, in order of their ids; `deals` by person. Where everybody is
    looked at, strays come last."""
    companies, employed = {firm.company_id: firm for firm in firms}, {one.ref: one for one in employers}
    own: dict[str, list[Ref]] = {}
    for ref, person_id in look.linked.person_of.items():
        own.setdefault(person_id, []).append(ref)
    rest, others = iter(look.linked.records.items()), look.others
    judged = look.scope.people if look.scope else None
    while (some := dict(islice(rest, size))) or others:
        person_of = {ref: person_id for person_id in some for ref in own[person_id]}
        there = {ref: employed[ref] for ref in person_of if ref in employed}
        at = {one.company_id for one in there.values()}
        yield Share(
            replace(look.linked, links=(), records=some, person_of=person_of, set_aside=(), reviews=()),
            {one: deals[one] for one in some if one in deals},
            {one: companies[one] for one in at if one in companies},
            there,
            None if judged is None else judged & some.keys(),
            others,
        )
        others = frozenset()
    if look.scope is None:
        yield Share(Linked((), {}, {}, ()), {}, {}, {}, None, frozenset(), strays=True)
