"""Words that the vocabulary does not know, counted: in stages, in channels, and touches that no rule fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crm_sync.changes import Unmapped
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.attribution.touches import column_of
from crm_sync.reconciler.stages import Word
from crm_sync.reconciler.timeline import Happened, Timeline
from crm_sync.records import Ref, Unknown


def unknowns_of(people: Iterable[Timeline], happened: Iterable[Happened], vocabulary: Vocabulary) -> set[Unknown]:
    words = (word for timeline in people for word in timeline.words)
    return {*unknown_stages(words, vocabulary), *unknown_touches(happened, vocabulary)}


def unmapped(found: Iterable[Unknown]) -> tuple[Unmapped, ...]:
    """One row per CRM, field and value, with the number of records that hold it and the first of them."""
    blocks: dict[tuple[str, str, str], list[Ref]] = {}
    for ref, field, value in sorted(found, key=lambda one: (one[0].crm, one[1], one[2], one[0])):
        blocks.setdefault((ref.crm, field, value), []).append(ref)
    return tuple(Unmapped(*block, len(refs), refs[0]) for block, refs in blocks.items())


def unknown_stages(words: Iterable[Word], vocabulary: Vocabulary) -> Iterator[Unknown]:
    for word in words:
        if not vocabulary.lifecycle.knows(word.ref.crm, word.word):
            fields = vocabulary.fields.of("people", "stage", word.ref.kind)
            field = fields[0] if len(fields) == 1 else word.field or " or ".join(fields)
            yield word.ref, field, word.word


def unknown_touches(happened: Iterable[Happened], vocabulary: Vocabulary) -> Iterator[Unknown]:
    for touch, activity in happened:
        if activity is None:
            words = vocabulary.activities.in_words(touch.ref.kind, touch.facts)
            yield touch.ref, touch.ref.kind, words or "(no facts)"
        elif activity.credit and vocabulary.channels.channel_of(column_of(touch, activity), touch.source) is None:
            yield touch.ref, activity.words or "source", touch.source or ""
