"""Pauses: when the clock stands still, because a record says a word that lifecycle.toml lists for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from crm_sync.changes import Pause
from crm_sync.mappings import Lifecycle
from crm_sync.reconciler.sla.clock import Pause as Span
from crm_sync.reconciler.stages import Word
from crm_sync.records import Ref


def pauses_of(words: Iterable[Word], lifecycle: Lifecycle, now: datetime) -> tuple[Pause, ...]:
    """From the word on until the same field of the same record says another one. In order of time, as `words` are. What
    a record says in fields that it does not name, it says at once."""
    if not lifecycle.paused:
        return ()
    fields: dict[tuple[Ref, str, str], list[Word]] = {}
    for word in words:
        if word.at <= now:
            fields.setdefault((word.ref, word.field, "" if word.field else word.word), []).append(word)
    found = [pause for said in fields.values() for pause in in_field(said, lifecycle)]
    return tuple(sorted(found, key=lambda one: (one.since, one.condition, one.ref)))


def in_field(said: Sequence[Word], lifecycle: Lifecycle) -> Iterable[Pause]:
    for word, after in zip(said, [*said[1:], None], strict=True):
        if (condition := lifecycle.pause_of(word.ref.crm, word.word)) and (after is None or after.at > word.at):
            yield Pause(word.at, after.at if after else None, condition, word.ref)


def still(pauses: Iterable[Pause], conditions: frozenset[str] | None, until: datetime) -> tuple[Span, ...]:
    """The stretches in which the clock stands still, up to an instant: united where they overlap, in order."""
    found: list[Span] = []
    for one in pauses:
        since, end = one.since, min(one.until or until, until)
        if (conditions is not None and one.condition not in conditions) or since >= end:
            continue
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((since, end))
    return tuple(found)
