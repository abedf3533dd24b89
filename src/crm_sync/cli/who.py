"""`crm-sync dupes list|explain|plan|apply`: who is who in both CRMs, people and companies, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from crm_sync.changes import Compared
from crm_sync.cli.context import advise_if_empty, in_house, options, parts_of, store_of, vocabulary_of
from crm_sync.cli.instants import Wall, wall_in
from crm_sync.cli.talk import escaped, out, print_json, say, table
from crm_sync.clock import to_iso
from crm_sync.errors import ConfigError
from crm_sync.records import Decision, Ref, Subject

if TYPE_CHECKING:
    from crm_sync.reports.firms import Several
    from crm_sync.reports.who import Duplicate
    from crm_sync.store import Decided, Store
    from crm_sync.sync.relink import Proposal
    from crm_sync.wiring import House

PENDING = 2  # the exit code when something would change
SHOWN = 20
ONE_OR_TWO: Final[Mapping[Subject, tuple[str, str]]] = {
    "person": ("one person", "two people"), "company": ("one company", "two companies"),
}  # fmt: skip
OfCompanies = Annotated[bool, typer.Option("--companies", help="Of companies instead of people.")]
AsJson = Annotated[bool, typer.Option("--json", help="Everything, as one JSON document.")]


def list_several(
    context: typer.Context,
    companies: OfCompanies = False,
    decisions: Annotated[bool, typer.Option("--decisions", help="What was decided by hand instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many are shown; --json has all.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """List the people or companies that have several records, with what ties these together, or the decisions that were
    made."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.mappings.vocabulary import load_identity
    from crm_sync.reports.firms import several
    from crm_sync.reports.who import duplicates
    from crm_sync.store.trainings import in_force

    settings = options(context).settings()
    with store_of(settings) as store:
        advise_if_empty(store)
        if decisions:
            made = [one for one in store.decisions() if fits(one, companies)]
            return show_decisions(made, limit, wall_in(settings, store), as_json)
        found = several(store, chosen(settings)) if companies else duplicates(store, chosen(settings))
        weights = in_force(load_identity(settings.mappings).model, store.last_training())
        wall = wall_in(settings, store)
    if as_json:
        print_json([one.as_json() for one in found])
    elif not found:
        say("No company has more than one record." if companies else "Nobody has more than one record.")
    else:
        show_several(found, limit, ("companies", "company") if companies else ("people", "person"))
        if not companies:
            say(weights.told(wall.zone))


def fits(one: Decided, companies: bool) -> bool:
    """All decisions, or those about companies."""
    return not companies or one.decision.about == "company"


def show_several(found: Sequence[Duplicate | Several], limit: int, words: tuple[str, str]) -> None:
    """`words` are several and one of them."""
    many, single = words
    rows = [
        (*(("", "") if place else (one.name, id_of(one))), held.ref, chance(held.compared), held.because)
        for one in found[:limit]
        for place, held in enumerate(one.records)
    ]
    records = sum(len(one.records) for one in found)
    columns = {"name": "left", single: "left", "record": "left", "chance": "right", "because": "left"}
    out.print(table(f"{len(found):,} {many} have {records:,} records", columns, rows))
    if len(found) > limit:
        say(f"and {len(found) - limit:,} more (--limit, --json)")


def id_of(one: Duplicate | Several) -> str:
    from crm_sync.reports.who import Duplicate

    return one.person_id if isinstance(one, Duplicate) else one.company_id


def show_decisions(found: list[Decided], limit: int, wall: Wall, as_json: bool) -> None:
    if as_json:
        return print_json([decided_to_json(one) for one in found])
    if not found:
        return say("Nothing has been decided by hand: crm-sync dupes review")
    rows = [
        (
            one.decision.number,
            wall(one.decision.at),
            one.decision.by,
            one.decision.one,
            verb_of(one.decision),
            one.decision.other,
            f"taken back by {one.undone_by}" if one.undone_at else one.decision.note,
        )
        for one in found[:limit]
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
    out.print(wall.note)
    if len(found) > limit:
        say(f"and {len(found) - limit:,} from before (--limit, --json)")


def verb_of(made: Decision) -> str:
    return f"is {'' if made.same else 'not '}the {made.about}"


def decided_to_json(one: Decided) -> dict[str, object]:
    made = one.decision
    said = {"number": made.number, "about": made.about, "one": str(made.one), "other": str(made.other)}
    said |= {"same": made.same, "by": made.by}
    undone = to_iso(one.undone_at) if one.undone_at else None
    return {**said, "at": to_iso(made.at), "note": made.note, "undone_at": undone, "undone_by": one.undone_by}


def explain(
    context: typer.Context,
    one: Annotated[str, typer.Argument(metavar="RECORD", help="A record's ref, or its id in the CRM.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Another one.")],
    companies: OfCompanies = False,
    as_json: AsJson = False,
) -> None:
    """Compare two records: what speaks for one person or company, what against, and how much of it. Of a person with
    its records `crm-sync explain` tells, of a company `crm-sync company`."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.reports.who import found_in
    from crm_sync.sync.relink import compared

    settings = options(context).settings()
    with store_of(settings) as store:
        advise_if_empty(store)
        about, pair = pair_of(store, one, other, companies)
        how = vocabulary_of(settings, store), chosen(settings), settings.language, settings.matching_directory
        found = compared(store, about, pair, *how)
        ids = [id_in(store, about, ref) for ref in pair]
    if as_json:
        held = {"persons" if about == "person" else "companies": ids}
        return print_json({"one": str(pair[0]), "other": str(pair[1]), **held, **found_in(found)})
    out.print(f"[bold]{escaped(str(pair[0]))}[/]  and  [bold]{escaped(str(pair[1]))}[/]")
    show_evidence(found, about)
    say(f"They are {ONE_OR_TWO[about][ids[0] != ids[1] or not ids[0]]} now.")


def id_in(store: Store, about: Subject, ref: Ref) -> str | None:
    """The person or company that a record belongs to since the last plan."""
    if about == "person":
        return store.snapshot_of([ref]).person_ids.get(ref)
    return next((one.company_id for one in store.find_companies(str(ref))), None)


def pair_of(store: Store, one: str, other: str, companies: bool = False) -> tuple[Subject, tuple[Ref, Ref]]:
    """Two records of people, or of companies, and which of these they are of. Raises ConfigError."""
    about, first = record_of(store, one, companies)
    second = record_of(store, other, about == "company")
    if (about, first) == second or about != second[0]:
        raise ConfigError("OTHER", other, f"another record of a {about} than the first one")
    return about, (first, second[1])


def record_of(store: Store, text: str, companies: bool = False) -> tuple[Subject, Ref]:
    """The one record that a ref or an id names: of a person, and only of a company where it can be nobody's or where
    `companies` are asked for. Raises ConfigError."""
    people = [] if companies else store.find_records(text.strip())
    found = people or store.find_company_records(text.strip())
    if len(found) == 1:
        return "person" if people else "company", found[0]
    refs = ", ".join(map(str, found)) or repr(text)
    allowed = "one record that has been read, such as hubspot:contacts:51 or hubspot:companies:51"
    fix = "`crm-sync explain NAME` shows a person's records, `crm-sync company NAME` those of a company."
    raise ConfigError("record", refs, allowed, fix=fix)


def show_evidence(found: Compared, about: Subject) -> None:
    """A waterfall: where it starts, what each finding adds, where it ends."""
    level, rows = found.before, [("before anything is compared", "", f"{found.before:+.1f}", "")]
    for one in found.evidence:
        level += one.weight
        rows.append((one.told, f"{one.weight:+.1f}", f"{level:+.1f}", bar(one.weight)))
    columns = {"what was found": "left", "adds": "right", "log odds": "right", "": "left"}
    out.print(table(f"Chance that this is {ONE_OR_TWO[about][0]}: {found.chance:.1%}", columns, rows))


def bar(weight: float) -> str:
    return ("+" if weight > 0 else "−") * min(20, round(abs(weight) * 2))


def chance(compared: Compared | None) -> str:
    return f"{compared.chance:.2f}" if compared else ""


def plan(
    context: typer.Context,
    file: Annotated[Path | None, typer.Option("--output", "-o", help="Keep what was shown, to apply it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Work out anew who is who and which company is which, and show what would change; nothing is changed. Exit 2 when
    something would."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.sync.relink import propose, save_proposal

    settings = options(context).settings()
    with store_of(settings) as store:
        advise_if_empty(store)
        snapshot, vocabulary = store.snapshot_alone(), vocabulary_of(settings, store)
    found = propose(snapshot, vocabulary, chosen(settings), settings.language)
    if file:
        save_proposal(found, file)
    print_json(found.as_json()) if as_json else show_proposal(found, file)
    raise typer.Exit(PENDING if found.moved else 0)


def show_proposal(found: Proposal, file: Path | None) -> None:
    waiting = f"{found.reviews:,} pairs wait for somebody to look at them." if found.reviews else ""
    if not found.moved:
        return say(f"Nothing would change: {found.people:,} people, {found.companies:,} companies. {waiting}".strip())
    rows = [(one.ref, one.before or "none yet", one.after, one.because) for one in found.moved[:SHOWN]]
    columns = {"record": "left", "is now": "left", "would be": "left", "because": "left"}
    out.print(table(f"{len(found.moved):,} records would belong to another person or company", columns, rows))
    if len(found.moved) > SHOWN:
        say(f"and {len(found.moved) - SHOWN:,} more (--json)")
    say(waiting)
    say(f"Apply it: crm-sync dupes apply {file}" if file else "Keep it, to apply it: crm-sync dupes plan -o FILE")


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="PLAN", help="What `dupes plan -o` kept.")],
    as_json: AsJson = False,
) -> None:
    """Change who is who, and which company is which, as it was planned, if it is still the same. Our fields follow with
    the next sync, which comes to the same by itself."""
    from crm_sync.sync.relink import carry_out, fingerprint_in

    fingerprint = fingerprint_in(file)

    async def work(house: House) -> Proposal:
        return await carry_out(parts_of(house), fingerprint)

    done = in_house(options(context).settings(), work)
    if as_json:
        return print_json(done.as_json())
    there = f"there are {done.people:,} people and {done.companies:,} companies"
    say(f"{len(done.moved):,} records belong to another person or company now; {there}.")
