"""`crm-sync dupes list|explain|plan|apply`: who is who in both CRMs, why, and what would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.changes import Compared
from crm_sync.cli.context import in_house, options, parts_of, store_of, vocabulary_of
from crm_sync.cli.talk import escaped, out, print_json, say, table
from crm_sync.clock import to_iso
from crm_sync.errors import ConfigError
from crm_sync.records import Ref

if TYPE_CHECKING:
    from crm_sync.reports.who import Duplicate
    from crm_sync.store import Decided, Store
    from crm_sync.sync.relink import Proposal
    from crm_sync.wiring import House

PENDING = 2  # the exit code when something would change
SHOWN = 20
AsJson = Annotated[bool, typer.Option("--json", help="Everything, as one JSON document.")]


def list_people(
    context: typer.Context,
    decisions: Annotated[bool, typer.Option("--decisions", help="What was decided by hand instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many are shown; --json has all.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """List the people who have several records, with what ties them together, or the decisions that were made."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.reports.who import duplicates

    settings = options(context).settings()
    with store_of(settings) as store:
        if decisions:
            return show_decisions(store.decisions(), as_json)
        found = duplicates(store, chosen(settings))
    print_json([one.as_json() for one in found]) if as_json else show_people(found, limit)


def show_people(found: tuple[Duplicate, ...], limit: int) -> None:
    if not found:
        return say("Nobody has more than one record.")
    rows = [
        (*(("", "") if place else (one.name, one.person_id)), held.ref, chance(held.compared), held.because)
        for one in found[:limit]
        for place, held in enumerate(one.records)
    ]
    records = sum(len(one.records) for one in found)
    columns = {"name": "left", "person": "left", "record": "left", "chance": "right", "because": "left"}
    out.print(table(f"{len(found):,} people have {records:,} records", columns, rows))
    if len(found) > limit:
        say(f"and {len(found) - limit:,} more (--limit, --json)")


def show_decisions(found: list[Decided], as_json: bool) -> None:
    if as_json:
        return print_json([decided_to_json(one) for one in found])
    if not found:
        return say("Nothing has been decided by hand: crm-sync dupes review")
    rows = [
        (
            one.decision.number,
            to_iso(one.decision.at),
            one.decision.by,
            one.decision.one,
            "is" if one.decision.same else "is not",
            one.decision.other,
            f"taken back by {one.undone_by}" if one.undone_at else one.decision.note,
        )
        for one in found
    ]
    columns = {
        "": "right",
        "when": "left",
        "who": "left",
        "record": "left",
        " ": "left",
        "other": "left",
        "note": "left",
    }
    out.print(table("Decisions", columns, rows))


def decided_to_json(one: Decided) -> dict[str, object]:
    made = one.decision
    said = {"number": made.number, "one": str(made.one), "other": str(made.other), "same": made.same, "by": made.by}
    undone = to_iso(one.undone_at) if one.undone_at else None
    return {**said, "at": to_iso(made.at), "note": made.note, "undone_at": undone, "undone_by": one.undone_by}


def explain(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="RECORD", help="A record's ref, or its id in the CRM.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Another one.")],
    as_json: AsJson = False,
) -> None:
    """Compare two records: what speaks for one person, what against, and how much of it. Of a person with its records
    `crm-sync explain` tells."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.reconciler.dedupe.matching.match import Matcher
    from crm_sync.reports.who import found_in
    from crm_sync.sync.relink import compare

    settings = options(context).settings()
    with store_of(settings) as store:
        matcher = Matcher(*vocabulary_of(settings, store).identity, chosen(settings), settings.language)
        pair = record_of(store, one), record_of(store, other)
        if pair[0] == pair[1]:
            raise ConfigError("OTHER", other, "another record than the first one")
        found = compare(store, *pair, matcher, settings.matching_directory)
        person_ids = store.snapshot_of(pair).person_ids
    persons = [person_ids.get(ref) for ref in pair]
    if as_json:
        return print_json({"one": str(pair[0]), "other": str(pair[1]), "persons": persons, **found_in(found)})
    out.print(f"[bold]{escaped(str(pair[0]))}[/]  and  [bold]{escaped(str(pair[1]))}[/]")
    show_evidence(found)
    say("They are one person now." if persons[0] == persons[1] and persons[0] else "They are two people now.")


def record_of(store: Store, text: str) -> Ref:
    """The one record of a person that a ref or an id names. Raises ConfigError."""
    found = store.find_records(text.strip())
    if len(found) == 1:
        return found[0]
    refs = ", ".join(map(str, found)) or repr(text)
    allowed = "one record of a person that has been read, such as hubspot:contacts:51"
    raise ConfigError("record", refs, allowed, fix="`crm-sync explain NAME` shows a person's records.")


def show_evidence(found: Compared) -> None:
    """A waterfall: where it starts, what each finding adds, where it ends."""
    level, rows = found.before, [("before anything is compared", "", f"{found.before:+.1f}", "")]
    for one in found.evidence:
        level += one.weight
        rows.append((one.told, f"{one.weight:+.1f}", f"{level:+.1f}", bar(one.weight)))
    columns = {"what was found": "left", "adds": "right", "log odds": "right", "": "left"}
    out.print(table(f"Chance that this is one person: {found.chance:.1%}", columns, rows))


def bar(weight: float) -> str:
    return ("+" if weight > 0 else "−") * min(20, round(abs(weight) * 2))


def chance(compared: Compared | None) -> str:
    return f"{compared.chance:.2f}" if compared else ""


def plan(
    context: typer.Context,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="Keep what was shown, to apply it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Work out anew who is who, and show what would change; nothing is changed. Exit 2 when something would."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.sync.relink import propose, save_proposal

    settings = options(context).settings()
    with store_of(settings) as store:
        snapshot, vocabulary = store.snapshot(), vocabulary_of(settings, store)
    found = propose(snapshot, vocabulary, chosen(settings), settings.language)
    if file:
        save_proposal(found, file)
    print_json(found.as_json()) if as_json else show_proposal(found, file)
    raise typer.Exit(PENDING if found.moved else 0)


def show_proposal(found: Proposal, file: Path | None) -> None:
    waiting = f"{found.reviews:,} pairs wait for somebody to look at them." if found.reviews else ""
    if not found.moved:
        return say(f"Nothing would change: {found.people:,} people. {waiting}".strip())
    rows = [(one.ref, one.before or "nobody yet", one.after, one.because) for one in found.moved[:SHOWN]]
    columns = {"record": "left", "is now": "left", "would be": "left", "because": "left"}
    out.print(table(f"{len(found.moved):,} records would belong to another person", columns, rows))
    if len(found.moved) > SHOWN:
        say(f"and {len(found.moved) - SHOWN:,} more (--json)")
    say(waiting)
    say(f"Apply it: crm-sync dupes apply {file}" if file else "Keep it, to apply it: crm-sync dupes plan -o FILE")


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="PLAN", help="What `dupes plan -o` kept.")],
    as_json: AsJson = False,
) -> None:
    """Change who is who as it was planned, if it is still the same. Our fields follow with the next sync,
    which comes to the same by itself."""
    from crm_sync.sync.relink import carry_out, fingerprint_in

    fingerprint = fingerprint_in(file)

    async def work(house: House) -> Proposal:
        return await carry_out(parts_of(house), fingerprint)

    done = in_house(options(context).settings(), work)
    if as_json:
        return print_json(done.as_json())
    say(f"{len(done.moved):,} records belong to another person now; there are {done.people:,} people.")
