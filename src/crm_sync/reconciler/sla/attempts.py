"""Attempts: which touches of a cycle count, and which rule decided about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from crm_sync.changes import Considered
from crm_sync.mappings import Activity, Rules
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.sla.appointments import as_attempts
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.sla.twins import Copies, Group, Told, told_by, told_together
from crm_sync.reconciler.timeline import Happened
from crm_sync.reconciler.words import iso
from crm_sync.records import Ref, Touch, frozen

COUNTS = "counts as an attempt"
NOT_HELD = "an appointment that was not held, written down afterwards"
DAY = timedelta(days=1) - timedelta(microseconds=1)


class Made(NamedTuple):
    """An attempt. `at` and `until` differ when only its day is known: it was made somewhere between the two."""

    at: datetime
    until: datetime
    logged_at: datetime


@frozen
class Effort:
    """What both sides did in a cycle: attempts that count, those from before the rep's clock, which are contact only,
    answers of the person, meetings that the person booked. All in order of time."""

    attempts: tuple[Made, ...]
    early: tuple[Made, ...]
    answers: tuple[datetime, ...]
    bookings: tuple[datetime, ...]
    considered: tuple[Considered, ...]


class Table:
    """One cycle's touches, decided one after the other in order of time."""

    def __init__(
        self,
        cycle: Cycle,
        rules: Rules,
        directory: Directory,
        now: datetime,
        together: Mapping[Ref, Group],
        copies: Copies | None,
    ) -> None:
        self.cycle, self.rules, self.directory, self.now = cycle, rules, directory, now
        self.attempts: list[Made] = []
        self.early: list[Made] = []
        self.answers: list[tuple[datetime, bool]] = []
        self.considered: list[Considered] = []
        self._last: dict[str | None, datetime] = {}  # channel → the last attempt that counted
        self._places: dict[Ref, tuple[int, int]] = {}  # a counted touch → where it stands in attempts and considered
        self._same, self._late = (span.as_timedelta() for span in (rules.same_attempt_within, rules.late_logging))
        grace = rules.pre_start_grace.as_timedelta()
        self._since = cycle.started_at - grace if cycle.started_at else None
        self._contact = cycle.qualified_at - grace
        self._copies = copies
        self._strangers: dict[tuple[Ref | None, Ref | None], str] = {}  # actor and owner → why it is none of ours
        self._told = {ref: told_by(group, self.fails) for ref, group in together.items()}

    @property
    def since(self) -> datetime:
        """From when on an attempt counts for the rep, or as contact while there is none."""
        return self._since or self._contact

    def consider(self, one: Happened) -> None:
        touch, activity = one
        made, told = when(touch), self._told.get(touch.ref) if self._told else None
        if told:
            made = made._replace(logged_at=told.logged_at)
        if activity and activity.answer and self.is_answer(activity, touch.at):
            self.answers.append((touch.at, activity.satisfies))
        rule = self.why_not(touch, activity, made) or self.told_elsewhere(touch, activity, told)
        if activity and not rule:
            if self._copies:
                self._copies.remember(touch, activity.channel)
            rule = self.same_as_before(touch, activity)
        if not rule and (self._since is None or made.until < self._since):
            self.early.append(made)
            rule = self.before_the_start(touch)
        elif not rule and activity:
            if self._copies:
                self._places[touch.ref] = len(self.attempts), len(self.considered)
            self.attempts.append(made)
            self._last[activity.channel] = made.at
            self.considered.append(Considered(touch.ref, touch.at, activity.name, True, COUNTS + self.flags(made)))
            return
        name = activity.name if activity else touch.ref.kind
        self.considered.append(Considered(touch.ref, touch.at, name, False, rule))

    def why_not(self, touch: Touch, activity: Activity | None, made: Made) -> str:
        """The first rule by which a touch is no attempt of this cycle; empty when it is one."""
        if activity is None:
            return "no rule of activities.toml fits"
        if not activity.attempt:
            return self.what_it_is(activity, touch)
        if activity.sequence and not self.rules.count_sequence_steps:
            return "an automated step of a sequence"
        if why := self.not_one_of_us(touch.actor, self.cycle.owner_at(touch.at)):
            return why
        if made.until < self._contact:
            return self.before_the_start(touch)
        if self.cycle.ended_at and touch.at > self.cycle.ended_at:
            return f"after the cycle ended at {iso(self.cycle.ended_at)}"
        return "lies in the future" if touch.at > self.now else ""

    def before_the_start(self, touch: Touch) -> str:
        if self.cycle.started_at is None:
            return "no human being owns the lead yet: contact, not an attempt"
        return f"more than {self.rules.pre_start_grace} before the cycle started at {iso(self.cycle.started_at)}"

    def fails(self, one: Happened) -> bool:
        return bool(self.why_not(one.touch, one.activity, when(one.touch)))

    def what_it_is(self, activity: Activity, touch: Touch) -> str:
        if self.is_answer(activity, touch.at):
            return "the person answered" if not activity.satisfies else "the person booked a meeting"
        return NOT_HELD if touch.starts_at and activity.held else f"{activity.label.en} is not an attempt"

    def not_one_of_us(self, actor: Ref | None, owner: Ref | None) -> str:
        """Asked once of each: most touches of a lead are of one colleague."""
        why = self._strangers.get((actor, owner))
        if why is None:
            why = self._strangers[actor, owner] = self.stranger(actor, owner)
        return why

    def stranger(self, actor: Ref | None, owner: Ref | None) -> str:
        if actor is None:
            return "" if self.rules.count_unnamed else "nobody says who did it"
        if not self.directory.is_human(actor):
            return f"done by {self.directory.owner_name(actor)}, who is not a human being"
        if owner is None or self.rules.actor == "anyone":
            return ""
        if self.rules.actor == "owner" and self.directory.who(actor) != self.directory.who(owner):
            return f"done by {self.directory.owner_name(actor)}, and only the owner counts"
        if self.rules.actor == "team" and not self.directory.same_team(actor, owner):
            return f"done by {self.directory.owner_name(actor)}, who is of another team than the owner"
        return ""

    def is_answer(self, activity: Activity, at: datetime) -> bool:
        """At or after the qualifying event, before the end. A meeting that the person books may be that event itself,
        which the CRM notes a little later."""
        if not activity.answer or at > self.now or (self.cycle.ended_at and at >= self.cycle.ended_at):
            return False
        return at >= (self._contact if activity.satisfies else self.cycle.qualified_at)

    def told_elsewhere(self, touch: Touch, activity: Activity | None, told: Told | None) -> str:
        """Another record tells the same touch: the one that counts, or one that says that nothing does."""
        if told and told.against:
            return f"the same touch as {told.against.touch.ref}, which is no attempt"
        if told and told.teller:
            return "" if told.teller == touch.ref else told_too(touch, told.teller)
        original = self._copies.original(touch, activity.channel) if self._copies and activity else None
        if original is None:
            return ""
        self.known_since(original.ref, touch.logged_at)
        return told_too(touch, original.ref)

    def known_since(self, original: Ref, logged_at: datetime) -> None:
        """A touch was written down when either CRM first had it, however late the other one got its copy."""
        if original not in self._places:
            return
        attempt, place = self._places[original]
        made = self.attempts[attempt]
        if logged_at < made.logged_at:
            made = self.attempts[attempt] = made._replace(logged_at=logged_at)
            self.considered[place] = replace(self.considered[place], rule=COUNTS + self.flags(made))

    def same_as_before(self, touch: Touch, activity: Activity | None) -> str:
        """One of several soon after another on one channel."""
        if activity is None or activity.channel not in self._last:
            return ""
        last = self._last[activity.channel]
        if abs(touch.at - last) > self._same:
            return ""
        return f"the same attempt as the one at {iso(last)}: same channel within {self.rules.same_attempt_within}"

    def flags(self, made: Made) -> str:
        """What is odd about an attempt that counts."""
        told = "; only its day is known" if made.until != made.at else ""
        late = made.logged_at - made.until
        if late > self._late:
            told += f"; written down {late.days} days later" if late.days > 1 else "; written down a day later"
        return told


def effort_in(cycle: Cycle, happened: Sequence[Happened], rules: Rules, directory: Directory, now: datetime) -> Effort:
    """`happened` in order of time."""
    crms = {one.touch.ref.crm for one in happened}
    copies = Copies(rules, directory) if len(crms) > 1 else None  # what one CRM tells is no copy of its own
    table = Table(cycle, rules, directory, now, told_together(happened), copies)
    told = in_time(happened, table.since)
    for one in told:
        table.consider(one)
    booked = tuple(at for at, satisfies in table.answers if satisfies)
    answers = tuple(at for at, _ in table.answers)
    return Effort(tuple(table.attempts), tuple(table.early), answers, booked, tuple(table.considered))


def in_time(happened: Sequence[Happened], since: datetime) -> Sequence[Happened]:
    """With appointments as often as they may be attempts."""
    if not any(one.touch.starts_at for one in happened):
        return happened
    return sorted((it for one in happened for it in as_attempts(one, since)), key=lambda one: one.touch.at)


def told_too(touch: Touch, counted: Ref) -> str:
    return f"the same touch as {counted}" + (", told by both CRMs" if touch.ref.crm != counted.crm else "")


def when(touch: Touch) -> Made:
    """Of a touch of which only the day is known: from its first instant to its last one."""
    until = touch.at + DAY if touch.day_only else touch.at
    return Made(touch.at, until, touch.logged_at)
