"""Words that the vocabulary does not know, counted: in stages, in channels, and touches that no rule fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from crm_sync.changes import Unmapped
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.attribution.touches import column_of
from crm_sync.reconciler.stages import Word
from crm_sync.reconciler.timeline import Happened, Timeline
from crm_sync.records import Ref


class Unknown(NamedTuple):
    """A record holds a value of a field that means nothing to us."""

    crm: str
    field: str
    value: str
    ref: Ref


def unmapped(people: Iterable[Timeline], happened: Iterable[Happened], vocabulary: Vocabulary) -> tuple[Unmapped, ...]:
    """One row per CRM, field and value, with the number of records that hold it and the first of them."""
    words = (word for timeline in people for word in timeline.words)
    found = {*unknown_stages(words, vocabulary), *unknown_touches(happened, vocabulary)}
    blocks: dict[tuple[str, str, str], list[Ref]] = {}
    for one in sorted(found):
        blocks.setdefault((one.crm, one.field, one.value), []).append(one.ref)
    return tuple(Unmapped(*block, len(refs), refs[0]) for block, refs in blocks.items())


def unknown_stages(words: Iterable[Word], vocabulary: Vocabulary) -> Iterator[Unknown]:
    for word in words:
        if not vocabulary.lifecycle.knows(word.ref.crm, word.word):
            fields = vocabulary.fields.of("people", "stage", word.ref.kind)
            field = fields[0] if len(fields) == 1 else word.field or " or ".join(fields)
            yield Unknown(word.ref.crm, field, word.word, word.ref)


def unknown_touches(happened: Iterable[Happened], vocabulary: Vocabulary) -> Iterator[Unknown]:
    for touch, activity in happened:
        if activity is None:
            words = vocabulary.activities.in_words(touch.ref.kind, touch.facts)
            yield Unknown(touch.ref.crm, touch.ref.kind, words or "(no facts)", touch.ref)
        elif activity.credit and vocabulary.channels.channel_of(column_of(touch, activity), touch.source) is None:
            yield Unknown(touch.ref.crm, activity.words or "source", touch.source or "", touch.ref)
