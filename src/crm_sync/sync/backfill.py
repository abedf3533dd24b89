"""A window of the past, read again object by object; then the same plan and push as any sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from crm_sync.clock import to_iso
from crm_sync.connectors.base import Connector, Window
from crm_sync.errors import ConfigError
from crm_sync.sync.progress import Progress, Summary
from crm_sync.sync.pull import Wanted
from crm_sync.sync.run import Parts, sync


async def backfill(
    parts: Parts,
    objects: Sequence[str],
    since: datetime,
    until: datetime,
    *,
    dry_run: bool = False,
    force: bool = False,
    write_history: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Reads `objects` (`contacts`, `salesforce:Lead`) modified in [since, until) again. An interrupted backfill of the
    same window continues where it stopped. Raises ConfigError for an unknown object or an empty window."""
    if since >= until:
        raise ConfigError("--since", to_iso(since), f"an instant before --until ({to_iso(until)})")
    wanted = chosen(parts.connectors, objects)
    return await sync(
        parts,
        dry_run=dry_run,
        force=force,
        write_history=write_history,
        wanted=wanted,
        window=Window(since, until),
        progress=progress,
    )


def chosen(connectors: Mapping[str, Connector], objects: Sequence[str]) -> Wanted:
    """CRM → objects, for names with or without their CRM in front."""
    known = {(crm, name) for crm, connector in connectors.items() for name in connector.objects}
    picked = {pair for text in objects for pair in matching(known, text)}
    return {crm: tuple(name for name in one.objects if (crm, name) in picked) for crm, one in connectors.items()}


def matching(known: set[tuple[str, str]], text: str) -> set[tuple[str, str]]:
    found = {(crm, name) for crm, name in known if text in (name, f"{crm}:{name}")}
    if not found:
        raise ConfigError("--object", repr(text), "one of " + ", ".join(sorted(f"{crm}:{name}" for crm, name in known)))
    return found
