"""Credit: each won deal's amount, shared among the steps that led to it, to the cent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa

from crm_sync.changes import Credit, SetAside
from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_question
from crm_sync.reconciler.attribution.touches import Step
from crm_sync.reconciler.deals import OneDeal

JOURNEYS = read_question(__package__, "journeys.sql")
CREDITS = read_question(__package__, "credits.sql")
CENT = Decimal("0.01")
TOO_MUCH = Decimal(10) ** 16  # a typing error, and more than the reports' columns of money hold
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEFORE_ALL = -(2**62)  # earlier than every touch: a deal that was won nobody knows when has no journey


def credits_of(deals: Iterable[OneDeal], steps: Iterable[Step], engine: Engine, currency: str) -> tuple[Credit, ...]:
    """By deal, model and place in the journey."""
    earning = [deal for deal in deals if deal.won and not why_no_credit(deal, currency)]
    refs = {str(deal.ref): deal.ref for deal in earning}
    touches = {str(step.touch): step.touch for step in steps}
    journeys = engine.ask(JOURNEYS, tables(earning, steps))
    rows = engine.ask(CREDITS, {"journeys": journeys}).to_pylist()
    return tuple(
        Credit(
            deal=refs[row["deal"]],
            model=row["model"],
            channel=row["channel"],
            amount=row["cents"] * CENT,
            touch=touches[row["touch"]] if row["touch"] else None,
            person_id=row["person_id"],
        )
        for row in rows
    )


def odd_deals(deals: Iterable[OneDeal], currency: str) -> Iterator[SetAside]:
    """Won deals that earn no credit, and those whose dates do not fit."""
    for deal in deals:
        if not deal.won:
            continue
        if reason := why_no_credit(deal, currency):
            yield SetAside(deal.ref, reason)
        if deal.won_at is None:
            yield SetAside(deal.ref, "won without a close date: its amount is not attributed")
        # A close date without a time is midnight: a deal that was created and won on one day is not odd.
        elif deal.won_at < deal.created_at.replace(hour=0, minute=0, second=0, microsecond=0):
            yield SetAside(deal.ref, "won before it was created")


def why_no_credit(deal: OneDeal, currency: str) -> str:
    if deal.amount is None:
        return "won without an amount"
    if deal.amount < 0:
        return f"won with a negative amount, {deal.amount}"
    if deal.amount >= TOO_MUCH:
        return "won with an amount of 17 digits or more, which nobody can have meant"
    if deal.currency and deal.currency.upper() != currency.upper():
        return f"its amount is in {deal.currency}, not in {currency}"
    return ""


def tables(deals: Sequence[OneDeal], steps: Iterable[Step]) -> dict[str, pa.Table]:
    """Instants as microseconds, money as cents: whole numbers mean the same on every engine."""
    ordered = sorted(steps)
    people = [(str(deal.ref), person_id) for deal in deals for person_id in deal.person_ids]
    return {
        "deals": table(
            deal=(pa.string(), [str(deal.ref) for deal in deals]),
            won_at=(pa.int64(), [end_of_second(deal.won_at) for deal in deals]),
            cents=(pa.int64(), [cents(deal.amount or Decimal(0)) for deal in deals]),
        ),
        "deal_people": table(
            deal=(pa.string(), [deal for deal, _ in people]),
            person_id=(pa.string(), [person_id for _, person_id in people]),
        ),
        "steps": table(
            at=(pa.int64(), [microseconds(step.at) for step in ordered]),
            touch=(pa.string(), [str(step.touch) for step in ordered]),
            activity=(pa.string(), [step.activity for step in ordered]),
            channel=(pa.string(), [step.channel for step in ordered]),
            person_id=(pa.string(), [step.person_id for step in ordered]),
        ),
    }


def table(**columns: tuple[pa.DataType, Sequence[object]]) -> pa.Table:
    return pa.table({name: pa.array(values, kind) for name, (kind, values) in columns.items()})


def end_of_second(at: datetime | None) -> int:
    """The last microsecond of the close: both CRMs keep seconds only."""
    return microseconds(at.replace(microsecond=999_999)) if at else BEFORE_ALL


def microseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def cents(amount: Decimal) -> int:
    return int(amount.quantize(CENT, ROUND_HALF_UP) / CENT)
