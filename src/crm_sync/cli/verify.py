"""`crm-sync verify`: does the store hold what the CRMs hold?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from crm_sync.cli.context import in_house, options, parts_of
from crm_sync.cli.instants import day_or_instant, zone_of
from crm_sync.cli.talk import escaped, out, print_json, say, table
from crm_sync.cli.together import only_with
from crm_sync.cli.watching import watching
from crm_sync.errors import ConfigError

if TYPE_CHECKING:
    from crm_sync.sync.pull import Wanted
    from crm_sync.sync.verify import Proof
    from crm_sync.wiring import House

SHOWN = 5  # ids per object; --json has all of them


def register(app: typer.Typer) -> None:
    app.command("verify")(verify)


def verify(
    context: typer.Context,
    crms: Annotated[list[str] | None, typer.Option("--crm", help="hubspot or salesforce; may be repeated.")] = None,
    objects: Annotated[
        list[str] | None, typer.Option("--object", help="contacts, salesforce:Lead ...; may be repeated.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Created from this day where the teams work, or instant, on.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Created before this day or instant.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Compare the ids of every record, not only counts.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Read what is missing, bury what the CRM says is gone.")] = (
        False
    ),
    force: Annotated[bool, typer.Option("--force", help="With --repair: bury even very many records.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Every window and id, as one JSON array.")] = False,
) -> None:
    """Prove by counts and ids that the store holds what the CRMs hold. Exit 3 when differences remain."""
    given = options(context)
    only_with("verify", {"--force": force}, {"--repair": repair}, fix="Without it nothing is buried.")

    async def work(house: House) -> list[Proof]:
        from crm_sync.sync.verify import Order
        from crm_sync.sync.verify import verify as prove

        first, last = ends(since, until, zone_of(house.vocabulary))
        with watching(quiet=given.quiet) as progress:
            wanted = wanted_of(house, crms or [], objects or [])
            return await prove(parts_of(house), wanted, Order(first, last, deep, repair, force), progress)

    proofs = in_house(given.settings(), work)
    print_json([one.as_json() for one in proofs]) if as_json else show(proofs, repair)
    raise typer.Exit(0 if all(one.equal for one in proofs) else 3)


def ends(since: str | None, until: str | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """What a window begins and ends with, where it does. Raises ConfigError for one that is empty."""
    first = day_or_instant(since, "--since", zone) if since is not None else None
    last = day_or_instant(until, "--until", zone) if until is not None else None
    if first and last and first >= last:
        raise ConfigError("--since", repr(since), f"a day or an instant before --until ({until})")
    return first, last


def wanted_of(house: House, crms: list[str], objects: list[str]) -> Wanted:
    """Raises ConfigError for a CRM or an object that cannot be proven."""
    from crm_sync.sync.backfill import matching

    for crm in crms:
        if crm not in house.connectors:
            raise ConfigError("--crm", repr(crm), " or ".join(house.connectors))
    every = {crm: (*one.countable, *one.uncounted) for crm, one in house.connectors.items()}
    known = {(crm, name) for crm, names in every.items() for name in names if not crms or crm in crms}
    picked = {pair for text in objects for pair in matching(known, text)} if objects else known
    return {crm: tuple(name for name in names if (crm, name) in picked) for crm, names in every.items()}


def show(proofs: list[Proof], repair: bool) -> None:
    """Counts on stdout, next steps on stderr."""
    columns = {"CRM": "left", "object": "left", "windows": "right", "in the CRM": "right", "here": "right"}
    columns |= {"ids compared": "right", "missing": "right", "surplus": "right", "moved": "right", "repaired": "right"}
    rows = [
        (one.crm, one.name, one.windows, one.theirs, one.ours, one.compared,
         len(one.missing), len(one.surplus), len(one.moved), one.repaired)
        for one in proofs if not one.needless
    ]  # fmt: skip
    if rows:
        out.print(table("Records, by their creation", columns, rows))
    for one in proofs:
        if one.skipped:
            say(f"{one.crm} {one.name}: {escaped(one.skipped)}")
        for word in ("missing", "surplus", "moved"):
            ids = getattr(one, word)
            if ids:
                more = f" and {len(ids) - SHOWN:,} more (--json)" if len(ids) > SHOWN else ""
                say(f"{one.crm} {one.name} {word}: {', '.join(ids[:SHOWN])}{more}")
    if any(one.differing and not one.equal for one in proofs):
        say("[yellow]The store differs[/]: crm-sync verify --repair")
    if repair and any(one.repaired for one in proofs):
        say("Repaired. What follows from it is worked out and written by the next crm-sync sync.")
