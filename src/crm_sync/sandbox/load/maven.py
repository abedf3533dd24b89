"""The maven_crm layout: a sales pipeline with its accounts, agents and products, as Salesforce would hold it.

accounts.csv        Account; revenue is in millions of dollars, `subsidiary_of` becomes the parent account
sales_teams.csv     one User per agent and per manager; Department is the regional office
products.csv        only the names: Opportunity.Product__c keeps the pipeline's spelling
sales_pipeline.csv  Opportunity; StageName is `deal_stage` as it stands (Won, Lost and Engaging are added to
                    OpportunityStage with their meaning), Amount is `close_value`, CloseDate is `close_date`.

Dates have no time: they become noon UTC, the same date from Los Angeles to Madrid. CreatedDate is `engage_date`, and
for rows without one the newest engage date of the file. Salesforce demands a CloseDate: rows without one get 90 days
after their creation. Won and lost rows have an OpportunityHistory entry at noon of their close date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from crm_sync.sandbox.load.hall import Hall, Stamps
from crm_sync.sandbox.load.sheets import Line, Sheet
from crm_sync.sandbox.load.values import Unreadable, day_of, instant, number
from crm_sync.sandbox.salesforce.fields import field_def
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.world import Row

#: Stage as the file says it: probability, forecast category, closed, won.
STAGES: Final = {
    "Prospecting": (10, "Pipeline", 0, 0),
    "Engaging": (50, "Pipeline", 0, 0),
    "Won": (100, "Closed", 1, 1),
    "Lost": (0, "Omitted", 1, 0),
}
_NOON, _DAY = 12 * 3_600_000, 86_400_000
_FIRST = 30_000_000  # ids of loaded records, apart from those of a town


def place(hall: Hall, sheets: Iterable[Sheet]) -> None:
    """Everything of this layout; references between the files go by name."""
    lines = {kind: [line for one in sheets if one.kind == f"maven:{kind}" for line in one.lines()] for kind in _KINDS}
    pipeline = lines["pipeline"]
    start, end = _span(pipeline)
    _add_columns(hall)
    _place_stages(hall, start)
    accounts = _place_accounts(hall, lines["accounts"], start)
    users = _place_users(hall, lines["teams"], start)
    for order, line in enumerate(pipeline):
        with hall.placing(line):
            _place_opportunity(hall, line, order, accounts, users, end)


_KINDS: Final = ("accounts", "teams", "products", "pipeline")


def _span(pipeline: list[Line]) -> tuple[int, int]:
    """Noon of the first and of the last engage date."""
    dates: list[int] = []
    for line in pipeline:
        try:
            dates += [instant(line.get("engage_date")) + _NOON] if line.get("engage_date") else []
        except Unreadable:
            continue  # the row itself will be set aside for it
    return (min(dates), max(dates)) if dates else (_NOON, _NOON)


def _add_columns(hall: Hall) -> None:
    table = hall.world.table("salesforce", "Opportunity")
    for name, label in (("Product__c", "Product"), ("Export_Id__c", "Export ID")):
        table.add_field(field_def(name, "string", label=label, length=255, words=["custom"]))


def _place_stages(hall: Hall, at: int) -> None:
    table = hall.world.table("salesforce", "OpportunityStage")
    known = {row["ApiName"] for row in table.select(columns=["ApiName"])}
    for order, (name, (probability, forecast, closed, won)) in enumerate(STAGES.items()):
        if name not in known:
            row: Row = {"_id": salesforce_id("01J", _FIRST + order), "_created": at, "_modified": at, "ApiName": name,
                        "MasterLabel": name, "IsActive": 1, "IsClosed": closed, "IsWon": won, "SortOrder": 90 + order,
                        "DefaultProbability": probability, "ForecastCategory": forecast}  # fmt: skip
            table.insert([row])


def _place_accounts(hall: Hall, lines: list[Line], at: int) -> dict[str, str]:
    ids = {line.get("account"): salesforce_id("001", _FIRST + order) for order, line in enumerate(lines)}
    for line in lines:
        name, parent = line.get("account"), line.get("subsidiary_of")
        if not name or (parent and parent not in ids):
            hall.aside(line, f"accounts have no {parent!r} to be the parent" if name else "the account has no name")
            ids.pop(name, None)
            continue
        with hall.placing(line):
            size, revenue = _amount(line, "employees"), _amount(line, "revenue")
            values: Row = {"Name": name, "Industry": line.get("sector"), "BillingCountry": line.get("office_location"),
                           "NumberOfEmployees": int(size), "AnnualRevenue": revenue * 1_000_000,
                           "ParentId": ids.get(parent)}  # fmt: skip
            hall.put("salesforce", "Account", ids[name], (at, at, None), values, line)
    return {name: key for name, key in ids.items() if hall.knows("salesforce", "Account", key)}


def _amount(line: Line, column: str) -> float:
    return line.read(column, number) if line.get(column) else 0.0


def _place_users(hall: Hall, lines: list[Line], at: int) -> dict[str, str]:
    """A manager who sells too is one user."""
    names = dict.fromkeys([line.get("manager") for line in lines] + [line.get("sales_agent") for line in lines])
    ids = {name: salesforce_id("005", _FIRST + order) for order, name in enumerate(one for one in names if one)}
    for line in lines:
        agent, manager = line.get("sales_agent"), line.get("manager")
        if not agent:
            hall.aside(line, "the row names no sales agent")
            continue
        office = line.get("regional_office")
        if manager and not hall.knows("salesforce", "User", ids[manager]):
            hall.put("salesforce", "User", ids[manager], (at, at, None), _user(manager, office, None), line)
        hall.put("salesforce", "User", ids[agent], (at, at, None), _user(agent, office, ids.get(manager)), line)
    return {name: key for name, key in ids.items() if hall.knows("salesforce", "User", key)}


def _user(name: str, office: str, manager: str | None) -> Row:
    """The file has no mail addresses, and no user is without one: they are made from the name."""
    first, _, last = name.rpartition(" ")
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    email = f"{re.sub('[^a-z0-9]+', '.', ascii_name).strip('.')}@export.example"
    return {"Username": email, "Email": email, "FirstName": first, "LastName": last, "Name": name, "Department": office,
            "ManagerId": manager, "IsActive": 1, "UserType": "Standard"}  # fmt: skip


def _place_opportunity(
    hall: Hall, line: Line, order: int, accounts: dict[str, str], users: dict[str, str], end: int
) -> None:
    agent, account, stage = line.get("sales_agent"), line.get("account"), line.get("deal_stage")
    reason = _reason(line, accounts, users)
    if reason:
        hall.aside(line, reason)
        return
    created = line.read("engage_date", instant) + _NOON if line.get("engage_date") else end
    closed = line.read("close_date", instant) + _NOON if line.get("close_date") else None
    probability, forecast, is_closed, won = STAGES[stage]
    amount = line.read("close_value", number) if line.get("close_value") else None
    record_id = salesforce_id("006", _FIRST + order)
    close_date = day_of(closed or created + 90 * _DAY)
    values: Row = {
        "Name": f"{line.get('product')} {line.get('opportunity_id')}",
        "Product__c": line.get("product"),
        "Export_Id__c": line.get("opportunity_id"),
        "OwnerId": users[agent],
        "AccountId": accounts.get(account),
        "IsClosed": is_closed,
        "IsWon": won,
        "LastStageChangeDate": closed,
        "CurrencyIsoCode": "USD",
    }
    told: Row = {"StageName": stage, "Amount": amount, "CloseDate": close_date}
    told |= {"Probability": probability, "ForecastCategory": forecast}
    stamps: Stamps = (created, closed or created, None)
    hall.put("salesforce", "Opportunity", record_id, stamps, values | told, line)
    if is_closed and closed is not None:
        step: Row = {"OpportunityId": record_id, "CreatedById": users[agent]}
        hall.put(
            "salesforce",
            "OpportunityHistory",
            salesforce_id("008", _FIRST + order),
            (closed, closed, None),
            step | told,
            line,
        )


def _reason(line: Line, accounts: dict[str, str], users: dict[str, str]) -> str:
    """Why the row has no place; open deals without an account have one."""
    agent, account, stage = line.get("sales_agent"), line.get("account"), line.get("deal_stage")
    if not line.get("opportunity_id"):
        return "the row has no opportunity_id"
    if agent not in users:
        return f"sales_teams has no agent {agent!r}"
    if account and account not in accounts:
        return f"accounts has no {account!r}"
    if stage not in STAGES:
        return f"deal_stage {stage!r} is none of {', '.join(STAGES)}"
    return "a won or lost deal needs a close_date" if STAGES[stage][2] and not line.get("close_date") else ""
