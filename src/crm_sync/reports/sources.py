"""Which channels bring customers and revenue, by model, and which bring people and qualified leads."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.tables import Label
from crm_sync.reports.relations import Relations, Row, rows, stages_of, table

MODELS = ("first", "last", "linear")
UNATTRIBUTED = "(unattributed)"
UNATTRIBUTED_LABEL = Label(en="(unattributed)", es="(sin atribuir)")
NO_MONEY = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Earned:
    """What a channel earned by one model. `customers` are shares of won deals, so that they sum to all of them."""

    customers: float = 0.0
    deals: int = 0
    revenue: Decimal = NO_MONEY

    def as_json(self) -> dict[str, Any]:
        return {"customers": self.customers, "deals": self.deals, "revenue": str(self.revenue)}


@dataclass(frozen=True, slots=True)
class Source:
    """One channel: credit per model; people, qualified leads and customers whose first source it is."""

    channel: str
    label: Label
    earned: dict[str, Earned]
    people: int = 0
    mqls: int = 0
    customers: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "channel": self.channel,
            "label": self.label.model_dump(),
            "models": {model: earned.as_json() for model, earned in self.earned.items()},
            "people": self.people,
            "mqls": self.mqls,
            "customers": self.customers,
        }


@dataclass(frozen=True, slots=True)
class Sources:
    """Every channel that brought anything, most first-touch revenue first, `(unattributed)` last and always there."""

    deals: int
    revenue: Decimal
    sources: tuple[Source, ...]

    def totals(self) -> dict[str, Earned]:
        """Sums per model: each equals the won deals and their amount."""
        return {model: summed([source.earned[model] for source in self.sources], self.deals) for model in MODELS}

    def as_json(self) -> dict[str, Any]:
        totals = {model: earned.as_json() for model, earned in self.totals().items()}
        won = {"deals": self.deals, "revenue": str(self.revenue)}
        return {"won": won, "totals": totals, "sources": [source.as_json() for source in self.sources]}


def sources(store: Relations, engine: Engine, vocabulary: Vocabulary) -> Sources:
    """Credits as the reconciler gave them; nothing is shared out here."""
    tables = {**store.tables("known", "stage_entries", "credits"), "stages": stages_of(vocabulary.lifecycle)}
    tables["entered"] = table(engine, "funnel", "entered", tables)
    credited = rows(engine, "sources", "credited", tables)
    people = {row["channel"]: row for row in rows(engine, "sources", "people_by_source", tables)}
    won = rows(engine, "sources", "won", tables)[0]
    channels = {row["channel"] for row in credited} | set(people) | {UNATTRIBUTED}
    found = [as_source(channel, credited, people.get(channel, {}), vocabulary) for channel in channels]
    return Sources(won["deals"], money(won["revenue"]), tuple(sorted(found, key=by_worth)))


def as_source(channel: str, credited: list[Row], people: Row, vocabulary: Vocabulary) -> Source:
    mine = {row["model"]: row for row in credited if row["channel"] == channel}
    earned = {model: as_earned(mine[model]) if model in mine else Earned() for model in MODELS}
    label = vocabulary.channels.labels.get(channel, Label(en=channel, es=channel))
    if channel == UNATTRIBUTED:
        label = UNATTRIBUTED_LABEL
    return Source(channel, label, earned, people.get("people", 0), people.get("mqls", 0), people.get("customers", 0))


def as_earned(row: Row) -> Earned:
    return Earned(float(row["customers"]), row["deals"], money(row["revenue"]))


def money(amount: Decimal | int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def by_worth(source: Source) -> tuple[bool, Decimal, int, str]:
    return source.channel == UNATTRIBUTED, -source.earned["first"].revenue, -source.people, source.channel


def summed(earned: list[Earned], deals: int) -> Earned:
    """The column's sum; a deal that several channels share is one deal."""
    customers = round(sum(one.customers for one in earned), 2)
    return Earned(customers, deals, sum((one.revenue for one in earned), NO_MONEY))
