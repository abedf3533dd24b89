"""The stage of a person: what all records say, in order of time, in one walk. The rules stand in docs/sla.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from crm_sync.changes import StageEntry
from crm_sync.mappings import Lifecycle, Stage
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.words import full_name
from crm_sync.records import CLOSE_REASON, Person, Ref, StageChange, as_said


class Word(NamedTuple):
    """A record said `word` in `field` from `at` on; `field` is empty where the record does not tell which one. Words
    are in order of time, those of one field in the order in which they were said: `place` counts them."""

    at: datetime
    ref: Ref
    field: str
    place: int
    word: str


class Said(NamedTuple):
    """A record or a deal says that the person is in `stage`."""

    at: datetime
    ref: Ref
    field: str
    stage: Stage
    because: str


def words_of(record: Person, changes: Sequence[StageChange]) -> Iterator[Word]:
    """Every stage word that a record ever said, the ones of its beginning included."""
    fields: dict[str, list[StageChange]] = {}
    for change in sorted(changes, key=as_said):
        if change.field != CLOSE_REASON:
            fields.setdefault(change.field, []).append(change)
    for field, history in fields.items():
        first = history[0]
        if first.was:
            yield Word(min(record.created_at, first.at), record.ref, field, 0, first.was)
        told = enumerate(history, 1)
        yield from (Word(change.at, record.ref, field, place, change.value) for place, change in told if change.value)
    if len(fields) < len(record.stage):
        changed = {change.value for change in changes}
        yield from (Word(record.created_at, record.ref, "", 0, word) for word in record.stage if word not in changed)


def stage_history(
    words: Iterable[Word], deals: Iterable[OneDeal], lifecycle: Lifecycle, now: datetime
) -> tuple[StageEntry, ...]:
    """The stages that the person entered, up to `now`. `words` of one field are in the order in which it said them."""
    said = [*said_by_words(words, lifecycle), *said_by_deals(deals, lifecycle)]
    last = {(one.at, one.ref, one.field): one for one in said}
    entries: list[StageEntry] = []
    stage: Stage | None = None
    for one in sorted(said, key=lambda one: in_order(last[one.at, one.ref, one.field])):
        if one.at <= now and moves(stage, one.stage):
            stage = one.stage
            entries.append(StageEntry(stage.name, one.at, one.ref, one.because))
    return tuple(entries)


def moves(stage: Stage | None, said: Stage) -> bool:
    """An exit always holds; after an exit any rung does; on the ladder it goes forward only."""
    if stage is None or said.rank is None or stage.rank is None:
        return stage is None or stage.name != said.name
    return said.rank > stage.rank


def in_order(last: Said) -> tuple[datetime, bool, int, str, Ref, str]:
    """By time; at one instant the further stage last, and exits after the ladder. What one field said in one instant
    stays together, at the place of its `last` word."""
    return last.at, last.stage.rank is None, last.stage.rank or 0, last.stage.name, last.ref, last.field


def said_by_words(words: Iterable[Word], lifecycle: Lifecycle) -> Iterator[Said]:
    for word in words:
        if stage := lifecycle.stage_of(word.ref.crm, word.word):
            yield Said(word.at, word.ref, word.field, stage, f'{full_name(word.ref)} says "{word.word}"')


def said_by_deals(deals: Iterable[OneDeal], lifecycle: Lifecycle) -> Iterator[Said]:
    for deal in deals:
        name = full_name(deal.ref)
        yield Said(deal.created_at, deal.ref, "created", lifecycle.stages["opportunity"], f"{name} was created")
        if deal.won_at:
            yield Said(deal.won_at, deal.ref, "won", lifecycle.stages["customer"], f"{name} was won")
