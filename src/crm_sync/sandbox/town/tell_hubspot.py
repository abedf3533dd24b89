"""The story as HubSpot knows it: owners, companies, and contacts with their history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from crm_sync.sandbox.town.calendar import DAY, ZONE
from crm_sync.sandbox.town.dice import Dice
from crm_sync.sandbox.town.heard import owners_heard, stages_heard
from crm_sync.sandbox.town.ids import hubspot_id, owner_ids, sobject_id
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.town.phones import in_form, plain, written
from crm_sync.sandbox.town.story import BOTH, HUBSPOT, SALESFORCE, Cast, Deal, Human, Rep, Story, Twin, Visit
from crm_sync.sandbox.town.tell_hubspot_deals import tell_deals
from crm_sync.sandbox.town.tell_hubspot_touches import tell_touches
from crm_sync.sandbox.town.words import respelled

STAGES: Final = {
    "subscriber": "subscriber",
    "lead": "lead",
    "mql": "marketingqualifiedlead",
    "sql": "salesqualifiedlead",
    "opportunity": "opportunity",
    "customer": "customer",
}
STATUSES: Final = {
    "mql": "NEW",
    "sql": "CONNECTED",
    "opportunity": "OPEN_DEAL",
    "disqualified": "UNQUALIFIED",
    "recycled": "BAD_TIMING",
}
_HOURS: Final = (
    [{"days": "MONDAY_TO_FRIDAY", "startMinute": start, "endMinute": end} for start, end in ((540, 840), (900, 1080))],
    [{"days": "MONDAY_TO_FRIDAY", "startMinute": 480, "endMinute": 960}],
    [
        {"days": "MONDAY_TO_FRIDAY", "startMinute": 600, "endMinute": 1080},
        {"days": "SATURDAY", "startMinute": 600, "endMinute": 840},
    ],
)
CONTACT_TO_COMPANY: Final = {279: 280, 1: 2}

_DRILL: Final = {
    "ORGANIC_SEARCH": ("Unknown keywords (SSL)", "google"),
    "PAID_SEARCH": ("CRM para pymes", "crm ventas"),
    "EMAIL_MARKETING": ("Boletín", "Boletín de primavera"),
    "SOCIAL_MEDIA": ("LinkedIn", "organic"),
    "PAID_SOCIAL": ("Facebook", "Remarketing"),
    "REFERRALS": ("directorio.example", "directorio.example/crm"),
    "DIRECT_TRAFFIC": ("acme.example/", None),
    "OTHER_CAMPAIGNS": ("podcast", "temporada-2"),
    "AI_REFERRALS": ("assistant.example", None),
}


def tell_hubspot(story: Story) -> Ledger:
    """Everything HubSpot holds of one block when the town's evening begins."""
    ledger = Ledger(HUBSPOT, story.block.records)
    _tell_companies(story, ledger)
    dice = Dice()
    for human in story.humans:
        if human.course.home != SALESFORCE:
            _tell_contact(story, ledger, human, dice.again(f"{story.seed}/{human.person.number}/hubspot"))
        for twin in human.twins:
            if twin.face == HUBSPOT:
                _tell_twin(story, ledger, human, twin)
    tell_deals(story, ledger)
    tell_touches(story, ledger)
    return ledger


def tell_owners(cast: Cast, now: int, ledger: Ledger) -> None:
    created = now - 400 * DAY
    teams = sorted({one.team for one in (*cast.reps, *cast.marketers)})
    for number, one in enumerate((*cast.reps, *cast.marketers)):
        team = {"id": str(600_001 + teams.index(one.team)), "name": one.team, "primary": True}
        values = {
            "email": one.email,
            "firstName": one.first,
            "lastName": one.last,
            "type": "PERSON",
            "userId": str(51_000_001 + number),
            "teams": json.dumps([team], ensure_ascii=False),
        }
        ledger.add("owners", hubspot_id("owners", number), created, created, values)
        ledger.add("users", hubspot_id("users", number), created, created, _user(one, number, now))


def _user(one: Rep, number: int, now: int) -> dict[str, str]:
    """Who owns records, as a user: with hours of one's own, and one of them soon away for a week."""
    away = [{"startTimestamp": (now + 7 * DAY) * 1000, "endTimestamp": (now + 14 * DAY) * 1000}]
    return {
        "hs_email": one.email,
        "hs_given_name": one.first,
        "hs_family_name": one.last,
        "hs_searchable_calculated_name": one.name,
        "hs_internal_user_id": str(51_000_001 + number),
        "hubspot_owner_id": hubspot_id("owners", number),
        "hs_availability_status": "available",
        "hs_standard_time_zone": ZONE.key,
        "hs_working_hours": json.dumps(_HOURS[number % len(_HOURS)], separators=(",", ":")),
        "hs_out_of_office_hours": json.dumps(away, separators=(",", ":")) if number == 2 else "[]",
    }


def _tell_companies(story: Story, ledger: Ledger) -> None:
    known = {one.person.company for one in story.humans if one.course.home != SALESFORCE}
    accounts = {one.person.company for one in story.humans if one.course.contact_at is not None}
    for number in sorted(known):
        one, created = story.cast.companies[number], story.now - 125 * DAY + number
        values = {
            "name": one.name,
            "domain": one.domain,
            "website": f"https://www.{one.domain}",
            "city": one.city,
            "country": one.country,
            "numberofemployees": str(one.employees),
            "phone": plain(one.switchboard),
            "salesforceaccountid": sobject_id("Account", number) if number in accounts else None,
        }
        ledger.add("companies", hubspot_id("companies", number), created, created, values)


def _tell_contact(story: Story, ledger: Ledger, human: Human, dice: Dice) -> None:
    course, record_id = human.course, hubspot_id("contacts", human.person.number)
    steps = list(_lifecycle(human, story.deals_by_human.get(human.person.number, ())))
    statuses = _statuses(human)
    owners = owners_heard(human, HUBSPOT, owner_ids(story.cast.staff))
    values = (
        _about(story, human, dice) | _source(human) | _stage_values(steps) | _links(human) | _latest(owners, statuses)
    )
    if course.home == HUBSPOT and course.reason:
        values["disqualification_reason"] = course.reason
    if course.opted_out and (course.home == HUBSPOT or human.person.number % 2):
        values["hs_email_optout"] = "true"
    modified = max(at for at, _ in [(course.born, ""), *steps, *statuses, *owners])
    ledger.add("contacts", record_id, course.born, modified, values)
    for field, told in (("lifecyclestage", steps), ("hs_lead_status", statuses), ("hubspot_owner_id", owners)):
        ledger.changed("contacts", record_id, field, told)
    company = hubspot_id("companies", human.person.company)
    ledger.join(("contacts", record_id), ("companies", company), CONTACT_TO_COMPANY)


def _tell_twin(story: Story, ledger: Ledger, human: Human, twin: Twin) -> None:
    """A second contact of the same human, alone with its key."""
    dice, person = Dice(f"{story.seed}/{human.person.number}/twin"), human.person
    record_id = hubspot_id("contacts", person.number, twin=True)
    company = story.cast.companies[person.company]
    values = {
        "email": twin.email,
        "firstname": respelled(dice, person.first),
        "lastname": respelled(dice, person.last),
        "mobilephone": written(dice, person.phone) if twin.by_phone else None,
        "country": company.country,
        "lifecyclestage": "subscriber",
    }
    visits = _visited((twin.visit,)) if twin.visit else {}
    ledger.add("contacts", record_id, twin.at, twin.at, values | visits)
    ledger.changed("contacts", record_id, "lifecyclestage", [(twin.at, "subscriber")])


def _about(story: Story, human: Human, dice: Dice) -> dict[str, Any]:
    person, company = human.person, story.cast.companies[human.person.company]
    also = [twin.email for twin in human.twins if twin.face == HUBSPOT and not twin.by_phone]
    return {
        "email": person.email,
        "hs_additional_emails": ";".join(also) or None,
        "firstname": None if person.nameless else person.first,
        "lastname": None if person.nameless else person.last,
        "mobilephone": written(dice, person.phone) if _shows_mobile(human, dice) else None,
        "phone": in_form(company.switchboard, person.number) if person.behind_switchboard else None,
        "company": company.name,
        "jobtitle": person.title or None,
        "website": company.domain,
        "city": company.city,
        "country": company.country,
        "associatedcompanyid": hubspot_id("companies", person.company),
    }


def _shows_mobile(human: Human, dice: Dice) -> bool:
    """Always when the number is what proves that two records are one human."""
    proof = human.course.unlinked == "phone" or any(twin.by_phone for twin in human.twins)
    return proof or dice.chance(0.7)


def _source(human: Human) -> dict[str, Any]:
    origin = human.origin
    values: dict[str, Any] = _visited(origin.visits)
    if origin.offline is not None:
        values = {
            "hs_analytics_source": "OFFLINE",
            "hs_analytics_source_data_1": origin.offline,
            "hs_analytics_source_data_2": "7001",
        }
    if origin.conversions:
        (first, offer), (last, again) = origin.conversions[0], origin.conversions[-1]
        values |= {
            "first_conversion_date": first * 1000,
            "first_conversion_event_name": offer,
            "recent_conversion_date": last * 1000,
            "recent_conversion_event_name": again,
            "num_conversion_events": str(len(origin.conversions)),
        }
    return values


def _visited(visits: tuple[Visit, ...]) -> dict[str, Any]:
    """HubSpot keeps the first source for ever and the latest one when there is another."""
    values: dict[str, Any] = {}
    for prefix, stamp, one in zip(
        ("hs_analytics_source", "hs_latest_source"),
        ("hs_analytics_first_timestamp", "hs_latest_source_timestamp"),
        visits,
        strict=False,
    ):
        drill = _DRILL[one.source]
        values |= {prefix: one.source, f"{prefix}_data_1": drill[0], f"{prefix}_data_2": drill[1], stamp: one.at * 1000}
    return values


def _lifecycle(human: Human, deals: tuple[Deal, ...]) -> Iterator[tuple[int, str]]:
    """Forward only, as HubSpot does it; a second qualification clears the stage first, or it would be ignored."""
    if human.course.odd:
        yield human.course.born, human.course.odd
    order, now = list(STAGES), -1
    for at, what in stages_heard(human, deals, HUBSPOT):
        if what not in STAGES:
            continue
        if what == "mql" and now >= order.index("mql"):
            yield at - 1, ""
        elif order.index(what) <= now:
            continue
        now = order.index(what)
        yield at, STAGES[what]


def _stage_values(steps: list[tuple[int, str]]) -> dict[str, Any]:
    values: dict[str, Any] = {"lifecyclestage": steps[-1][1]} if steps else {}
    for at, word in steps:
        if word in STAGES.values():
            values |= {f"hs_v2_date_entered_{word}": at * 1000, f"hs_lifecyclestage_{word}_date": at * 1000}
    for (_, word), (left, _) in pairwise(steps):
        if word in STAGES.values():
            values[f"hs_v2_date_exited_{word}"] = left * 1000
    return values


def _statuses(human: Human) -> list[tuple[int, str]]:
    """hs_lead_status; only where sales works in HubSpot does it say how a lead ended."""
    said = [(one.at, STATUSES[one.what]) for one in human.course.stages if one.what in STATUSES]
    if human.course.home == HUBSPOT:
        return said
    return [one for one in said if one[1] == "NEW"][:1] if human.person.number % 3 == 0 else []


def _latest(owners: list[tuple[int, str]], statuses: list[tuple[int, str]]) -> dict[str, Any]:
    values: dict[str, Any] = {"hs_lead_status": statuses[-1][1]} if statuses else {}
    if owners:
        values |= {"hubspot_owner_id": owners[-1][1], "hubspot_owner_assigneddate": owners[-1][0] * 1000}
    return values


def _links(human: Human) -> dict[str, Any]:
    """The ids that the native integration writes, unless it never met the record."""
    course, number = human.course, human.person.number
    if course.home != BOTH or course.unlinked:
        return {}
    return {
        "salesforceleadid": sobject_id("Lead", number) if course.lead_at is not None else None,
        "salesforcecontactid": sobject_id("Contact", number) if course.contact_at is not None else None,
    }
