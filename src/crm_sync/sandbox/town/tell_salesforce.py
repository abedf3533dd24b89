"""The story as Salesforce knows it: leads with their history, contacts, and everything around them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from crm_sync.sandbox.town.calendar import day_of
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.heard import owners_heard, stages_heard
from crm_sync.sandbox.town.ids import AUTOMATON, INTEGRATION, QUEUE_ID, sobject_id, user_ids
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.phones import in_form, written
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE, UNMAPPED, Cast, Company, Human, Story, Twin
from crm_sync.sandbox.town.tell_salesforce_deals import tell_members, tell_opportunities
from crm_sync.sandbox.town.tell_salesforce_house import by, tell_accounts, user_of
from crm_sync.sandbox.town.tell_salesforce_touches import tell_mailings, tell_notes, tell_touches
from crm_sync.sandbox.town.words import carelessly, respelled
from crm_sync.sandbox.world import Row

STATUSES: Final = {
    "lead": "Open - Not Contacted",
    "mql": "Marketing Qualified",
    "sal": "Working - Contacted",
    "sql": "Qualified",
    "disqualified": "Closed - Not Converted",
    "recycled": "Nurture",
    UNMAPPED: "Contacto",
}
CONVERTED: Final = "Closed - Converted"


def tell_salesforce(story: Story) -> Ledger:
    """Everything Salesforce holds of one block when the town's evening begins."""
    ledger = Ledger(SALESFORCE, story.block.records)
    tell_accounts(story, ledger)
    dice = Dice()
    for human in story.humans:
        lead_at, contact_at = human.course.lead_at, human.course.contact_at
        if lead_at is not None or contact_at is not None:
            about = _about(story, human, dice.again(f"{story.seed}/{human.person.number}/salesforce"))
        if lead_at is not None:
            _tell_lead(story, ledger, human, lead_at, about)
        if contact_at is not None:
            _tell_contact(story, ledger, human, contact_at, about)
        for twin in human.twins:
            if twin.face == SALESFORCE:
                _tell_twin(story, ledger, human, twin)
    tell_opportunities(story, ledger)
    tell_members(story, ledger)
    tell_touches(story, ledger)
    tell_mailings(story, ledger)
    tell_notes(story, ledger)
    return ledger


def _tell_lead(story: Story, ledger: Ledger, human: Human, lead_at: int, about: Row) -> None:
    record_id = sobject_id("Lead", human.person.number)
    owners = owners_heard(human, SALESFORCE, user_ids(story.cast.staff))
    owner = next((who for at, who in reversed(owners) if at <= lead_at), QUEUE_ID)
    statuses = _statuses(human, lead_at)
    moved = [one for one in owners if one[0] > lead_at and one[1] != owner]
    now = moved[-1][1] if moved else owner
    values = about | _lead_about(story, human) | by(now, creator=_creator(story, human))
    values |= {"Status": statuses[-1][1], "IsUnreadByOwner": int(len(statuses) == 1)} | _conversion(story, human)
    modified = max([lead_at, *(at for at, _ in statuses), *(at for at, _ in moved)])
    ledger.add("Lead", record_id, lead_at, modified, values)
    _tell_history(story, ledger, record_id, statuses, [(lead_at, owner), *moved])


def _tell_contact(story: Story, ledger: Ledger, human: Human, contact_at: int, about: Row) -> None:
    company = story.cast.companies[human.person.company]
    owner = user_of(story, human.course.owners[-1].what)
    values = about | {
        "AccountId": sobject_id("Account", human.person.company),
        "LeadSource": human.origin.label,
        "MailingCity": company.city,
        "MailingCountry": company.country,
    }
    ledger.add("Contact", sobject_id("Contact", human.person.number), contact_at, contact_at, values | by(owner))


def _tell_twin(story: Story, ledger: Ledger, human: Human, twin: Twin) -> None:
    company = story.cast.companies[human.person.company]
    owner = user_of(story, twin.owner or "")
    values = {
        "FirstName": human.person.first,
        "LastName": human.person.last,
        "Name": human.person.name,
        "Email": twin.email,
        "Company": company.name,
        "Country": company.country,
        "LeadSource": twin.label,
        "Status": STATUSES["lead"],
    }
    ledger.add("Lead", sobject_id("Lead", human.person.number, twin=True), twin.at, twin.at, values | by(owner))


def _about(story: Story, human: Human, dice: Dice) -> Row:
    """Name and addresses, the same on lead and contact, written as carelessly as people write."""
    person, course = human.person, human.course
    apart = course.unlinked == "phone"
    first, last = (
        (respelled(dice, person.first), respelled(dice, person.last)) if apart else (person.first, person.last)
    )
    if person.nameless:
        first, last = "", "[not provided]"
    dirty = dice.chance(0.08) and not apart
    return {
        "FirstName": first or None,
        "LastName": last,
        "Name": f"{first} {last}".strip(),
        "Email": None if apart else carelessly(dice, person.email) if dirty else person.email,
        "MobilePhone": written(dice, person.phone) if apart or dice.chance(0.7) else None,
        "Phone": _switchboard(story, human),
        "Title": person.title or None,
        "HasOptedOutOfEmail": int(course.opted_out and (course.home == SALESFORCE or person.number % 2 == 0)),
    }


def _switchboard(story: Story, human: Human) -> str | None:
    company: Company = story.cast.companies[human.person.company]
    return in_form(company.switchboard, human.person.number + 1) if human.person.behind_switchboard else None


def _lead_about(story: Story, human: Human) -> dict[str, Any]:
    company = story.cast.companies[human.person.company]
    return {
        "Company": company.name,
        "City": company.city,
        "Country": company.country,
        "Industry": company.industry,
        "LeadSource": human.origin.label,
        "Rating": ("Hot", "Warm", "Cold")[human.person.number % 3],
        "Disqualified_Reason__c": human.course.reason if human.course.home != HUBSPOT else None,
    }


def _statuses(human: Human, lead_at: int) -> list[tuple[int, str]]:
    """The lead's status from its creation on; converted when there is a contact."""
    course = human.course
    found = [(lead_at, STATUSES[course.first_status])]
    for at, what in stages_heard(human, (), SALESFORCE):
        if at > lead_at and what in STATUSES and at != course.contact_at and found[-1][1] != STATUSES[what]:
            found.append((at, STATUSES[what]))
    return [*found, (course.contact_at, CONVERTED)] if course.contact_at is not None else found


def _conversion(story: Story, human: Human) -> dict[str, Any]:
    course, number = human.course, human.person.number
    if course.contact_at is None:
        return {"IsConverted": 0}
    deal = human.deal
    return {
        "IsConverted": 1,
        "ConvertedDate": day_of(course.contact_at).isoformat(),
        "ConvertedAccountId": sobject_id("Account", human.person.company),
        "ConvertedContactId": sobject_id("Contact", number),
        "ConvertedOpportunityId": sobject_id("Opportunity", deal.number) if deal and deal.home != HUBSPOT else None,
    }


def _tell_history(
    story: Story, ledger: Ledger, lead: str, statuses: list[tuple[int, str]], owners: list[tuple[int, str]]
) -> None:
    for (_, old), (at, new) in pairwise(statuses):
        _tell_change(ledger, lead, at, "Status", old, new)
    names = _names(story.cast) if len(owners) > 1 else {}
    for (_, old), (at, new) in pairwise(owners):
        # Salesforce writes every change of owner twice: first the names, then the ids.
        _tell_change(ledger, lead, at, "Owner", names[old], names[new])
        _tell_change(ledger, lead, at, "Owner", old, new, "EntityId")


def _tell_change(ledger: Ledger, lead: str, at: int, field: str, old: str, new: str, kind: str = "Text") -> None:
    values = {"LeadId": lead, "Field": field, "OldValue": old, "NewValue": new, "DataType": kind}
    values["CreatedById"] = sobject_id("User", AUTOMATON if field == "Owner" else 0)
    ledger.add("LeadHistory", sobject_id("LeadHistory", ledger.next("LeadHistory")), at, at, values)


def _names(cast: Cast) -> dict[str, str]:
    users = user_ids(cast.staff)
    return {QUEUE_ID: "Inbound leads"} | {users[one.key]: one.name for one in (*cast.reps, *cast.marketers)}


def _creator(story: Story, human: Human) -> str:
    """Leads that come over from HubSpot are made by the integration, the others by a marketer."""
    synced = human.course.home != SALESFORCE and not human.course.unlinked
    return sobject_id("User", INTEGRATION) if synced else user_of(story, story.cast.marketers[0].key)
