"""Records changed: whom that concerns is matched anew, with the statistics that are kept; nobody else is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.grouping import regroup
from crm_sync.reconciler.dedupe.kept.kept import Kept, number_pairs
from crm_sync.reconciler.dedupe.kept.pairing import pair_up
from crm_sync.reconciler.dedupe.kept.telling import tell
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import Decided
from crm_sync.reconciler.dedupe.matching.match import Matcher

Named = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class News:
    """`people`: records that are new or changed, with the columns of chain.PEOPLE, and their names; `gone`: names of
    records that are not there any more; `one` and `two`: all pairs that are decided now, by name."""

    people: pa.Table
    names: Sequence[str]
    gone: Collection[str] = ()
    one: Named = ()
    two: Named = ()


def follow(kept: Kept, matcher: Matcher, news: News) -> None:
    """Leaves `kept` as a matching of everybody with its statistics would. Raises Failed."""
    gone = {number for name in news.gone if (number := kept.names.find(name)) is not None} - kept.names.gone
    here = [kept.names.here(name) for name in news.names]
    kept.names.gone |= gone
    told: chain.Tables = {}
    if here:
        people = news.people.set_column(0, "rid", pa.array(here, pa.int32()))
        told = chain.told(people, matcher.words, matcher.engine, kept.statistics)
        kept.known.put(told["known"])
        for number, digest in zip(*chain.digests(people, matcher.engine).to_pydict().values(), strict=True):
            kept.said[number] = [(digest,)]
    kept.known.drop(gone)
    touched = pair_up(kept, matcher, {*here, *gone}, told) | decide(kept, news)
    if touched:
        groups = regroup(kept, matcher, touched)
        tell(kept, matcher, groups, gone)


def decide(kept: Kept, news: News) -> set[int]:
    """Keeps what is decided now. Returns the records of which something else was decided."""
    decided = Decided(number_pairs(kept.names, news.one), number_pairs(kept.names, news.two))
    changed = (set(decided.one) ^ set(kept.decided.one)) | (set(decided.two) ^ set(kept.decided.two))
    kept.decided = decided
    return {number for pair in changed for number in pair}
