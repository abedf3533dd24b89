"""`crm-sync company COMPANY`: one company's records, the values that hold, and who works there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crm_sync.cli.context import advise_if_empty, options, store_of
from crm_sync.cli.explain import show_golden
from crm_sync.cli.talk import escaped, out, print_json, say, table

if TYPE_CHECKING:
    from crm_sync.reports.companies import CompanyAnswer


def register(app: typer.Typer) -> None:
    app.command("company")(company)


def company(
    context: typer.Context,
    company: Annotated[str, typer.Argument(help="Company id, record id, domain, or part of a name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
) -> None:
    """Show a company's records and why they are one, the values that hold, and who works there. Exit 1 when not exactly
    one is found."""
    from crm_sync.reports.companies import explain_company

    with store_of(options(context).settings()) as store:
        advise_if_empty(store)
        answer = explain_company(store, company)
    print_json(answer.as_json()) if as_json else show(answer)
    raise typer.Exit(0 if answer.company else 1)


def show(answer: CompanyAnswer) -> None:
    if answer.company:
        out.print(f"[bold]{escaped(answer.company.name)}[/]  [dim]{answer.company.company_id}[/]")
        rows = [(held.ref, held.because or "the first record") for held in answer.records]
        out.print("", table("Records", {"record": "left", "belongs here because": "left"}, rows))
        show_golden(answer.company.golden)
        people = [(one.name, one.person_id, one.ref, one.because) for one in answer.people]
        columns = {"person": "left", "id": "left", "record": "left", "because": "left"}
        out.print("", table(f"{len(people):,} people", columns, people))
    elif answer.matches:
        found = [(one.company_id, one.name, len(one.refs)) for one in answer.matches]
        columns = {"company": "left", "name": "left", "records": "right"}
        out.print(table(f"{len(found)} companies match; ask for one of them", columns, found))
    else:
        say(f"No company matches {escaped(repr(answer.asked))}: try a domain, a CRM's record id or part of a name.")
