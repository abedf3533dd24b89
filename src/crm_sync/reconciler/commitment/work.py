"""What the leads cost sales: how many attempts the hours allow, and how many a lead is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor


@dataclass(frozen=True, slots=True)
class Capacity:
    """So many hours for so many leads, against the attempts that were promised to each of them."""

    leads: int
    hours: Fraction
    minutes_per_attempt: Fraction
    promised: int  # attempts per lead

    @property
    def attempts(self) -> int:
        """As many as the hours allow."""
        return floor(self.hours * 60 / self.minutes_per_attempt)

    @property
    def per_lead(self) -> Fraction | None:
        """None without leads."""
        return Fraction(self.attempts, self.leads) if self.leads else None

    @property
    def feasible(self) -> bool:
        return self.leads * self.promised <= self.attempts

    @property
    def most_leads(self) -> int | None:
        """As many as can be worked as promised; None where nothing is promised."""
        return self.attempts // self.promised if self.promised else None


@dataclass(frozen=True, slots=True)
class Depth:
    """How often to try: `gains` is what each number of attempts brings per lead beyond its cost, the best is `attempts`
    (the fewest of equal ones); `exempt`: not even one is worth it."""

    value: Fraction  # expected per lead
    gains: tuple[Fraction, ...]  # of 1, 2, 3 ... attempts
    attempts: int
    exempt: bool


def capacity(leads: int, hours: Decimal | float, minutes_per_attempt: Decimal | float, promised: int) -> Capacity:
    """`hours` in the time in which the leads come, `promised` attempts for each of them."""
    return Capacity(leads, Fraction(hours), Fraction(minutes_per_attempt), promised)


def depth(value: Fraction, cost: Fraction, answers: Sequence[Fraction], exempt_below: Fraction = Fraction(0)) -> Depth:
    """`value`: close rate × revenue; `answers`: the share of those who go on that does so at each attempt. An attempt
    costs the same for every lead; a lead below `exempt_below` is worth none."""
    gains, reached = [], Fraction(0)
    for number, share in enumerate(answers, 1):
        reached += share
        gains.append(value * reached - cost * number)
    best = max(range(len(gains)), key=lambda at: (gains[at], -at), default=-1)
    attempts = best + 1 if best >= 0 and gains[best] > 0 and value >= exempt_below else 0
    return Depth(value, tuple(gains), attempts, attempts == 0)
