"""Records and plans to try things with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from crm_sync.changes import Change, Considered, Credit, Known, Link, Plan, StageEntry, TargetVerdict, Verdict
from crm_sync.records import Deal, Person, Ref, Touch

MONDAY = datetime(2026, 5, 18, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA, LEAD = Ref("hubspot", "contacts", "51"), Ref("salesforce", "Lead", "00Q000000000051AAA")
LUIS = Ref("hubspot", "owners", "7")


def person(ref: Ref = ANA, at: datetime = MONDAY, **said: Any) -> Person:
    said = {"version": at.isoformat(), "email": f"{ref.id}@example.com"} | said
    return Person(ref, created_at=MONDAY, modified_at=at, **said)


def deal(ref: Ref = Ref("hubspot", "deals", "9"), at: datetime = MONDAY, **said: Any) -> Deal:
    usual: dict[str, Any] = {"amount": Decimal("1500.10"), "currency": "USD", "people": (ANA,), "state": "won"}
    return Deal(ref, "1", created_at=MONDAY, modified_at=at, **usual | said)


def touch(ref: Ref = Ref("hubspot", "calls", "3"), at: datetime = MONDAY, **said: Any) -> Touch:
    said = {"people": (ANA,), "actor": LUIS, "facts": {"hs_call_direction": "OUTBOUND"}} | said
    return Touch(ref, "1", at, at, at, **said)


def verdict(person_id: str, state: Any = "on_track", because: str = "due lies ahead") -> Verdict:
    due = MONDAY + 8 * HOUR
    target = TargetVerdict("first_attempt", state, due, due - HOUR if state == "met" else None, because)
    looked_at = Considered(Ref("hubspot", "calls", "3"), MONDAY + HOUR, "call", True, "an outbound call")
    return Verdict(
        person_id,
        MONDAY,
        None,
        LUIS,
        state,
        "first_attempt",
        due,
        (target,),
        (MONDAY + HOUR,),
        (looked_at,),
        0,
        because,
    )


def known(person_id: str = "p-1", refs: tuple[Ref, ...] = (ANA,), **said: Any) -> Known:
    history = (StageEntry("mql", MONDAY, refs[0], "the CRM says so"),)
    said = {"name": "Ana Ruíz", "email": "51@example.com", "stage": "mql", "verdict": verdict(person_id)} | said
    said = {"company": None, "owner": LUIS, "owner_email": "luis@acme.mx", "source_first": "organic_search"} | said
    said = {"source_last": "email", "campaign": None, "last_action": None, "last_action_at": None} | said
    return Known(person_id, refs, history=history, wanted={"stage": "mql", "campaign": None}, **said)


def change(ref: Ref = ANA, field: str = "stage", before: str | None = None, after: str | None = "mql") -> Change:
    return Change(ref, field, before, after, "it is so")


def plan(*people: Known, changes: tuple[Change, ...] = (), now: datetime = MONDAY, **said: Any) -> Plan:
    links = tuple(Link(ref, each.person_id, "same e-mail") for each in people for ref in each.refs)
    usual: dict[str, Any] = {"credits": (), "unmapped": (), "set_aside": (), "duplicates": 0, "horizon": now}
    return Plan(now=now, links=links, known=people, changes=changes, **usual | said)


def credit(amount: str, person_id: str | None = "p-1") -> Credit:
    return Credit(Ref("hubspot", "deals", "9"), "linear", "email", Decimal(amount), None, person_id)
