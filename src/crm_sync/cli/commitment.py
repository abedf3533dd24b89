"""`crm-sync commitment plan|report|capacity|depth`: what marketing owes to sales, and what it follows from."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import typer

from crm_sync.cli.commitment_pages import show_capacity, show_deliveries, show_depth, show_goal, show_question
from crm_sync.cli.context import add_group, options
from crm_sync.cli.handing import said
from crm_sync.cli.instants import zone_of
from crm_sync.cli.report import language, parts
from crm_sync.cli.talk import out, print_json
from crm_sync.cli.together import not_with, only_with
from crm_sync.clock import host_now
from crm_sync.errors import ConfigError
from crm_sync.mappings import load_vocabulary
from crm_sync.mappings.commitment import LEAST, MOST, MOST_LEADS

AsJson = Annotated[bool, typer.Option("--json", help="The answer as one JSON object.")]
Number = float | None
MOST_ATTEMPTS = 1_000
HOURS_OF_REPS = "For the reps as they are, edit commitment.toml: [work]."


def register(app: typer.Typer) -> None:
    help = "What marketing owes to sales: leads for the quotas, delivered ones, and the work that they are."
    add_group(app, "commitment", help, plan=plan, report=report, capacity=capacity, depth=depth)


def plan(
    context: typer.Context,
    period: Annotated[str | None, typer.Option(help="2026-11, 2026-Q4 or 2026; the one of today otherwise.")] = None,
    quota: Annotated[Number, typer.Option(help="A quota of the company, instead of those of the table.")] = None,
    revenue: Annotated[Number, typer.Option(help="Average revenue per customer, instead of the table's.")] = None,
    rate: Annotated[Number, typer.Option(help="Share of leads that become customers, as in 0.02.")] = None,
    as_json: AsJson = False,
) -> None:
    """Customers and leads that the quotas take, per company, team, rep and segment, beside what is committed."""
    from crm_sync.reports.commitment import WhatIf, goal_plan

    if rate is not None and not float(LEAST) <= rate <= 1:
        raise ConfigError("--rate", str(rate), f"a share from {LEAST} to 1, as in 0.02 for 2 %")
    instead = WhatIf(amount(quota, "--quota"), amount(revenue, "--revenue"), amount(rate, "--rate"))
    with parts(context) as (store, engine, vocabulary):
        found = goal_plan(store, engine, vocabulary, host_now(), period, instead)
    zone = zone_of(vocabulary)
    print_json(found.as_json()) if as_json else show_goal(found, said(vocabulary, language(context)), zone)


def report(context: typer.Context, as_json: AsJson = False) -> None:
    """Qualified leads of this month against the commitment so far: delivered, accepted, rejected, replaced."""
    from crm_sync.reports.marketing import marketing_side

    with parts(context) as (store, engine, vocabulary):
        found = marketing_side(store, engine, vocabulary, host_now())
    print_json(found.as_json()) if as_json else show_deliveries(found, said(vocabulary, language(context)))


def capacity(
    context: typer.Context,
    leads: Annotated[
        int | None, typer.Option(help="So many leads, instead of those of the reps.", min=0, max=MOST_LEADS)
    ] = None,
    hours: Annotated[Number, typer.Option(help="With --leads: hours for them, instead of the table's.")] = None,
    minutes: Annotated[Number, typer.Option(help="With --leads: minutes per attempt.")] = None,
    attempts: Annotated[
        int | None, typer.Option(help="With --leads: attempts per lead that are promised.", min=1, max=MOST_ATTEMPTS)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How many attempts the hours allow, per lead, and how many leads can be worked as promised. Exit 2 when fewer
    than there are."""
    from crm_sync.reconciler.commitment.work import capacity as ask
    from crm_sync.reports.marketing import marketing_side
    from crm_sync.reports.work import capacity_json, capacity_plan, promised_attempts

    instead = {"--hours": hours, "--minutes": minutes, "--attempts": attempts}
    only_with("commitment capacity", instead, {"--leads": leads}, fix=HOURS_OF_REPS)
    if leads is not None:
        vocabulary = load_vocabulary(options(context).settings().mappings)
        work, promised = vocabulary.commitment.work, promised_attempts(vocabulary)
        spent, each = amount(hours, "--hours") or work.hours_per_month, amount(minutes, "--minutes")
        one = ask(leads, spent, each or work.minutes_per_attempt, promised if attempts is None else attempts)
        print_json(capacity_json(one)) if as_json else show_question(one, said(vocabulary, language(context)))
        raise typer.Exit(0 if one.feasible else 2)
    with parts(context) as (store, engine, vocabulary):
        found = capacity_plan(marketing_side(store, engine, vocabulary, host_now()), vocabulary)
    print_json(found.as_json()) if as_json else show_capacity(found, said(vocabulary, language(context)))
    raise typer.Exit(0 if all(one.committed.feasible for one in found.reps) else 2)


def depth(
    context: typer.Context,
    policies: Annotated[bool, typer.Option("--policies", help="Only the policies, as TOML for sla.toml.")] = False,
    as_json: AsJson = False,
) -> None:
    """How many attempts a lead of each segment is worth, and which are worth none."""
    fix = "--json has the policies, too."
    not_with("commitment depth", {"--policies": policies}, {"--json": as_json}, fix=fix)
    from crm_sync.reports.closed import past
    from crm_sync.reports.work import depth_plan

    with parts(context) as (store, engine, vocabulary):
        found = depth_plan(past(store, engine, vocabulary, host_now()), vocabulary)
    if policies:
        out.print(found.policies, markup=False, end="")
    else:
        print_json(found.as_json()) if as_json else show_depth(found, said(vocabulary, language(context)))


def amount(given: float | None, option: str) -> Decimal | None:
    """Raises ConfigError for what is none to reckon with."""
    if given is not None and not float(LEAST) <= given <= float(MOST):
        raise ConfigError(option, str(given), f"a number from {LEAST} to {MOST:,}")
    return None if given is None else Decimal(str(given))
