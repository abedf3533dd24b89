"""A small team's story as a plan, hand-made, so that every number in the reports' tests can be counted on fingers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from crm_sync.changes import (
    Considered,
    Credit,
    Known,
    Link,
    Plan,
    SetAside,
    StageEntry,
    TargetState,
    TargetVerdict,
    Unmapped,
    Verdict,
)
from crm_sync.clock import to_iso
from crm_sync.records import Deal, Owner, Person, Record, Ref, Touch
from crm_sync.store import Store

NOW = datetime(2026, 5, 30, 2, 0, tzinfo=UTC)  # Friday 2026-05-29, 20:00 in Mexico City: the day's work is over
LUIS = Ref("hubspot", "owners", "1")
LUIS_IN_SALESFORCE = Ref("salesforce", "User", "005A")
EVA = Ref("salesforce", "User", "005B")


def may(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def contact(number: int) -> Ref:
    return Ref("hubspot", "contacts", str(number))


def lead(number: int) -> Ref:
    return Ref("salesforce", "Lead", f"00Q{number}")


def opportunity(number: int) -> Ref:
    return Ref("salesforce", "Opportunity", f"006{number}")


def verdict(
    person: str, start: datetime, owner: Ref, first: TargetState, cadence: TargetState, status: str, ended: bool = False
) -> Verdict:
    due = start.replace(day=start.day + (3 if ended else 1))
    call = Ref("hubspot", "calls", f"9{person[-1]}")
    targets = (
        TargetVerdict("first_attempt", first, due, start if first == "met" else None, f"due {to_iso(due)}",
                      starts_at=start),
        TargetVerdict("cadence", cadence, due, None, "5 attempts in 14d", starts_at=start),
    )  # fmt: skip
    considered = (Considered(call, start, "call_out", first == "met", "an outbound call"),)
    ended_at = start.replace(day=start.day + 2) if ended else None
    breaches = sum(state in ("breached", "met_late", "closed_untouched") for state in (first, cadence))
    return Verdict(
        person, start, ended_at, owner, status, "none" if ended else "cadence", None if ended else due,
        targets, (start,) if first == "met" else (), considered, breaches, "as the targets say",
    )  # fmt: skip


def known(
    number: int, name: str, path: list[tuple[str, int]], source: str, verdict: Verdict | None = None, both: bool = False
) -> Known:
    refs = (contact(number), lead(number)) if both else (contact(number),)
    owner = verdict.owner if verdict else None
    return Known(
        person_id=f"p-{number}",
        refs=refs,
        name=name,
        email=f"person{number}@example.com",
        company="Acme",
        stage=path[-1][0] if path else None,
        history=tuple(StageEntry(stage, may(day), refs[0], f"{stage} in HubSpot") for stage, day in path),
        owner=owner,
        owner_email="luis@acme.test" if owner else None,
        source_first=source,
        source_last=source,
        campaign=None,
        last_action="Visit",
        last_action_at=may(1),
        verdict=verdict,
        wanted={"sla_status": verdict.status} if verdict else {},
    )


# ana    lead 1, mql 4, sal 5: accepted, in time, luis       bruno  lead 1, mql 5: open, breached, luis
# carla  lead 2, opportunity 9, customer 12: skipped three   dora   mql 6, disqualified 8: rejected, untouched, eva
# emil   no stage that we know                               fay    lead 3, mql 7, recycled 8, mql 20: open, met, eva
PEOPLE = (
    known(1, "Ana Ruiz", [("lead", 1), ("mql", 4), ("sal", 5)], "organic_search",
          verdict("p-1", may(4), LUIS, "met", "on_track", "on_track"), both=True),
    known(2, "Bruno Díaz", [("lead", 1), ("mql", 5)], "email",
          verdict("p-2", may(5), LUIS_IN_SALESFORCE, "breached", "at_risk", "breached")),
    known(3, "Carla <b>Sol</b>", [("lead", 2), ("opportunity", 9), ("customer", 12)], "organic_search"),
    known(4, "Dora Lang", [("mql", 6), ("disqualified", 8)], "direct",
          verdict("p-4", may(6), EVA, "closed_untouched", "closed_untouched", "breached", ended=True)),
    known(5, "Emil", [], "unknown"),
    known(6, "Fay Wong", [("lead", 3), ("mql", 7), ("recycled", 8), ("mql", 20)], "email",
          verdict("p-6", may(20), EVA, "met", "met", "met")),
)  # fmt: skip

REASONS = {"p-4": "Duplicate", "p-6": "duplicate"}

CREDITS = (
    *(Credit(opportunity(1), model, "organic_search", Decimal("100.00"), Ref("hubspot", "visit", "3/1"), "p-3")
      for model in ("first", "last")),
    Credit(opportunity(1), "linear", "organic_search", Decimal("66.67"), Ref("hubspot", "visit", "3/1"), "p-3"),
    Credit(opportunity(1), "linear", "organic_search", Decimal("0.00"), Ref("hubspot", "visit", "3/2"), "p-3"),
    Credit(opportunity(1), "linear", "email", Decimal("33.33"), Ref("hubspot", "visit", "3/3"), "p-3"),
    *(Credit(opportunity(2), model, "(unattributed)", Decimal("50.50"), None, None)
      for model in ("first", "last", "linear")),
)  # fmt: skip

RECORDS: tuple[Record, ...] = (
    *(Person(ref, "1", may(1), may(1), email=one.email, close_reason=REASONS.get(one.person_id))
      for one in PEOPLE for ref in one.refs),
    Owner(LUIS, "1", may(1), name="Luis Mora", email="luis@acme.test"),
    Owner(LUIS_IN_SALESFORCE, "1", may(1), name="Luis Mora", email="Luis@acme.test"),
    Owner(EVA, "1", may(1), name="Eva Stone", email="eva@acme.test"),
    Deal(opportunity(1), "1", may(9), may(12), name="Roof & tiles", stage="Closed Won", state="won",
         amount=Decimal("100.00"), currency="USD", closed_at=may(12), people=(contact(3),)),
    Deal(opportunity(2), "1", may(9), may(13), name="Cold deal", stage="Closed Won", state="won",
         amount=Decimal("50.50"), currency="USD", closed_at=may(13)),
    Touch(Ref("hubspot", "calls", "91"), "1", may(4), may(4), may(4), people=(contact(1),), actor=LUIS,
          subject="First call", facts={"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED"}),
    Touch(Ref("hubspot", "visit", "1/1"), "1", may(1), may(1), may(1), people=(contact(1),), source="ORGANIC_SEARCH"),
    Touch(Ref("hubspot", "notes", "77"), "1", may(2), may(2), may(2), people=(contact(10),), subject="Somebody else"),
)  # fmt: skip

PLAN = Plan(
    now=NOW,
    horizon=NOW,
    links=(
        *(Link(one.refs[0], one.person_id) for one in PEOPLE),
        Link(lead(1), "p-1", "HubSpot names this Salesforce lead"),
    ),
    known=PEOPLE,
    credits=CREDITS,
    changes=(),
    unmapped=(
        Unmapped("salesforce", "stage", "Contacto", 3, lead(5)),
        Unmapped("salesforce", "source", "N/D", 7, lead(6)),
    ),
    set_aside=(SetAside(opportunity(3), "won without an amount"),),
    duplicates=1,
)


def tell(store: Store) -> Store:
    """The story as a store holds it after one sync that ended well."""
    store.save_page("hubspot", "contacts", RECORDS, cursor="end", horizon=NOW, fetched=len(RECORDS))
    run_id = store.start_run("sync", NOW)
    store.save_plan(run_id, PLAN)
    store.finish_run(run_id, "done", {"people": 6}, NOW)
    return store
