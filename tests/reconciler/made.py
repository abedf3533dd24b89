"""Records made by hand: a few words say what matters, the rest is plausible."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crm_sync.records import Assignment, Deal, DealState, Owner, Person, Ref, StageChange, Touch


def at(text: str) -> datetime:
    """`2026-03-02 10:00` or with seconds, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BORN = at("2026-01-05 12:00")


def contact(number: int | str, **said: Any) -> Person:
    return person(Ref("hubspot", "contacts", str(number)), **said)


def lead(number: int | str, **said: Any) -> Person:
    return person(Ref("salesforce", "Lead", f"00Q{number}"), **said)


def person(ref: Ref, **said: Any) -> Person:
    created = said.pop("created_at", BORN)
    return Person(ref, "1", created, said.pop("modified_at", created), **said)


def deal(ref: Ref, amount: str | None = "100", *, won: str | None = None, **said: Any) -> Deal:
    """Won at an instant when `won` is given."""
    state: DealState = "won" if won else said.pop("state", "open")
    closed = at(won) if won else said.pop("closed_at", None)
    money = None if amount is None else Decimal(amount)
    created = said.pop("created_at", BORN)
    return Deal(ref, "1", created, created, state=state, amount=money, closed_at=closed, **said)


def visit(who: Ref, when: str, source: str | None) -> Touch:
    return touch(Ref(who.crm, "visit", f"{who.id}/{when}"), when, people=(who,), source=source)


def label(who: Ref, when: str, source: str) -> Touch:
    return touch(Ref(who.crm, "label", f"{who.kind}/{who.id}"), when, people=(who,), source=source)


def response(who: Ref, when: str, kind: str, **said: Any) -> Touch:
    facts = {"HasResponded": "true"}
    return touch(
        Ref("salesforce", "CampaignMember", f"00v{when}"), when, people=(who,), source=kind, facts=facts, **said
    )


def call(number: int | str, who: Ref, when: str, **said: Any) -> Touch:
    facts = {"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED"}
    return touch(Ref("hubspot", "calls", str(number)), when, people=(who,), facts=facts, **said)


def touch(ref: Ref, when: str, **said: Any) -> Touch:
    return Touch(ref, "1", at(when), at(when), at(when), **said)


def said(who: Ref, when: str, value: str, was: str | None = None, field: str = "stage") -> StageChange:
    return StageChange(who, f"{field}/{when}/{value}", at(when), value, was, field)


def assigned(who: Ref, when: str, owner: Ref | None, was: Ref | None = None) -> Assignment:
    return Assignment(who, f"{when}/{owner}", at(when), owner, was)


def owner(number: int | str, *, human: bool = True, email: str | None = None) -> Owner:
    return Owner(Ref("hubspot", "owners", str(number)), "1", BORN, email=email, human=human)
