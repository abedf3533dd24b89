"""Which records are linked to which: inline in a list where it tells all, by associations v4 where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import Kind
from crm_sync.connectors.hubspot.row import Json, body_of, next_after, ref_of
from crm_sync.connectors.limiter import Limiter
from crm_sync.records import Ref

LINKS_AT_ONCE: Final = 1000
PRIMARY_COMPANY: Final = 5  # a deal's primary company, by type id and by the name that lists use
PRIMARY_COMPANY_TYPE: Final = "deal_to_company"

Links = Mapping[str, Mapping[str, Sequence[Ref]]]  # other object → id → records linked to it, the primary one first


async def links_of(http: Http, limiter: Limiter, kind: Kind, rows: Sequence[Json], *, inline: bool) -> Links:
    """Whom each record is linked to: what a list already says inline, and calls for what it does not tell."""
    return {other: await links_to(http, limiter, kind, other, rows, inline) for other in kind.links} if rows else {}


async def links_to(
    http: Http, limiter: Limiter, kind: Kind, other: str, rows: Sequence[Json], inline: bool
) -> dict[str, Sequence[Ref]]:
    told: dict[str, Sequence[Ref]] = {}
    if inline:
        told = {str(row["id"]): links for row in rows if (links := inline_links(row, other)) is not None}
    asked = [str(row["id"]) for row in rows if str(row["id"]) not in told]
    chunks = [asked[at : at + LINKS_AT_ONCE] for at in range(0, len(asked), LINKS_AT_ONCE)]
    answers = await asyncio.gather(
        *(ask_links(http, limiter, kind, other, [(one, "") for one in chunk]) for chunk in chunks)
    )
    for answer in answers:
        told |= answer
    return told


def inline_links(row: Json, other: str) -> list[Ref] | None:
    """Links that stand in the record itself, none when it says nothing of them; None when they are cut off there."""
    part = (row.get("associations") or {}).get(other) or {}
    if part.get("paging"):
        return None
    return primary_first(
        [(one.get("type") == PRIMARY_COMPANY_TYPE, ref_of(other, str(one["id"]))) for one in part.get("results") or ()]
    )


async def ask_links(
    http: Http, limiter: Limiter, kind: Kind, other: str, inputs: list[tuple[str, str]]
) -> dict[str, Sequence[Ref]]:
    """Links by associations v4, page after page per record."""
    found: dict[str, list[tuple[bool, Ref]]] = {}
    while inputs:
        await limiter.take()
        body = {"inputs": [{"id": one, **({"after": after} if after else {})} for one, after in inputs]}
        answer = await http.post(f"/crm/v4/associations/{kind.name}/{other}/batch/read", json=body)
        inputs = []
        for row in body_of(answer.json()).get("results") or ():
            record = str(row["from"]["id"])
            found.setdefault(record, []).extend(link_of(other, one) for one in row.get("to") or ())
            inputs += [(record, after)] if (after := next_after(row)) else []
    return {one: primary_first(links) for one, links in found.items()}


def link_of(other: str, link: Json) -> tuple[bool, Ref]:
    types = {kind.get("typeId") for kind in link.get("associationTypes") or ()}
    return PRIMARY_COMPANY in types, ref_of(other, str(link["toObjectId"]))


def primary_first(links: Iterable[tuple[bool, Ref]]) -> list[Ref]:
    links = list(links)
    if len(links) < 2:
        return [ref for _, ref in links]
    ordered = sorted(links, key=lambda link: (not link[0], numeric(link[1])))
    return list(dict.fromkeys(ref for _, ref in ordered))


def numeric(ref: Ref) -> int:
    return int(ref.id) if ref.id.isdigit() else 0
