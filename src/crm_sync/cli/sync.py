"""`crm-sync sync`: read what changed, decide, write what differs; once, or again and again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from crm_sync.changes import Change, Plan
from crm_sync.cli.context import Options, in_house, options, parts_of
from crm_sync.cli.talk import escaped, out, print_json, print_line, say, table
from crm_sync.cli.together import not_with, only_with
from crm_sync.cli.watching import watching
from crm_sync.errors import ConfigError, CrmSyncError
from crm_sync.sync.progress import Summary
from crm_sync.sync.scheduler import every as run_every

if TYPE_CHECKING:
    from crm_sync.wiring import House

HELD_BACK = (
    "The SLA of {} was over before it was first looked at, and is not written to the CRMs: reps and workflows would be "
    "told of years in one hour. `crm-sync sync --write-history` writes it."
)
HISTORY_ONCE = "What is over is written once: crm-sync sync --write-history, and then crm-sync sync --every."
NOTHING_OVER = "A sync that writes leaves nothing to write; --json tells what it did."
NEVER_ENDS = "A service has no exit code before it is stopped: read `planned` of each run from --json."
SHOWN = 20  # changes that a dry run shows; --json has all of them


def register(app: typer.Typer) -> None:
    app.command("sync")(sync)


def sync(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and decide, write nothing to a CRM.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write even when very many records would change.")] = False,
    detailed: Annotated[
        bool, typer.Option("--detailed-exitcode", help="With --dry-run: exit 2 when there is something to write.")
    ] = False,
    every: Annotated[str | None, typer.Option("--every", help="Again each 10m, 1h ... until stopped.")] = None,
    write_history: Annotated[
        bool,
        typer.Option(
            "--write-history",
            help="Write what was over before the first sync, and cycles from before enforce_from, too.",
        ),
    ] = False,
    everybody: Annotated[
        bool,
        typer.Option("--everybody", help="Judge everybody anew, not only whom something concerns that came since."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The summary as one JSON object; with --every one a run, each on its line.")
    ] = False,
) -> None:
    """Pull both CRMs, work out what is true, and write our properties back where they differ."""
    given = options(context)
    only_with("sync", {"--detailed-exitcode": detailed}, {"--dry-run": dry_run}, fix=NOTHING_OVER)
    not_with("sync", {"--every": every}, {"--write-history": write_history}, fix=HISTORY_ONCE)
    not_with("sync", {"--every": every}, {"--detailed-exitcode": detailed}, fix=NEVER_ENDS)
    if every is not None:
        return again_and_again(given, interval_of(every), dry_run, force, everybody, as_json)
    summary = in_house(given.settings(), lambda house: once(house, given, dry_run, force, write_history, everybody))
    print_json(with_changes(summary)) if as_json else render(summary)
    raise typer.Exit(exit_code(summary, detailed))


async def once(
    house: House, given: Options, dry_run: bool, force: bool, write_history: bool = False, everybody: bool = False
) -> Summary:
    from crm_sync.sync.run import sync as run_sync

    with watching(quiet=given.quiet) as progress:
        parts = parts_of(house)
        return await run_sync(
            parts, dry_run=dry_run, force=force, write_history=write_history, everybody=everybody, progress=progress
        )


def again_and_again(
    given: Options, interval: timedelta, dry_run: bool, force: bool, everybody: bool, as_json: bool
) -> None:
    """Each run as a single one of these options; its summary goes to stdout as JSON, or to the log."""

    def tell(result: Summary | CrmSyncError) -> None:
        if as_json and isinstance(result, Summary):
            print_line(with_changes(result))
        else:
            report(result)

    async def service(house: House) -> None:
        await run_every(interval, lambda: once(house, given, dry_run, force, everybody=everybody), tell)

    in_house(given.settings(), service)


def report(result: Summary | CrmSyncError) -> None:
    log = structlog.get_logger()
    if isinstance(result, Summary):
        for note in result.notes:
            log.warning("tables", note=note)
        log.warning(
            "rehearsed" if result.dry_run else "synced",
            read=result.read,
            judged=result.judged,
            planned=result.planned,
            refused=result.refused,
            held_back=result.held_back,
            run=result.run_id,
        )
    else:
        log.warning("waiting", because=str(result))


def interval_of(text: str) -> timedelta:
    """`10m`, `1h`, `30s`. Raises ConfigError."""
    match = re.fullmatch(r"(\d+)(s|m|h)", text)
    if not match or int(match[1]) == 0:
        raise ConfigError("--every", repr(text), "a number with its unit, as in 30s, 10m, 1h")
    return timedelta(seconds=int(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]])


def exit_code(summary: Summary, detailed: bool) -> int:
    if summary.refused:
        return 3
    return 2 if detailed and summary.dry_run and summary.planned else 0


def with_changes(summary: Summary) -> dict[str, object]:
    """The summary, and for a dry run every change that would be written."""
    changes = summary.plan.changes if summary.plan and summary.dry_run else ()
    return summary.as_json() | ({"changes": [as_dict(change) for change in changes]} if summary.dry_run else {})


def as_dict(change: Change) -> dict[str, str | None]:
    return {
        "ref": str(change.ref),
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "because": change.because,
    }


def render(summary: Summary) -> None:
    """Counts on stdout, next steps on stderr."""
    rows = [(crm, name, count) for crm, counts in summary.pulled.items() for name, count in counts.items()]
    out.print(table("Read", {"CRM": "left", "object": "left", "rows": "right"}, rows))
    people = f"{summary.people:,} people" + (f", {summary.judged:,} judged" if summary.judged < summary.people else "")
    out.print(f"\n{summary.read:,} records new or different · {people} · {summary.links:,} duplicates linked")
    if summary.dry_run and summary.plan:
        show_changes(summary.plan)
    else:
        written = " · ".join(f"{count:,} to {crm}" for crm, count in summary.written.items())
        out.print(f"{summary.planned:,} properties planned · written: {written}")
    advise(summary)


def show_changes(plan: Plan) -> None:
    changes = plan.changes
    rows = [(one.ref, one.field, one.before or "—", one.after or "—", one.because) for one in changes[:SHOWN]]
    if rows:
        columns = {"record": "left", "property": "left", "now": "left", "would be": "left", "because": "left"}
        out.print(table(f"{len(changes):,} properties would be written", columns, rows))
    if len(changes) > SHOWN:
        out.print(f"... and {len(changes) - SHOWN:,} more: crm-sync sync --dry-run --json")
    if not changes:
        out.print("Nothing to write: both CRMs say what we know.")


def advise(summary: Summary) -> None:
    for note in summary.notes:
        say(f"[yellow]{escaped(note)}[/]")
    if summary.held_back:
        people = "1 person" if summary.held_back == 1 else f"{summary.held_back:,} people"
        say(HELD_BACK.format(people))
    if summary.unmapped:
        say(f"[yellow]{summary.unmapped} words of the CRMs are not mapped[/]: crm-sync status lists them.")
    if summary.set_aside:
        say(f"{summary.set_aside} records were set aside with their reason: crm-sync status lists them.")
    if summary.refused:
        say(f"[red]{summary.refused} records were refused by a CRM[/]: crm-sync status lists them with their reason.")
    say(escaped(f"Took {summary.seconds:.1f} s, calls: " + ", ".join(f"{c} {n}" for c, n in summary.calls.items())))
