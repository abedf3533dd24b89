"""Who and what stands around Salesforce's leads: users, the queue and the accounts."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.town.calendar import DAY
from crm_sync.sandbox.town.ids import AUTOMATON, INTEGRATION, QUEUE_ID, sobject_id, user_ids
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.phones import plain
from crm_sync.sandbox.town.story import QUEUE, Cast, Human, Story


def tell_users(cast: Cast, now: int, ledger: Ledger) -> None:
    created = now - 400 * DAY
    staff = (*cast.reps, *cast.marketers)
    for number, one in enumerate(staff):
        lead = next((at for at, other in enumerate(staff) if other.team == one.team), number)
        values = {
            "Username": one.email,
            "Email": one.email,
            "FirstName": one.first,
            "LastName": one.last,
            "Department": one.team,
            "ManagerId": sobject_id("User", lead) if lead != number else None,
        }
        _tell_user(ledger, number, created, one.name, "Standard", values)
    for number, name, kind in (
        (INTEGRATION, "HubSpot Integration", "CloudIntegrationUser"),
        (AUTOMATON, "Automated Process", "AutomatedProcess"),
    ):
        first, last = name.split(" ")
        email = f"{first}.{last}@acme.example".lower()
        _tell_user(
            ledger,
            number,
            created,
            name,
            kind,
            {"Username": email, "Email": email, "FirstName": first, "LastName": last},
        )
    values = {"Name": "Inbound leads", "DeveloperName": "Inbound_leads", "Type": "Queue"}
    ledger.add("Group", QUEUE_ID, created, created, values)


def _tell_user(ledger: Ledger, number: int, created: int, name: str, kind: str, values: dict[str, Any]) -> None:
    both = {
        "Name": name,
        "UserType": kind,
        "IsActive": 1,
        "Alias": name[:5].lower(),
        "TimeZoneSidKey": "America/Mexico_City",
        "LocaleSidKey": "es_MX",
        "LanguageLocaleKey": "es",
    }
    ledger.add("User", sobject_id("User", number), created, created, both | values)


def tell_accounts(story: Story, ledger: Ledger) -> None:
    """An account stands from the day of its first contact."""
    first: dict[int, Human] = {}
    for human in story.humans:
        best = first.get(human.person.company)
        if human.course.contact_at is not None and (
            best is None or human.course.contact_at < (best.course.contact_at or 0)
        ):
            first[human.person.company] = human
    for number, human in sorted(first.items()):
        company, created = story.cast.companies[number], human.course.contact_at or 0
        owner = user_of(story, human.course.owners[-1].what)
        values = {
            "Name": company.name,
            "Website": company.domain,
            "Industry": company.industry,
            "BillingCity": company.city,
            "BillingCountry": company.country,
            "NumberOfEmployees": company.employees,
            "Phone": plain(company.switchboard),
            "AnnualRevenue": float(company.employees * 40_000),
            "Type": "Prospect",
        }
        ledger.add("Account", sobject_id("Account", number), created, created, values | by(owner))


def by(owner: str, *, creator: str | None = None) -> dict[str, Any]:
    return {"OwnerId": owner, "CreatedById": creator or owner, "LastModifiedById": creator or owner}


def user_of(story: Story, rep: str) -> str:
    return QUEUE_ID if rep == QUEUE else user_ids(story.cast.staff)[rep]
