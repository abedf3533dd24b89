"""`crm-sync doctor`: is everything in place, and if not, what to do about it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crm_sync.cli.context import in_house, options
from crm_sync.cli.instants import Wall, wall_of
from crm_sync.cli.talk import escaped, out, print_json, span
from crm_sync.clock import host_now, to_iso
from crm_sync.connectors.base import Connector
from crm_sync.connectors.budget import Budget
from crm_sync.errors import CrmSyncError
from crm_sync.settings import misspelt

if TYPE_CHECKING:
    from crm_sync.store.scribes import Scribe
    from crm_sync.wiring import House

SKEW = timedelta(seconds=60)  # that clocks may differ


@dataclass(frozen=True, slots=True)
class Finding:
    """How one CRM is doing. `exit_code` is that of the error which kept us out, if one did."""

    crm: str
    account: str = ""
    time_zone: str | None = None
    now: datetime | None = None
    behind_host: timedelta = timedelta()
    installed: bool = False
    problems: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    exit_code: int = 0
    steps: int = field(default=0)
    login: str = ""
    budget: Budget | None = None


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False
) -> None:
    """Log in to every CRM and say what is missing: scopes, fields, our properties; with the fix for each."""
    settings = options(context).settings()

    async def work(house: House) -> tuple[list[Finding], Wall]:
        return await examine_all(house), wall_of(settings, house.vocabulary)

    findings, wall = in_house(settings, work)
    print_json([as_dict(one) for one in findings]) if as_json else show(findings, wall)
    raise typer.Exit(verdict(findings))


async def examine_all(house: House) -> list[Finding]:
    findings = [await examine(connector) for connector in house.connectors.values()]
    hints = tuple(programs(house.store.scribes(), house.vocabulary.promise.integrations))
    tables = [Finding("tables", problems=house.notes, hints=hints)] if house.notes or hints else []
    unread = tuple(misspelt(os.environ))
    environment = [Finding("environment", hints=unread)] if unread else []
    return [*compared(findings), *tables, *environment]


def programs(scribes: Iterable[Scribe], named: Collection[str]) -> Iterator[str]:
    """Who may be a program that nobody named."""
    for one in scribes:
        if (one.email or "").casefold() not in named:
            done = f"wrote down {one.touches:,} touches of {one.colleagues} colleagues"
            yield (
                f"{one.name or one.user} ({one.email or one.user}) {done}. If that is a program, such as HubSpot's "
                "integration, name its e-mail address in sla.toml: integrations; else copies that it makes count as "
                "attempts of their own."
            )


async def examine(connector: Connector) -> Finding:
    """What one CRM says; an error that keeps us out becomes its only problem."""
    try:
        account = await connector.look()
        steps = [step for step in await connector.plan_schema() if step.kind != "present"]
    except CrmSyncError as problem:
        return Finding(connector.crm, problems=(str(problem),), exit_code=problem.exit_code)
    problems = list(account.problems)
    if steps:
        problems.append(f"{len(steps)} steps are missing for our properties. Run `crm-sync schema apply`.")
    behind = host_now() - account.now
    return Finding(
        connector.crm,
        account.name,
        account.time_zone,
        account.now,
        behind,
        not steps,
        tuple(problems),
        steps=len(steps),
        login=account.login,
        budget=connector.budget,
    )


def compared(findings: list[Finding]) -> list[Finding]:
    """Two CRMs whose clocks disagree order events wrongly."""
    clocks = [one.behind_host for one in findings if one.now is not None]
    if len(clocks) < 2 or max(clocks) - min(clocks) <= SKEW:
        return findings
    sentence = f"the CRMs' clocks differ by {span(max(clocks) - min(clocks))}: events cannot be put in order"
    return [*findings, Finding("both", problems=(sentence,))]


def verdict(findings: list[Finding]) -> int:
    """The gravest exit code: login before settings before anything else."""
    codes = {one.exit_code for one in findings} | {4 for one in findings if one.steps}
    for code in (6, 4):
        if code in codes:
            return code
    return 1 if any(one.problems for one in findings) else 0


def show(findings: list[Finding], wall: Wall) -> None:
    for one in findings:
        mark = "[green]ok[/]" if not one.problems else "[red]to do[/]"
        out.print(f"[bold]{one.crm}[/]  {mark}  {escaped(one.account)}")
        if one.now is not None:
            out.print(
                f"  clock {wall(one.now)}{clock_note(one)}, the account's time zone: {one.time_zone or 'unknown'}"
            )
            out.print(f"  signed in: {one.login}")
            out.print(f"  calls today: {calls_of(one.budget, wall)}")
            out.print(f"  our properties: {'installed' if one.installed else 'not installed'}")
        for problem in one.problems:
            out.print(f"  [red]•[/] {escaped(wall.told(problem))}")
        for hint in one.hints:
            out.print(f"  [yellow]•[/] {escaped(wall.told(hint))}")
    if any(one.now is not None for one in findings):
        out.print(wall.note)


def calls_of(budget: Budget | None, wall: Wall) -> str:
    """What is left of the day's calls, where the CRM tells it."""
    if budget is None or budget.limit is None:
        return "the CRM tells no limit; set daily_calls if you know it"
    back = f", back at {wall(budget.resets_at)}" if budget.resets_at else ""
    if budget.left is None:
        return f"{budget.limit:,} by the settings; the CRM does not tell what is used{back}"
    return f"{budget.left:,} of {budget.limit:,} left{back}"


def clock_note(one: Finding) -> str:
    if abs(one.behind_host) <= SKEW:
        return ""
    return f" (this machine's differs by {span(one.behind_host)}; verdicts go by the CRM's)"


def as_dict(one: Finding) -> dict[str, Any]:
    return {
        "crm": one.crm,
        "ok": not one.problems,
        "account": one.account,
        "login": one.login,
        "time_zone": one.time_zone,
        "now": to_iso(one.now) if one.now else None,
        "budget": as_json(one.budget),
        "installed": one.installed,
        "problems": list(one.problems),
        "hints": list(one.hints),
    }


def as_json(budget: Budget | None) -> dict[str, Any] | None:
    if budget is None:
        return None
    resets_at = to_iso(budget.resets_at) if budget.resets_at else None
    return {"limit": budget.limit, "used": budget.used, "left": budget.left, "resets_at": resets_at}
