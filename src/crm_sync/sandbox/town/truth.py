"""What the town knows and no CRM says: who is who, who kept the promise, which channel earned what."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from weakref import finalize

from crm_sync.sandbox.town.calendar import text_of
from crm_sync.sandbox.town.credit import Step, channels_of, shares
from crm_sync.sandbox.town.facts import facts_of
from crm_sync.sandbox.town.judge import Facts, Target, Verdict, judge, walk
from crm_sync.sandbox.town.story import Deal, Human, Story
from crm_sync.sandbox.town.told import Answers

Records = Mapping[int, list[str]]

_IN_MEMORY: Final = 32 << 20
_PIECE: Final = 1 << 20
_JSON: Final = json.JSONEncoder(ensure_ascii=False)


class Truth:
    """Read it as JSON; tests compare it with what the product found out from the two CRMs alone.

    It is one JSON object with a line per person and per deal. That of a large town waits in a temporary file, for it
    may be larger than memory: `write` hands it on without holding it, `as_json` holds everything.
    """

    def __init__(self, seed: int, now: int) -> None:
        self._seed, self._now = seed, now
        self._people, self._deals = _Lines(), _Lines()
        self._totals: Counter[str] = Counter()

    def add(self, answers: Answers) -> None:
        """What is true about the next block."""
        self._people.add(answers.people)
        self._deals.add(answers.deals)
        self._totals.update(
            people=answers.count,
            duplicates=answers.records - answers.count,
            won=answers.won,
            won_cents=answers.won_cents,
        )

    def write(self, out: IO[bytes]) -> None:
        """The whole truth, piece by piece."""
        for piece in self._pieces():
            out.write(piece)

    def as_json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(b"".join(self._pieces()))
        return content

    def _pieces(self) -> Iterator[bytes]:
        yield f'{{"seed": {self._seed}, "now": "{text_of(self._now)}", "people": [\n'.encode()
        yield from self._people.pieces()
        yield b'\n], "deals": [\n'
        yield from self._deals.pieces()
        totals = {key: self._totals[key] for key in ("people", "duplicates", "won")}
        yield f'\n], "totals": {json.dumps(totals | {"won_amount": money(self._totals["won_cents"])})}}}\n'.encode()


class _Lines:
    """JSON values, one a line, with commas between them; beyond a size they wait on disk."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - open as long as the truth is asked for
        finalize(self, self._file.close)
        self._empty = True

    def add(self, lines: str) -> None:
        if lines:
            self._file.write(b"" if self._empty else b",\n")
            self._file.write(lines.encode())
            self._empty = False

    def pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece


def answers_of(story: Story, people: Records, deals: Records) -> Answers:
    """Judged from the story; `people` and `deals` say under which record ids the CRMs know them."""
    campaigns = story.cast.campaigns
    channels = {one.person.number: channels_of(one, campaigns) for one in story.humans}
    won = [one.cents for one in story.deals if one.state == "won"]
    return Answers(
        people=_lines(_person(story, one, people, channels) for one in story.humans),
        deals=_lines(_deal(one, deals, channels) for one in story.deals),
        count=len(story.humans),
        records=sum(len(refs) for refs in people.values()),
        won=len(won),
        won_cents=sum(won),
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


def _lines(values: Iterator[dict[str, Any]]) -> str:
    return ",\n".join(map(_JSON.encode, values))


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
