"""Their rows as our records. Pure: what a field means is said by fields.toml and activities.toml."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_sync.connectors.salesforce.values import (
    CRM,
    Row,
    amount,
    full_id,
    instant,
    maybe_instant,
    ours_from,
    owner,
    ref,
    refs,
    text,
)
from crm_sync.mappings.activities import Activities
from crm_sync.mappings.fields import Fields, OurField
from crm_sync.records import Campaign, Company, Deal, DealState, Owner, Person, Ref


@dataclass(frozen=True, slots=True)
class Words:
    """What translating needs of the vocabulary."""

    fields: Fields
    activities: Activities
    ours: tuple[OurField, ...]

    def all_of(self, group: str, name: str, kind: str, row: Row) -> tuple[str, ...]:
        """The texts in the fields that hold `name`, in the order of the table, blanks left out."""
        found = (text(row.get(field)) for field in self.fields.of(group, name, kind))
        return tuple(one for one in found if one is not None)

    def first(self, group: str, name: str, kind: str, row: Row) -> str | None:
        return next(iter(self.all_of(group, name, kind, row)), None)

    def joined(self, group: str, name: str, kind: str, row: Row) -> str | None:
        return "/".join(self.all_of(group, name, kind, row)) or None


def stamps(row: Row) -> dict[str, Any]:
    """What every record has: a version that is compared, never interpreted, and when it was made and changed."""
    return {
        "version": str(row["SystemModstamp"]),
        "created_at": instant(row, "CreatedDate"),
        "modified_at": instant(row, "SystemModstamp"),
    }


def to_person(kind: str, row: Row, words: Words) -> Person:
    def first(name: str) -> str | None:
        return words.first("people", name, kind, row)

    return Person(
        Ref(CRM, kind, row["Id"]),
        **stamps(row),
        email=first("email"),
        more_emails=words.all_of("people", "more_emails", kind, row),
        phones=words.all_of("people", "phones", kind, row),
        first_name=first("first_name"),
        last_name=first("last_name"),
        company_name=first("company_name"),
        company=ref("Account", first("company")),
        title=first("title"),
        country=first("country"),
        owner=owner(first("owner")),
        stage=words.all_of("people", "stage", kind, row),
        source=words.joined("people", "source", kind, row),
        campaign=words.joined("people", "campaign", kind, row),
        close_reason=first("close_reason"),
        opted_out="true" in words.all_of("people", "opted_out", kind, row),
        same_as=same_as(kind, row, words),
        writable=row.get("IsConverted") is not True,
        ours=ours(row, words),
    )


def same_as(kind: str, row: Row, words: Words) -> tuple[Ref, ...]:
    """The records that the table of ids names, ours in the 18-character form."""
    return tuple(
        Ref(crm, target, full_id(one.strip()) if crm == CRM else one.strip())
        for field, (crm, target) in words.fields.same_as.get(kind, {}).items()
        for one in (text(row.get(field)) or "").split(";")
        if one.strip()
    )


def ours(row: Row, words: Words) -> dict[str, str]:
    found = {field.name: ours_from(field, row.get(field.salesforce)) for field in words.ours}
    return {name: value for name, value in found.items() if value is not None}


def to_company(row: Row, words: Words) -> Company:
    def first(name: str) -> str | None:
        return words.first("companies", name, "Account", row)

    return Company(
        Ref(CRM, "Account", row["Id"]),
        **stamps(row),
        name=first("name"),
        domain=first("domain"),
        industry=first("industry"),
        country=first("country"),
        owner=owner(first("owner")),
        same_as=same_as("Account", row, words),
    )


def to_deal(row: Row, words: Words) -> Deal:
    """Closing is a date here: the instant of it stands in the history of stages."""

    def first(name: str) -> str | None:
        return words.first("deals", name, "Opportunity", row)

    return Deal(
        Ref(CRM, "Opportunity", row["Id"]),
        **stamps(row),
        name=first("name"),
        stage=first("stage"),
        state=state_of(row),
        amount=amount(first("amount")),
        currency=first("currency"),
        closed_at=maybe_instant(first("closed_at")),
        owner=owner(first("owner")),
        company=ref("Account", first("company")),
        people=people_of(row),
        source=words.joined("deals", "source", "Opportunity", row),
        same_as=same_as("Opportunity", row, words),
    )


def state_of(row: Row) -> DealState:
    return "won" if row.get("IsWon") is True else "lost" if row.get("IsClosed") is True else "open"


def people_of(row: Row) -> tuple[Ref, ...]:
    """Everybody with a role in the deal, each once, in order of id."""
    roles = (row.get("OpportunityContactRoles") or {}).get("records", [])
    found = {ref("Contact", role.get("ContactId")) for role in roles if role.get("IsDeleted") is not True}
    return tuple(sorted(refs(*found)))


def to_owner(row: Row, words: Words) -> Owner:
    return Owner(
        Ref(CRM, "User", row["Id"]),
        str(row["SystemModstamp"]),
        instant(row, "SystemModstamp"),
        name=text(row.get("Name")),
        email=text(row.get("Email")),
        team=words.joined("owners", "team", "User", row),
        manager=ref("User", row.get("ManagerId")),
        time_zone=text(row.get("TimeZoneSidKey")),
        human=row.get("UserType") == "Standard",
        active=row.get("IsActive") is not False,
    )


def to_queue(row: Row, words: Words) -> Owner:
    """A queue owns records until a human being takes them."""
    modified_at, name = instant(row, "SystemModstamp"), text(row.get("Name"))
    return Owner(Ref(CRM, "Group", row["Id"]), str(row["SystemModstamp"]), modified_at, name, human=False)


def to_campaign(row: Row, words: Words) -> Campaign:
    return Campaign(
        Ref(CRM, "Campaign", row["Id"]),
        **stamps(row),
        name=text(row.get("Name")),
        type=text(row.get("Type")),
        starts_on=text(row.get("StartDate")),
        ends_on=text(row.get("EndDate")),
        cost=cost_of(row),
    )


def cost_of(row: Row) -> Decimal | None:
    """What it cost, else what it was allowed to cost."""
    actual = amount(row.get("ActualCost"))
    return amount(row.get("BudgetedCost")) if actual is None else actual
