"""SOQL under fire: any statement gives rows or a Salesforce error, and a valid one means what Python says it means."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.proof.soql_statements import (
    ACCOUNTS,
    AMOUNTS,
    CONDITIONS,
    DAYS,
    NAMES,
    NOON,
    STAGES,
    Condition,
    Row,
    Statement,
    ranked,
    statements,
)
from tests.sandbox.salesforce.conftest import Org, V

from crm_sync.sandbox.salesforce.auth import new_token
from crm_sync.sandbox.world import from_ms, to_ms

Ask = Callable[[str], httpx.Response]

_WORDS = r"""
    SELECT FROM WHERE AND OR NOT IN LIKE ORDER BY GROUP HAVING LIMIT OFFSET ASC DESC NULLS FIRST LAST null true TODAY
    LAST_N_DAYS:7 N_DAYS_AGO:9999999 COUNT() COUNT(Id) SUM(Amount) MAX(CreatedDate) FIELDS(ALL) Id Name Amount
    CloseDate IsWon Account.Name Account.Owner.Name Owner.Manager.Manager.Manager.Manager.Manager.Name
    Opportunity Contact Lead Task Nothing__c (SELECT Id FROM Contacts) ( ) , = != < <= > >= 'x' '%' '' 0 -1 1.5
    99999999999999999999 2026-05-30 2026-13-45 2026-05-30T00:00:00Z 0001-01-01T00:00:00Z '\'' t USING SCOPE
    TYPEOF Who WHEN THEN ELSE END FOR VIEW WITH SECURITY_ENFORCED EXCLUDES INCLUDES ('a;b') toLabel(Name) . ; --
""".split()  # noqa: SIM905 - a grammar's words read better as text


class Rows(dict[str, Row]):
    """Records by id, with a repr that hypothesis can print."""

    def __repr__(self) -> str:
        return f"Rows({len(self)})"


@pytest.fixture(scope="module")
def org() -> Org:
    """Accounts and sixty opportunities whose values meet at every edge that the conditions ask about."""
    org, dice = Org(), random.Random(7)
    accounts = org.add(
        "Account", "001", *({"Name": one, "NumberOfEmployees": 25 * at} for at, one in enumerate(ACCOUNTS))
    )
    org.add(
        "Opportunity",
        "006",
        *(
            {
                "Name": dice.choice(NAMES),
                "StageName": dice.choice(STAGES),
                "Amount": dice.choice(AMOUNTS),
                "CloseDate": dice.choice((*DAYS, None)),
                "IsWon": dice.choice((0, 1)),
                "AccountId": dice.choice((*accounts, None)),
                "_created": to_ms(NOON) + dice.choice((-1000, 0, 1000, 60_000)),
            }
            for _ in range(60)
        ),
    )
    return org


@pytest.fixture(scope="module")
def rows(org: Org) -> Rows:
    """The same records as the naive evaluation sees them, by id."""
    accounts = {one["_id"]: one for one in org.world.table("salesforce", "Account").select()}
    found = Rows()
    for row in org.world.table("salesforce", "Opportunity").select():
        account = accounts.get(row["AccountId"] or "", {})
        created = from_ms(row["_created"]).replace(microsecond=0)
        parent = {f"Account.{name}": account.get(name) for name in ("Name", "NumberOfEmployees")}
        found[row["_id"]] = {**row, "CreatedDate": created, **parent}
    return found


@pytest.fixture(scope="module")
def ask(org: Org) -> Iterator[Ask]:
    """Sends a statement to the query resource."""
    headers = {"Authorization": f"Bearer {new_token(org.world)}"}

    async def get(soql: str) -> httpx.Response:
        transport = httpx.ASGITransport(org.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://acme.test", headers=headers) as client:
            return await client.get(f"{V}/query", params={"q": soql})

    with asyncio.Runner() as runner:
        yield lambda soql: runner.run(get(soql))


def told(answer: httpx.Response) -> list[dict[str, Any]]:
    """The rows of a good answer; a refusal is a 400 with Salesforce's list of one error."""
    body = answer.json()
    if answer.status_code == 200:
        assert body["done"] is True
        return list(body["records"])
    assert answer.status_code == 400
    [error] = body
    assert error["message"]
    assert error["errorCode"].isupper()
    return []


SCRAMBLED = st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join)


@settings(max_examples=300)
@given(text=SCRAMBLED.map(lambda words: f"SELECT Id FROM Opportunity {words}") | SCRAMBLED | st.text(max_size=60))
def test_any_text_is_answered_with_rows_or_a_salesforce_error(ask, text):
    told(ask(text))


@settings(max_examples=200)
@given(
    statement=statements(), at=st.floats(0, 1), length=st.integers(0, 9), put=st.sampled_from(("", "'", ")", *_WORDS))
)
def test_a_damaged_statement_is_answered_with_rows_or_a_salesforce_error(ask, statement, at, length, put):
    place = int(at * len(statement.text))
    told(ask(statement.text[:place] + put + statement.text[place + length :]))


@settings(max_examples=300)
@given(statement=statements())
def test_a_valid_statement_finds_what_a_naive_evaluation_finds(ask, rows, statement):
    answer = ask(statement.text)
    assert answer.status_code == 200, answer.text
    found = [rows[one["Id"]] for one in told(answer)]
    wanted = [row for row in rows.values() if statement.keeps(row)]
    if statement.limit is None or len(wanted) <= statement.limit:
        assert sorted(one["_id"] for one in found) == sorted(one["_id"] for one in wanted), statement.text
    else:
        assert len(found) == statement.limit
        assert all(statement.keeps(row) for row in found)
    assert in_order(found, statement) == in_order(ordered(wanted, statement)[: statement.limit], statement), (
        statement.text
    )


def in_order(some: list[Row], statement: Statement) -> list[tuple[Any, ...]]:
    """What the rows are ordered by: rows that are equal in it may stand in any order."""
    return [tuple(ranked(row[field]) for field, *_ in statement.order) for row in some]


def ordered(some: list[Row], statement: Statement) -> list[Row]:
    """Nulls come first in either direction, unless the statement says otherwise."""
    for field, down, last in reversed(statement.order):
        known = sorted(
            (row for row in some if row[field] is not None), key=lambda row: ranked(row[field]), reverse=down
        )
        empty = [row for row in some if row[field] is None]
        some = known + empty if last else empty + known
    return some


@settings(max_examples=100)
@given(condition=CONDITIONS, more_than=st.integers(0, 3))
def test_groups_add_up_to_what_a_naive_evaluation_adds_up(ask, rows, condition: Condition, more_than):
    text, keeps = condition
    totals = "StageName, COUNT(Id) n, COUNT(Amount) known, SUM(Amount) total, MIN(CloseDate) early, MAX(Amount) most"
    statement = f"SELECT {totals} FROM Opportunity WHERE {text} GROUP BY StageName HAVING COUNT(Id) > {more_than}"
    answer = ask(statement)
    assert answer.status_code == 200, answer.text
    found = {
        one["StageName"]: {name: one[name] for name in ("n", "known", "total", "early", "most")} for one in told(answer)
    }
    kept = sorted(filter(keeps, rows.values()), key=lambda row: row["StageName"] or "")
    groups = {stage: list(some) for stage, some in groupby(kept, key=lambda row: row["StageName"])}
    assert found == {stage: added_up(some) for stage, some in groups.items() if len(some) > more_than}, text


def added_up(some: list[Row]) -> dict[str, Any]:
    amounts = [row["Amount"] for row in some if row["Amount"] is not None]
    days = [row["CloseDate"] for row in some if row["CloseDate"] is not None]
    total = round(sum(amounts), 6) if amounts else None
    most = max(amounts, default=None)
    return {"n": len(some), "known": len(amounts), "total": total, "early": min(days, default=None), "most": most}
