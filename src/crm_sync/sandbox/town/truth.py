"""What the town knows and no CRM says: who is who, who kept the promise, which channel earned what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.sandbox.town.calendar import text_of
from crm_sync.sandbox.town.credit import Step, channels_of, shares
from crm_sync.sandbox.town.facts import facts_of
from crm_sync.sandbox.town.judge import Facts, Target, Verdict, judge, walk
from crm_sync.sandbox.town.story import Deal, Human, Story

Records = Mapping[int, list[str]]


@dataclass(frozen=True, slots=True)
class Truth:
    """Read it as JSON; tests compare it with what the product found out from the two CRMs alone."""

    content: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        return dict(self.content)


def truth_of(story: Story, people: Records, deals: Records) -> Truth:
    """Judged from the story; `people` and `deals` say under which record ids the CRMs know them."""
    campaigns = story.cast.campaigns
    channels = {one.person.number: channels_of(one, campaigns) for one in story.humans}
    won = [one for one in story.deals if one.state == "won"]
    return Truth(
        {
            "seed": story.seed,
            "now": text_of(story.now),
            "people": [_person(story, one, people, channels) for one in story.humans],
            "deals": [_deal(one, deals, channels) for one in story.deals],
            "totals": {
                "people": len(story.humans),
                "duplicates": sum(len(refs) for refs in people.values()) - len(story.humans),
                "won": len(won),
                "won_amount": money(sum(one.cents for one in won)),
            },
        }
    )


def path_of(deal: Deal, channels: Mapping[int, tuple[Step, ...]]) -> list[Step]:
    """The touches of everybody in the deal, up to the second of the close."""
    close = deal.closed
    found = [step for number in deal.people for step in channels[number] if close is None or step[0] <= close]
    return sorted(found, key=lambda one: one[0])


def person_id(number: int) -> str:
    return f"p{number:05d}"


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def sla_of(verdict: Verdict | None) -> dict[str, Any] | None:
    """A verdict as the truth writes it."""
    if verdict is None:
        return None
    return {
        "status": verdict.status,
        "target": verdict.target,
        "first_attempt": {**_target(verdict.first), "attempt_at": _time(verdict.first.at)},
        "cadence": _target(verdict.cadence),
        "started_at": _time(verdict.start),
        "attempts": verdict.attempts,
        "breach_count": verdict.breaches,
    }


def _person(story: Story, human: Human, people: Records, channels: Mapping[int, tuple[Step, ...]]) -> dict[str, Any]:
    facts = facts_of(human, story.deals_by_human.get(human.person.number, ()))
    number, stages = human.person.number, walk(facts)
    return {
        "id": person_id(number),
        "name": "" if human.person.nameless else human.person.name,
        "records": people[number],
        "stage": stages[-1][1] if stages else None,
        "owner_email": _owner(story, facts),
        "sla": sla_of(judge(facts, story.now)),
        "channels": [[text_of(at), channel] for at, channel in channels[number]],
    }


def _owner(story: Story, facts: Facts) -> str | None:
    owners = sorted(facts.owners, key=lambda one: one[0])
    return next((one.email for one in story.cast.reps if owners and one.key == owners[-1][1]), None)


def _target(target: Target) -> dict[str, Any]:
    return {"state": target.state, "due_at": _time(target.due)}


def _time(at: int | None) -> str | None:
    return None if at is None else text_of(at)


def _deal(deal: Deal, records: Records, channels: Mapping[int, tuple[Step, ...]]) -> dict[str, Any]:
    credit = (
        shares(path_of(deal, channels), deal.cents) if deal.state == "won" else {"first": {}, "last": {}, "linear": {}}
    )
    return {
        "records": records[deal.number],
        "amount": money(deal.cents),
        "state": deal.state,
        "closed_at": _time(deal.closed),
        "people": [person_id(one) for one in deal.people],
        "credit": {model: {channel: money(cents) for channel, cents in some.items()} for model, some in credit.items()},
    }
