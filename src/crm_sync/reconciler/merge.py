"""Merging: one human as we know them, from all of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from crm_sync.changes import Known, Qualification
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.actions import next_action
from crm_sync.reconciler.attribution.touches import Step, first_channel, last_channel, steps_of
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.golden import Golden, Rules, golden_person, value_of
from crm_sync.reconciler.owners import owner_at
from crm_sync.reconciler.qualify import Event, Examiner, deeds_of, facts_known
from crm_sync.reconciler.sla.court import Court, Facts
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.sla.verdict import of_reps, verdicts
from crm_sync.reconciler.stages import stage_history
from crm_sync.reconciler.timeline import Happened, Timeline
from crm_sync.records import Person


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all people are judged under. `directory` knows where they work; that of the court need not."""

    vocabulary: Vocabulary
    court: Court
    directory: Directory
    language: str
    rules: Rules  # of survivorship, for people
    examiner: Examiner

    @property
    def now(self) -> datetime:
        return self.court.now


def known(timeline: Timeline, steps: Sequence[Step], under: Circumstances) -> Known:
    """Everything about one person but the wanted values of our fields."""
    under.court.watch.begin()
    newest = newest_first(timeline.records)
    history = stage_history(timeline.words, timeline.deals, under.vocabulary.lifecycle, under.now)
    owner = owner_at(timeline.owned, under.now)
    action = last_action(timeline.happened, under.now)
    golden = golden_person(
        timeline.records, under.rules, under.directory, under.vocabulary.identity.words.role_mailboxes
    )
    qualify = qualifier(timeline, steps, newest, golden, under)
    judged = verdicts(timeline, history, under.court, partial(facts_of, timeline, steps, newest, qualify, under))
    shown = of_reps(judged)
    stage = under.vocabulary.lifecycle.stages[history[-1].stage] if history else None
    clock = under.court.calendar(None, None, owner).clock
    opted_out = any(record.opted_out for record in timeline.records)
    return Known(
        person_id=timeline.person_id,
        refs=tuple(record.ref for record in timeline.records),
        name=value_of(golden, "name") or "",
        email=value_of(golden, "email"),
        company=value_of(golden, "company"),
        stage=stage.name if stage else None,
        history=history,
        owner=owner,
        owner_email=under.directory.owner_email(owner),
        source_first=first_channel(steps, under.now),
        source_last=last_channel(steps, under.now),
        campaign=best_campaign(timeline.happened, newest, under.directory, under.now),
        last_action=action.activity.label.in_language(under.language) if action and action.activity else None,
        last_action_at=action.touch.at if action else None,
        verdict=shown,
        earlier=tuple(one for one in judged if one is not shown),
        golden=golden,
        company_id=best_employer(golden, newest, under.directory),
        qualifications=tuple(qualify(one.qualified_at, one.started_at) for one in judged if one.qualified_at),
        action=next_action(stage, history[-1].at, shown, timeline.happened, clock, opted_out) if stage else None,
        moves_at=under.court.watch.moves_at,  # the last: whatever is asked after it goes unnoticed
    )


Qualify = Callable[[datetime, datetime | None], Qualification]


def qualifier(
    timeline: Timeline, steps: Sequence[Step], newest: Sequence[Person], golden: Golden, under: Circumstances
) -> Qualify:
    """What criteria.toml says of a person at a qualifying event. Touches, sources and campaigns are those up to then;
    the rest is as it is now."""
    zone, examiner = under.court.promise.working_time.zone_now, under.examiner
    known: dict[str, str] = {}
    deeds: dict[str, list[datetime]] = {}

    def qualify(at: datetime, started_at: datetime | None) -> Qualification:
        if not known:  # most people never qualify
            said = {name: value_of(golden, name) for name in ("title", "company", "email")}
            said["country"] = next((one.country for one in newest if one.country), None)
            said["crm_persona"] = next((one.persona for one in newest if one.persona), None)
            said["crm_score"] = next((str(one.score) for one in newest if one.score is not None), None)
            known.update(facts_known(said))
            deeds.update(deeds_of(timeline.happened))
        campaign = facts_known({"campaign": best_campaign(timeline.happened, newest, under.directory, at)})
        facts = {**known, **campaign, "source": first_channel(steps, at), "last_source": last_channel(steps, at)}
        return examiner.qualification(Event(at, at.astimezone(zone).date(), started_at), facts, deeds)

    return qualify


def facts_of(
    timeline: Timeline,
    steps: Sequence[Step],
    newest: Sequence[Person],
    qualify: Qualify,
    under: Circumstances,
    cycle: Cycle,
) -> Facts:
    """What the policies of sla.toml may ask about a cycle, in lower case: as it was when the cycle ended, or is now.
    What nobody keeps a history of (country, persona, score) is as it is now."""
    if not under.court.asks:
        return {}
    until, directory = min(cycle.ended_at or under.now, under.now), under.court.office(cycle.ended_at).directory
    owner, steps = cycle.owner_at(until), steps_by(until, timeline, steps, under)
    said: dict[str, Iterable[str | None]] = {
        "stage": [cycle.stage],
        "source": [first_channel(steps, until)],
        "last_source": [last_channel(steps, until)],
        "campaign": [best_campaign(timeline.happened, newest, under.directory, until)],
        "country": [next((one.country for one in newest if one.country), None)],
        "team": directory.teams_of(owner),
        "owner": [directory.who(owner) if owner else None],
        "crm": [record.ref.crm for record in there_by(timeline.records, until)],
    }
    if not under.court.asks.isdisjoint({"score_band", "persona"}):
        qualified = qualify(cycle.qualified_at, cycle.started_at)
        said |= {"score_band": [qualified.band], "persona": [qualified.persona]}
    return {name: frozenset(one.strip().casefold() for one in said[name] if one) for name in under.court.asks}


def steps_by(until: datetime, timeline: Timeline, steps: Sequence[Step], under: Circumstances) -> Sequence[Step]:
    """As they were known to be: a label counted until something better came."""
    if until == under.now:
        return steps
    by_then = (one for one in timeline.happened if one.touch.at <= until)
    return steps_of(timeline.person_id, by_then, under.vocabulary.channels)


def there_by(records: Sequence[Person], until: datetime) -> Sequence[Person]:
    """Those that a CRM had by then; all where none did."""
    return [record for record in records if record.created_at <= until] or records


def newest_first(records: Sequence[Person]) -> list[Person]:
    """By creation: the time of the last change moves with everything that we write ourselves."""
    return sorted(records, key=lambda record: (record.created_at, record.ref), reverse=True)


def best_employer(golden: Golden, newest: Sequence[Person], directory: Directory) -> str | None:
    """The company of the record that tells the person's company; else that of the newest record that has one."""
    told = [one.ref for one in golden if one.field == "company"]
    employers = (directory.employer_of(ref) for ref in (*told, *(record.ref for record in newest)))
    return next((employer for employer in employers if employer), None)


def best_campaign(
    happened: Sequence[Happened], newest: Sequence[Person], directory: Directory, until: datetime
) -> str | None:
    """The campaign of the latest response up to an instant; else what the newest record says."""
    answered = (
        directory.campaign_name(one.touch.campaign)
        for one in reversed(happened)
        if one.activity and one.activity.credit == "response" and one.touch.at <= until
    )
    return next((name for name in answered if name), None) or next(
        (one.campaign for one in newest if one.campaign), None
    )


def last_action(happened: Sequence[Happened], now: datetime) -> Happened | None:
    """The latest thing that the person did."""
    return next(
        (one for one in reversed(happened) if one.activity and one.activity.inbound and one.touch.at <= now), None
    )
