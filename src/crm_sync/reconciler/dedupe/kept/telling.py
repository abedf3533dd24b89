"""Links and reviews of the groups that changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.grouping import members_of
from crm_sync.reconciler.dedupe.kept.kept import Kept
from crm_sync.reconciler.dedupe.kept.local import SCORED, Local
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.match import Matcher


def tell(kept: Kept, matcher: Matcher, groups: Iterable[int], gone: Iterable[int]) -> None:
    """Puts links and reviews of everybody in these first groups into place of those that there were. Raises Failed."""
    groups = set(groups)
    ours = members_of(kept, groups)
    kept.links.drop(ours | set(gone))
    for number in ours | set(gone):
        for pair in list(kept.reviewed.get(number, ())):
            kept.reviews.pop(pair)
            for end in pair:
                kept.reviewed[end].discard(pair)
    theirs = {other for number in ours for other, _ in kept.pairs[number]}
    everybody = ours | theirs
    leaders = {shelf.one(number) for number in everybody for shelf in (kept.first, kept.final)}
    local = Local.of(kept, everybody | leaders)
    tables = {"scored": local.pairs(kept.pairs, ours), "groups": local.groups(kept.first)}
    if not len(tables["scored"]):
        return
    tables["whole"] = local.pairs(kept.wholes, groups)
    tables["scored"] = chain.with_whole(tables, matcher.engine)
    tables["groups"] = local.groups(kept.final)
    links = chain.links(tables, matcher.engine)
    reviews = chain.reviews(tables, kept.statistics.review, chain.ALL, matcher.engine)
    if not len(links) + len(reviews):
        return
    ends = {place for table in (links, reviews) for side in "ab" for place in table[side].to_pylist()}
    tables["known"] = local.known(kept, local.back(ends))
    told = {(row["a"], row["b"]): row for row in matcher.because(tables, links, reviews).to_pylist()}
    kept.links.put(pa.Table.from_pylist(list(rows_of(local, links, told)), kept.links.base.schema))
    for row in rows_of(local, reviews, told):
        pair = row["a"], row["b"]
        kept.reviews[pair] = row
        kept.mark(pair)


def rows_of(local: Local, rows: pa.Table, told: dict[tuple[int, int], dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for row in rows.to_pylist():
        evidence = told[row["a"], row["b"]]
        numbered = {name: local.numbers[place] for name, place in row.items() if name not in SCORED.names[2:]}
        yield {**row, **numbered, "evidence": evidence["evidence"], "because": evidence["because"]}
