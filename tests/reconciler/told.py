"""Reads a story from a test's docstring and lets the reconciler judge it.

    fri 16:30   ana becomes mql, owner luis
    mon         holiday
    tue 16:30   luis calls ana

Times are those of the shipped calendar's wall clock, on and after Monday 2026-06-01. `fri` is the next Friday from the
line before on, the same day included; `next fri` a week later; `day 14` so many dates after the first line. The last
line is now, unless a line says `now`; everything has been read up to now, unless a line says `read up to here`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from crm_sync.changes import Known, Plan, TargetVerdict, Verdict
from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler import make_plan
from crm_sync.records import CLOSE_REASON, Assignment, Owner, Person, Ref, Snapshot, StageChange, Touch

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LINE = re.compile(r"(?:(next )?(mon|tue|wed|thu|fri|sat|sun)|day (\d+))(?: +(\d\d:\d\d(?::\d\d)?))? +(\S.*)")
STATUS = {
    "subscriber": "Newsletter",
    "lead": "Open",
    "mql": "MQL",
    "sal": "Working",
    "sql": "Qualified",
    "recycled": "Nurture",
    "disqualified": "Unqualified",
    "held": "On Hold",
    "checked": "Legal Review",
}
TEAM = {
    "luis": Owner(Ref("salesforce", "User", "005luis"), "1", datetime(2026, 1, 1, tzinfo=UTC), "Luis", "luis@acme.mx"),
    "eva": Owner(Ref("salesforce", "User", "005eva"), "1", datetime(2026, 1, 1, tzinfo=UTC), "Eva", "eva@acme.mx"),
    "robot": Owner(Ref("salesforce", "User", "005robot"), "1", datetime(2026, 1, 1, tzinfo=UTC), "Robot", human=False),
    "queue": Owner(
        Ref("salesforce", "Group", "00Gqueue"), "1", datetime(2026, 1, 1, tzinfo=UTC), "Inbound", human=False
    ),
}
CALL = {"hs_call_direction": "OUTBOUND", "hs_call_status": "NO_ANSWER"}
MAIL = {"hs_email_direction": "EMAIL", "hs_email_status": "SENT"}
DEEDS: dict[str, tuple[str, dict[str, str]]] = {
    "calls": ("calls", CALL),
    "plans a call with": ("calls", {**CALL, "hs_call_status": "QUEUED"}),
    "mails": ("emails", MAIL),
    "lets a sequence mail": (
        "emails",
        {"hs_email_direction": "EMAIL", "hs_email_status": "SENT", "hs_sequence_id": "7"},
    ),
    "sends a list mail to": ("Task", {"TaskSubtype": "ListEmail", "Status": "Completed"}),
    "has mail bounced by": ("emails", {"hs_email_direction": "EMAIL", "hs_email_status": "BOUNCED"}),
    "schedules a mail to": ("emails", {"hs_email_direction": "EMAIL", "hs_email_status": "SCHEDULED"}),
    "messages": ("communications", {"hs_communication_channel_type": "WHATS_APP"}),
    "meets": ("meetings", {"hs_meeting_source": "CRM_UI"}),
    "notes": ("notes", {}),
    "plans a task for": ("tasks", {}),
    "logs a call with": ("Task", {"TaskSubtype": "Call", "CallType": "Outbound", "Status": "Completed"}),
}
ANSWERS: dict[str, tuple[str, dict[str, str]]] = {
    "replies": ("emails", {"hs_email_direction": "INCOMING_EMAIL", "hs_email_status": "SENT"}),
    "calls back": ("calls", {"hs_call_direction": "INBOUND", "hs_call_status": "COMPLETED"}),
    "books a meeting": ("meetings", {"hs_meeting_source": "MEETINGS_PUBLIC"}),
}


@dataclass
class Story:
    """What the lines have told so far."""

    vocabulary: Vocabulary
    people: dict[str, Person] = field(default_factory=dict)
    stages: list[StageChange] = field(default_factory=list)
    owners: list[Assignment] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    holidays: set[date] = field(default_factory=set)
    first: datetime | None = None
    today: date = date(2026, 6, 1)
    now: datetime | None = None
    horizon: datetime | None = None

    def tell(self, line: str) -> None:
        match = LINE.fullmatch(line.strip())
        assert match, f"cannot read {line!r}"
        again, weekday, day, clock, sentence = match.groups()
        self.today = self.date_of(bool(again), weekday, day)
        zone = self.vocabulary.promise.working_time.zone
        at = datetime.combine(self.today, time.fromisoformat(clock or "00:00"), zone).astimezone(UTC)
        self.first = self.first or at
        if sentence == "holiday":
            self.holidays.add(self.today)
        elif sentence == "now":
            self.now = at
        elif sentence == "read up to here":
            self.horizon = at
        else:
            self.happens(at, sentence)

    def date_of(self, again: bool, weekday: str | None, day: str | None) -> date:
        if day:
            assert self.first
            return self.first.astimezone(self.vocabulary.promise.working_time.zone).date() + timedelta(days=int(day))
        ahead = (WEEKDAYS.index(weekday or "") - self.today.weekday()) % 7
        return self.today + timedelta(days=ahead + 7 * again)

    def happens(self, at: datetime, sentence: str) -> None:
        for pattern, handle in SENTENCES:
            if match := re.fullmatch(pattern, sentence):
                handle(self, at, **match.groupdict())
                return
        raise AssertionError(f"nobody understands {sentence!r}")

    def person(self, name: str, at: datetime) -> Person:
        born = at - timedelta(days=1)
        ref = Ref("salesforce", "Lead", f"00Q{name}")
        return self.people.setdefault(name, Person(ref, "1", born, born, f"{name}@example.com", first_name=name))

    def becomes(self, at: datetime, who: str, stage: str, owner: str | None, reason: str | None) -> None:
        person = self.person(who, at)
        said = [one.value for one in self.stages if one.ref == person.ref and one.field != CLOSE_REASON]
        was = said[-1] if said else None
        self.stages.append(StageChange(person.ref, f"{len(self.stages):03}", at, STATUS.get(stage, stage), was))
        self.people[who] = replace(
            person, stage=(STATUS.get(stage, stage),), close_reason=reason or person.close_reason
        )
        if owner:
            self.goes_to(at, who, owner)

    def gives(self, at: datetime, who: str, reason: str) -> None:
        """Where the CRM keeps a history of it; `none` takes it back."""
        person, value = self.person(who, at), "" if reason == "none" else reason
        key = f"{len(self.stages):03}"
        self.stages.append(StageChange(person.ref, key, at, value, person.close_reason, CLOSE_REASON))
        self.people[who] = replace(person, close_reason=value or None)

    def goes_to(self, at: datetime, who: str, owner: str) -> None:
        person, now = self.person(who, at), TEAM[owner].ref if owner in TEAM else None
        was = next((one.owner for one in reversed(self.owners) if one.ref == person.ref), None)
        self.owners.append(Assignment(person.ref, f"{len(self.owners):03}", at, now, was))
        self.people[who] = replace(person, owner=now)

    def does(self, at: datetime, rep: str, deed: str, who: str) -> None:
        self.touch(at, who, TEAM[rep].ref, *DEEDS[deed])

    def answers(self, at: datetime, who: str, answer: str) -> None:
        self.touch(at, who, None, *ANSWERS[answer])

    def touch(self, at: datetime, who: str, actor: Ref | None, kind: str, facts: dict[str, str]) -> None:
        crm = "salesforce" if kind == "Task" else "hubspot"
        ref = Ref(crm, kind, f"{len(self.touches):03}")
        self.touches.append(Touch(ref, "1", at, at, at, (self.person(who, at).ref,), actor=actor, facts=facts))

    def opts_out(self, at: datetime, who: str) -> None:
        self.people[who] = replace(self.person(who, at), opted_out=True)


SENTENCES: tuple[tuple[str, Callable[..., Any]], ...] = (
    (r"(?P<who>\w+) becomes (?P<stage>\w+)(?:, owner (?P<owner>\w+))?(?: as (?P<reason>.+))?", Story.becomes),
    (r"(?P<who>\w+) gives the reason (?P<reason>.+)", Story.gives),
    (r"(?P<who>\w+) goes to (?P<owner>\w+)", Story.goes_to),
    (r"(?P<who>\w+) opts out", Story.opts_out),
    (r"(?P<who>\w+) (?P<answer>" + "|".join(ANSWERS) + ")", Story.answers),
    (r"(?P<rep>\w+) (?P<deed>" + "|".join(DEEDS) + r") (?P<who>\w+)", Story.does),
)


@dataclass
class Told:
    """The story's plan, asked by name."""

    plan: Plan
    people: dict[str, Person]

    def known(self, name: str) -> Known:
        return next(one for one in self.plan.known if self.people[name].ref in one.refs)

    def verdict(self, name: str) -> Verdict:
        verdict = self.known(name).verdict
        assert verdict, f"{name} has no verdict"
        return verdict

    def shown(self, name: str) -> str:
        """Status and target as a rep sees them: `at_risk cadence`."""
        verdict = self.verdict(name)
        return f"{verdict.status} {verdict.target}"

    def target(self, name: str, target: str) -> TargetVerdict:
        return next(one for one in self.verdict(name).targets if one.target == target)

    def first(self, name: str) -> str:
        return self.target(name, "first_attempt").state

    def cadence(self, name: str) -> str:
        return self.target(name, "cadence").state

    def attempts(self, name: str) -> int:
        return len(self.verdict(name).attempts)

    def rules(self, name: str) -> list[str]:
        """Why each touch did not count, or that it did."""
        return [one.rule for one in self.verdict(name).considered]


def tell(text: str, vocabulary: Vocabulary, engine: Engine) -> Told:
    """The story in `text`, judged."""
    story = Story(vocabulary)
    for line in filter(str.strip, text.splitlines()):
        story.tell(line)
    happened: tuple[StageChange | Assignment | Touch, ...] = (*story.stages, *story.owners, *story.touches)
    now = story.now or max(one.at for one in happened)
    snapshot = Snapshot(
        people=tuple(story.people.values()),
        touches=tuple(story.touches),
        owners=tuple(TEAM.values()),
        stage_changes=tuple(story.stages),
        assignments=tuple(story.owners),
    )
    words = with_holidays(vocabulary, story.holidays)
    plan = make_plan(snapshot, words, engine, now, story.horizon or now, profile=words.fields.profile(False))
    return Told(plan, story.people)


def with_holidays(vocabulary: Vocabulary, days: set[date]) -> Vocabulary:
    promise = vocabulary.promise
    time = promise.working_time
    calendars = {**promise.calendars, promise.default_calendar: replace(time, holidays=time.holidays | days)}
    return replace(vocabulary, promise=replace(promise, calendars=calendars))
