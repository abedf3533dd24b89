"""Merging: one human as we know them, from all of their records; which record wins is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from crm_sync.changes import Known
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.attribution.touches import Step, first_channel, last_channel
from crm_sync.reconciler.dedupe.keys import email_key
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.owners import owner_at
from crm_sync.reconciler.sla.court import Court, Facts
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.sla.verdict import of_reps, verdicts
from crm_sync.reconciler.stages import stage_history
from crm_sync.reconciler.timeline import Happened, Timeline
from crm_sync.records import Person


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all people are judged under."""

    vocabulary: Vocabulary
    court: Court
    language: str

    @property
    def directory(self) -> Directory:
        return self.court.directory

    @property
    def now(self) -> datetime:
        return self.court.now


def known(timeline: Timeline, steps: Sequence[Step], under: Circumstances) -> Known:
    """Everything about one person but the wanted values of our fields."""
    newest = newest_first(timeline.records)
    history = stage_history(timeline.words, timeline.deals, under.vocabulary.lifecycle, under.now)
    owner = owner_at(timeline.owned, under.now)
    action = last_action(timeline.happened, under.now)
    judged = verdicts(timeline, history, under.court, partial(facts_of, timeline, steps, newest, under))
    shown = of_reps(judged)
    return Known(
        person_id=timeline.person_id,
        refs=tuple(record.ref for record in timeline.records),
        name=best_name(newest),
        email=best_email(newest),
        company=best_company(newest, under.directory),
        stage=history[-1].stage if history else None,
        history=history,
        owner=owner,
        owner_email=under.directory.owner_email(owner),
        source_first=first_channel(steps, under.now),
        source_last=last_channel(steps, under.now),
        campaign=best_campaign(timeline.happened, newest, under),
        last_action=action.activity.label.in_language(under.language) if action and action.activity else None,
        last_action_at=action.touch.at if action else None,
        verdict=shown,
        earlier=tuple(one for one in judged if one is not shown),
    )


def facts_of(
    timeline: Timeline, steps: Sequence[Step], newest: Sequence[Person], under: Circumstances, cycle: Cycle
) -> Facts:
    """What the policies of sla.toml may ask about a cycle, in lower case. Stage and owner are those of its time;
    what no CRM keeps a history of is as it is now."""
    if not under.court.asks:
        return {}
    owner = cycle.owner_at(min(cycle.ended_at or under.now, under.now))
    said: dict[str, Iterable[str | None]] = {
        "stage": [cycle.stage],
        "source": [first_channel(steps, under.now)],
        "last_source": [last_channel(steps, under.now)],
        "campaign": [best_campaign(timeline.happened, newest, under)],
        "country": [next((one.country for one in newest if one.country), None)],
        "team": under.directory.teams_of(owner),
        "owner": [under.directory.who(owner) if owner else None],
        "crm": [record.ref.crm for record in timeline.records],
    }
    return {name: frozenset(one.strip().casefold() for one in said[name] if one) for name in under.court.asks}


def newest_first(records: Sequence[Person]) -> list[Person]:
    """By creation: the time of the last change moves with everything that we write ourselves."""
    return sorted(records, key=lambda record: (record.created_at, record.ref), reverse=True)


def best_name(newest: Sequence[Person]) -> str:
    """The newest name with the most parts."""
    names = [[part.strip() for part in (one.first_name, one.last_name) if part and part.strip()] for one in newest]
    most = max((len(parts) for parts in names), default=0)
    return next((" ".join(parts) for parts in names if len(parts) == most), "")


def best_email(newest: Sequence[Person]) -> str | None:
    """The newest address that is a person's own; else any."""
    emails = [one.email.strip().lower() for one in newest if one.email and one.email.strip()]
    return next((email for email in emails if email_key(email)), emails[0] if emails else None)


def best_company(newest: Sequence[Person], directory: Directory) -> str | None:
    """The newest company that a record is tied to or names."""
    names = (directory.company_name(one.company) or one.company_name for one in newest)
    return next((name.strip() for name in names if name and name.strip()), None)


def best_campaign(happened: Sequence[Happened], newest: Sequence[Person], under: Circumstances) -> str | None:
    """The campaign of the latest response; else what the newest record says."""
    answered = (
        under.directory.campaign_name(one.touch.campaign)
        for one in reversed(happened)
        if one.activity and one.activity.credit == "response" and one.touch.at <= under.now
    )
    return next((name for name in answered if name), None) or next(
        (one.campaign for one in newest if one.campaign), None
    )


def last_action(happened: Sequence[Happened], now: datetime) -> Happened | None:
    """The latest thing that the person did."""
    return next(
        (one for one in reversed(happened) if one.activity and one.activity.inbound and one.touch.at <= now), None
    )
