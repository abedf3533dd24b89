"""`crm-sync dupes review|undo`: pairs that may be one person, side by side; what is decided is remembered."""

from __future__ import annotations

import sys
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import options, store_of
from crm_sync.cli.talk import out, print_json, say, table
from crm_sync.cli.who import SHOWN, AsJson, record_of, show_evidence
from crm_sync.clock import host_now, to_iso
from crm_sync.errors import ConfigError
from crm_sync.records import Decision, Ref

if TYPE_CHECKING:
    from crm_sync.reports.who import Pair, Side
    from crm_sync.store import Store

By = Annotated[str | None, typer.Option("--by", help="Who decides; this machine's user unless said otherwise.")]
KEYS = "[bold]y[/] one person  [bold]n[/] two people  [bold]s[/] later  [bold]q[/] enough"


def review(
    context: typer.Context,
    one: Annotated[str | None, typer.Argument(metavar="RECORD", help="With another one: decide about these.")] = None,
    other: Annotated[str | None, typer.Argument(metavar="OTHER")] = None,
    same: Annotated[bool | None, typer.Option("--same/--apart", help="One person, or two.")] = None,
    note: Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Look at pairs that may be one person, and decide. Decisions hold from the next sync on, and in every later one.

    Without records: the pairs that wait, one after the other on a terminal, else as a list.
    """
    from crm_sync.engine.chosen import chosen
    from crm_sync.reports.who import to_review

    settings = options(context).settings()
    with store_of(settings) as store:
        if one is not None:
            return show_decision(decide(store, one, other, same, by, note), as_json)
        pairs = to_review(store, chosen(settings))
        if as_json:
            print_json([pair.as_json() for pair in pairs])
        elif not pairs:
            say("Nothing waits to be looked at.")
        elif sys.stdin.isatty():
            ask(store, pairs, by or getuser())
        else:
            show_queue(pairs)


def decide(store: Store, one: str, other: str | None, same: bool | None, by: str | None, note: str | None) -> Decision:
    """Raises ConfigError."""
    if other is None or same is None:
        raise ConfigError("dupes review", one, "two records and --same or --apart, or no record at all")
    pair = record_of(store, one), record_of(store, other)
    if pair[0] == pair[1]:
        raise ConfigError("OTHER", other, "another record than the first one")
    return store.decide(*pair, same=same, by=by or getuser(), now=host_now(), note=note)


def show_decision(made: Decision, as_json: bool) -> None:
    if as_json:
        told = {"number": made.number, "one": str(made.one), "other": str(made.other), "same": made.same}
        return print_json({**told, "by": made.by, "at": to_iso(made.at), "note": made.note})
    verb = "are one person" if made.same else "are two people"
    say(f"Decision {made.number}: {made.one} and {made.other} {verb}, from the next sync on.")
    say(f"Take it back: crm-sync dupes undo {made.number}")


def ask(store: Store, pairs: tuple[Pair, ...], by: str) -> None:
    """One pair after the other, the likeliest first."""
    decided = 0
    for place, pair in enumerate(pairs, 1):
        out.rule(f"{place:,} of {len(pairs):,}", style="dim")
        show_pair(pair)
        match answered():
            case "q":
                break
            case "s":
                continue
            case answer:
                store.decide(pair.one.ref, pair.other.ref, same=answer == "y", by=by, now=host_now())
                decided += 1
    say(f"{decided:,} decided; they hold from the next sync on. crm-sync dupes list --decisions")


def answered() -> str:
    while True:
        out.print(KEYS, end="  ")
        answer = sys.stdin.readline()
        if not answer:
            return "q"
        if (word := answer.strip().lower()[:1]) in ("y", "n", "s", "q"):
            return word


def show_pair(pair: Pair) -> None:
    columns = {"": "left", str(pair.one.ref): "left", str(pair.other.ref): "left"}
    one, other = (dict(lines_of(side)) for side in (pair.one, pair.other))
    rows = [(name, one[name], other[name]) for name in one if one[name] or other[name]]
    out.print(table("Are these one person?", columns, rows))
    show_evidence(pair.compared)


def lines_of(side: Side) -> list[tuple[str, str]]:
    more = f"and {side.records - 1:,} more records of this person" if side.records > 1 else ""
    return [
        ("name", side.name),
        ("e-mail", ", ".join(side.emails)),
        ("phone", ", ".join(side.phones)),
        ("company", side.company or ""),
        ("title", side.title or ""),
        ("country", side.country or ""),
        ("owner", side.owner or ""),
        ("created", to_iso(side.created_at)),
        ("", more),
    ]


def show_queue(pairs: tuple[Pair, ...]) -> None:
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


def findings(pair: Pair) -> str:
    return ", ".join(f"{one.told} ({one.weight:+.1f})" for one in pair.compared.evidence)


def undo(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="DECISION", help="A decision's number, or the ref of a record.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take a decision back, or cut a record off from the person that it was linked to.

    A record is cut off by decisions that it is none of the person's other records: they can be taken back, too.
    """
    with store_of(options(context).settings()) as store:
        user = by or getuser()
        if what.isdecimal():
            made = [store.undo_decision(int(what), user, host_now())]
        else:
            made = cut_off(store, record_of(store, what), user)
    if as_json:
        return print_json([{"number": one.number, "one": str(one.one), "other": str(one.other)} for one in made])
    say(f"Decision {what} is taken back." if what.isdecimal() else f"{what} is cut off by {len(made):,} decisions.")
    say("It holds from the next sync on: crm-sync dupes plan")


def cut_off(store: Store, ref: Ref, by: str) -> list[Decision]:
    """Raises ConfigError for a record that is tied to nothing."""
    (known,) = store.find_people(str(ref)) or (None,)
    others = [other for other in (known.refs if known else ()) if other != ref]
    if not others:
        raise ConfigError("record", str(ref), "a record of a person who has several")
    return [store.decide(ref, other, same=False, by=by, now=host_now()) for other in others]
