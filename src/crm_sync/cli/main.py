"""The command `crm-sync`: its groups, its global options, and the way from an error to a sentence and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from crm_sync.cli import backfill, demo, doctor, explain, init, lock, runs, sandbox, schema, serve, status, sync, vocab
from crm_sync.cli.context import Options
from crm_sync.cli.talk import complain, err, log_to_stderr
from crm_sync.errors import CrmSyncError

EXIT_CODES = """0 ok · 1 error · 2 changes pending, or a plan that a person should look at · 3 rows refused ·
4 settings, mappings or missing properties · 5 another run holds the lease · 6 login or permission"""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Two CRMs, one truth: SLA status, source and lifecycle, kept equal in HubSpot and Salesforce.",
    epilog=f"Exit codes: {EXIT_CODES}",
)
for group in (init, doctor, schema, sync, backfill, status, explain, runs, lock, serve, vocab, sandbox, demo):
    group.register(app)


@app.callback()
def main(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file.", show_default="crm-sync.toml here")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log every call, and show tracebacks.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no talk; errors only.")] = False,
) -> None:
    """Options that hold for every command."""
    context.obj = Options(config, debug, quiet)
    log_to_stderr(debug=debug)


def run() -> None:
    """The entry point. Every CrmSyncError becomes one sentence on stderr and its exit code."""
    debug = "--debug" in sys.argv
    try:
        app()
    except CrmSyncError as problem:
        if debug:
            err.print_exception()
        complain(problem)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        err.print("\ncrm-sync: stopped; what was read is kept, the next run goes on from there.")
        sys.exit(130)
    except Exception as problem:  # the last door: a defect of ours, said in one sentence
        if debug:
            raise
        err.print(f"[bold red]crm-sync:[/] unexpected {type(problem).__name__}: {problem}. Run again with --debug.")
        sys.exit(1)
