"""Rates and amounts per customer: as the table says them, or as the closed leads of the past tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from crm_sync.errors import ConfigError
from crm_sync.mappings import Commitment
from crm_sync.mappings.commitment import Customer, Segment
from crm_sync.reconciler.commitment.goal import RATE, REVENUE, Estimate, Part

ANSWERS = "commitment.toml: [work] answers"
Tally = tuple[int, int]  # leads, and customers among them
Won = tuple[int, Decimal]  # deals, and their amount


class Window(NamedTuple):
    """From one instant up to another."""

    begins: datetime
    ends: datetime

    def __str__(self) -> str:
        return f"between {self.begins:%Y-%m-%d} and {self.ends:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Past:
    """What was closed, per segment: leads that were handed over in one window, deals that were won in another, which
    reaches further, since a deal that is won is settled. `answers`: attempts → how many of the leads went on after so
    many of them; 0 are those who did without any."""

    of_leads: Window
    of_deals: Window
    leads: Mapping[str, Tally]
    deals: Mapping[str, Won]
    answers: Mapping[int, int]


def parts_of(table: Commitment, past: Past) -> tuple[Part, ...]:
    """Every segment that quotas are shared out to. Raises ConfigError where the past tells nothing."""
    return tuple(part_of(name, Fraction(share), table, past) for name, share in table.shares.items())


def part_of(name: str, share: Fraction, table: Commitment, past: Past) -> Part:
    said = next((one for one in table.segments if one.name == name), None)
    revenue, rate = said_of(said, table.customer)
    return Part(
        name,
        share,
        closed_revenue(name, past, table.closed.least) if revenue == "closed" else Estimate(Fraction(revenue)),
        closed_rate(name, past, table.closed.least) if rate == "closed" else Estimate(Fraction(rate)),
    )


def said_of(segment: Segment | None, customer: Customer) -> tuple[Decimal | str, Decimal | str]:
    """Revenue and rate: the segment's own, else those of all."""
    revenue = segment.average_revenue if segment else None
    rate = segment.lead_to_customer if segment else None
    return revenue or customer.average_revenue, rate or customer.lead_to_customer


def closed_rate(segment: str, past: Past, least: int) -> Estimate:
    """Of the segment's own leads; of all, where it has fewer than `least` or no customer among them."""
    everybody = (sum(n for n, _ in past.leads.values()), sum(won for _, won in past.leads.values()))
    for of, (n, won) in ((segment, past.leads.get(segment, (0, 0))), (None, everybody)):
        if n >= least and won:
            return Estimate(Fraction(won, n), "closed", n, won, *past.of_leads, of)
    found = f"closed, but {everybody[0]} leads with {everybody[1]} customers {past.of_leads}"
    raise ConfigError(RATE, found, f"a share such as 0.02, or {least} closed leads with a customer among them")


def closed_revenue(segment: str, past: Past, least: int) -> Estimate:
    """Of the deals of the segment's own people; of all, where these are fewer than `least` or brought nothing."""
    amounts = past.deals.values()
    everybody = (sum(n for n, _ in amounts), sum((amount for _, amount in amounts), Decimal(0)))
    for of, (n, amount) in ((segment, past.deals.get(segment, (0, Decimal(0)))), (None, everybody)):
        if n >= least and amount > 0:
            return Estimate(Fraction(amount) / n, "closed", n, n, *past.of_deals, of)
    found = f"closed, but {everybody[0]} won deals worth {everybody[1]:,.2f} {past.of_deals}"
    raise ConfigError(REVENUE, found, f"an amount above zero, or {least} won deals that brought something")


def answers_of(table: Commitment, past: Past) -> tuple[tuple[Fraction, ...], int | None]:
    """The share of all who went on that did so at the first, second ... attempt, and how many they were; None: as the
    table says. Raises ConfigError where too few went on to tell."""
    said = table.work.answers
    if said != "closed":
        return tuple(Fraction(one) for one in said), None
    n = sum(past.answers.values())
    if n < table.closed.least or not any(past.answers):
        found = f"closed, but {n} leads went on {past.of_leads}"
        raise ConfigError(ANSWERS, found, f"shares such as [0.4, 0.2, 0.1], or {table.closed.least} leads that went on")
    most = max(past.answers)
    return tuple(Fraction(past.answers.get(number, 0), n) for number in range(1, most + 1)), n
