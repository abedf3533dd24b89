"""`crm-sync dupes review|undo`: pairs that may be one person or company, side by side; decisions are remembered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import advise_if_empty, options, store_of
from crm_sync.cli.instants import Wall, wall_in
from crm_sync.cli.talk import out, print_json, say, table
from crm_sync.cli.together import not_with, only_with
from crm_sync.cli.who import ONE_OR_TWO, SHOWN, AsJson, OfCompanies, pair_of, record_of, show_evidence
from crm_sync.clock import host_now, to_iso
from crm_sync.errors import ConfigError
from crm_sync.records import Decision, Ref, Subject

if TYPE_CHECKING:
    from crm_sync.reports.firms import Firm
    from crm_sync.reports.who import Pair, Side
    from crm_sync.store import Store

    Pairs = Sequence[Pair[Side] | Pair[Firm]]

By = Annotated[str | None, typer.Option("--by", help="Who decides; this machine's user unless said otherwise.")]
KEYS = "[bold]y[/] {}  [bold]n[/] {}  [bold]s[/] later  [bold]q[/] enough"


def review(
    context: typer.Context,
    one: Annotated[str | None, typer.Argument(metavar="RECORD", help="With another one: decide about these.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="OTHER")] = None,
    same: Annotated[bool | None, typer.Option("--same/--apart", help="One person or company, or two.")] = None,
    companies: OfCompanies = False,
    note: Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Look at pairs that may be one person or company, and decide. Decisions hold from the next sync on, and in every
    later one.

    Without records: the pairs that wait, one after the other on a terminal, else as a list.
    """
    from crm_sync.engine.chosen import chosen
    from crm_sync.reports import firms, who

    said = {"--same or --apart": same is not None, "--note": note}
    only_with("dupes review", said, {"RECORD OTHER": one}, fix="Without records it asks, pair after pair.")
    settings, about = options(context).settings(), subject(companies)
    with store_of(settings) as store:
        advise_if_empty(store)
        if one is not None:
            return show_decision(decide(store, one, other, same, by, note, companies), as_json)
        engine = chosen(settings)
        pairs: Pairs = firms.to_review(store, engine) if companies else who.to_review(store, engine)
        if as_json:
            print_json([pair.as_json() for pair in pairs])
        elif not pairs:
            say("Nothing waits to be looked at.")
        elif sys.stdin.isatty():
            ask(store, pairs, by or getuser(), about, wall_in(settings, store))
        else:
            show_queue(pairs)


def subject(companies: bool) -> Subject:
    return "company" if companies else "person"


def decide(
    store: Store, one: str, other: str | None, same: bool | None, by: str | None, note: str | None, companies: bool
) -> Decision:
    """Raises ConfigError."""
    if other is None:
        raise ConfigError("dupes review", one, "two records and --same or --apart, or no record at all")
    if same is None:
        found = f"{one} and {other} without --same or --apart"
        fix = f"`crm-sync dupes explain {one} {other}` shows what speaks for which."
        raise ConfigError("dupes review", found, "--same: they are one; --apart: they are two", fix=fix)
    about, pair = pair_of(store, one, other, companies)
    return store.decide(*pair, same=same, by=by or getuser(), now=host_now(), note=note, about=about)


def show_decision(made: Decision, as_json: bool) -> None:
    if as_json:
        told = {"number": made.number, "about": made.about, "one": str(made.one), "other": str(made.other)}
        told |= {"same": made.same}
        return print_json({**told, "by": made.by, "at": to_iso(made.at), "note": made.note})
    verdict = ONE_OR_TWO[made.about][not made.same]
    say(f"Decision {made.number}: {made.one} and {made.other} are {verdict}, from the next sync on.")
    say(f"Take it back: crm-sync dupes undo {made.number}")


def ask(store: Store, pairs: Pairs, by: str, about: Subject, wall: Wall) -> None:
    """One pair after the other, the likeliest first."""
    decided = 0
    for place, pair in enumerate(pairs, 1):
        out.rule(f"{place:,} of {len(pairs):,}", style="dim")
        show_pair(pair, about, wall)
        match answered(about):
            case "q":
                break
            case "s":
                continue
            case answer:
                store.decide(pair.one.ref, pair.other.ref, same=answer == "y", by=by, now=host_now(), about=about)
                decided += 1
    say(f"{decided:,} decided; they hold from the next sync on. crm-sync dupes list --decisions")


def answered(about: Subject) -> str:
    while True:
        out.print(KEYS.format(*ONE_OR_TWO[about]), end="  ")
        answer = sys.stdin.readline()
        if not answer:
            return "q"
        if (word := answer.strip().lower()[:1]) in ("y", "n", "s", "q"):
            return word


def show_pair(pair: Pair[Side] | Pair[Firm], about: Subject, wall: Wall) -> None:
    columns = {"": "left", str(pair.one.ref): "left", str(pair.other.ref): "left"}
    one, other = (dict(lines_of(side, wall)) for side in (pair.one, pair.other))
    rows = [(name, one[name], other[name]) for name in one if one[name] or other[name]]
    out.print(table(f"Are these {ONE_OR_TWO[about][0]}?", columns, rows))
    out.print(wall.note)
    show_evidence(pair.compared, about)


def lines_of(side: Side | Firm, wall: Wall) -> list[tuple[str, str]]:
    from crm_sync.reports.firms import Firm

    return lines_of_firm(side, wall) if isinstance(side, Firm) else lines_of_person(side, wall)


def lines_of_firm(side: Firm, wall: Wall) -> list[tuple[str, str]]:
    more = f"and {side.records - 1:,} more records of this company" if side.records > 1 else ""
    return [
        ("name", side.name),
        ("domain", side.domain or ""),
        ("phone", side.phone or ""),
        ("industry", side.industry or ""),
        ("city", side.city or ""),
        ("country", side.country or ""),
        ("people there", f"{side.people:,}"),
        ("owner", side.owner or ""),
        ("created", wall(side.created_at)),
        ("", more),
    ]


def lines_of_person(side: Side, wall: Wall) -> list[tuple[str, str]]:
    more = f"and {side.records - 1:,} more records of this person" if side.records > 1 else ""
    return [
        ("name", side.name),
        ("e-mail", ", ".join(side.emails)),
        ("phone", ", ".join(side.phones)),
        ("company", side.company or ""),
        ("title", side.title or ""),
        ("country", side.country or ""),
        ("owner", side.owner or ""),
        ("created", wall(side.created_at)),
        ("", more),
    ]


def show_queue(pairs: Pairs) -> None:
    rows = [
        (pair.one.ref, pair.one.name, pair.other.ref, pair.other.name, f"{pair.compared.chance:.2f}", findings(pair))
        for pair in pairs[:SHOWN]
    ]
    columns = {
        "record": "left",
        "name": "left",
        "other": "left",
        "its name": "left",
        "chance": "right",
        "because": "left",
    }
    out.print(table(f"{len(pairs):,} pairs to look at", columns, rows))
    if len(pairs) > SHOWN:
        say(f"and {len(pairs) - SHOWN:,} more (--json)")
    say("Decide: crm-sync dupes review RECORD OTHER --same, or --apart; on a terminal it asks")


def findings(pair: Pair[Side] | Pair[Firm]) -> str:
    return ", ".join(f"{one.told} ({one.weight:+.1f})" for one in pair.compared.evidence)


def undo(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="DECISION", help="A decision's number, or the ref of a record.")],
    companies: OfCompanies = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take a decision back, or cut a record off from the person or company that it was linked to.

    A record is cut off by decisions that it is none of the other records there: they can be taken back, too.
    """
    number = {f"decision {what}": what.isdecimal()}
    not_with("dupes undo", number, {"--companies": companies}, fix="A number says by itself what it is about.")
    with store_of(options(context).settings()) as store:
        user = by or getuser()
        if what.isdecimal():
            made = [store.undo_decision(int(what), user, host_now())]
        else:
            made = cut_off(store, *record_of(store, what, companies), user)
    if as_json:
        return print_json([{"number": one.number, "one": str(one.one), "other": str(one.other)} for one in made])
    say(f"Decision {what} is taken back." if what.isdecimal() else f"{what} is cut off by {len(made):,} decisions.")
    say("It holds from the next sync on: crm-sync dupes plan")


def cut_off(store: Store, about: Subject, ref: Ref, by: str) -> list[Decision]:
    """Raises ConfigError for a record that is tied to nothing."""
    found = store.find_people(str(ref)) if about == "person" else store.find_companies(str(ref))
    others = [other for known in found for other in known.refs if other != ref]
    if not others:
        raise ConfigError("record", str(ref), f"a record of a {about} that has several")
    return [store.decide(ref, other, same=False, by=by, now=host_now(), about=about) for other in others]
