"""`crm-sync dupes train`: what evidence is worth among the company's own records, used only if its checks hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from getpass import getuser
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from crm_sync.cli.context import advise_if_empty, options, store_of
from crm_sync.cli.review import By
from crm_sync.cli.talk import out, print_json, say, table, talk
from crm_sync.cli.together import not_with
from crm_sync.cli.who import PENDING, AsJson
from crm_sync.clock import host_now

if TYPE_CHECKING:
    from crm_sync.reconciler.dedupe.training.checks import Check
    from crm_sync.reconciler.dedupe.training.train import Training, Weight
    from crm_sync.store import Store

REFUSED = 1  # the exit code when weights were learnt and may not be used


class Telling(NamedTuple):
    """A check in words, how its numbers are printed, and what it means that it does not hold."""

    words: str
    form: str
    otherwise: str


CHECKS: Final[Mapping[str, Telling]] = {
    "records": Telling("records", "{:,.0f}", "too few records to learn from"),
    "pairs_of_one": Telling("sure pairs of one person", "{:,.0f}", "too few pairs that are surely one person"),
    "pairs_of_two": Telling("sure pairs of two people", "{:,.0f}", "too few pairs that are surely two people"),
    "still_moving": Telling("how far a weight moved in the last round", "{:.2f}", "the weights did not come to rest"),
    "turned_round": Telling("better findings that weigh less than worse ones", "{:.0f}", "findings mean the opposite"),
    "stopped": Telling("weights that would move farther than allowed", "{:.0f}", "too unlike the people that we know"),
    "expected_wrong": Telling("merged groups expected wrong", "{:.2%}", "more wrong merges are to be expected"),
    "duplicates": Telling("duplicates that are found", "{:,.0f}", "duplicates are missed"),
    "said_by_crms": Telling("pairs that the CRMs tie, found by evidence alone", "{:,.0f}", "known people are missed"),
    "decided_one": Telling("pairs decided to be one person, found alone", "{:,.0f}", "decisions are contradicted"),
    "decided_two": Telling("pairs decided to be two people, merged alone", "{:,.0f}", "decisions are contradicted"),
    "examples": Telling("made-up copies, and as many who look alike", "{:,.0f}", "too few names to make examples of"),
    "copies_found": Telling("made-up copies that say less, found", "{:,.0f}", "copies of your records are missed"),
    "strangers_taken": Telling("made-up relatives and namesakes, merged", "{:,.0f}", "relatives or namesakes merge"),
    "largest_group": Telling("records of the largest person", "{:,.0f}", "people grow too large"),
    "changed": Telling("records that would be with others", "{:.1%}", "too many people would be others"),
    "worth_it": Telling("the same, to be worth it", "{:.1%}", "hardly anything would change"),
}  # fmt: skip
FINDINGS: Final = {
    "mail_role": "e-mail of a role", "mail_same": "the same e-mail",
    "mail_localfree": "the same before the @, free mail",
    "mail_local": "the same before the @", "mail_typo": "e-mail, one letter changed",
    "mail_count": "e-mail, another number in it", "mail_countfree": "free mail, another number in it",
    "mail_difffree": "another e-mail at the same free host", "mail_diffsame": "another e-mail at the same company",
    "mail_workfree": "e-mail of work and free mail", "mail_diff": "another e-mail", "phone_same": "the same phone",
    "phone_tail": "phone, the same last digits", "phone_typo": "phone, one digit changed",
    "phone_diff": "another phone", "employer_dom": "the company's domain", "employer_org": "the same company",
    "employer_name": "the company's name alone", "employer_alias": "the same name, domains alike",
    "employer_twin": "the same name, domains unlike", "employer_near": "company, a few letters changed",
    "employer_pre": "company, the same beginning", "employer_diff": "another company", "city_same": "the same city",
    "city_diff": "another city", "country_same": "the same country", "country_diff": "another country",
    "title_same": "the same title", "title_diff": "another title",
}  # fmt: skip


def train(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Learn and check, keep nothing; exit 2 if it held.")
    ] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Back to the weights of the tables instead.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Learn from your own records what evidence is worth, without labels; used from the next sync on, if all checks
    hold. Exit 1 when one does not."""
    from crm_sync.engine.chosen import chosen
    from crm_sync.mappings.vocabulary import load_identity, load_usual
    from crm_sync.reconciler.dedupe.training.train import Trainer
    from crm_sync.sync import train as training

    not_with(
        "dupes train", {"--reset": reset}, {"--dry-run": dry_run}, fix="--reset learns nothing; it is done at once."
    )
    settings, user = options(context).settings(), by or getuser()
    words, model = load_identity(settings.mappings)
    with store_of(settings) as store:
        advise_if_empty(store)
        if reset:
            return go_back(store, training.reset(store, model.digest, user, host_now()), as_json)
        trainer = Trainer(words, model, load_usual(settings.mappings), chosen(settings))
        with talk.status("Learning from the records that the last sync read"):
            made = training.train(store.snapshot_alone(), trainer)
        keeps = made.accepted and not dry_run
        number = training.keep(store, made, model.digest, user, host_now()) if keeps else None
    print_json(as_document(made, number)) if as_json else show(made, number)
    raise typer.Exit(0 if keeps or not made.weights else PENDING if made.accepted else REFUSED)


def go_back(store: Store, number: int, as_json: bool) -> None:
    if as_json:
        return print_json({"training": number, "weights": "tables"})
    say("The weights of the tables hold again, from the next sync on.")


def as_document(made: Training, number: int | None) -> dict[str, object]:
    return {
        "training": number, "accepted": made.accepted, "records": made.records,
        "pairs": {"one": made.one, "two": made.two}, "changed": made.changed,
        "weights": [one._asdict() for one in made.weights],
        "checks": [{**asdict(one), "held": one.held} for one in made.checks],
    }  # fmt: skip


def show(made: Training, number: int | None) -> None:
    if made.weights:
        columns = {"finding": "left", "of one person": "right", "of two": "right", "before": "right", "after": "right"}
        out.print(table("What evidence is worth among these people", columns, [row_of(one) for one in made.weights]))
    columns = {"check": "left", "is": "right", "before": "right", "limit": "right", "": "left"}
    out.print(table("Checks", columns, [told(one) for one in made.checks]))
    say(verdict(made, number))


def row_of(one: Weight) -> tuple[object, ...]:
    return FINDINGS[one.name], one.one, one.two, f"{one.before:+.1f}", f"{one.after:+.1f}"


def told(one: Check) -> tuple[object, ...]:
    about = CHECKS[one.name]
    before = "" if one.before is None else about.form.format(one.before)
    limit = f"{'at least' if one.least else 'at most'} {about.form.format(one.limit)}"
    return about.words, about.form.format(one.number), before, limit, "" if one.held else "does not hold"


def verdict(made: Training, number: int | None) -> str:
    failed = [CHECKS[one.name].otherwise for one in made.checks if not one.held]
    if failed:
        return f"Not used: {'; '.join(dict.fromkeys(failed))}. The weights stay as they are."
    if not made.weights:
        return "Nothing differs by more than it does among companies anyway: the weights stay as they are."
    if number is None:
        return f"All checks hold. {made.changed:,} records would be with others. Keep it: crm-sync dupes train"
    return (
        f"Training {number} is kept: all checks hold. It is used from the next sync on, and moves {made.changed:,} "
        "records. Look first: crm-sync dupes plan. Go back: crm-sync dupes train --reset"
    )
