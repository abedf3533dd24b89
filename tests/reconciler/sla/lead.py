"""One lead by hand: stages, owners and touches in a few words, judged under a promise that a test may change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.reconciler.told import ANSWERS

from crm_sync.changes import Known, TargetVerdict, Verdict
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Promise, load_vocabulary
from crm_sync.mappings.policies import PROMISE_FILES, promise_of
from crm_sync.reconciler import make_plan
from crm_sync.reconciler.sla.court import Former
from crm_sync.records import Assignment, Calendar, Edition, Owner, Person, Ref, Snapshot, StageChange, Touch

WORDS, ENGINE = load_vocabulary(), DuckDB(threads=1)
MEXICO = ZoneInfo("America/Mexico_City")
LEAD, CONTACT = Ref("salesforce", "Lead", "00Q1"), Ref("hubspot", "contacts", "1")
BORN = datetime(2026, 1, 5, tzinfo=UTC)
CALL = {"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED"}
TASK = {"TaskSubtype": "Call", "CallType": "Outbound", "Status": "Completed"}


def mexico(text: str) -> datetime:
    """`8 10:00`: in June 2026, on the wall of the shipped calendar. The first is a Monday."""
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"2026-06-{int(day):02}T{clock or '00:00'}").replace(tzinfo=MEXICO).astimezone(UTC)


def user(name: str, **said: Any) -> Owner:
    return Owner(Ref("salesforce", "User", name), "1", BORN, name.title(), f"{name}@acme.mx", **said)


def hubspot_owner(name: str, **said: Any) -> Owner:
    return Owner(Ref("hubspot", "owners", name), "1", BORN, name.title(), f"{name}@acme.mx", **said)


LUIS, EVA = user("luis"), user("eva")
ROBOT = user("robot", human=False)
QUEUE = Owner(Ref("salesforce", "Group", "queue"), "1", BORN, "Queue", human=False)


def call(at: str, by: Owner = LUIS, *, logged: str = "", **said: Any) -> Touch:
    """A call that HubSpot tells; `by` is a colleague of either CRM."""
    when = mexico(at)
    ref = said.pop("ref", Ref("hubspot", "calls", at))
    return Touch(ref, "1", when, mexico(logged) if logged else when, when, (LEAD,), (), by.ref, facts=CALL, **said)


def task(at: str, by: Owner = LUIS, **said: Any) -> Touch:
    """The same call, as Salesforce tells it."""
    return replace(call(at, by, ref=Ref("salesforce", "Task", at), **said), facts=TASK)


def meeting(at: str, starts: str, by: Owner = LUIS, *, logged: str = "", **facts: str) -> Touch:
    """One that HubSpot tells, by default as its rep booked it."""
    one = call(at, by, logged=logged, ref=Ref("hubspot", "meetings", at), starts_at=mexico(starts))
    return replace(one, facts={"hs_meeting_source": "CRM_UI", "hs_meeting_outcome": "SCHEDULED", **facts})


def mail(at: str, **said: Any) -> Touch:
    """What a rep sent, as HubSpot tells it."""
    facts = {"hs_email_direction": "EMAIL", "hs_email_status": said.pop("status", "SENT")}
    return replace(call(at, ref=Ref("hubspot", "emails", at), **said), facts=facts)


def answer(at: str, how: str = "replies") -> Touch:
    """What the person does, in a word of ANSWERS."""
    kind, facts = ANSWERS[how]
    return replace(call(at, ref=Ref("hubspot", kind, at)), facts=facts)


def promise(sla: str = "", calendars: str = "", **edits: str) -> Promise:
    """The shipped promise with lines put before the targets of its policy, with other calendars, or edited."""
    texts: dict[str, str] = dict(zip(PROMISE_FILES, shipped(), strict=True))
    texts["sla.toml"] = texts["sla.toml"].replace('name = "standard"', f'name = "standard"\n{sla}')
    for old, new in edits.items():
        texts["sla.toml"] = texts["sla.toml"].replace(f"\n{old} ", f"\n{old} = {new} # ")
    return promise_of({**texts, "calendars.toml": texts["calendars.toml"] + calendars})


def promise_with(policies: str) -> Promise:
    """The shipped promise, with other policies before its own."""
    texts = dict(zip(PROMISE_FILES, shipped(), strict=True))
    texts["sla.toml"] = texts["sla.toml"].replace("[[policies]]\n", policies + "[[policies]]\n", 1)
    return promise_of(texts)


def shipped() -> list[str]:
    kept: Mapping[str, str] = json.loads(WORDS.promise.text)
    return [kept[name] for name in PROMISE_FILES]


@dataclass
class Lead:
    """`stages` and `owners` are (when, what) in order; the lead exists since January."""

    stages: list[tuple[str, str]] = field(default_factory=lambda: [("1 10:00", "MQL")])
    owners: list[tuple[str, Owner | None]] = field(default_factory=lambda: [("1 10:00", LUIS)])
    touches: list[Touch] = field(default_factory=list)
    team: tuple[Owner, ...] = (LUIS, EVA, QUEUE, ROBOT)
    now: str = "1 11:00"
    read: str | None = "same"
    promise: Promise = WORDS.promise
    former: Former = ()
    calendars: tuple[Calendar, ...] = ()
    editions: tuple[Edition, ...] = ()
    also: tuple[Person, ...] = ()
    horizons: Mapping[str, datetime | None] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        return Snapshot(
            people=(Person(LEAD, "1", BORN, BORN, **self.facts), *self.also),
            touches=tuple(sorted(self.touches, key=lambda one: one.ref)),
            owners=self.team,
            calendars=self.calendars,
            editions=self.editions,
            stage_changes=tuple(
                StageChange(LEAD, f"{place:03}", mexico(at), word, field="Status")
                for place, (at, word) in enumerate(self.stages)
            ),
            assignments=tuple(
                Assignment(LEAD, f"{place:03}", mexico(at), owner.ref if owner else None)
                for place, (at, owner) in enumerate(self.owners)
            ),
        )

    def known(self) -> Known:
        now = mexico(self.now)
        horizon = now if self.read == "same" else mexico(self.read) if self.read else None
        words = replace(WORDS, promise=self.promise)
        fields = words.fields.profile(False)
        plan = make_plan(
            self.snapshot(), words, ENGINE, now, horizon, profile=fields, horizons=self.horizons, former=self.former
        )
        return next(one for one in plan.known if LEAD in one.refs)

    def verdict(self) -> Verdict:
        verdict = self.known().verdict
        assert verdict
        return verdict

    def target(self, name: str) -> TargetVerdict:
        return next(one for one in self.verdict().targets if one.target == name)

    def due(self, name: str = "first_attempt") -> datetime:
        return self.target(name).due_at

    def state(self, name: str = "first_attempt") -> str:
        return self.target(name).state

    def rules(self) -> list[str]:
        return [one.rule for one in self.verdict().considered]


HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
