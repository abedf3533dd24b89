"""What the org itself does when a record is written: defaults, and fields that follow from others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from crm_sync.sandbox.salesforce.schema import FACE
from crm_sync.sandbox.world import Row, World, from_ms

_DEFAULTS: dict[str, Row] = {
    "Task": {"Status": "Not Started", "Priority": "Normal", "TaskSubtype": "Task"},
    "Event": {"EventSubtype": "Event", "ShowAs": "Busy"},
    "CampaignMember": {"Status": "Sent"},
    "User": {
        "TimeZoneSidKey": "America/Mexico_City",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "UserType": "Standard",
        "Alias": "user",
    },
    "EmailMessage": {"Status": "3"},
    "Group": {"Type": "Regular"},
    "ContentNote": {"FileType": "SNOTE"},
    "ContentDocumentLink": {"ShareType": "V", "Visibility": "AllUsers"},
    "BusinessHours": {"TimeZoneSidKey": "America/Mexico_City"},
    "PermissionSet": {"IsCustom": 1},
}


def defaults(world: World, name: str, columns: dict[str, Any], user: str) -> Row:
    """Values of a new record for what its client did not say."""
    row: Row = {one: 0 for one, field in columns.items() if field.kind == "boolean"}
    row |= {one: user for one in ("OwnerId", "CreatedById") if one in columns}
    row |= {"CurrencyIsoCode": "USD"} if "CurrencyIsoCode" in columns else {}
    row |= _DEFAULTS.get(name, {})
    if name == "Lead":
        first = next(world.table(FACE, "LeadStatus").select("IsDefault = 1"), None)
        row["Status"] = first["MasterLabel"] if first else None
    return row


def consequences(world: World, name: str, before: Row, changes: Row, now: int) -> Row:
    """Further columns that change because these do."""
    follow = _FOLLOW.get(name)
    return follow(world, before, changes, now) if follow else {}


def _full_name(world: World, before: Row, changes: Row, now: int) -> Row:
    if not changes.keys() & {"FirstName", "LastName"}:
        return {}
    whole = before | changes
    return {"Name": " ".join(part for part in (whole.get("FirstName"), whole.get("LastName")) if part) or None}


def _stage(world: World, before: Row, changes: Row, now: int) -> Row:
    follows: Row = {}
    stage = changes.get("StageName")
    if stage is not None and stage != before.get("StageName"):
        about = next(world.table(FACE, "OpportunityStage").select("MasterLabel = ?", [stage]), {})
        follows = {
            "IsClosed": about.get("IsClosed", 0),
            "IsWon": about.get("IsWon", 0),
            "ForecastCategory": about.get("ForecastCategory"),
        }
        follows |= {"LastStageChangeDate": now} if before else {}
        follows |= {} if "Probability" in changes else {"Probability": about.get("DefaultProbability")}
    whole = before | changes | follows
    if whole.get("Amount") is not None and whole.get("Probability") is not None:
        follows["ExpectedRevenue"] = round(whole["Amount"] * whole["Probability"] / 100, 2)
    return follows


def _task(world: World, before: Row, changes: Row, now: int) -> Row:
    follows: Row = {"IsHighPriority": int(changes["Priority"] == "High")} if "Priority" in changes else {}
    if "Status" in changes:
        done = changes["Status"] == "Completed"
        follows |= {
            "IsClosed": int(done),
            "CompletedDateTime": (before.get("CompletedDateTime") or now) if done else None,
        }
    return follows | _account(world, before, changes)


def _event(world: World, before: Row, changes: Row, now: int) -> Row:
    whole = before | changes
    start, minutes = whole.get("StartDateTime") or whole.get("ActivityDateTime"), whole.get("DurationInMinutes")
    if start is None:
        return _account(world, before, changes)
    end = whole.get("EndDateTime") if "EndDateTime" in changes or minutes is None else start + int(minutes) * 60_000
    follows = {
        "StartDateTime": start,
        "ActivityDateTime": start,
        "ActivityDate": from_ms(start).date().isoformat(),
        "EndDateTime": end,
    }
    return (
        follows
        | {"DurationInMinutes": timedelta(milliseconds=(end or start) - start) // timedelta(minutes=1)}
        | _account(world, before, changes)
    )


def _account(world: World, before: Row, changes: Row) -> Row:
    """An activity belongs to the account that it is about, or to its contact's."""
    whole = before | changes
    about, who = whole.get("WhatId") or "", whole.get("WhoId") or ""
    if about.startswith("001"):
        return {"AccountId": about}
    table, id_ = ("Opportunity", about) if about.startswith("006") else ("Contact", who)
    found = world.table(FACE, table).get([id_], ["AccountId"]).get(id_)
    return {"AccountId": found["AccountId"]} if found else {}


def _member(world: World, before: Row, changes: Row, now: int) -> Row:
    if "Status" not in changes:
        return {}
    responded = changes["Status"] == "Responded"
    first = before.get("FirstRespondedDate") or from_ms(now).date().isoformat()
    return {"HasResponded": int(responded), "FirstRespondedDate": first if responded else None}


_FOLLOW: dict[str, Callable[[World, Row, Row, int], Row]] = {
    "Lead": _full_name,
    "Contact": _full_name,
    "User": _full_name,
    "Opportunity": _stage,
    "Task": _task,
    "Event": _event,
    "CampaignMember": _member,
}
