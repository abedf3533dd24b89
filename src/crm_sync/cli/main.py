"""The command `crm-sync`: its groups, its global options, and the way from an error to a sentence and an exit code."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, cast

import typer
from pydantic import ValidationError

from crm_sync.cli import (
    backfill,
    commitment,
    company,
    demo,
    diagnose,
    doctor,
    dupes,
    errors,
    explain,
    init,
    lock,
    report,
    runs,
    sandbox,
    schema,
    serve,
    sla,
    status,
    sync,
    verify,
    vocab,
)
from crm_sync.cli.context import Options
from crm_sync.cli.talk import complain, err, hush, log_to_stderr
from crm_sync.errors import CrmSyncError
from crm_sync.mappings.tables import ALLOWED, allowed

EXIT_CODES = (
    "0 ok · 1 error · 2 changes pending, or a plan that a person should look at · 3 rows refused, or done in part · "
    "4 settings, mappings, arguments or missing properties · 5 another run holds the lease · 6 login or permission"
)
INTERRUPTED = 130
GLOBAL = ("--config", "-c", "--debug", "--quiet", "-q")
MISUSED = 4  # typer's own 2 would read as "changes are pending"
UsageError = cast(type[Exception], typer.BadParameter.__mro__[1])  # its home differs between versions of typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Two CRMs, one truth: SLA status, source and lifecycle, kept equal in HubSpot and Salesforce.",
    epilog=f"Exit codes: {EXIT_CODES}",
)
GROUPS = (
    init, diagnose, doctor, schema, sync, backfill, verify, status, explain, company, sla, commitment, report, runs,
    dupes, errors, lock, serve, vocab, sandbox, demo,
)  # fmt: skip
for group in GROUPS:
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
    hush(quiet)


def run() -> None:
    """The entry point. Every error becomes one sentence on stderr and its exit code."""
    signal.signal(signal.SIGTERM, stop)
    sys.exit(exit_code(debug="--debug" in sys.argv))


def stop(number: int, frame: FrameType | None) -> None:
    """Being told to stop is like Ctrl-C: what is open gets closed."""
    raise KeyboardInterrupt


def exit_code(*, debug: bool) -> int:
    """Runs the command that the arguments name."""
    try:
        code = app(prog_name="crm-sync", standalone_mode=False) or 0
        return stopped() if code == INTERRUPTED else int(code)
    except CrmSyncError as problem:
        if debug:
            err.print_exception()
        complain(problem)
        return problem.exit_code
    except KeyboardInterrupt:
        return stopped()
    except UsageError as problem:
        return misused(problem)
    except Exception as problem:  # the last door
        if debug:
            raise
        complain(unexpected(problem))
        return 1


def stopped() -> int:
    complain("stopped; what was read is kept, the next run goes on from there.")
    return INTERRUPTED


def misused(problem: Exception) -> int:
    """Wrong words on the command line; typer has printed the help already when there were no words at all."""
    if type(problem).__name__ != "NoArgsIsHelpError":
        context, message = getattr(problem, "ctx", None), getattr(problem, "format_message", problem.__str__)()
        if isinstance(problem.__cause__, ValidationError):  # typer tells it in pydantic's words
            first = problem.__cause__.errors()[0]
            words = allowed(problem.__cause__)
            message = message.replace(first["msg"], f"allowed: {words}" if first["type"] in ALLOWED else words)
        ended = message if message.endswith((".", "?")) else f"{message}."
        complain(
            f"{ended} {hint(getattr(problem, 'option_name', ''), context.command_path if context else 'crm-sync')}"
        )
    return MISUSED


def hint(option: str, command: str) -> str:
    if option in GLOBAL:
        return f"It goes before the command: crm-sync {option} {command.removeprefix('crm-sync ')}"
    return f"`{command} --help` shows what there is."


def unexpected(problem: Exception) -> str:
    """A file or a port that cannot be had explains itself; anything else is a defect of ours."""
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}." if problem.filename else f"{problem.strerror}."
    return f"unexpected {type(problem).__name__}: {problem}. Run again with --debug, and report it with what it shows."
